"""Resources as Checkov's plan parser leaves them: every plain value in a list of one, blocks as lists of mappings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Resource", "as_text"]

_REFERENCES = "references_"
"""Source: Checkov's CustomAttributes.REFERENCES; lists of what one expression refers to."""


@dataclass(frozen=True)
class Resource:
    """A resource of the plan. Attributes: kind: its Terraform type."""

    kind: str
    address: str
    settings: Mapping[str, Any]

    def value(self, *path: str) -> Any:
        """The plain value at a path of blocks and attributes; None where there is none."""
        return next(iter(self.values(*path)), None)

    def values(self, *path: str) -> list[Any]:
        """The plain values at a path, of every block on the way."""
        return [it for block in self.blocks(*path[:-1]) for it in _plain(block.get(path[-1]))]

    def blocks(self, *path: str) -> list[Mapping[str, Any]]:
        """Every block at a path; without one, the resource itself."""
        found: list[Mapping[str, Any]] = [self.settings]
        for name in path:
            found = [it for block in found for it in _mappings(block.get(name))]
        return found

    @property
    def tags(self) -> Mapping[str, Any]:
        return next(iter(_mappings(self.settings.get("tags"))), {})

    @property
    def data_class(self) -> str | None:
        return self.tags.get("data-class")

    @property
    def region(self) -> str | None:
        return self.value("region")

    @property
    def references(self) -> list[str]:
        """Addresses that the resource's expressions name: its own first, then those of its blocks."""
        return list(dict.fromkeys((*_own(self.settings), *_references(self.settings))))


def _own(settings: Mapping[str, Any]) -> Iterator[str]:
    """Addresses that the attributes of this block name."""
    for group in settings.get(_REFERENCES) or ():
        yield from filter(None, map(_address, group))


def _references(settings: Any) -> Iterator[str]:
    """Addresses that these settings name, with their blocks, each as often as they do."""
    if isinstance(settings, Mapping):
        yield from _own(settings)
        for name, value in settings.items():
            yield from _references(value) if name != _REFERENCES else ()
    elif isinstance(settings, list):
        for it in settings:
            yield from _references(it)


def as_text(value: Any) -> str:
    """A value as text, '' for none."""
    return "" if value is None else str(value)


def _address(reference: str) -> str:
    """``aws_x.name`` of ``aws_x.name.attribute``."""
    parts = reference.split(".")
    return ".".join(parts[:2]) if len(parts) > 1 else ""


def _plain(value: Any) -> list[Any]:
    """The values that an attribute has: of ``[["a", "b"]]`` and of ``["a", "b"]`` both."""
    if isinstance(value, list):
        return [it for each in value for it in _plain(each)]
    return [] if value is None else [value]


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        return [value]
    if isinstance(value, list):
        return [it for each in value for it in _mappings(each)]
    return []
