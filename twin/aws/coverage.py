"""Which of a row's calls carries which property: so that none is sent twice, and none is lost."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, cast

from botocore.model import ListShape, Shape, StructureShape

from twin.aws.call import Call, Take
from twin.aws.expressions import inputs_read
from twin.aws.mapping import Naming, member_of
from twin.aws.resource import Resource
from twin.aws.shapes import input_shape, members

__all__ = ["carried", "reads", "taken", "target", "unhandled", "writing"]


@cache
def writing(row: Resource) -> Naming:
    """How the row's properties are named towards AWS."""
    return Naming(row.token, row.renames, frozenset(row.ignored))


@cache
def reads(call: Call) -> frozenset[str]:
    """Input properties that the call's parameters read by expression."""
    return inputs_read([dict(call.params), call.when, call.each, call.region])


@cache
def _apart(row: Resource) -> frozenset[str]:
    """Properties that no call of `create` or `updates` takes by name: others have them."""
    settings = frozenset().union(*(call.on or reads(call) for call in row.settings))
    prefix = {row.name.prefix} if row.name else set[str]()
    return settings | row.hook_reads | row.ignored.keys() | prefix | {"tags", "tagsAll", "region"}


@cache
def target(row: Resource, call: Call) -> StructureShape | None:
    """The shape that the inputs taken by name go into."""
    top = input_shape(call.service or row.service, call.operation)
    if top is None or call.within is None:
        return top
    inside = members(top)[call.within]
    inside = cast(Shape, inside.member) if isinstance(inside, ListShape) else inside
    return inside if isinstance(inside, StructureShape) else None


def taken(row: Resource, call: Call, names: Iterable[str]) -> list[str]:
    """Those of the properties that the call takes by name."""
    shape = None if call.takes is Take.NOTHING else target(row, call)
    if shape is None:
        return []
    apart = frozenset[str]() if call in row.settings else _apart(row)
    candidates = [name for name in names if (name in call.on if call.on else name not in apart)]
    member_by_name = {name: member_of(members(shape), writing(row).aws_name(name)) for name in candidates}
    explicit = {None, *call.params}
    return [
        name for name, member in member_by_name.items() if member not in explicit and name not in reads(call)
    ]


def carried(row: Resource, call: Call, names: Iterable[str]) -> frozenset[str]:
    """Those of the properties that have a place in the call, by name or by expression."""
    names = list(names)
    by_expression = frozenset(call.on or reads(call)) & frozenset(names)
    return by_expression | frozenset(taken(row, call, names))


def unhandled(row: Resource, inputs: Mapping[str, Any]) -> list[str]:
    """Declared properties that the row has no place for."""
    calls = [row.create, *row.settings] if row.create else list(row.settings)
    known = row.hook_reads | row.ignored.keys() | {"region"}
    known |= frozenset().union(*(carried(row, call, inputs) | reads(call) for call in calls))
    known |= {row.name.prefix} if row.name else set[str]()
    known |= {"tags"} if row.tagging else set[str]()
    return sorted(name for name, value in inputs.items() if value is not None and name not in known)
