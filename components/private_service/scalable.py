"""A service as Application Auto Scaling sees it, and the policies that move it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi_aws as aws
from pulumi_aws.appautoscaling import (
    PolicyStepScalingPolicyConfigurationArgs,
    PolicyStepScalingPolicyConfigurationStepAdjustmentArgs,
    PolicyTargetTrackingScalingPolicyConfigurationArgs,
)

from components.private_service.scope import Scope

__all__ = ["Scalable", "adjustment", "scaling_policy", "step_policy"]


@dataclass(frozen=True)
class Scalable:
    """The service's parts and its scalable target."""

    scope: Scope
    target: aws.appautoscaling.Target


def step_policy(
    scalable: Scalable,
    suffix: str,
    adjustment_type: str,
    cooldown_seconds: int,
    steps: Sequence[PolicyStepScalingPolicyConfigurationStepAdjustmentArgs],
    min_adjustment_magnitude: int | None = None,
) -> aws.appautoscaling.Policy:
    """A policy that moves the number of tasks by steps, for an alarm to call."""
    configuration = PolicyStepScalingPolicyConfigurationArgs(
        adjustment_type=adjustment_type,
        cooldown=cooldown_seconds,
        metric_aggregation_type="Maximum",
        min_adjustment_magnitude=min_adjustment_magnitude,
        step_adjustments=steps,
    )
    return scaling_policy(scalable, suffix, "StepScaling", step=configuration)


def adjustment(
    amount: int, lower: float | None, upper: float | None
) -> PolicyStepScalingPolicyConfigurationStepAdjustmentArgs:
    """What to do while the metric is between the bounds, counted from the alarm's threshold."""
    # The provider takes bounds as text, so that none and zero differ.
    return PolicyStepScalingPolicyConfigurationStepAdjustmentArgs(
        scaling_adjustment=amount,
        metric_interval_lower_bound=None if lower is None else f"{lower:g}",
        metric_interval_upper_bound=None if upper is None else f"{upper:g}",
    )


def scaling_policy(
    scalable: Scalable,
    suffix: str,
    policy_type: str,
    target_tracking: PolicyTargetTrackingScalingPolicyConfigurationArgs | None = None,
    step: PolicyStepScalingPolicyConfigurationArgs | None = None,
) -> aws.appautoscaling.Policy:
    """A policy of the service's number of tasks."""
    child = scalable.scope.child(suffix)
    return aws.appautoscaling.Policy(
        child,
        name=child,
        policy_type=policy_type,
        service_namespace=scalable.target.service_namespace,
        scalable_dimension=scalable.target.scalable_dimension,
        resource_id=scalable.target.resource_id,
        target_tracking_scaling_policy_configuration=target_tracking,
        step_scaling_policy_configuration=step,
        opts=scalable.scope.opts,
    )
