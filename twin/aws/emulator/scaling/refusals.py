"""What PutScalingPolicy refuses. The rules are AWS's; where their words are not known, these are not AWS's words."""

import itertools
import math
from collections.abc import Iterable, Mapping
from typing import Any

from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.scaling.tracking_alarms import PREDEFINED

__all__ = ["STEPS", "check_steps", "check_tracking", "metric_of"]

STEPS = 20
"""Source: user guide, "Quotas for Application Auto Scaling": "Maximum number of step adjustments per step scaling
policy"."""

_REQUESTS = "ALBRequestCountPerTarget"
_ADJUSTMENTS = frozenset({"ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity"})


def check_tracking(configuration: Mapping[str, Any]) -> None:
    """Raises AwsError where a target tracking policy of an ECS service breaks a rule.

    Source: API reference, TargetTrackingScalingPolicyConfiguration and PredefinedMetricSpecification.
    """
    predefined = configuration.get("PredefinedMetricSpecification")
    customized = configuration.get("CustomizedMetricSpecification")
    if (predefined is None) == (customized is None):
        raise _refused("Specify either a PredefinedMetricSpecification or a CustomizedMetricSpecification.")
    if not float(configuration.get("TargetValue", 0)) > 0:
        raise _refused("TargetValue must be greater than 0.")
    if predefined is not None:
        _check_predefined(predefined["PredefinedMetricType"], predefined.get("ResourceLabel"))
    elif customized is not None and "Metrics" not in customized:
        _check_metric(customized)


def _check_predefined(kind: str, label: str | None) -> None:
    if kind not in PREDEFINED and kind != _REQUESTS:
        raise _refused(f"The predefined metric type {kind} is not supported for ECS services.")
    if label is not None and kind != _REQUESTS:
        raise _refused(f"You can't specify a resource label for {kind}.")
    if kind == _REQUESTS and not (label and label.startswith("app/") and "/targetgroup/" in label):
        raise _refused(f"ResourceLabel must be app/<name>/<id>/targetgroup/<name>/<id>, got {label!r}.")


def _check_metric(customized: Mapping[str, Any]) -> None:
    missing = [name for name in ("MetricName", "Namespace", "Statistic") if not customized.get(name)]
    if missing:
        raise _refused(f"A customized metric needs {', '.join(missing)}.")


def metric_of(configuration: Mapping[str, Any]) -> object:
    """What tells a policy's metric from another's: two policies of a target may not have the same one."""
    return configuration.get("PredefinedMetricSpecification") or configuration.get(
        "CustomizedMetricSpecification"
    )


def check_steps(configuration: Mapping[str, Any]) -> None:
    """Raises AwsError where a step scaling policy breaks a rule.

    Source: user guide, "Step scaling policies", Step adjustments.
    """
    steps = configuration.get("StepAdjustments") or []
    if configuration.get("AdjustmentType") not in _ADJUSTMENTS:
        raise _refused(f"AdjustmentType must be one of {', '.join(sorted(_ADJUSTMENTS))}.")
    if not 1 <= len(steps) <= STEPS:
        raise _refused(f"A step scaling policy has 1 to {STEPS} step adjustments, got {len(steps)}.")
    if configuration["AdjustmentType"] == "ExactCapacity" and any(
        it["ScalingAdjustment"] < 0 for it in steps
    ):
        raise _refused("For exact capacity, you must specify a non-negative value.")
    if (
        "MinAdjustmentMagnitude" in configuration
        and configuration["AdjustmentType"] != "PercentChangeInCapacity"
    ):
        raise _refused("MinAdjustmentMagnitude is only for PercentChangeInCapacity.")
    _check_intervals(sorted(_intervals(steps)))


def _intervals(steps: Iterable[Mapping[str, Any]]) -> Iterable[tuple[float, float]]:
    for it in steps:
        lower, upper = it.get("MetricIntervalLowerBound"), it.get("MetricIntervalUpperBound")
        if lower is None and upper is None:
            raise _refused("The upper and lower bound can't be null in the same step adjustment.")
        yield (-math.inf if lower is None else float(lower), math.inf if upper is None else float(upper))


def _check_intervals(intervals: list[tuple[float, float]]) -> None:
    if any(lower >= upper for lower, upper in intervals):
        raise _refused("The upper bound must be greater than the lower bound.")
    if any(former[1] != latter[0] for former, latter in itertools.pairwise(intervals)):
        raise _refused("The ranges of your step adjustments can't overlap or have a gap.")
    if intervals[0][0] < 0 and intervals[0][0] != -math.inf:
        raise _refused(
            "If one step adjustment has a negative lower bound, there must be one with a null lower bound."
        )
    if 0 < intervals[-1][1] != math.inf:
        raise _refused(
            "If one step adjustment has a positive upper bound, there must be one with a null upper bound."
        )


def _refused(message: str) -> AwsError:
    return AwsError("ValidationException", message)
