from typing import Any

import pytest

from tests.twin.aws.emulator.monitoring.virtual import ACCOUNT, REGION
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.monitoring.definition import checked
from twin.aws.emulator.monitoring.evaluation import Missing

ALARM: dict[str, Any] = {
    "AlarmName": "a",
    "Namespace": "Estate",
    "MetricName": "m",
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 3,
    "Threshold": 5.0,
    "ComparisonOperator": "GreaterThanThreshold",
}
MATH: dict[str, Any] = {
    **dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period")),
    "Metrics": [
        {
            "Id": "m1",
            "ReturnData": False,
            "MetricStat": {"Metric": {"Namespace": "N", "MetricName": "m"}, "Period": 60, "Stat": "Sum"},
        },
        {"Id": "e1", "Expression": "m1 * 2"},
    ],
}


def _queries(expression: str, **more: Any) -> dict[str, Any]:
    return {**MATH, "Metrics": [MATH["Metrics"][0], {"Id": "e1", "Expression": expression}], **more}


def _alarm(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**ALARM, **given}.items() if value is not None}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"Period": 15}, "Period must be 10, 20, 30 or a multiple of 60"),
        ({"Period": 90}, "Period must be"),
        ({"Period": 5}, "Period must be"),
        ({"Period": None}, "parameter Period is required"),
        ({"Namespace": None}, "parameter Namespace is required"),
        ({"MetricName": None}, "Either MetricName or Metrics"),
        ({"EvaluationPeriods": 1441}, "more than a day"),
        ({"Period": 3600, "EvaluationPeriods": 169}, "604800"),
        ({"DatapointsToAlarm": 4}, ": DatapointsToAlarm must be less than or equal to EvaluationPeriods$"),
        ({"DatapointsToAlarm": 0}, "Value '0' at 'datapointsToAlarm' failed to satisfy constraint"),
        ({"EvaluationPeriods": 0}, "Value '0' at 'evaluationPeriods' failed to satisfy constraint"),
        ({"Threshold": None}, "parameter Threshold is required"),
        ({"ComparisonOperator": "Above"}, "ComparisonOperator must be one of"),
        ({"ComparisonOperator": "GreaterThanUpperThreshold"}, "ComparisonOperator must be one of"),
        ({"Statistic": None}, "Exactly one of Statistic and ExtendedStatistic"),
        ({"ExtendedStatistic": "p99"}, "Exactly one of Statistic and ExtendedStatistic"),
        (
            {"Statistic": None, "ExtendedStatistic": "q99"},
            "q99 for parameter ExtendedStatistic is not supported",
        ),
        ({"TreatMissingData": "good"}, "Option good is not supported"),
        ({"EvaluateLowSampleCountPercentile": "no"}, "Option no is not supported"),
        ({"Metrics": MATH["Metrics"]}, "cannot be specified together with MetricName"),
        ({"AlarmActions": ["topic"]}, "Invalid arn syntax: topic"),
        ({"AlarmActions": ["arn:aws:sns:x"] * 6}, "at most 5 actions"),
        ({"ThresholdMetricId": "ad1"}, "anomaly detection"),
        ({"EvaluationWindow": {"WallClockWindow": {}}}, "wall clock"),
        (_queries("m2"), "Undefined variable 'm2'"),
        (_queries("NOPE(m1)"), "Unsupported function 'NOPE'"),
        (_queries("SUM(m1)"), "one time series"),
        (_queries("METRICS()"), "one time series"),
        (_queries("e1 + m1"), "circle"),
        ({**MATH, "Metrics": [{"Id": "e1", "Expression": "1"}]}, "at least one metric"),
        (
            {**MATH, "Metrics": [{**MATH["Metrics"][0], "ReturnData": True}, MATH["Metrics"][1]]},
            "Exactly one element",
        ),
    ],
)
def test_what_cannot_be_evaluated_is_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(AwsError, match=words) as refused:
        checked(_alarm(given), ACCOUNT, REGION)
    assert refused.value.code == "ValidationError"


@pytest.mark.parametrize(
    ("given", "every"),
    [
        ({}, 60),
        ({"Period": 10}, 10),
        ({"Period": 20}, 10),
        ({"Period": 30}, 10),
        ({"Period": 300}, 60),
        ({"Period": 3600, "EvaluationPeriods": 24}, 60),
        ({"Period": 3600, "EvaluationPeriods": 25}, 3600),
        ({"EvaluationWindow": {"SlidingWindow": {}}}, 60),
        (MATH, 60),
    ],
)
def test_an_alarm_is_evaluated_every_so_many_seconds(given: dict[str, Any], every: int) -> None:
    assert checked(_alarm(given), ACCOUNT, REGION).every_seconds == every


def test_missing_data_of_dynamodb_are_ignored_unless_the_alarm_says_otherwise() -> None:
    namespace = {"Namespace": "AWS/DynamoDB"}
    found = [
        checked(_alarm({**namespace, **it}), ACCOUNT, REGION).rule.missing
        for it in ({}, {"TreatMissingData": "breaching"})
    ]
    assert found == [Missing.IGNORE, Missing.BREACHING]
