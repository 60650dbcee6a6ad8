"""Axes: where their marks are, and how a mark reads."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["TimeAxis", "ValueAxis", "elapsed", "number"]

_TIME_STEPS_SECONDS = (
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    900,
    1800,
    3600,
    7200,
    14400,
    21600,
    43200,
    86400,
)
_SHARES = "%"
"""A unit whose axis may begin above zero: what matters of a success rate lies near its top."""


_SHOWN_SHARE = 99.9
"""An axis of shares begins here at the highest."""
_FLAT = 1e-9
"""Values that differ by less are drawn as one."""


@dataclass(frozen=True)
class TimeAxis:
    """The one that all charts of a page share. Attributes: began_at, ended_at: Unix seconds, the latter the later."""

    began_at: float
    ended_at: float

    @property
    def seconds(self) -> float:
        return max(self.ended_at - self.began_at, 1.0)

    def share(self, at: float) -> float:
        """Where on the axis, 0 to 1."""
        return min(max((at - self.began_at) / self.seconds, 0.0), 1.0)

    def marks(self, at_most: int) -> list[float]:
        """Seconds since the begin, evenly, at least two."""
        step = next(
            (it for it in _TIME_STEPS_SECONDS if self.seconds / it <= at_most - 1), _TIME_STEPS_SECONDS[-1]
        )
        return [float(it * step) for it in range(math.floor(self.seconds / step) + 1)]


@dataclass(frozen=True)
class ValueAxis:
    low: float
    high: float
    marks: tuple[float, ...]

    @classmethod
    def over(cls, values: Sequence[float], unit: str, at_most: int = 5) -> "ValueAxis":
        """From zero (a share may begin higher) to a round number that no value exceeds."""
        top = max([*values, 0.0])
        bottom = min([*values, 0.0])
        if unit == _SHARES and values and min(values) >= 50 and top <= 100:
            bottom, top = min(*values, _SHOWN_SHARE), 100.0
        if top - bottom < _FLAT:
            top = bottom + 1.0
        step = _round_step(top - bottom, at_most)
        first, last = math.floor(bottom / step + 1e-9), math.ceil(top / step - 1e-9)
        marks = tuple(float(f"{it * step:.12g}") for it in range(first, last + 1))
        return cls(marks[0], marks[-1], marks)

    @property
    def begins_at_zero(self) -> bool:
        return self.low <= 0

    def share(self, value: float) -> float:
        """How high, 0 to 1."""
        return (value - self.low) / (self.high - self.low)


def elapsed(seconds: float) -> str:
    """A time since the begin as people say it."""
    if seconds < 60 and seconds != round(seconds):
        return f"{seconds:.1f} s"
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"


def number(value: float) -> str:
    """The value with as many digits as tell something."""
    if value == round(value) and abs(value) < 1e15:
        return f"{value:,.0f}"
    digits = 1 if abs(value) >= 100 else 2 if abs(value) >= 1 else 4
    return f"{value:,.{digits}f}".rstrip("0").rstrip(".") or "0"


def _round_step(span: float, at_most: int) -> float:
    """A step of 1, 2 or 5 times a power of ten with which the span has at most that many."""
    raw = span / at_most
    power = 10.0 ** math.floor(math.log10(raw))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * (1 - 1e-9))
