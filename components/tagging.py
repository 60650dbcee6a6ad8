"""Tags of a component's children."""

from collections.abc import Mapping

__all__ = ["named"]


def named(tags: Mapping[str, str], name: str) -> dict[str, str]:
    """The tags and a `Name`, by which EC2's console lists things that have no name of their own."""
    return {**tags, "Name": name}
