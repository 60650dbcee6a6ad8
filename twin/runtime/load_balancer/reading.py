"""What the Elastic Load Balancing API says, read into the model."""

from collections.abc import Mapping
from typing import Any

from twin.runtime.control_plane import ControlPlane
from twin.runtime.load_balancer.model import HealthCheck, Listener, LoadBalancer, Rule, Target, TargetGroup

__all__ = ["DEFAULT_PRIORITY", "load_balancers", "statuses", "target_groups"]

_SERVICE = "elbv2"

DEFAULT_PRIORITY = 50_001
"""After every other. Source: Elastic Load Balancing API reference, CreateRule: priorities are 1 to 50000."""


async def load_balancers(control_plane: ControlPlane, region: str) -> list[LoadBalancer]:
    """The application load balancers of the region.

    Raises: ControlPlaneAway, ClientError
    """
    answer = await control_plane.call(_SERVICE, region, "describe_load_balancers")
    return [
        await _load_balancer(control_plane, region, it)
        for it in answer.get("LoadBalancers", ())
        if it.get("Type", "application") == "application"
    ]


async def _load_balancer(
    control_plane: ControlPlane, region: str, document: Mapping[str, Any]
) -> LoadBalancer:
    arn = document["LoadBalancerArn"]
    attributes = await control_plane.call(
        _SERVICE, region, "describe_load_balancer_attributes", LoadBalancerArn=arn
    )
    listeners = await control_plane.call(_SERVICE, region, "describe_listeners", LoadBalancerArn=arn)
    return LoadBalancer(
        arn=arn,
        name=document["LoadBalancerName"],
        region=region,
        zones=tuple(sorted(it["ZoneName"] for it in document["AvailabilityZones"])),
        listeners=tuple(
            [await _listener(control_plane, region, it) for it in listeners.get("Listeners", ())]
        ),
        attributes=_by_key(attributes),
    )


async def _listener(control_plane: ControlPlane, region: str, document: Mapping[str, Any]) -> Listener:
    arn = document["ListenerArn"]
    rules = await control_plane.call(_SERVICE, region, "describe_rules", ListenerArn=arn)
    attributes = await control_plane.call(_SERVICE, region, "describe_listener_attributes", ListenerArn=arn)
    return Listener(
        arn=arn,
        port=document["Port"],
        protocol=document["Protocol"],
        rules=tuple(sorted((_rule(it) for it in rules.get("Rules", ())), key=lambda it: it.priority)),
        attributes=_by_key(attributes),
    )


def _rule(document: Mapping[str, Any]) -> Rule:
    priority = document["Priority"]
    return Rule(
        priority=DEFAULT_PRIORITY if priority == "default" else int(priority),
        conditions=tuple(document.get("Conditions", ())),
        actions=tuple(sorted(document.get("Actions", ()), key=lambda it: it.get("Order", 0))),
    )


async def target_groups(control_plane: ControlPlane, region: str) -> list[TargetGroup]:
    """The region's groups of targets known by address.

    Raises: ControlPlaneAway, ClientError
    """
    answer = await control_plane.call(_SERVICE, region, "describe_target_groups")
    return [
        await _target_group(control_plane, region, it)
        for it in answer.get("TargetGroups", ())
        if it.get("TargetType", "ip") == "ip"
    ]


async def _target_group(control_plane: ControlPlane, region: str, document: Mapping[str, Any]) -> TargetGroup:
    arn = document["TargetGroupArn"]
    described = await control_plane.call(
        _SERVICE, region, "describe_target_group_attributes", TargetGroupArn=arn
    )
    health = await control_plane.call(_SERVICE, region, "describe_target_health", TargetGroupArn=arn)
    attributes = _by_key(described)
    return TargetGroup(
        arn=arn,
        name=document["TargetGroupName"],
        region=region,
        is_in_use=bool(document.get("LoadBalancerArns")),
        algorithm=attributes.get("load_balancing.algorithm.type", "round_robin"),
        slow_start_seconds=float(attributes.get("slow_start.duration_seconds", 0)),
        deregistration_delay_seconds=float(attributes.get("deregistration_delay.timeout_seconds", 300)),
        crosses_zones=attributes.get("load_balancing.cross_zone.enabled") != "false",
        health_check=_health_check(document) if document.get("HealthCheckEnabled", True) else None,
        targets=frozenset(_registered(health)),
    )


def _registered(document: Mapping[str, Any]) -> list[Target]:
    """Those that are registered; a target that is leaving is shown, but is not."""
    return [
        Target(it["Target"]["Id"], it["Target"]["Port"])
        for it in document.get("TargetHealthDescriptions", ())
        if it.get("TargetHealth", {}).get("State") != "draining"
    ]


def _health_check(document: Mapping[str, Any]) -> HealthCheck:
    """Source: Application Load Balancers guide, "Health checks for target groups", for the defaults."""
    port = document.get("HealthCheckPort", "traffic-port")
    return HealthCheck(
        path=document.get("HealthCheckPath", "/"),
        port=None if port == "traffic-port" else int(port),
        statuses=statuses(document.get("Matcher", {}).get("HttpCode", "200")),
        interval_seconds=document.get("HealthCheckIntervalSeconds", 30),
        timeout_seconds=document.get("HealthCheckTimeoutSeconds", 5),
        healthy_threshold=document.get("HealthyThresholdCount", 5),
        unhealthy_threshold=document.get("UnhealthyThresholdCount", 2),
    )


def statuses(matcher: str) -> tuple[tuple[int, int], ...]:
    """The ranges that a matcher such as ``200,202-299`` admits."""
    ranges = [part.strip().split("-") for part in matcher.split(",")]
    return tuple((int(it[0]), int(it[-1])) for it in ranges)


def _by_key(answer: Mapping[str, Any]) -> dict[str, str]:
    return {it["Key"]: it["Value"] for it in answer.get("Attributes", ())}
