"""The policies of a trial's services: AWS's defaults of target tracking, and steps to compare them with."""

from collections.abc import Mapping
from typing import Any

from tests.trials.calibration.kinds import TARGET_PERCENT, Kind

__all__ = ["stepping", "tracking"]


def tracking(scaling: Any, target: Mapping[str, str], kind: Kind) -> dict[str, str]:
    """A policy with AWS's defaults. Returns: names of the alarms that AWS makes, by ``out`` and ``in``."""
    made = scaling.put_scaling_policy(
        **target,
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": TARGET_PERCENT,
            "PredefinedMetricSpecification": {"PredefinedMetricType": kind.metric_type},
        },
    )
    names = [it["AlarmName"] for it in made["Alarms"]]
    return {way: next(it for it in names if mark in it) for way, mark in (("out", "High"), ("in", "Low"))}


def stepping(
    scaling: Any, watch: Any, target: Mapping[str, str], cluster: str, service: str
) -> dict[str, str]:
    """A policy that adds as many tasks as there are after one minute over the target.

    That it reacts after one minute is the published comparison's; how much it adds, and that its cooldown is the
    default, are assumptions. Returns: the name of its alarm.
    """
    policy = scaling.put_scaling_policy(
        **target,
        PolicyName="cpu-steps",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "PercentChangeInCapacity",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 100}],
        },
    )
    alarm = f"{service}-cpu"
    watch.put_metric_alarm(
        AlarmName=alarm,
        Namespace="AWS/ECS",
        MetricName="CPUUtilization",
        Dimensions=[{"Name": "ClusterName", "Value": cluster}, {"Name": "ServiceName", "Value": service}],
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=TARGET_PERCENT,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[policy["PolicyARN"]],
    )
    return {"out": alarm}
