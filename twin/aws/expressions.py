"""Values that a row computes: JMESPath over what a step knows, text with places to fill, and literals."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import jmespath
from jmespath import functions
from jmespath.parser import ParsedResult

__all__ = ["Expression", "Text", "Through", "evaluate", "inputs_read", "pruned"]

NOT_OF_PATH = re.compile(r"!([A-Za-z_]\w*(?:\.\w+)+)")
"""JMESPath's ``!`` takes only the first name of a path; here ``!item.Policy`` says what it seems to say."""

PLACE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Text:
    """Text whose ``{expression}`` places are filled: ``Text("arn:aws:ec2:{region}:{account}:vpc/{id}")``."""

    template: str


@dataclass(frozen=True)
class Through:
    """What a function makes of an expression's value; None stays None."""

    function: Callable[[Any], Any]
    expression: "Expression"


Expression = Any
"""A `str` is JMESPath, a `Text` is filled, a `Through` is computed, a dict or list holds expressions, and
anything else is itself."""


class _Functions(functions.Functions):
    """What rows need beside JMESPath's own functions."""

    @functions.signature({"types": ["array", "null"]}, {"types": ["array", "null"]})
    def _func_minus(self, these: list[Any] | None, those: list[Any] | None) -> list[Any] | None:
        """``minus(inputs.x, old.x)``: what of the first is not in the second, null if nothing is."""
        return [element for element in these or [] if element not in (those or [])] or None


_OPTIONS = jmespath.Options(custom_functions=_Functions())


@cache
def _compiled(expression: str) -> ParsedResult:
    return jmespath.compile(NOT_OF_PATH.sub(r"!(\1)", expression))


def evaluate(expression: Expression, scope: Mapping[str, Any]) -> Any:
    """What the expression says of the scope; None where what it names is not there."""
    match expression:
        case str():
            return _compiled(expression).search(scope, _OPTIONS)
        case Text(template):
            return _fill(template, scope)
        case Through(function, inner):
            value = evaluate(inner, scope)
            return None if value is None else function(value)
        case Mapping():
            return {key: evaluate(value, scope) for key, value in expression.items()}
        case list():
            return [evaluate(value, scope) for value in expression]
        case _:
            return expression


def _fill(template: str, scope: Mapping[str, Any]) -> str | None:
    """The text, or None if one of its places has no value."""
    values = {place: _compiled(place).search(scope, _OPTIONS) for place in PLACE.findall(template)}
    if any(value is None for value in values.values()):
        return None
    return PLACE.sub(lambda match: str(values[match[1]]), template)


def inputs_read(expression: Expression) -> frozenset[str]:
    """The input properties that an expression reads, so that nobody has to list them a second time."""
    match expression:
        case str():
            return frozenset(_fields_of_inputs(_compiled(expression).parsed))
        case Text(template):
            return frozenset().union(*(inputs_read(place) for place in PLACE.findall(template)))
        case Through(_, inner):
            return inputs_read(inner)
        case Mapping():
            return frozenset().union(*(inputs_read(value) for value in expression.values()))
        case list():
            return frozenset().union(*(inputs_read(value) for value in expression))
        case _:
            return frozenset()


def _fields_of_inputs(node: Mapping[str, Any]) -> Iterator[str]:
    children = [child for child in node["children"] if isinstance(child, Mapping)]
    if (
        node["type"] == "subexpression"
        and children[0]["type"] == "field"
        and children[0]["value"] == "inputs"
    ):
        yield from _first_field(children[1])
    for child in children:
        yield from _fields_of_inputs(child)


def _first_field(node: Mapping[str, Any]) -> Iterator[str]:
    """The leftmost name: of ``inputs.aliases[0]``, JMESPath reads ``aliases[0]`` first."""
    if node["type"] == "field":
        yield node["value"]
    elif node["type"] == "index_expression":
        yield from _first_field(node["children"][0])


def pruned(value: Any) -> Any:
    """Without what an expression found nothing for; an object that thereby becomes empty goes as well."""
    if isinstance(value, dict):
        kept = {key: left for key, item in value.items() if (left := pruned(item)) is not None}
        return kept if kept or not value else None
    if isinstance(value, list):
        return [left for item in value if (left := pruned(item)) is not None]
    return value
