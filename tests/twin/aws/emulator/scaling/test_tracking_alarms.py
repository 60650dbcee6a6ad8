"""Which alarms a target tracking policy has."""

from typing import Any

import pytest

from twin.aws.emulator.scaling.tracking_alarms import HIGH, LOW, alarm_names, alarms

ID = "service/estate/portal"
LABEL = "app/portal/778d41231b141a0f/targetgroup/portal/943f017f100becff"
OF_SERVICE = [{"Name": "ClusterName", "Value": "estate"}, {"Name": "ServiceName", "Value": "portal"}]


def _alarms(configuration: dict[str, Any]) -> dict[str, dict[str, Any]]:
    names = alarm_names(ID, bool(configuration.get("DisableScaleIn")), {HIGH: "u1", LOW: "u2"})
    return {it["AlarmName"]: it for it in alarms(ID, configuration, names, "arn:policy")}


def _predefined(kind: str, **given: Any) -> dict[str, Any]:
    return {"TargetValue": 70.0, "PredefinedMetricSpecification": {"PredefinedMetricType": kind, **given}}


def test_they_are_three_minutes_over_the_target_and_fifteen_below_nine_tenths() -> None:
    common = {
        "Namespace": "AWS/ECS",
        "MetricName": "CPUUtilization",
        "Dimensions": OF_SERVICE,
        "Statistic": "Average",
        "Period": 60,
        "Unit": "Percent",
        "AlarmDescription": "DO NOT EDIT OR DELETE. For TargetTrackingScaling policy arn:policy.",
        "ActionsEnabled": True,
        "AlarmActions": ["arn:policy"],
    }
    high, low = f"TargetTracking-{ID}-AlarmHigh-u1", f"TargetTracking-{ID}-AlarmLow-u2"
    assert _alarms(_predefined("ECSServiceAverageCPUUtilization")) == {
        high: {
            **common,
            "AlarmName": high,
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 3,
            "Threshold": 70.0,
        },
        low: {
            **common,
            "AlarmName": low,
            "ComparisonOperator": "LessThanThreshold",
            "EvaluationPeriods": 15,
            "Threshold": 63.0,
        },
    }


def test_without_scale_in_there_is_no_low_alarm() -> None:
    found = _alarms({**_predefined("ECSServiceAverageMemoryUtilization"), "DisableScaleIn": True})
    assert list(found) == [f"TargetTracking-{ID}-AlarmHigh-u1"]


def test_the_fast_metrics_are_looked_at_every_20_seconds() -> None:
    found = _alarms(_predefined("ECSServiceAverageMemoryUtilizationHighResolution"))
    told = [(it["MetricName"], it["Period"], it["EvaluationPeriods"]) for it in found.values()]
    assert told == [("MemoryUtilization", 20, 3), ("MemoryUtilization", 20, 45)]


def test_requests_are_counted_for_the_target_group_of_the_label() -> None:
    found = _alarms(_predefined("ALBRequestCountPerTarget", ResourceLabel=LABEL))
    for it in found.values():
        assert (it["Namespace"], it["MetricName"], it["Statistic"]) == (
            "AWS/ApplicationELB",
            "RequestCountPerTarget",
            "Sum",
        )
        assert it["Dimensions"] == [
            {"Name": "TargetGroup", "Value": "targetgroup/portal/943f017f100becff"},
            {"Name": "LoadBalancer", "Value": "app/portal/778d41231b141a0f"},
        ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(
            {"Namespace": "N", "MetricName": "M", "Statistic": "Maximum", "Unit": "Count"},
            {
                "Namespace": "N",
                "MetricName": "M",
                "Statistic": "Maximum",
                "Unit": "Count",
                "Dimensions": [],
                "Period": 60,
            },
            id="one metric",
        ),
        pytest.param(
            {
                "Metrics": [
                    {
                        "Id": "m",
                        "MetricStat": {"Metric": {"MetricName": "M"}, "Stat": "Sum"},
                        "ReturnData": False,
                    },
                    {"Id": "e", "Expression": "m / 2"},
                ]
            },
            {
                "Metrics": [
                    {
                        "Id": "m",
                        "MetricStat": {"Metric": {"MetricName": "M"}, "Stat": "Sum", "Period": 60},
                        "ReturnData": False,
                    },
                    {"Id": "e", "Expression": "m / 2", "Period": 60},
                ]
            },
            id="metric math",
        ),
    ],
)
def test_a_metric_of_ones_own_is_looked_at_every_minute(
    given: dict[str, Any], expected: dict[str, Any]
) -> None:
    for it in _alarms({"TargetValue": 10, "CustomizedMetricSpecification": given}).values():
        assert {name: it[name] for name in expected} == expected
