"""Steps within seconds, on a metric that the service publishes itself."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.exceptions import ComponentError
from components.policy import allow
from components.private_service.scalable import Scalable, adjustment, step_policy

__all__ = ["FastStepArgs", "StepArgs", "check_fast_step", "publish_statement", "step_fast"]

HIGH_RESOLUTION_SECONDS = (10, 30)
"""Periods of an alarm on a high-resolution metric. Source: CloudWatch API reference, PutMetricAlarm."""


class StepArgs(TypedDict):
    above: float
    """Begin of the step, in units of the metric above the threshold; 0 for the first one."""
    add_percent: int
    """Tasks to add, in percent of those there are."""


class FastStepArgs(TypedDict):
    namespace: str
    """Namespace of the service's own metric; its tasks are allowed to publish in it."""
    metric_name: str
    """Name of the metric, published with a resolution of one second."""
    threshold: float
    """Value from which the steps count."""
    steps: Sequence[StepArgs]
    """Steps, the lowest first."""
    dimensions: NotRequired[Mapping[str, str]]
    """Dimensions of the metric. Default: Service, with the service's name."""
    statistic: NotRequired[str]
    """Statistic over a period. Default: Average."""
    period_seconds: NotRequired[int]
    """Period of the alarm, 10 or 30. Default: 10."""
    periods: NotRequired[int]
    """Periods in a row over the threshold that make a step. Default: 2."""
    cooldown_seconds: NotRequired[int]
    """Seconds until the next step of the same size may follow. Default: 30."""


def check_fast_step(fast: FastStepArgs) -> None:
    """Raises ComponentError where period or steps break a rule."""
    period = fast.get("period_seconds", 10)
    if period not in HIGH_RESOLUTION_SECONDS:
        raise ComponentError(
            f"An alarm on a high-resolution metric has a period of 10 or 30 seconds, got {period!r}. "
            "Choose one of them."
        )
    begins = [step["above"] for step in fast["steps"]]
    if begins[:1] != [0] or begins != sorted(set(begins)):
        raise ComponentError(f"Steps begin at 0 and rise, got {begins!r}. Put them in order.")


def step_fast(scalable: Scalable, fast: FastStepArgs, topic_arn: pulumi.Input[str]) -> None:
    """Tasks are added by the steps once the metric has been over the threshold, and the topic is told."""
    steps = fast["steps"]
    uppers = [step["above"] for step in steps[1:]] + [None]
    policy = step_policy(
        scalable,
        "fast-step",
        adjustment_type="PercentChangeInCapacity",
        cooldown_seconds=fast.get("cooldown_seconds", 30),
        steps=[
            adjustment(step["add_percent"], step["above"], upper)
            for step, upper in zip(steps, uppers, strict=True)
        ],
        min_adjustment_magnitude=1,
    )
    scope = scalable.scope
    aws.cloudwatch.MetricAlarm(
        scope.child("fast-step"),
        name=scope.child("fast-step"),
        alarm_description=f"{scope.service_name} needs more tasks within seconds",
        namespace=fast["namespace"],
        metric_name=fast["metric_name"],
        dimensions=fast.get("dimensions", {"Service": scope.service_name}),
        statistic=fast.get("statistic", "Average"),
        period=fast.get("period_seconds", 10),
        evaluation_periods=fast.get("periods", 2),
        comparison_operator="GreaterThanOrEqualToThreshold",
        threshold=fast["threshold"],
        treat_missing_data="notBreaching",
        alarm_actions=[policy.arn, topic_arn],
        tags=scope.tags,
        opts=scope.opts,
    )


def publish_statement(namespaces: Iterable[str]) -> dict[str, Any]:
    """What the task role needs to publish metrics in CloudWatch's namespaces."""
    # PutMetricData has no resource, only this condition.
    # Source: CloudWatch user guide, "Using condition keys to limit access to CloudWatch namespaces".
    condition = {"StringEquals": {"cloudwatch:namespace": sorted(namespaces)}}
    return allow("PublishMetrics", ["cloudwatch:PutMetricData"], "*", Condition=condition)
