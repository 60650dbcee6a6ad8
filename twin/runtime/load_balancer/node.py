"""A load balancer's node in one zone, as Envoy's configuration: whom it sends to, and whom it checks. Pure.

Source: Application Load Balancers guide, "Target groups", "Health checks for target groups", "Troubleshoot your
Application Load Balancers" (a connection to a target may take 10 s).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from twin.runtime.envoy.configuration import Configuration
from twin.runtime.envoy.fragments import (
    Resource,
    assignment,
    cluster,
    duration,
    endpoint,
    http_health_check,
)
from twin.runtime.load_balancer.listening import (
    NodePlace,
    health_listener,
    health_routes,
    listener_name,
    node_listener,
    node_routes,
)
from twin.runtime.load_balancer.model import HealthCheck, LoadBalancer, Target, TargetGroup
from twin.runtime.load_balancer.rules import routes

__all__ = ["Lead", "Share", "node"]

Lead = Callable[[Target], Target]
"""The address to connect to for a target now."""

_CONNECT_SECONDS = 10.0
_PANIC_PERCENT = 1
"""Below it a node sends to all targets: with fewer than a hundred of them, when none is healthy."""
_SLOW_START_LEAST_PERCENT = 1
_UNLIMITED = 1_000_000


@dataclass(frozen=True)
class Share:
    """A node's part of a group.

    Attributes:
        serving: targets that may get requests. checked: those that get health checks without requests.
        held: of the serving ones, those that are taken for healthy until checks have failed often enough.
    """

    serving: tuple[Target, ...] = ()
    checked: tuple[Target, ...] = ()
    held: frozenset[Target] = frozenset()


def node(
    balancer: LoadBalancer,
    groups: Sequence[TargetGroup],
    shares: Mapping[str, Share],
    lead: Lead,
    zone_of: Callable[[Target], str | None],
    place: NodePlace,
) -> tuple[Configuration, tuple[str, ...]]:
    """The node's configuration, and what of the rules it cannot do.

    Args: shares: by the group's name.
    """
    used = [it for it in groups if it.is_in_use]
    by_arn = {it.arn: it for it in used}
    made = {it.arn: routes(it, by_arn, balancer.idle_timeout_seconds) for it in balancer.listeners}
    endpoints: dict[str, Resource] = {}
    for group in used:
        share = shares.get(group.name, Share())
        for name, targets in ((group.cluster, share.serving), (group.probation, share.checked)):
            made_of = [
                _endpoint(
                    it, group, lead, zone_of, is_checked=name == group.probation or it not in share.held
                )
                for it in _mine(group, targets, zone_of, place.zone)
            ]
            endpoints[name] = assignment(name, made_of)
    listeners = {listener_name(it): it for it in balancer.listeners}
    configuration = Configuration(
        listeners={
            **{name: node_listener(balancer, it, place) for name, it in listeners.items()},
            "health": health_listener(place),
        },
        routes={
            **{name: node_routes(balancer, it, made[it.arn].routes) for name, it in listeners.items()},
            "health": health_routes(),
        },
        clusters={it["name"]: it for group in used for it in _clusters(group, place)},
        endpoints=endpoints,
    )
    return configuration, tuple(problem for it in made.values() for problem in it.problems)


# Targets


def _mine(
    group: TargetGroup, targets: Iterable[Target], zone_of: Callable[[Target], str | None], zone: str
) -> list[Target]:
    """In order; a group that does not cross zones is a group a zone."""
    ordered = sorted(targets, key=lambda it: (it.address, it.port))
    return [it for it in ordered if group.crosses_zones or zone_of(it) == zone]


def _endpoint(
    target: Target,
    group: TargetGroup,
    lead: Lead,
    zone_of: Callable[[Target], str | None],
    *,
    is_checked: bool,
) -> Resource:
    to = lead(target)
    check = None
    if group.health_check and group.health_check.port:
        checked = lead(Target(target.address, group.health_check.port))
        check = (checked.address, checked.port)
    return endpoint(to.address, to.port, zone=zone_of(target), check=check, is_checked=is_checked)


def _clusters(group: TargetGroup, place: NodePlace) -> list[Resource]:
    """The group, and those of its targets that have not been healthy yet: they need one good check."""
    common = {
        "connect_seconds": _CONNECT_SECONDS,
        "common_lb_config": {
            "healthy_panic_threshold": {"value": _PANIC_PERCENT},
            # Otherwise what a health check has found acts up to a second later.
            "update_merge_window": "0s",
        },
        "ignore_health_on_host_removal": True,
        "circuit_breakers": {"thresholds": [_no_limits()]},
    }
    made = [
        cluster(
            group.cluster,
            **common,
            **_algorithm(group, place.factor),
            **_checks(group.health_check, place, first=False),
        )
    ]
    if group.health_check:
        checks = _checks(group.health_check, place, first=True)
        made.append(cluster(group.probation, **common, **checks))
    return made


def _no_limits() -> Resource:
    names = ("max_connections", "max_pending_requests", "max_requests")
    return dict.fromkeys(names, _UNLIMITED)


def _algorithm(group: TargetGroup, factor: float) -> Resource:
    """Slow start is linear. Source: Application Load Balancers guide, "Target group attributes"."""
    policy, member = "ROUND_ROBIN", "round_robin_lb_config"
    if group.algorithm == "least_outstanding_requests":
        policy, member = "LEAST_REQUEST", "least_request_lb_config"
    chosen: Resource = {"lb_policy": policy}
    if group.slow_start_seconds and policy == "ROUND_ROBIN":
        window = {
            "slow_start_window": duration(group.slow_start_seconds * factor),
            "min_weight_percent": {"value": _SLOW_START_LEAST_PERCENT},
        }
        chosen[member] = {"slow_start_config": window}
    return chosen


def _checks(check: HealthCheck | None, place: NodePlace, *, first: bool) -> Resource:
    if check is None:
        return {}
    return {
        "health_checks": [
            http_health_check(
                path=check.path,
                statuses=check.statuses,
                interval_seconds=check.interval_seconds * place.factor,
                timeout_seconds=check.timeout_seconds * place.factor,
                healthy=1 if first else check.healthy_threshold,
                unhealthy=check.unhealthy_threshold,
                events=place.health_events,
            )
        ]
    }
