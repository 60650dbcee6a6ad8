"""One page of a list, as AWS's List and Describe operations give it."""

from collections.abc import Sequence
from typing import Any, TypeVar

from twin.aws.emulator.errors import AwsError

__all__ = ["page"]

Item = TypeVar("Item")


def page(
    items: Sequence[Item], token: str | None, size: int, invalid: str = "InvalidParameterException"
) -> tuple[list[Item], dict[str, Any]]:
    """The items of the page that the token begins, and the members that lead to the next one.

    Args:
        items: all of them, in the order in which every call lists them.
        token: the page before's `nextToken`, None for the first.
        size: items a page.
        invalid: AWS's code for a token that was not given out.

    Returns:
        The page, and ``{"nextToken": ...}`` where there is another, else an empty dict.
    """
    start = _start(token, invalid)
    end = start + size
    return list(items[start:end]), {"nextToken": str(end)} if end < len(items) else {}


def _start(token: str | None, invalid: str) -> int:
    if token is None:
        return 0
    if not token.isdecimal():
        raise AwsError(invalid, "Invalid token")
    return int(token)
