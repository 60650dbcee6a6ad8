"""The rule of a composite alarm: reads it, says of which alarms it is, and whether it holds.

Sources: CloudWatch API reference, PutCompositeAlarm, AlarmRule; for AT_LEAST the user guide, "Composite alarms"
(alarm-combining.html).
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from twin.aws.emulator.monitoring.actions import State
from twin.aws.emulator.monitoring.exceptions import RuleRefused

__all__ = [
    "AlarmRule",
    "AllOf",
    "AnyOf",
    "AtLeast",
    "Constant",
    "InState",
    "Not",
    "children",
    "holds",
    "parsed",
]

_CHILDREN, _ELEMENTS = 100, 500
"""Source: API_PutCompositeAlarm.html, AlarmRule: at most so many children, and elements."""


@dataclass(frozen=True)
class Constant:
    value: bool


@dataclass(frozen=True)
class InState:
    """An alarm, by its name, is in the state."""

    alarm: str
    state: State


@dataclass(frozen=True)
class Not:
    operand: "AlarmRule"


@dataclass(frozen=True)
class AllOf:
    operands: tuple["AlarmRule", ...]


@dataclass(frozen=True)
class AnyOf:
    operands: tuple["AlarmRule", ...]


@dataclass(frozen=True)
class AtLeast:
    number: int
    operands: tuple["AlarmRule", ...]


AlarmRule = Constant | InState | Not | AllOf | AnyOf | AtLeast

_TOKEN = re.compile(r"\s*(?:(?P<quoted>\"(?:[^\"\\]|\\.)*\")|(?P<sign>[(),])|(?P<word>[^\s(),\"]+))")
_STATES = {str(state) for state in State}


@cache
def parsed(text: str) -> AlarmRule:
    """The rule.

    Raises:
        RuleRefused: it cannot be read, or is of too many parts.
    """
    parser = _Parser(text)
    rule = parser.whole()
    if parser.elements > _ELEMENTS:
        raise RuleRefused(text, f"it has more than {_ELEMENTS} elements")
    if len(children(rule)) > _CHILDREN:
        raise RuleRefused(text, f"it names more than {_CHILDREN} alarms")
    return rule


def children(rule: AlarmRule) -> list[str]:
    """The alarms that the rule names, each once, in its order."""
    return list(dict.fromkeys(_named(rule)))


def _named(rule: AlarmRule) -> Iterator[str]:
    match rule:
        case InState(alarm, _):
            yield alarm
        case Not(operand):
            yield from _named(operand)
        case AllOf(operands) | AnyOf(operands) | AtLeast(_, operands):
            for operand in operands:
                yield from _named(operand)
        case Constant():
            pass


def holds(rule: AlarmRule, state_of: Callable[[str], State | None]) -> bool:
    """Whether the rule holds.

    Args:
        state_of: an alarm's state by its name, None where there is no such alarm.
    """
    match rule:
        case Constant(value):
            return value
        case InState(alarm, state):
            return state_of(alarm) is state
        case Not(operand):
            return not holds(operand, state_of)
        case AllOf(operands):
            return all(holds(it, state_of) for it in operands)
        case AnyOf(operands):
            return any(holds(it, state_of) for it in operands)
        case AtLeast(number, operands):
            return sum(holds(it, state_of) for it in operands) >= number


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(self._read())
        self._at = 0
        self.elements = 0

    def whole(self) -> AlarmRule:
        rule = self._any_of()
        if self._at < len(self._tokens):
            raise self._unexpected()
        return rule

    def _read(self) -> Iterator[str]:
        at, text = 0, self._text.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise RuleRefused(self._text, f"{text[at:].strip()[:1]!r} is not expected there")
            yield match[0].strip()
            at = match.end()

    def _any_of(self) -> AlarmRule:
        operands = [self._all_of()]
        while self._skip("OR"):
            operands.append(self._all_of())
        return operands[0] if len(operands) == 1 else AnyOf(tuple(operands))

    def _all_of(self) -> AlarmRule:
        operands = [self._not()]
        while self._skip("AND"):
            operands.append(self._not())
        return operands[0] if len(operands) == 1 else AllOf(tuple(operands))

    def _not(self) -> AlarmRule:
        return Not(self._not()) if self._skip("NOT") else self._single()

    def _single(self) -> AlarmRule:
        self.elements += 1
        token = self._take()
        if token == "(":
            self.elements += 1
            rule = self._any_of()
            self._expect(")")
            return rule
        if token in ("TRUE", "FALSE"):
            return Constant(token == "TRUE")
        if token == "AT_LEAST":
            return self._at_least()
        if token in _STATES:
            return self._in_state(State(token))
        self._at -= 1
        raise self._unexpected()

    def _in_state(self, state: State) -> InState:
        self._expect("(")
        alarm = self._alarm()
        self._expect(")")
        return InState(alarm, state)

    def _at_least(self) -> AtLeast:
        self._expect("(")
        share = self._take().strip('"')
        self._expect(",")
        is_negated, state = self._skip("NOT"), self._state()
        self._expect(",")
        self._expect("(")
        alarms = [self._alarm()]
        while self._skip(","):
            alarms.append(self._alarm())
        self._expect(")")
        self._expect(")")
        operands = tuple(Not(InState(it, state)) if is_negated else InState(it, state) for it in alarms)
        return AtLeast(self._number(share, len(alarms)), operands)

    def _number(self, share: str, alarms: int) -> int:
        """A count, or a percentage of the alarms, rounded up (assumed)."""
        if not re.fullmatch(r"\d+%?", share):
            raise RuleRefused(self._text, f"AT_LEAST takes a number or a percentage, not {share!r}")
        number = int(share.rstrip("%"))
        wanted = math.ceil(alarms * number / 100) if share.endswith("%") else number
        if not 1 <= wanted <= alarms:
            raise RuleRefused(self._text, f"AT_LEAST cannot ask for {share} of {alarms} alarms")
        return wanted

    def _state(self) -> State:
        token = self._take()
        if token not in _STATES:
            raise RuleRefused(self._text, f"{token!r} is no state of an alarm")
        return State(token)

    def _alarm(self) -> str:
        """By name or ARN, in quotation marks or without."""
        token = self._take()
        if token in ("(", ")", ","):
            self._at -= 1
            raise self._unexpected()
        self.elements += 1
        name = re.sub(r"\\(.)", r"\1", token[1:-1]) if token.startswith('"') else token
        return name.rpartition(":alarm:")[2] if name.startswith("arn:") else name

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        if self._at >= len(self._tokens):
            raise self._unexpected()
        self._at += 1
        return self._tokens[self._at - 1]

    def _skip(self, token: str) -> bool:
        is_there = self._next() == token
        self._at += is_there
        return is_there

    def _expect(self, token: str) -> None:
        if not self._skip(token):
            raise self._unexpected()

    def _unexpected(self) -> RuleRefused:
        return RuleRefused(
            self._text, f"{self._next()!r} is not expected there" if self._next() else "it ends too early"
        )
