"""What an environment's stacks register, with the questions that tests ask of it."""

import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pulumi_aws  # noqa: F401 - so that the engine finds the classes of its types

from engine import wire
from engine.recorder import placeholder
from engine.schema import resource_class
from stacks.names import StackName


@dataclass(frozen=True)
class Resource:
    """One registration. Attributes: parent: URN, '' for none; inputs: secrets opened."""

    stack: str
    urn: str
    type: str
    name: str
    parent: str
    inputs: Mapping[str, Any]
    dependencies: tuple[str, ...]
    ignore_changes: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.stack} {self.name}"

    @property
    def is_standby(self) -> bool:
        return StackName.parse(self.stack).is_standby

    @property
    def is_taggable(self) -> bool:
        return self.type.startswith("aws:") and "tags" in _arguments(self.type)

    @property
    def tags(self) -> Mapping[str, str]:
        return self.inputs.get("tags", {})

    @property
    def short_urn(self) -> str:
        """Types from the outermost component inwards, and the name."""
        return self.urn.split("::", 2)[2]

    def output(self, name: str) -> str:
        """The token that stands for one of its outputs in the inputs of others."""
        return placeholder(self.urn, name)

    def mentions(self, text: str) -> bool:
        """Whether a string anywhere in the inputs holds the text."""
        return any(text in it for it in wire.strings(dict(self.inputs)))

    def document(self, name: str) -> Any:
        """An input that is JSON."""
        return json.loads(self.inputs[name])

    def statements(self) -> Iterator[Mapping[str, Any]]:
        """Those of the IAM policy in the input `policy`."""
        yield from self.document("policy")["Statement"]


@dataclass(frozen=True)
class Graph:
    """Attributes: resources by URN, in order of deployment and, within a stack, of URN; outputs by stack."""

    resources: Mapping[str, Resource]
    outputs: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, text: str) -> "Graph":
        """Of what `tests.stacks.evaluate` prints."""
        stacks = json.loads(text)
        resources = {
            it["urn"]: Resource(
                **it
                | {
                    "stack": stack["name"],
                    "dependencies": tuple(it["dependencies"]),
                    "ignore_changes": tuple(it["ignore_changes"]),
                }
            )
            for stack in stacks
            for it in stack["resources"]
        }
        return cls(resources, {stack["name"]: stack["outputs"] for stack in stacks})

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.resources.values())

    def of_type(self, type_: str, stack: str | None = None) -> list[Resource]:
        """Those of a type (``aws:sqs/queue:Queue``), in all stacks or in one."""
        return [it for it in self if it.type == type_ and stack in (None, it.stack)]

    def children(self, parent: Resource) -> list[Resource]:
        return [it for it in self if it.parent == parent.urn]

    def named(self, part: str) -> list[Resource]:
        """Those whose name is the part, or has it between hyphens."""
        return [it for it in self if f"-{part}-" in f"-{it.name}-"]

    def one(self, type_: str, name: str, stack: str) -> Resource:
        [found] = [it for it in self.of_type(type_, stack) if it.name == name]
        return found


@cache
def _arguments(type_: str) -> frozenset[str]:
    return frozenset(inspect.signature(resource_class(type_)._internal_init).parameters)  # type: ignore[attr-defined]
