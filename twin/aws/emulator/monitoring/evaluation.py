"""Decides the state of a metric alarm from its datapoints. Pure: who fetches them, and what follows, is elsewhere.

Sources, of the CloudWatch user guide: "Alarm evaluation" (alarm-evaluation.html), "Configuring how CloudWatch alarms
treat missing data" (alarms-and-missing-data.html), "Percentile-based CloudWatch alarms and low data samples"
(percentiles-with-low-samples.html).
"""

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from twin.aws.emulator.monitoring.actions import State
from twin.aws.emulator.monitoring.statistic import percentile_of

__all__ = ["COMPARISONS", "Comparison", "Missing", "Point", "Rule", "Verdict", "evaluation_range", "plan"]


class Missing(StrEnum):
    """What a missing datapoint counts as."""

    MISSING = "missing"
    IGNORE = "ignore"
    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"


class Comparison(NamedTuple):
    breaches: Callable[[float, float], bool]
    words: str


COMPARISONS: Mapping[str, Comparison] = {
    "GreaterThanThreshold": Comparison(operator.gt, "greater than"),
    "GreaterThanOrEqualToThreshold": Comparison(operator.ge, "greater than or equal to"),
    "LessThanThreshold": Comparison(operator.lt, "less than"),
    "LessThanOrEqualToThreshold": Comparison(operator.le, "less than or equal to"),
}
"""Those of static thresholds. Source: CloudWatch API reference, PutMetricAlarm, ComparisonOperator."""


@dataclass(frozen=True)
class Rule:
    """What an alarm compares, and how often it must hold.

    Attributes:
        datapoints_to_alarm: M of M out of N; `evaluation_periods` is N.
        statistic: CloudWatch's name, None for an expression.
        ignores_few_samples: whether a percentile of few samples leaves the state as it is.
    """

    period_seconds: int
    evaluation_periods: int
    datapoints_to_alarm: int
    comparison: str
    threshold: float
    missing: Missing = Missing.MISSING
    statistic: str | None = None
    ignores_few_samples: bool = False

    def breaches(self, value: float) -> bool:
        return COMPARISONS[self.comparison].breaches(value, self.threshold)


class Point(NamedTuple):
    """A datapoint: the beginning of its period, its value, and how many samples it is of, where that is known."""

    at: int
    value: float
    samples: float = math.inf


@dataclass(frozen=True)
class Verdict:
    """What the datapoints say.

    Attributes:
        state: None where the alarm stays in the state that it is in.
        evaluated: the datapoints that decided, the latest first.
        filled: how many missing datapoints were treated as the alarm says.
        range_periods: so many periods were looked at.
    """

    state: State | None
    evaluated: tuple[Point, ...]
    filled: int
    range_periods: int


_LATE_SECONDS, _LATE_HIGH_RESOLUTION_SECONDS = 180, 30
_LEAST_BEYOND = 2


def evaluation_range(rule: Rule) -> int:
    """How many periods are looked at: more than N, so that older datapoints stand in for missing ones.

    AWS documents one number: 5 for 3 periods of five minutes; and that it depends on period and resolution. Assumed
    for the rest: two periods more, and at least three minutes more (half a minute for high resolution), because AWS's
    services publish a minute up to so late, and alarms on their metrics do not lack data for it.
    """
    is_high = rule.period_seconds % 60 > 0
    late = _LATE_HIGH_RESOLUTION_SECONDS if is_high else _LATE_SECONDS
    return rule.evaluation_periods + max(_LEAST_BEYOND, math.ceil(late / rule.period_seconds))


def plan(rule: Rule, points: Mapping[int, Point], end: int, periods: int | None = None) -> Verdict:
    """The alarm's verdict on the periods that end at `end`.

    Args:
        points: by the beginning of their period; those outside the range do not count.
        periods: the evaluation range; `evaluation_range(rule)` where it is None.
    """
    looked_at = evaluation_range(rule) if periods is None else periods
    aged = [(age, points.get(end - age * rule.period_seconds)) for age in range(1, looked_at + 1)]
    real = [(age, point) for age, point in aged if point is not None]
    evaluated = tuple(point for _, point in real[: rule.evaluation_periods])
    filled = rule.evaluation_periods - len(evaluated)
    state = _retained_if_few(rule, evaluated, _state(rule, real, filled))
    return Verdict(state, evaluated, filled, looked_at)


def _state(rule: Rule, real: list[tuple[int, Point]], filled: int) -> State | None:
    evaluated = real[: rule.evaluation_periods]
    breaching = sum(rule.breaches(point.value) for _, point in evaluated)
    if breaching >= rule.datapoints_to_alarm:
        return State.ALARM
    if not filled:
        return State.OK
    match rule.missing:
        case Missing.BREACHING:
            return State.ALARM if breaching + filled >= rule.datapoints_to_alarm else State.OK
        case Missing.NOT_BREACHING:
            return State.OK
        case Missing.IGNORE:
            return None if breaching == len(real) else State.OK
        case Missing.MISSING:
            return _state_without(rule, real, breaching)


def _state_without(rule: Rule, real: list[tuple[int, Point]], breaching: int) -> State:
    """Missing datapoints count as nothing.

    A breaching one that is at least as old as M, with nothing but breaching and missing ones around it, is enough. One
    that is younger is not; that the state is OK then is assumed.
    """
    if not real:
        return State.INSUFFICIENT_DATA
    oldest, _ = real[-1]
    is_premature_no_more = breaching == len(real) and oldest >= rule.datapoints_to_alarm
    return State.ALARM if is_premature_no_more else State.OK


def _retained_if_few(rule: Rule, evaluated: tuple[Point, ...], state: State | None) -> State | None:
    if not rule.ignores_few_samples or not evaluated:
        return state
    return None if sum(it.samples for it in evaluated) < _least_samples(rule.statistic or "") else state


def _least_samples(statistic: str) -> float:
    """10 / (1 - p) from the median on, 10 / p below it.

    Source: CloudWatch user guide, "Percentile-based CloudWatch alarms and low data samples".
    """
    percent = percentile_of(statistic)
    if percent is None or not 0 < percent < 100:
        return 0.0
    share = percent / 100
    return 10 / (1 - share) if share >= 0.5 else 10 / share
