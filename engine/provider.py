"""The seam between the engine and whatever makes resources real: the recorder, or the twin's handlers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

__all__ = ["Change", "Created", "Operation", "Provider", "ProviderConfig"]

Properties = Mapping[str, Any]


class Change(StrEnum):
    """How a difference between old and new inputs is carried out."""

    UPDATE = "update"
    REPLACE = "replace"
    """Create the new one, then delete the old one at the end of the run."""
    DELETE_BEFORE_REPLACE = "delete-before-replace"
    """For what cannot exist twice, such as a route to one destination."""


@dataclass(frozen=True)
class ProviderConfig:
    """An AWS provider's settings, as the program gave them.

    Attributes: region, e.g. ``eu-west-2``; account_id; default_tags, put on every resource that takes tags.
    """

    region: str
    account_id: str
    default_tags: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Operation:
    """One step on one resource.

    Attributes:
        token: the same for every attempt at the same step, and never used for another: whoever carries out
            the step may use it to recognise an attempt that was cut off.
        seed: what generated physical names derive from: the same for a resource in every run, and another for
            its replacement, which therefore never clashes with what it replaces.
    """

    urn: str
    type: str
    name: str
    token: str
    seed: str
    config: ProviderConfig


@dataclass(frozen=True)
class Created:
    """A resource's provider id and all its output properties (camelCase, plain JSON values)."""

    id: str
    outputs: Properties


class Provider(Protocol):
    """Carries out operations. Inputs are plain JSON: secrets unwrapped, numbers integral where they can be.

    Every method raises `UnsupportedResource`, `UnsupportedFunction`, or `ResourceFailed`, and nothing else for
    what AWS answers.
    """

    def check(self, type_token: str) -> None:
        """Raise `UnsupportedResource` if this type cannot be handled."""
        ...

    def change(self, type_token: str, changed: frozenset[str], inputs: Properties) -> Change:
        """How a change to these input properties is carried out. Args: inputs: the new ones."""
        ...

    def create(self, operation: Operation, inputs: Properties) -> Created: ...

    def update(
        self, operation: Operation, id: str, old: Properties, new: Properties, outputs: Properties
    ) -> Properties:
        """The new outputs, after the resource was changed in place from old to new inputs."""
        ...

    def delete(self, operation: Operation, id: str, inputs: Properties, outputs: Properties) -> None:
        """The resource is gone; that it was gone before is no error."""
        ...

    def read(self, operation: Operation, id: str, outputs: Properties) -> Properties | None:
        """The resource's properties as they are now (inputs and outputs, camelCase), None if it is gone."""
        ...

    def invoke(self, token: str, arguments: Properties, config: ProviderConfig) -> Properties: ...
