"""Filter patterns of CloudWatch Logs: which log events they match. Pure.

Terms (``ERROR -Exiting ?WARN "two words"``) and conditions on JSON (``{ $.level = "ERROR" && $.code >= 500 }``).
Regular expressions (``%…%``) and patterns for space-delimited events (``[…]``) are refused.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from twin.runtime.metrics.exceptions import PatternUnknown

__all__ = ["MISSING", "Pattern", "compiled", "selected"]

Event = str
Condition = Callable[[Any], bool]

MISSING = object()
"""What is selected where there is nothing."""

_TERM = re.compile(r'\s*([-?]?)("(?:[^"\\]|\\.)*"|[^\s"]+)')
_TOKEN = re.compile(
    r'\s*(\(|\)|&&|\|\||!=|<=|>=|=|<|>|\$[\w.\[\]*-]*|"(?:[^"\\]|\\.)*"|[^\s()&|=<>!"]+)', re.ASCII
)
_STEP = re.compile(r"\.([\w-]+)|\[(\d+)\]")
_SELECTOR = re.compile(r"\$(?:\.[\w-]+|\[\d+\])*")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORDS = {"NULL": None, "TRUE": True, "FALSE": False}


@dataclass(frozen=True)
class Pattern:
    """Attributes: is_json: it is a condition on JSON, which events that are none do not meet."""

    text: str
    matches_event: Callable[[Event, Any], bool]
    is_json: bool

    def matches(self, event: Event) -> bool:
        """Whether the log event matches."""
        return self.matches_event(event, read(event) if self.is_json else MISSING)


def compiled(text: str) -> Pattern:
    """The pattern.

    Raises: PatternUnknown
    """
    stripped = text.strip()
    if stripped.startswith("["):
        raise PatternUnknown(text, "patterns for space-delimited events are not")
    if "%" in re.sub(r'"(?:[^"\\]|\\.)*"', "", stripped):
        raise PatternUnknown(text, "regular expressions are not")
    if not stripped.startswith("{"):
        return Pattern(text, _terms(text), is_json=False)
    if not stripped.endswith("}"):
        raise PatternUnknown(text, "its brace is not closed")
    condition = _Reader(text, stripped[1:-1]).condition()
    return Pattern(text, lambda _, document: document is not MISSING and condition(document), is_json=True)


def read(event: Event) -> Any:
    """The event's JSON object; MISSING where it is none."""
    if not event.startswith("{"):
        return MISSING
    try:
        return json.loads(event)
    except ValueError:
        return MISSING


def selected(document: Any, selector: str) -> Any:
    """What the selector leads to, MISSING where there is nothing."""
    for name, index in _STEP.findall(selector):
        if name and isinstance(document, dict) and name in document:
            document = document[name]
        elif index and isinstance(document, list) and int(index) < len(document):
            document = document[int(index)]
        else:
            return MISSING
    return document


# Terms


def _terms(text: str) -> Callable[[Event, Any], bool]:
    """All terms, none of the excluded, and one of the optional ones if there are any."""
    found = list(_read_terms(text))
    wanted = [term for sign, term in found if not sign]
    excluded = [term for sign, term in found if sign == "-"]
    optional = [term for sign, term in found if sign == "?"]

    def matches(event: Event, _: Any) -> bool:
        return (
            all(term in event for term in wanted)
            and not any(term in event for term in excluded)
            and (not optional or any(term in event for term in optional))
        )

    return matches


def _read_terms(text: str) -> Iterator[tuple[str, str]]:
    rest = text.rstrip()
    position = 0
    while position < len(rest):
        found = _TERM.match(rest, position)
        if found is None:
            raise PatternUnknown(text, "a quotation mark is not closed")
        position = found.end()
        yield found[1], _unquoted(found[2])


# Conditions on JSON


class _Reader:
    """Reads a condition: ``()`` before ``&&`` before ``||``."""

    def __init__(self, text: str, inner: str) -> None:
        self._text = text
        self._tokens = self._split(inner)
        self._position = 0

    def condition(self) -> Condition:
        found = self._either()
        if self._position < len(self._tokens):
            raise self._unknown(f"{self._tokens[self._position]!r} is not expected")
        return found

    def _split(self, inner: str) -> list[str]:
        tokens: list[str] = []
        position, inner = 0, inner.rstrip()
        while position < len(inner):
            found = _TOKEN.match(inner, position)
            if found is None:
                raise self._unknown(f"{inner[position:].strip()!r} is not understood")
            tokens.append(found[1])
            position = found.end()
        return tokens

    def _either(self) -> Condition:
        parts = [self._both()]
        while self._taken("||"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else lambda document: any(it(document) for it in parts)

    def _both(self) -> Condition:
        parts = [self._one()]
        while self._taken("&&"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda document: all(it(document) for it in parts)

    def _one(self) -> Condition:
        if self._taken("("):
            found = self._either()
            if not self._taken(")"):
                raise self._unknown("a bracket is not closed")
            return found
        selector = self._next("a selector")
        if not _SELECTOR.fullmatch(selector):
            raise self._unknown(f"{selector!r} is no selector")
        return self._comparison(selector)

    def _comparison(self, selector: str) -> Condition:
        operator = self._next("an operator")
        if operator == "IS":
            return self._is(selector, self._next("NULL, TRUE or FALSE"))
        if operator == "NOT":
            if self._next("EXISTS") != "EXISTS":
                raise self._unknown("NOT is followed by EXISTS only")
            return lambda document: selected(document, selector) is MISSING
        if operator not in _COMPARISONS:
            raise self._unknown(f"{operator!r} is no operator")
        return self._compared(selector, operator, self._next("a value"))

    def _is(self, selector: str, word: str) -> Condition:
        if word not in _WORDS:
            raise self._unknown(f"IS is followed by NULL, TRUE or FALSE, not by {word!r}")
        return lambda document: selected(document, selector) is _WORDS[word]

    def _compared(self, selector: str, operator: str, value: str) -> Condition:
        if _NUMBER.fullmatch(value):
            return _numeric(selector, operator, float(value), value)
        if operator not in ("=", "!="):
            raise self._unknown(f"{operator} compares numbers, and {value!r} is none")
        return _textual(selector, _unquoted(value), wants_equal=operator == "=")

    def _taken(self, token: str) -> bool:
        if self._position < len(self._tokens) and self._tokens[self._position] == token:
            self._position += 1
            return True
        return False

    def _next(self, what: str) -> str:
        if self._position >= len(self._tokens):
            raise self._unknown(f"{what} is missing at its end")
        self._position += 1
        return self._tokens[self._position - 1]

    def _unknown(self, why: str) -> PatternUnknown:
        return PatternUnknown(self._text, why)


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


def _numeric(selector: str, operator: str, value: float, text: str) -> Condition:
    compare = _COMPARISONS[operator]

    def holds(document: Any) -> bool:
        found = selected(document, selector)
        if isinstance(found, str) and operator in ("=", "!="):
            return (found == text) is (operator == "=")
        return isinstance(found, int | float) and not isinstance(found, bool) and compare(found, value)

    return holds


def _textual(selector: str, value: str, *, wants_equal: bool) -> Condition:
    """Only a string or number can be compared; an asterisk at either end stands for anything."""
    expression = re.compile(".*".join(re.escape(part) for part in _parts(value)), re.DOTALL)

    def holds(document: Any) -> bool:
        found = selected(document, selector)
        if isinstance(found, bool) or not isinstance(found, str | int | float):
            return False
        return (expression.fullmatch(str(found)) is not None) is wants_equal

    return holds


def _parts(value: str) -> Sequence[str]:
    """Between asterisks at the ends; one in the middle stands for itself."""
    begins, ends = value.startswith("*"), value.endswith("*") and len(value) > 1
    inner = value[begins : len(value) - ends]
    return [*([""] if begins else []), inner, *([""] if ends else [])]


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if len(text) > 1 and text.startswith('"') else text
