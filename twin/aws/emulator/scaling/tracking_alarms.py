"""The alarms that AWS makes for a target tracking policy.

What they are called is in the user guide ("Create a target tracking scaling policy using the AWS CLI"). That a metric
below its target counts once it is "usually more than 10% lower" is in "Target tracking scaling policies". Their numbers
(3 of 3 minutes above the target, 15 of 15 minutes below 90% of it, missing data `missing`) are not in AWS's guides:
users see them in their accounts, and AWS does not deny them (aws/containers-roadmap#1208, aws/copilot-cli#4233).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["HIGH", "LOW", "PREDEFINED", "Resource", "alarm_names", "alarms"]

Document = dict[str, Any]

HIGH, LOW = "AlarmHigh", "AlarmLow"
_HIGH_PERIODS = 3
_LOW_SECONDS = 15 * 60
_LOW_SHARE = 0.9
_MINUTE_SECONDS = 60
_FAST_SECONDS = 20
"""Source: API reference, PredefinedMetricSpecification: "uses 20-second CloudWatch metrics". That three of them make a
scale-out, as with minutes, is an assumption, and so is that scale-in takes as many minutes as there (45 of 45)."""


@dataclass(frozen=True)
class _Predefined:
    metric: str
    period_seconds: int = _MINUTE_SECONDS


PREDEFINED: Mapping[str, _Predefined] = {
    "ECSServiceAverageCPUUtilization": _Predefined("CPUUtilization"),
    "ECSServiceAverageMemoryUtilization": _Predefined("MemoryUtilization"),
    "ECSServiceAverageCPUUtilizationHighResolution": _Predefined("CPUUtilization", _FAST_SECONDS),
    "ECSServiceAverageMemoryUtilizationHighResolution": _Predefined("MemoryUtilization", _FAST_SECONDS),
}
"""Source: ECS developer guide, "Faster auto scaling with high-resolution metrics" (target-tracking-faster-auto-
scaling.html), and "Target tracking scaling policies"."""


@dataclass(frozen=True)
class Resource:
    """The ECS service that is scaled."""

    cluster: str
    service: str

    @classmethod
    def of(cls, resource_id: str) -> "Resource":
        """Args: resource_id: ``service/<cluster>/<service>``."""
        _, cluster, service = resource_id.split("/")
        return cls(cluster, service)


def alarm_names(resource_id: str, is_in_disabled: bool, uuids: Mapping[str, str]) -> dict[str, str]:
    """The names of a policy's alarms by kind (`HIGH`, `LOW`); no low one where it does not scale in.

    Args:
        uuids: one a kind.
    """
    kinds = (HIGH,) if is_in_disabled else (HIGH, LOW)
    return {kind: f"TargetTracking-{resource_id}-{kind}-{uuids[kind]}" for kind in kinds}


def alarms(
    resource_id: str, configuration: Mapping[str, Any], names: Mapping[str, str], action: str
) -> list[Document]:
    """PutMetricAlarm's parameters for each alarm of a policy.

    Args:
        configuration: TargetTrackingScalingPolicyConfiguration.
        names: by kind.
        action: the ARN that calls the policy.
    """
    metric, period = _metric(resource_id, configuration)
    target = float(configuration["TargetValue"])
    common = {
        **metric,
        "AlarmDescription": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {action}.",
        "ActionsEnabled": True,
        "AlarmActions": [action],
    }
    settings = {
        HIGH: ("GreaterThanThreshold", _HIGH_PERIODS, target),
        LOW: ("LessThanThreshold", _LOW_SECONDS // period, _tidy(target * _LOW_SHARE)),
    }
    return [{**common, "AlarmName": name, **_setting(*settings[kind])} for kind, name in names.items()]


def _tidy(threshold: float) -> float:
    """Without the binary remainder: 63 for a target of 70."""
    return round(threshold, 9)


def _setting(operator: str, periods: int, threshold: float) -> Document:
    return {"ComparisonOperator": operator, "EvaluationPeriods": periods, "Threshold": threshold}


def _metric(resource_id: str, configuration: Mapping[str, Any]) -> tuple[Document, int]:
    """The alarm's metric, and its period in seconds."""
    if "CustomizedMetricSpecification" in configuration:
        return _customized(configuration["CustomizedMetricSpecification"]), _MINUTE_SECONDS
    given = configuration["PredefinedMetricSpecification"]
    kind = given["PredefinedMetricType"]
    if kind == "ALBRequestCountPerTarget":
        return _requests(given["ResourceLabel"]), _MINUTE_SECONDS
    predefined, service = PREDEFINED[kind], Resource.of(resource_id)
    dimensions = {"ClusterName": service.cluster, "ServiceName": service.service}
    found = _single("AWS/ECS", predefined.metric, dimensions, "Average", predefined.period_seconds)
    return {**found, "Unit": "Percent"}, predefined.period_seconds


def _requests(label: str) -> Document:
    """Of a target group behind a load balancer.

    Source: Elastic Load Balancing, "CloudWatch metrics for your Application Load Balancer" (load-balancer-cloudwatch-
    metrics.html), RequestCountPerTarget: the only valid statistic is Sum. That both dimensions are used is an
    assumption: the label names both.
    """
    balancer, _, group = label.partition("/targetgroup/")
    dimensions = {"TargetGroup": f"targetgroup/{group}", "LoadBalancer": balancer}
    return _single("AWS/ApplicationELB", "RequestCountPerTarget", dimensions, "Sum", _MINUTE_SECONDS)


def _single(
    namespace: str, name: str, dimensions: Mapping[str, str], statistic: str, period: int
) -> Document:
    return {
        "Namespace": namespace,
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
        "Statistic": statistic,
        "Period": period,
    }


def _customized(given: Mapping[str, Any]) -> Document:
    if "Metrics" in given:
        return {"Metrics": [_query(it) for it in given["Metrics"]]}
    dimensions = {it["Name"]: it["Value"] for it in given.get("Dimensions", ())}
    found = _single(given["Namespace"], given["MetricName"], dimensions, given["Statistic"], _MINUTE_SECONDS)
    return {**found, "Unit": given["Unit"]} if "Unit" in given else found


def _query(given: Mapping[str, Any]) -> Document:
    """A query of the policy as one of an alarm, which has a period."""
    if "MetricStat" not in given:
        return {**given, "Period": _MINUTE_SECONDS}
    return {**given, "MetricStat": {**given["MetricStat"], "Period": _MINUTE_SECONDS}}
