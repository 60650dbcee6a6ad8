"""What differs between two sets of inputs, and what a program asked not to be told."""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

__all__ = [
    "PropertyDifference",
    "apply_ignore_changes",
    "changed_properties",
    "differences",
    "is_write_only",
    "parse_path",
    "without_write_only",
]

_STEP = re.compile(r'\.?([^.\[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\[(\*)\]')
_MISSING: Any = object()

Step = str | int


@dataclass(frozen=True)
class PropertyDifference:
    """One leaf that differs. Attributes: path (``containers[0].image``), old, new (None where absent)."""

    path: str
    old: Any
    new: Any


def parse_path(path: str) -> tuple[Step, ...]:
    """The steps of a property path: ``a.b[0]["c.d"]`` is ``("a", "b", 0, "c.d")``; ``*`` matches any.

    Source: pulumi/pulumi sdk/go/common/resource/property_path.go.
    """
    steps: list[Step] = []
    position = 0
    while position < len(path):
        match = _STEP.match(path, position)
        if not match:
            raise ValueError(f"{path!r} is not a property path. Write it like 'a.b[0]' or 'tags[\"name\"]'.")
        name, index, quoted, star = match.groups()
        steps.append(
            int(index) if index is not None else _unescaped(quoted) if quoted is not None else name or star
        )
        position = match.end()
    return tuple(steps)


def _unescaped(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted)


def changed_properties(old: Mapping[str, Any], new: Mapping[str, Any]) -> frozenset[str]:
    """The top-level properties whose values differ. A write-only value tells by its version alone."""
    return frozenset(
        key
        for key in old.keys() | new.keys()
        if not is_write_only(key, {**old, **new}) and old.get(key, _MISSING) != new.get(key, _MISSING)
    )


def is_write_only(name: str, properties: Mapping[str, Any]) -> bool:
    """Whether a property is sent and never kept, such as ``masterPasswordWo``, which has a version beside it.

    Source: Terraform, "Use write-only arguments": their values are in neither plan nor state.
    """
    return name.endswith("Wo") and f"{name}Version" in properties


def without_write_only(properties: Mapping[str, Any]) -> dict[str, Any]:
    """What of the properties may be kept."""
    return {name: value for name, value in properties.items() if not is_write_only(name, properties)}


def differences(old: Any, new: Any, path: str = "") -> Iterator[PropertyDifference]:
    """Every leaf that differs, in the order of the sorted paths."""
    match old, new:
        case dict(), dict():
            for key in sorted(old.keys() | new.keys()):
                yield from differences(old.get(key), new.get(key), f"{path}.{key}" if path else key)
        case list(), list() if len(old) == len(new):
            for index, (before, after) in enumerate(zip(old, new, strict=True)):
                yield from differences(before, after, f"{path}[{index}]")
        case _ if old != new:
            yield PropertyDifference(path, old, new)


def apply_ignore_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], paths: Sequence[str]
) -> Mapping[str, Any]:
    """The new inputs with the ignored paths as they were in the old ones."""
    if not paths:
        return new
    kept = deepcopy(dict(new))
    for path in paths:
        _keep(old, kept, parse_path(path))
    return kept


def _keep(old: Any, new: Any, steps: tuple[Step, ...]) -> None:
    step, rest = steps[0], steps[1:]
    if step == "*":
        for each in _keys(old) | _keys(new):
            _keep(old, new, (each, *rest))
    elif rest:
        if _has(new, step):
            _keep(old[step] if _has(old, step) else {}, new[step], rest)
    elif _has(old, step):
        if isinstance(new, dict) or _has(new, step):
            new[step] = deepcopy(old[step])
    elif isinstance(new, dict):
        new.pop(step, None)


def _keys(value: Any) -> set[Step]:
    if isinstance(value, Mapping):
        return set(value)
    return set(range(len(value))) if isinstance(value, list) else set()


def _has(value: Any, step: Step) -> bool:
    if isinstance(value, Mapping):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and step < len(value)
