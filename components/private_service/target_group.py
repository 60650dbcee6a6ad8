"""A service's place behind a load balancer."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.exceptions import ComponentError
from components.private_service.scope import Scope

__all__ = ["ListenerArgs", "listener_rule", "target_group"]

TARGET_GROUP_NAME_LENGTH = 32
"""Source: Elastic Load Balancing API reference, CreateTargetGroup."""

CONDITION_VALUES = 5
"""Source: Application Load Balancers guide, "Quotas": condition values per rule."""

HIGHEST_PRIORITY = 50_000
"""Source: Elastic Load Balancing API reference, CreateRule."""


class ListenerArgs(TypedDict):
    listener_arn: pulumi.Input[str]
    """ARN of the HTTPS listener."""
    load_balancer_arn_suffix: pulumi.Input[str]
    """End of the load balancer's ARN, as metrics have it."""
    load_balancer_security_group_id: pulumi.Input[str]
    """Id of the load balancer's security group, which is admitted."""
    priority: int
    """Place of the rule in the listener, 1 to 50000, unique there."""
    path_patterns: Sequence[str]
    """Paths that come here, at most five (`/apply/*`)."""
    health_check_path: NotRequired[str]
    """Path that answers 200 while the task can serve. Default: /health."""
    health_check_interval_seconds: NotRequired[int]
    """Seconds between checks, 5 to 300. Default: 5."""
    healthy_threshold: NotRequired[int]
    """Good checks that make a target healthy, 2 to 10. Default: 2."""
    unhealthy_threshold: NotRequired[int]
    """Bad checks that make a target unhealthy, 2 to 10. Default: 2."""
    deregistration_delay_seconds: NotRequired[int]
    """Seconds that a leaving target may take to finish its requests, 0 to 3600. Default: 30."""
    slow_start_seconds: NotRequired[int]
    """Seconds over which a new target's share grows, 30 to 900, or 0 for none. Default: 30."""


def target_group(
    scope: Scope, vpc_id: pulumi.Input[str], port: int, listener: ListenerArgs
) -> aws.lb.TargetGroup:
    """Tasks are registered by address and checked over HTTP."""
    slow_start = listener.get("slow_start_seconds", 30)
    _check_range("Slow start in seconds", slow_start, 30 if slow_start else 0, 900)
    delay = listener.get("deregistration_delay_seconds", 30)
    _check_range("Deregistration delay in seconds", delay, 0, 3600)
    return aws.lb.TargetGroup(
        scope.child("target-group"),
        name=_target_group_name(scope, port),
        vpc_id=vpc_id,
        target_type="ip",
        port=port,
        protocol="HTTP",
        load_balancing_algorithm_type="round_robin",
        deregistration_delay=delay,
        slow_start=slow_start,
        health_check=_health_check(listener),
        tags=scope.tags,
        opts=scope.opts,
    )


def listener_rule(scope: Scope, listener: ListenerArgs, group: aws.lb.TargetGroup) -> aws.lb.ListenerRule:
    """Requests to the paths go to the target group."""
    _check_range("A rule's priority", listener["priority"], 1, HIGHEST_PRIORITY)
    _check_range("A rule's number of paths", len(listener["path_patterns"]), 1, CONDITION_VALUES)
    paths = aws.lb.ListenerRuleConditionPathPatternArgs(values=list(listener["path_patterns"]))
    return aws.lb.ListenerRule(
        scope.child("listener-rule"),
        listener_arn=listener["listener_arn"],
        priority=listener["priority"],
        conditions=[aws.lb.ListenerRuleConditionArgs(path_pattern=paths)],
        actions=[aws.lb.ListenerRuleActionArgs(type="forward", target_group_arn=group.arn)],
        tags=scope.tags,
        opts=scope.opts,
    )


def _target_group_name(scope: Scope, port: int) -> str:
    # What cannot be changed in place is in the name, so that a new group can be made before the old one goes.
    name = f"{scope.service_name}-{port}"
    if len(name) > TARGET_GROUP_NAME_LENGTH:
        raise ComponentError(
            f"A target group's name has at most {TARGET_GROUP_NAME_LENGTH} characters, got {name!r}. "
            "Shorten the service's name."
        )
    return name


def _health_check(listener: ListenerArgs) -> aws.lb.TargetGroupHealthCheckArgs:
    interval = listener.get("health_check_interval_seconds", 5)
    healthy = listener.get("healthy_threshold", 2)
    unhealthy = listener.get("unhealthy_threshold", 2)
    _check_range("A health check's interval in seconds", interval, 5, 300)
    _check_range("A health check's healthy threshold", healthy, 2, 10)
    _check_range("A health check's unhealthy threshold", unhealthy, 2, 10)
    return aws.lb.TargetGroupHealthCheckArgs(
        path=listener.get("health_check_path", "/health"),
        protocol="HTTP",
        matcher="200",
        interval=interval,
        # AWS wants it shorter than the interval.
        timeout=min(5, interval - 1),
        healthy_threshold=healthy,
        unhealthy_threshold=unhealthy,
    )


def _check_range(what: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ComponentError(f"{what} is {least} to {most}, got {value!r}. Choose a number in between.")
