"""AWS/ApplicationELB of one minute, from requests that were counted and hosts that were seen. Pure.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html:
names, units, dimensions, statistics and reporting criteria. Nothing is reported without requests, and no count of zero
(minimum and average of the counts are 1 there); hosts are reported where targets are registered, with requests or
without. That the zone is the node's, also for what is told of targets, is an assumption.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from twin.runtime.load_balancer.view import Hosts
from twin.runtime.metrics.datum import Datum, Distribution, exact, rounded
from twin.runtime.metrics.requests import Traffic, merged

__all__ = ["NAMESPACE", "GroupMinute", "Minute", "data", "dimension"]

NAMESPACE = "AWS/ApplicationELB"

_OWN_STATUSES = (500, 502, 503, 504)
"""Those of the load balancer that have a metric of their own."""

Dimensions = dict[str, str]


@dataclass
class GroupMinute:
    """A target group in a minute. Attributes: hosts: what each node saw at each look. registered: at the end."""

    arn: str
    hosts: dict[str, list[Hosts]] = field(default_factory=dict[str, list[Hosts]])
    registered: int = 0
    healthy: int = 0


@dataclass
class Minute:
    """A load balancer in a minute.

    Attributes:
        traffic: by the node's zone and the group's name, None where no target was chosen.
        groups: by name. connections: open ones and new ones, by the node's zone.
    """

    region: str
    arn: str
    traffic: dict[tuple[str, str | None], Traffic] = field(
        default_factory=dict[tuple[str, str | None], Traffic]
    )
    groups: dict[str, GroupMinute] = field(default_factory=dict[str, GroupMinute])
    connections: dict[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])


def dimension(arn: str) -> str:
    """The end of the ARN, as the dimensions LoadBalancer and TargetGroup have it."""
    resource = arn.split(":", 5)[5]
    return resource.removeprefix("loadbalancer/")


def data(minute: Minute, at: float) -> list[Datum]:
    """What the load balancer publishes of the minute that began at `at`."""
    return [*_balancer_data(minute, at), *_group_data(minute, at), *_host_data(minute, at)]


def _balancer_data(minute: Minute, at: float) -> Iterator[Datum]:
    balancer = {"LoadBalancer": dimension(minute.arn)}
    for zone, dimensions in _by_zone({zone for zone, _ in minute.traffic}, balancer):
        parts = [it for (where, _), it in minute.traffic.items() if zone in (None, where)]
        for name, unit, values in (*_of_targets(merged(parts)), *_of_balancer(merged(parts))):
            yield Datum(minute.region, NAMESPACE, name, unit, dimensions, at, values)
    for zone, dimensions in _by_zone(set(minute.connections), balancer):
        found = [it for where, it in minute.connections.items() if zone in (None, where)]
        for name, values in (("ActiveConnectionCount", 0), ("NewConnectionCount", 1)):
            counts = [it[values] for it in found if it[values]]
            if counts:
                yield Datum(minute.region, NAMESPACE, name, "Count", dimensions, at, exact(counts))


def _group_data(minute: Minute, at: float) -> Iterator[Datum]:
    for name, group in minute.groups.items():
        own = {"TargetGroup": dimension(group.arn)}
        both = {"LoadBalancer": dimension(minute.arn), **own}
        traffic = {zone: it for (zone, which), it in minute.traffic.items() if which == name}
        for zone, dimensions in _by_zone(traffic, both):
            whole = merged(it for where, it in traffic.items() if zone in (None, where))
            for metric, unit, values in _of_targets(whole):
                yield Datum(minute.region, NAMESPACE, metric, unit, dimensions, at, values)
        yield from _per_target(minute.region, group, traffic, (own, both), at)


def _of_targets(traffic: Traffic) -> Iterator[tuple[str, str, Distribution]]:
    """Metrics that a group has as well as the whole: name, unit, values."""
    counts = {
        "RequestCount": traffic.requests,
        **{
            f"HTTPCode_Target_{first}XX_Count": _of_class(traffic.from_targets, first)
            for first in (2, 3, 4, 5)
        },
        "TargetConnectionErrorCount": traffic.connection_errors,
    }
    yield from _ones(counts)
    if traffic.seconds:
        yield "TargetResponseTime", "Seconds", rounded(traffic.seconds)


def _of_balancer(traffic: Traffic) -> Iterator[tuple[str, str, Distribution]]:
    own = traffic.from_balancer
    yield from _ones(
        {
            **{f"HTTPCode_ELB_{first}XX_Count": _of_class(own, first) for first in (3, 4, 5)},
            **{f"HTTPCode_ELB_{status}_Count": own[status] for status in _OWN_STATUSES},
            "HTTP_Fixed_Response_Count": traffic.fixed,
            "HTTP_Redirect_Count": traffic.redirects,
        }
    )


def _ones(counts: Mapping[str, int]) -> Iterator[tuple[str, str, Distribution]]:
    """Each request is a datum of 1; what did not happen is not reported."""
    return ((name, "Count", ((1.0, count),)) for name, count in counts.items() if count)


def _of_class(statuses: Counter[int], first: int) -> int:
    return sum(count for status, count in statuses.items() if status // 100 == first)


def _per_target(
    region: str,
    group: GroupMinute,
    traffic: Mapping[str, Traffic],
    dimension_sets: Iterable[Dimensions],
    at: float,
) -> Iterator[Datum]:
    """Requests by healthy targets, or by registered ones where none is healthy."""
    targets = group.healthy or group.registered
    for own in dimension_sets:
        for zone, dimensions in _by_zone(traffic, own):
            requests = sum(it.requests for where, it in traffic.items() if zone in (None, where))
            if targets and requests:
                values = exact([requests / targets])
                yield Datum(region, NAMESPACE, "RequestCountPerTarget", "Count", dimensions, at, values)


def _host_data(minute: Minute, at: float) -> Iterator[Datum]:
    for group in minute.groups.values():
        if not group.registered:
            continue
        both = {"LoadBalancer": dimension(minute.arn), "TargetGroup": dimension(group.arn)}
        for zone, dimensions in _by_zone(group.hosts, both):
            seen = [it for where, looks in group.hosts.items() if zone in (None, where) for it in looks]
            counts = {
                "HealthyHostCount": [it.healthy for it in seen],
                "UnHealthyHostCount": [it.unhealthy for it in seen],
            }
            for name, values in counts.items():
                yield Datum(minute.region, NAMESPACE, name, "Count", dimensions, at, exact(values))


def _by_zone(zones: Iterable[str], dimensions: Dimensions) -> Iterator[tuple[str | None, Dimensions]]:
    """The whole, and each zone; nothing where there is none."""
    found = sorted(zones)
    if found:
        yield None, dimensions
    for zone in found:
        yield zone, {"AvailabilityZone": zone, **dimensions}
