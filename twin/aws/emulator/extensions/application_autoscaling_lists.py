"""Application Auto Scaling: what Describe operations list, a page at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.page import page

__all__ = ["is_of_target", "listed"]

_OF_TARGET = ("ServiceNamespace", "ResourceId", "ScalableDimension")


def listed(member: str, items: Sequence[Any], given: Document, most: int) -> Document:
    """The answer's page of the items.

    Args:
        given: the call's parameters.
        most: items a page at most, and where MaxResults is not given.
    """
    size = int(given.get("MaxResults", most))
    if not 1 <= size <= most:
        raise AwsError("ValidationException", f"MaxResults must be between 1 and {most}, got {size}.")
    shown, further = page(items, given.get("NextToken"), size, "InvalidNextTokenException")
    return {member: shown, "NextToken": further.get("nextToken")}


def is_of_target(shown: Mapping[str, Any], given: Document) -> bool:
    """Whether it belongs to the target, or all the targets, that are asked for."""
    return all(given.get(name) in (None, shown[name]) for name in _OF_TARGET)
