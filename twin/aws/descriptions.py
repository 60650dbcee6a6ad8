"""What AWS says of a resource, as Pulumi's properties."""

import json
import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, cast

from botocore.model import ListShape, Shape, StructureShape

from engine.exceptions import UnsupportedResource
from twin.aws.call import Call
from twin.aws.expressions import pruned
from twin.aws.mapping import Naming, member_of, reflect
from twin.aws.resource import Resource
from twin.aws.shapes import members, output_shape
from twin.aws.step import Step
from twin.aws.tags import from_form

__all__ = ["computed", "declared", "describe", "output_names"]


PATH = re.compile(r"answer(\.\w+(\[0\])?)*")
"""A plain path in an answer, such as ``answer.Vpcs[0]``."""


@lru_cache(maxsize=1)
def _schema() -> dict[str, list[str]]:
    return json.loads(files("twin.aws").joinpath("schema.json").read_text())


def output_names(type_token: str) -> frozenset[str]:
    """All output properties that the type has in Pulumi's schema.

    Raises:
        UnsupportedResource: the schema table does not have the type.
    """
    try:
        return frozenset(_schema()[type_token])
    except KeyError:
        raise UnsupportedResource(type_token) from None


@cache
def _reading(row: Resource) -> Naming:
    return Naming(
        row.token,
        row.renames,
        frozenset({**row.ignored, **row.unread, **row.emulator_ignores}),
    )


def describe(step: Step) -> bool:
    """The step's item and further descriptions are AWS's present ones; False if the resource is gone."""
    row = step.row
    if row.read is not None:
        step.item = step.call(row.read)
        if not step.item or (row.gone and step.value(row.gone)):
            return False
    for name, call in row.also.items():
        step.also[name] = step.call(call)
    if row.tagging and row.tagging.read:
        step.also["tagging"] = step.call(row.tagging.read)
    if row.after_read:
        row.after_read(step)
    return bool(step.item)


def computed(step: Step) -> dict[str, Any]:
    """The output properties that nobody declared, as far as AWS told them."""
    row, names = step.row, output_names(step.row.token)
    found = {name: value for name in names if _is_simple(value := _in_item(step, name))}
    found |= {name: pruned(step.value(expression)) for name, expression in row.outputs.items()}
    found |= {"region": step.region}
    if row.name:
        found[row.name.property] = step.inputs[row.name.property]
    if row.tagging:
        found["tagsAll"] = step.tags
    declared = step.inputs.keys() - ({row.name.property} if row.name else set[str]())
    return {
        name: value
        for name, value in found.items()
        if value is not None and name not in declared and name in names
    }


def _in_item(step: Step, name: str) -> Any:
    if not isinstance(step.item, dict):
        return None
    member = member_of(step.item, _reading(step.row).aws_name(name))
    return step.item[member] if member else None


def _is_simple(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, (str, int, float)) for item in value)
    return isinstance(value, (str, int, float, bool))


def declared(step: Step, recorded: dict[str, Any]) -> dict[str, Any]:
    """The recorded properties as AWS has them now; one that AWS could tell and does not is left out."""
    present = {name: _present(step, name, value) for name, value in recorded.items()}
    present |= _present_tags(step, recorded)
    return {name: value for name, value in present.items() if value is not None}


def _present(step: Step, name: str, recorded: Any) -> Any:
    row, naming = step.row, _reading(step.row)
    if name in naming.ignored or name in ("tags", "tagsAll", "region"):
        return recorded
    if name in row.outputs:
        return reflect(recorded, step.value(row.outputs[name]), naming, name)
    if name in row.secrets:
        return recorded
    if isinstance(step.item, dict) and (member := member_of(step.item, naming.aws_name(name))):
        return reflect(recorded, step.item[member], naming, name)
    return reflect(recorded, None, naming, name) if name in _told(row) else recorded


@cache
def _told(row: Resource) -> frozenset[str]:
    """Properties that AWS's description has a place for."""
    shape = _described(row, row.read) if row.read and not row.read.find else None
    if not isinstance(shape, StructureShape):
        return frozenset()
    naming = _reading(row)
    return frozenset(
        name for name in output_names(row.token) if member_of(members(shape), naming.aws_name(name))
    )


def _described(row: Resource, read: Call) -> Shape | None:
    """The shape of what the call picks from its answer, if it picks by a plain path."""
    if not isinstance(read.pick, str) or not PATH.fullmatch(read.pick):
        return None
    shape = output_shape(read.service or row.service, read.operation)
    for part in read.pick.split(".")[1:]:
        shape = members(shape).get(part.removesuffix("[0]")) if isinstance(shape, StructureShape) else None
        if part.endswith("[0]"):
            shape = cast(Shape, shape.member) if isinstance(shape, ListShape) else None
    return shape


def _present_tags(step: Step, recorded: dict[str, Any]) -> dict[str, Any]:
    tagging = step.row.tagging
    if tagging is None or "tags" in step.row.emulator_ignores:
        return {}
    tags = from_form(step.value(tagging.present), tagging.form)
    own: dict[str, str] = recorded.get("tags") or {}
    defaults = step.operation.config.default_tags
    ours = {key: value for key, value in tags.items() if key in own or defaults.get(key) != value}
    return {"tagsAll": tags} | ({"tags": ours} if "tags" in recorded or ours else {})
