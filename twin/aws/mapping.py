"""Pulumi's camelCase properties to botocore's input shapes, and AWS's answers back to Pulumi's.

The names of the two differ by case in nearly every service, so botocore's own service model says where a
value goes and of which kind it must be. What differs by more than case stands in a row as a rename.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, cast

from botocore.model import ListShape, MapShape, Shape, StructureShape

from twin.aws.exceptions import PropertyNotHandled
from twin.aws.shapes import members

__all__ = ["Naming", "member_of", "plain", "reflect", "same_document", "to_shape"]


class Naming:
    """Where a type's property names differ from AWS's by more than case.

    Args:
        renames: Pulumi's path (dots, no list indices: ``defaultActions.forward``) to AWS's member there.
        ignored: paths that are left out on purpose.
    """

    def __init__(
        self,
        type_token: str,
        renames: Mapping[str, str] | None = None,
        ignored: frozenset[str] = frozenset(),
    ) -> None:
        self.type_token, self.renames, self.ignored = type_token, renames or {}, ignored

    def aws_name(self, path: str) -> str:
        return self.renames.get(path, path.rpartition(".")[2])


@cache
def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


@cache
def _spellings(name: str) -> tuple[str, ...]:
    """The name, and as Pulumi makes a list's name plural or leaves it singular."""
    folded = _folded(name)
    singular = folded[:-3] + "y" if folded.endswith("ies") else folded.removesuffix("s")
    return folded, folded + "s", folded + "es", singular


@lru_cache(maxsize=4096)
def _by_folded(names: tuple[str, ...]) -> Mapping[str, str]:
    return {_folded(name): name for name in names}


def member_of(names: Iterable[str], name: str) -> str | None:
    """AWS's spelling of a name among `names`, however either side writes case and plural."""
    by_folded = _by_folded(tuple(names))
    return next((by_folded[spelling] for spelling in _spellings(name) if spelling in by_folded), None)


def to_shape(value: Any, shape: Shape, naming: Naming, path: str = "", keep_empty: bool = True) -> Any:
    """The value as AWS's shape wants it, None and (unless kept) empty strings and lists left out.

    Raises:
        PropertyNotHandled: a property has no place in the shape.
    """
    if isinstance(shape, StructureShape):
        return _structure(value, shape, naming, path, keep_empty)
    if isinstance(shape, ListShape):
        items = value if isinstance(value, list) else [value]
        return [
            to_shape(item, cast(Shape, shape.member), naming, path, keep_empty)
            for item in items
            if item is not None
        ]
    if isinstance(shape, MapShape) and isinstance(value, Mapping):
        return {
            str(key): to_shape(item, cast(Shape, shape.value), naming, path, keep_empty)
            for key, item in value.items()
        }
    return _scalar(value, shape.type_name)


def _structure(value: Any, shape: StructureShape, naming: Naming, path: str, keep_empty: bool) -> Any:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, Mapping):
        return value
    result: dict[str, Any] = {}
    for key, item in value.items():
        inner = f"{path}.{key}" if path else key
        if item is None or inner in naming.ignored or (not keep_empty and item in ("", [])):
            continue
        member = member_of(members(shape), naming.aws_name(inner))
        if member is None:
            raise PropertyNotHandled(naming.type_token, inner)
        result[member] = to_shape(item, members(shape)[member], naming, inner, keep_empty)
    return result


def _scalar(value: Any, kind: str) -> Any:
    match kind:
        case "string" if isinstance(value, bool):
            return str(value).lower()
        case "string" if isinstance(value, float) and value.is_integer():
            return str(int(value))
        case "string" if isinstance(value, (int, float)):
            return str(value)
        case "string" if isinstance(value, (dict, list)):
            return json.dumps(value)
        case "integer" | "long" if isinstance(value, (str, float)) and _is_number(value):
            return int(float(value))
        case "float" | "double" if isinstance(value, (str, int)) and _is_number(value):
            return float(value)
        case "boolean" if isinstance(value, str):
            return value.lower() == "true"
        case "blob" if isinstance(value, str):
            return value.encode()
        case _:
            return value


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return not isinstance(value, bool)


def plain(value: Any) -> Any:
    """An AWS answer as plain JSON values."""
    match value:
        case Mapping():
            return {key: plain(item) for key, item in value.items() if key != "ResponseMetadata"}
        case list() | tuple():
            return [plain(item) for item in value]
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case bytes():
            return base64.b64encode(value).decode()
        case _:
            return value


def reflect(recorded: Any, present: Any, naming: Naming, path: str = "") -> Any:
    """The present value in the form of the recorded one, equal to it where nothing but form differs.

    AWS answers more than was declared, in its own order and spelling; what was declared says what to look at.
    An element of a list that nobody declared is kept, so that it shows.
    """
    if present is None:
        return recorded if recorded in (None, False, 0, "", [], {}) else None
    if same_document(recorded, present):
        return recorded
    match recorded:
        case Mapping():
            present = present[0] if isinstance(present, list) and len(present) == 1 else present
            return (
                _reflect_structure(recorded, present, naming, path)
                if isinstance(present, Mapping)
                else present
            )
        case list():
            return _reflect_list(
                recorded,
                present if isinstance(present, list) else [present],
                naming,
                path,
            )
        case bool():
            return present.lower() == "true" if isinstance(present, str) else present
        case int() | float():
            return _number(present)
        case str() if isinstance(present, bool):
            return str(present).lower()
        case str() if isinstance(present, (int, float)):
            return _scalar(present, "string")
        case str() if isinstance(present, (dict, list)) and (document := _document(recorded)) is not None:
            now = reflect(document, present, naming, path)
            return recorded if now == document else json.dumps(now)
        case str() if isinstance(present, list) and len(present) == 1:
            return reflect(recorded, present[0], naming, path)
        case _:
            return present


def _reflect_structure(
    recorded: Mapping[str, Any], present: Mapping[str, Any], naming: Naming, path: str
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in recorded.items():
        inner = f"{path}.{key}" if path else key
        member = member_of(present, naming.aws_name(inner))
        now = value if inner in naming.ignored else reflect(value, present.get(member or ""), naming, inner)
        if now is not None:
            result[key] = now
    return result


def _reflect_list(recorded: list[Any], present: list[Any], naming: Naming, path: str) -> list[Any]:
    """Declared elements that are there, in the declared order, then what else is there."""
    left = list(present)
    found: list[Any] = []
    for element in recorded:
        match = next(
            (item for item in left if reflect(element, item, naming, path) == element),
            None,
        )
        if match is not None:
            left.remove(match)
            found.append(element)
    guide = next(
        (element for element in recorded if element not in found),
        recorded[0] if recorded else None,
    )
    return found + [item if guide is None else reflect(guide, item, naming, path) for item in left]


def _number(value: Any) -> Any:
    if not isinstance(value, str) or not _is_number(value):
        return value
    number = float(value)
    return int(number) if number.is_integer() else number


def same_document(one: Any, other: Any) -> bool:
    """Whether both are the same JSON document, however each is written."""
    if one == other:
        return True
    parsed = _document(one), _document(other)
    return None not in parsed and parsed[0] == parsed[1]


def _document(value: Any) -> Any:
    if isinstance(value, (dict, list)):
        return value
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return None
    try:
        return json.loads(value)
    except ValueError:
        return None
