"""A call as IAM sees it: actions on resources, with condition keys.

Source: service authorization reference, "Actions, resources, and condition keys for AWS services",
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from twin.aws.emulator.authorization.holdings import Holdings, Place

__all__ = ["Asked", "Needs", "Row", "arns", "as_given", "listed"]

Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """One call. Attributes: service: boto3's name."""

    service: str
    operation: str
    place: Place
    parameters: Parameters
    holdings: Holdings

    def arn(self, service: str, rest: str) -> str:
        return f"arn:aws:{service}:{self.place.region}:{self.place.account}:{rest}"


@dataclass(frozen=True)
class Needs:
    """One action on one resource. Attributes: keys: of conditions, beside those of every request."""

    action: str
    resource: str
    keys: Mapping[str, str | list[str]] = field(default_factory=dict[str, str | list[str]])


Finder = Callable[[Asked], Iterable[str]]
Row = Callable[[Asked], Iterable[Needs]]


def listed(value: Any) -> list[Any]:
    """One of something and a list of them alike."""
    return [] if value is None else list(value) if isinstance(value, list | tuple) else [value]


def arns(service: str, prefix: str, *parameters: str) -> Finder:
    """ARNs in the caller's place by the first of the parameters that is given; one that is an ARN stands for itself."""

    def find(asked: Asked) -> Iterable[str]:
        given = next((asked.parameters[it] for it in parameters if asked.parameters.get(it)), None)
        for value in listed(given):
            text = str(value)
            yield text if text.startswith("arn:") else asked.arn(service, f"{prefix}{text}")

    return find


def as_given(*resources: str) -> Finder:
    """The same resources whatever is asked."""
    return lambda asked: resources
