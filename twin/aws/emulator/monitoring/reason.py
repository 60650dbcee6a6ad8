"""Why an alarm is in its state, in AWS's words and as AWS's JSON.

The words are those that AWS's alarms are seen to give; AWS documents them by examples only.
"""

import datetime
import json
from collections.abc import Sequence
from typing import Any

from twin.aws.emulator.monitoring.actions import State
from twin.aws.emulator.monitoring.evaluation import COMPARISONS, Missing, Point, Rule, Verdict

__all__ = ["INITIAL", "as_json", "reason", "reason_data", "stamp"]

INITIAL = "Unchecked: Initial alarm creation"
"""The reason of an alarm that was not evaluated yet."""

_FILLED = {Missing.BREACHING: "Breaching", Missing.NOT_BREACHING: "NonBreaching"}
_SHOWN = 5
"""So many datapoints at most are in the words."""


def reason(rule: Rule, verdict: Verdict, old: State, new: State, is_counted: bool) -> str:
    """What the alarm says of its new state.

    Args:
        is_counted: whether the alarm says how many datapoints it takes, as those with DatapointsToAlarm do.
    """
    if new is State.INSUFFICIENT_DATA:
        unknown = rule.evaluation_periods
        return f"Insufficient Data: {_count(unknown, 'datapoint')} {_were(unknown)} unknown."
    if not verdict.evaluated:
        periods = _count(verdict.filled, "period")
        return f"Threshold Crossed: no datapoints were received for {periods}{_filling(rule, verdict)}."
    return f"Threshold Crossed: {_crossed(rule, verdict, old, new, is_counted)}"


def _crossed(rule: Rule, verdict: Verdict, old: State, new: State, is_counted: bool) -> str:
    deciding = [it for it in verdict.evaluated if rule.breaches(it.value) == (new is State.ALARM)]
    points = deciding or list(verdict.evaluated)
    relation = f"{'' if rule.breaches(points[0].value) else 'not '}{COMPARISONS[rule.comparison].words}"
    said = f"{_were(len(points))} {relation} the threshold ({float(rule.threshold)})"
    filling = _filling(rule, verdict)
    if not is_counted:
        return f"{_count(len(points), 'datapoint')} {_listed(points)} {said}{filling}."
    least = (
        rule.datapoints_to_alarm
        if new is State.ALARM
        else rule.evaluation_periods - rule.datapoints_to_alarm + 1
    )
    counted = f"{len(points)} out of the last {rule.evaluation_periods} datapoints {_listed(points)} {said}"
    return f"{counted}{filling} (minimum {_count(least, 'datapoint')} for {old} -> {new} transition)."


def _filling(rule: Rule, verdict: Verdict) -> str:
    if not verdict.filled or rule.missing not in _FILLED:
        return ""
    missing = f"{_count(verdict.filled, 'missing datapoint')} {_were(verdict.filled)}"
    return f" and {missing} treated as [{_FILLED[rule.missing]}]"


def _listed(points: Sequence[Point]) -> str:
    shown = [f"{it.value} ({_at(it.at, '%d/%m/%y %H:%M:%S')})" for it in points[:_SHOWN]]
    return f"[{', '.join([*shown, *(['...'] if len(points) > _SHOWN else [])])}]"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def reason_data(rule: Rule, verdict: Verdict, now: float) -> dict[str, Any]:
    """AWS's StateReasonData."""
    oldest_first = list(reversed(verdict.evaluated))
    begin = {"startDate": stamp(oldest_first[0].at)} if oldest_first else {}
    statistic = {"statistic": rule.statistic} if rule.statistic else {}
    return {
        "version": "1.0",
        "queryDate": stamp(now),
        **begin,
        **statistic,
        "period": rule.period_seconds,
        "recentDatapoints": [it.value for it in oldest_first],
        "threshold": rule.threshold,
        "evaluatedDatapoints": [_evaluated(it) for it in oldest_first],
    }


def _evaluated(point: Point) -> dict[str, Any]:
    samples = {} if point.samples == float("inf") else {"sampleCount": point.samples}
    return {"timestamp": stamp(point.at), **samples, "value": point.value}


def as_json(document: Any) -> str:
    """The document as CloudWatch writes JSON."""
    return json.dumps(document, separators=(",", ":"))


def stamp(at: float) -> str:
    moment = datetime.datetime.fromtimestamp(at, datetime.UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def _at(at: float, form: str) -> str:
    return datetime.datetime.fromtimestamp(at, datetime.UTC).strftime(form)
