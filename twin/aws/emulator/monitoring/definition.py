"""The definition of a metric alarm, as DescribeAlarms shows it, read into what is evaluated; and what AWS refuses.

Source of what is refused: CloudWatch API reference, PutMetricAlarm (API_PutMetricAlarm.html), Period and Metrics above
all. Words of AWS's that users have met: those of the period (awsdocs/aws-cloudformation-user-guide#777, before there
were 20 seconds), of datapoints (hashicorp/terraform#24070), of what breaks a constraint of the model
(ansible/ansible#29694), of more than a day, and of elements that return data. The other words are this project's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.monitoring.evaluation import COMPARISONS, Missing, Rule
from twin.aws.emulator.monitoring.exceptions import ExpressionRefused, StatisticUnknown
from twin.aws.emulator.monitoring.expressions import Series
from twin.aws.emulator.monitoring.queries import Expression, Queries, Window, read_queries
from twin.aws.emulator.monitoring.series import Store
from twin.aws.emulator.monitoring.statistic import percentile_of

__all__ = ["Watch", "checked", "watch"]


_ONE_METRIC = ("MetricName", "Namespace", "Dimensions", "Period", "Unit", "Statistic", "ExtendedStatistic")
_SHORT_PERIODS = frozenset({10, 20, 30})
_HOUR, _DAY, _WEEK = 3600, 86_400, 604_800
_ALWAYS_IGNORE = "AWS/DynamoDB"
_ACTIONS_AT_MOST = 5
_UNSUPPORTED = {
    "ThresholdMetricId": "anomaly detection",
    "EvaluationCriteria": "PromQL queries",
    "EvaluationInterval": "PromQL queries",
    "WarmUpConfiguration": "warm-up periods",
    "EvaluationWindow": "wall clock windows",
}

_ID = "m1"
"""Of the one query of an alarm on one metric."""


@dataclass(frozen=True)
class Watch:
    """What an alarm watches, and how it judges.

    Attributes:
        every_seconds: how often it is evaluated.
        is_counted: whether the alarm was given DatapointsToAlarm.
    """

    rule: Rule
    queries: Queries
    every_seconds: int
    is_counted: bool


def watch(alarm: Mapping[str, Any], account: str, region: str) -> Watch:
    """What the alarm, which was accepted before, watches."""
    queries = read_queries(_queries(alarm), account, region)
    evaluation_periods = int(alarm["EvaluationPeriods"])
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic")
    rule = Rule(
        period_seconds=queries.period_seconds,
        evaluation_periods=evaluation_periods,
        datapoints_to_alarm=int(alarm.get("DatapointsToAlarm") or evaluation_periods),
        comparison=alarm["ComparisonOperator"],
        threshold=float(alarm["Threshold"]),
        missing=_missing(alarm),
        statistic=statistic,
        ignores_few_samples=_ignores_few_samples(alarm),
    )
    return Watch(rule, queries, _every(rule), bool(alarm.get("DatapointsToAlarm")))


def _every(rule: Rule) -> int:
    """Seconds from one evaluation to the next.

    Source: CloudWatch user guide, "Alarm evaluation": every 10 seconds where the period is 10, 20 or 30 seconds, once
    an hour where all periods together exceed a day, else every minute.
    """
    if rule.period_seconds < 60:
        return 10
    return _HOUR if rule.period_seconds * rule.evaluation_periods > _DAY else 60


def _missing(alarm: Mapping[str, Any]) -> Missing:
    """Source: "Configuring how CloudWatch alarms treat missing data": DynamoDB's metrics ignore it by default."""
    default = Missing.IGNORE if alarm.get("Namespace") == _ALWAYS_IGNORE else Missing.MISSING
    return Missing(alarm.get("TreatMissingData") or default)


def _ignores_few_samples(alarm: Mapping[str, Any]) -> bool:
    is_percentile = percentile_of(alarm.get("ExtendedStatistic") or "") is not None
    return is_percentile and alarm.get("EvaluateLowSampleCountPercentile") == "ignore"


def _queries(alarm: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if alarm.get("Metrics"):
        return list(alarm["Metrics"])
    metric = {name: alarm[name] for name in ("Namespace", "MetricName", "Dimensions") if alarm.get(name)}
    unit = {"Unit": alarm["Unit"]} if alarm.get("Unit") else {}
    statistic = alarm.get("ExtendedStatistic") or alarm["Statistic"]
    return [
        {"Id": _ID, "MetricStat": {"Metric": metric, "Period": alarm["Period"], "Stat": statistic, **unit}}
    ]


def checked(alarm: Mapping[str, Any], account: str, region: str) -> Watch:
    """What the alarm watches.

    Raises:
        AwsError: AWS would refuse it, or the twin cannot evaluate it.
    """
    for check in _CHECKS:
        if message := check(alarm):
            raise AwsError("ValidationError", message)
    try:
        watched = watch(alarm, account, region)
        watched.queries.check()
        _check_returned(watched.queries)
    except (ExpressionRefused, StatisticUnknown) as error:
        raise AwsError("ValidationError", str(error)) from None
    if message := _lengths(watched.rule):
        raise AwsError("ValidationError", message)
    return watched


def _check_returned(queries: Queries) -> None:
    """What is watched is one time series. Source: user guide, "Create an alarm based on a metric math expression"."""
    if not queries.metrics:
        raise ExpressionRefused("Metrics", "Invalid metrics list: an alarm needs at least one metric")
    if not queries.returned:
        raise ExpressionRefused("Metrics", "Exactly one element of the metrics list should return data.")
    value = queries.values(Store(), Window(0, queries.period_seconds))[queries.returned]
    if not isinstance(value, Series):
        watched = next(it for it in queries.ordered if it.id == queries.returned)
        text = watched.text if isinstance(watched, Expression) else watched.id
        raise ExpressionRefused(text, "Exactly one time series has to come of an alarm's expression")


_Check = Callable[[Mapping[str, Any]], str | None]
"""AWS's message where the alarm breaks the rule."""


def _unsupported(alarm: Mapping[str, Any]) -> str | None:
    found = [what for name, what in _UNSUPPORTED.items() if alarm.get(name) and not _is_sliding(alarm[name])]
    return (
        f"The twin evaluates no alarms with {found[0]}. Use a static threshold on metrics." if found else None
    )


def _is_sliding(given: Any) -> bool:
    return isinstance(given, Mapping) and set(given) == {"SlidingWindow"}


def _one_or_many(alarm: Mapping[str, Any]) -> str | None:
    if not alarm.get("Metrics"):
        return None if alarm.get("MetricName") else "Either MetricName or Metrics must be specified"
    named = [name for name in _ONE_METRIC if alarm.get(name)]
    return f"Metrics list cannot be specified together with {', '.join(named)}" if named else None


def _metric(alarm: Mapping[str, Any]) -> str | None:
    if alarm.get("Metrics"):
        return None
    if not alarm.get("Namespace"):
        return "The parameter Namespace is required"
    if not alarm.get("Period"):
        return "The parameter Period is required"
    is_one = bool(alarm.get("Statistic")) != bool(alarm.get("ExtendedStatistic"))
    return None if is_one else "Exactly one of Statistic and ExtendedStatistic must be specified"


def _comparison(alarm: Mapping[str, Any]) -> str | None:
    if alarm.get("ComparisonOperator") not in COMPARISONS:
        return f"ComparisonOperator must be one of {', '.join(COMPARISONS)}, got {alarm.get('ComparisonOperator')!r}"
    return None if alarm.get("Threshold") is not None else "The parameter Threshold is required"


_TOO_SMALL = (
    "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: "
    "Member must have value greater than or equal to 1"
)


def _counts(alarm: Mapping[str, Any]) -> str | None:
    periods, datapoints = alarm.get("EvaluationPeriods"), alarm.get("DatapointsToAlarm")
    for name, value in (("evaluationPeriods", periods or 0), ("datapointsToAlarm", datapoints)):
        if value is not None and value < 1:
            return _TOO_SMALL.format(value, name)
    if datapoints is not None and datapoints > periods:
        return "DatapointsToAlarm must be less than or equal to EvaluationPeriods"
    return None


def _choices(alarm: Mapping[str, Any]) -> str | None:
    missing, few = alarm.get("TreatMissingData"), alarm.get("EvaluateLowSampleCountPercentile")
    if missing and missing not in set(Missing):
        return f"Option {missing} is not supported for TreatMissingData: use breaching, notBreaching, ignore or missing"
    if few and few not in ("evaluate", "ignore"):
        return (
            f"Option {few} is not supported. "
            "Supported options for parameter EvaluateLowSampleCountPercentile are evaluate and ignore."
        )
    return None


def _actions(alarm: Mapping[str, Any]) -> str | None:
    for name in ("AlarmActions", "OKActions", "InsufficientDataActions"):
        given = alarm.get(name) or []
        if len(given) > _ACTIONS_AT_MOST:
            return f"{name} can have at most {_ACTIONS_AT_MOST} actions, got {len(given)}"
        if wrong := [arn for arn in given if not arn.startswith("arn:")]:
            return f"Invalid arn syntax: {wrong[0]}"
    return None


_CHECKS: tuple[_Check, ...] = (_unsupported, _one_or_many, _metric, _comparison, _counts, _choices, _actions)


def _lengths(rule: Rule) -> str | None:
    """Source: API_PutMetricAlarm, Period."""
    period, together = rule.period_seconds, rule.period_seconds * rule.evaluation_periods
    if period not in _SHORT_PERIODS and period % 60:
        return "Period must be 10, 20, 30 or a multiple of 60"
    if period < _HOUR and together > _DAY:
        return f"Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= {_DAY})."
    if together > _WEEK:
        return f"EvaluationPeriods * Period must be <= {_WEEK}, got {together}"
    return None
