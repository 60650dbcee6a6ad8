"""Reads a metric math expression into a tree. What it means is in `expressions`.

Source: CloudWatch user guide, "Using math expressions with CloudWatch metrics" (using-metric-math.html), metric math
syntax and functions.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from twin.aws.emulator.monitoring.exceptions import ExpressionRefused

__all__ = ["Array", "Binary", "Invocation", "Name", "Negative", "Node", "Number", "Text", "names", "parsed"]


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Name:
    """The id of a metric or of another expression, or a word such as REPEAT."""

    word: str


@dataclass(frozen=True)
class Text:
    value: str


@dataclass(frozen=True)
class Array:
    items: tuple["Node", ...]


@dataclass(frozen=True)
class Negative:
    operand: "Node"


@dataclass(frozen=True)
class Binary:
    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Invocation:
    function: str
    arguments: tuple["Node", ...]


Node = Number | Name | Text | Array | Negative | Binary | Invocation

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|(?P<word>[A-Za-z_]\w*)|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<sign>&&|\|\||==|!=|<=|>=|[-+*/^<>(),\[\]]))"
)

# From what binds least to what binds most; those of a line bind alike, from the left.
_LEVELS: Sequence[frozenset[str]] = (
    frozenset({"||", "OR"}),
    frozenset({"&&", "AND"}),
    frozenset({"==", "!=", "<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "/"}),
)
_CANONICAL = {"OR": "||", "AND": "&&"}


@cache
def parsed(expression: str) -> Node:
    """The tree of the expression.

    Raises:
        ExpressionRefused: it is no metric math.
    """
    if re.match(r"\s*SELECT\b", expression, re.IGNORECASE):
        raise ExpressionRefused(expression, "the twin evaluates no Metrics Insights queries")
    return _Parser(expression).whole()


def names(node: Node) -> Iterator[str]:
    """The words in it that are no functions."""
    match node:
        case Name(word):
            yield word
        case Negative(operand):
            yield from names(operand)
        case Binary(_, left, right):
            yield from (*names(left), *names(right))
        case Array(inner) | Invocation(_, inner):
            for item in inner:
                yield from names(item)
        case _:
            pass


class _Parser:
    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._tokens = list(self._read())
        self._at = 0

    def whole(self) -> Node:
        node = self._level(0)
        if self._at < len(self._tokens):
            raise self._unexpected()
        return node

    def _read(self) -> Iterator[tuple[str, str]]:
        at, text = 0, self._expression.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None or match.lastgroup is None:
                raise ExpressionRefused(self._expression, f"{text[at:].strip()[:1]!r} is not expected there")
            yield match.lastgroup, match[match.lastgroup]
            at = match.end()

    def _level(self, number: int) -> Node:
        if number == len(_LEVELS):
            return self._power()
        left = self._level(number + 1)
        while (sign := self._next()) in _LEVELS[number]:
            self._at += 1
            left = Binary(_CANONICAL.get(sign, sign), left, self._level(number + 1))
        return left

    def _power(self) -> Node:
        """Powers bind from the right, and more than a minus before them."""
        if self._next() == "-":
            self._at += 1
            return Negative(self._power())
        base = self._primary()
        if self._next() != "^":
            return base
        self._at += 1
        return Binary("^", base, self._power())

    def _primary(self) -> Node:
        kind, token = self._take()
        if kind == "number":
            return Number(float(token))
        if kind == "text":
            return Text(token[1:-1])
        if kind == "word":
            return Invocation(token, self._list(")")) if self._skip("(") else Name(token)
        if token == "[":
            return Array(self._list("]"))
        if token == "(":
            node = self._level(0)
            self._expect(")")
            return node
        self._at -= 1
        raise self._unexpected()

    def _list(self, end: str) -> tuple[Node, ...]:
        if self._skip(end):
            return ()
        items = [self._level(0)]
        while self._skip(","):
            items.append(self._level(0))
        self._expect(end)
        return tuple(items)

    def _next(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _take(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise self._unexpected()
        self._at += 1
        return self._tokens[self._at - 1]

    def _skip(self, sign: str) -> bool:
        is_there = self._next() == sign
        self._at += is_there
        return is_there

    def _expect(self, sign: str) -> None:
        if not self._skip(sign):
            raise self._unexpected()

    def _unexpected(self) -> ExpressionRefused:
        found = repr(self._next()) if self._next() else "its end"
        return ExpressionRefused(self._expression, f"{found} is not expected there")
