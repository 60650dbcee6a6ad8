"""How a service's number of tasks follows its load."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws
from pulumi_aws.appautoscaling import (
    PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs as PredefinedMetricArgs,
)

from components.exceptions import ComponentError
from components.private_service.fast_step import FastStepArgs, check_fast_step, step_fast
from components.private_service.queue_scaling import QueueScalingArgs, follow_queue
from components.private_service.scalable import Scalable, scaling_policy
from components.private_service.scope import Scope

__all__ = ["ScalingArgs", "ScheduleArgs", "check_scaling", "scaling"]

DIMENSION = "ecs:service:DesiredCount"
NAMESPACE = "ecs"
DEFAULT_CPU_PERCENT = 50


class ScheduleArgs(TypedDict):
    name: str
    """Name of the launch, unique in the service."""
    schedule: str
    """When: `cron(...)` or `at(yyyy-mm-ddThh:mm:ss)`."""
    minimum: int
    """Tasks at least, from then on."""
    maximum: int
    """Tasks at most, from then on."""
    timezone: NotRequired[str]
    """Zone of the schedule, an IANA name. Default: Europe/London."""


class ScalingArgs(TypedDict):
    minimum: int
    """Tasks at least. Scaling and scheduled launches own it once the service is there."""
    maximum: int
    """Tasks at most. Scaling and scheduled launches own it once the service is there."""
    requests_per_minute: NotRequired[float]
    """Requests that one task should get in a minute; for a service behind a listener."""
    cpu_percent: NotRequired[float]
    """CPU utilisation to hold, 1 to 100. Default: 50, unless requests_per_minute or queue is given."""
    scale_out_cooldown_seconds: NotRequired[int]
    """Seconds between scale-outs by target tracking. Default: 60."""
    scale_in_cooldown_seconds: NotRequired[int]
    """Seconds between scale-ins by target tracking. Default: 300."""
    fast_step: NotRequired[FastStepArgs]
    """Steps on a metric of the service's own, within seconds. Default: none."""
    queue: NotRequired[QueueScalingArgs]
    """Tasks by backlog, from zero, in place of the three before it. Default: none."""
    schedules: NotRequired[Sequence[ScheduleArgs]]
    """Launches that are known beforehand. Default: none."""


def check_scaling(args: ScalingArgs, has_listener: bool) -> None:
    """Raises ComponentError where the numbers break a rule."""
    _check_bounds("A service", args["minimum"], args["maximum"])
    for schedule in args.get("schedules", ()):
        _check_schedule(schedule)
    if "requests_per_minute" in args and not has_listener:
        raise ComponentError(
            f"Requests are counted behind a listener, got {args['requests_per_minute']!r} without one. "
            "Give a listener or scale by CPU."
        )
    if "fast_step" in args:
        check_fast_step(args["fast_step"])
    _check_queue_alone(args)


def scaling(
    scope: Scope,
    service: aws.ecs.Service,
    args: ScalingArgs,
    request_label: pulumi.Output[str] | None,
    topic_arn: pulumi.Input[str],
) -> aws.appautoscaling.Target:
    """The number of tasks follows requests or CPU, backlog, the service's own metric, and the calendar.

    Args:
        request_label: load balancer and target group, as ALBRequestCountPerTarget wants them.
        topic_arn: told when a fast step begins.
    """
    target = aws.appautoscaling.Target(
        scope.child("scaling"),
        service_namespace=NAMESPACE,
        scalable_dimension=DIMENSION,
        resource_id=pulumi.Output.concat("service/", scope.cluster_name, "/", service.name),
        min_capacity=args["minimum"],
        max_capacity=args["maximum"],
        tags=scope.tags,
        # Scheduled launches and operators move these once the service is there.
        opts=pulumi.ResourceOptions.merge(
            scope.opts, pulumi.ResourceOptions(ignore_changes=["minCapacity", "maxCapacity"])
        ),
    )
    scalable = Scalable(scope, target)
    _track(scalable, args, request_label)
    if "fast_step" in args:
        step_fast(scalable, args["fast_step"], topic_arn)
    if "queue" in args:
        follow_queue(scalable, args["queue"], args["minimum"], args["maximum"])
    for schedule in args.get("schedules", ()):
        _launch(scalable, schedule)
    return target


def _track(scalable: Scalable, args: ScalingArgs, request_label: pulumi.Output[str] | None) -> None:
    requests = args.get("requests_per_minute")
    if requests is not None:
        metric = PredefinedMetricArgs(
            predefined_metric_type="ALBRequestCountPerTarget", resource_label=request_label
        )
        _target_tracking(scalable, args, "requests-per-task", requests, metric)
    cpu = args.get("cpu_percent", DEFAULT_CPU_PERCENT if requests is None and "queue" not in args else None)
    if cpu is not None:
        metric = PredefinedMetricArgs(predefined_metric_type="ECSServiceAverageCPUUtilization")
        _target_tracking(scalable, args, "cpu", cpu, metric)


def _target_tracking(
    scalable: Scalable, args: ScalingArgs, suffix: str, target_value: float, metric: PredefinedMetricArgs
) -> None:
    configuration = aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
        target_value=target_value,
        predefined_metric_specification=metric,
        scale_out_cooldown=args.get("scale_out_cooldown_seconds", 60),
        scale_in_cooldown=args.get("scale_in_cooldown_seconds", 300),
    )
    scaling_policy(scalable, suffix, "TargetTrackingScaling", target_tracking=configuration)


def _launch(scalable: Scalable, schedule: ScheduleArgs) -> None:
    child = scalable.scope.child(f"launch-{schedule['name']}")
    aws.appautoscaling.ScheduledAction(
        child,
        name=child,
        service_namespace=scalable.target.service_namespace,
        scalable_dimension=scalable.target.scalable_dimension,
        resource_id=scalable.target.resource_id,
        schedule=schedule["schedule"],
        timezone=schedule.get("timezone", "Europe/London"),
        scalable_target_action=aws.appautoscaling.ScheduledActionScalableTargetActionArgs(
            min_capacity=schedule["minimum"], max_capacity=schedule["maximum"]
        ),
        opts=scalable.scope.opts,
    )


def _check_bounds(what: str, minimum: int, maximum: int) -> None:
    if not 0 <= minimum <= maximum:
        raise ComponentError(
            f"{what} has a minimum of zero or more and a maximum not below it, "
            f"got {minimum!r} and {maximum!r}. Change one of them."
        )


def _check_schedule(schedule: ScheduleArgs) -> None:
    _check_bounds(f"Launch {schedule['name']!r}", schedule["minimum"], schedule["maximum"])
    if not schedule["schedule"].startswith(("cron(", "at(")):
        raise ComponentError(
            f"A launch begins at cron(...) or at(...), got {schedule['schedule']!r}. Write it as one of them."
        )


def _check_queue_alone(args: ScalingArgs) -> None:
    # The backlog's policies set an exact number of tasks: they would take away what another one added.
    others = [key for key in ("requests_per_minute", "cpu_percent", "fast_step") if key in args]
    if "queue" in args and others:
        raise ComponentError(
            f"A service that follows its queue follows nothing else, got {', '.join(others)} as well. "
            "Leave one of them out."
        )
