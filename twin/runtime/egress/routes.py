"""Where each service's requests are led, by the host that they name. Pure.

Source: ECS developer guide, "Amazon ECS Service Connect components", on its proxy: two retries, on another host;
time-outs as declared.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from twin.aws.emulator.scope import ENDPOINT_HEADER
from twin.runtime.egress.faults import AWS, PARTNERS, EgressFaults, Fault
from twin.runtime.egress.model import Alias, EgressPlace, Service
from twin.runtime.envoy.fragments import (
    Resource,
    duration,
    header,
    header_regex,
    percent,
    previous_hosts,
    route_configuration,
    typed,
    virtual_host,
)
from twin.runtime.network.aws_hosts import domains, endpoint_service
from twin.runtime.network.ways import ClosedWays

__all__ = ["BLACK_HOLE", "BLOCKED", "CLOSED_MESH", "FAULT", "listener_name", "mesh_cluster", "service_routes"]

FAULT = "estate.fault"
BLACK_HOLE = "black-hole"
CLOSED_MESH = "closed-mesh"
"""Behind it nobody answers either, but the proxy gives up as it does with a service."""
BLOCKED = "blocked"
"""Name of every route on which the network lets nobody begin anything; the access log tells it."""
Endpoints = Mapping[tuple[str, str, str], str]

_RETRIES = 2
_AWS_DOMAIN = ".amazonaws.com"


def mesh_cluster(name: str) -> str:
    """Of the service with this discovery name; of an alias, the name of its virtual host."""
    return f"mesh-{name}"


def listener_name(service: Service) -> str:
    return f"service-{service.name}"


def service_routes(
    service: Service,
    services: Sequence[Service],
    closed: ClosedWays,
    faults: EgressFaults,
    place: EgressPlace,
    endpoints: Endpoints,
) -> Resource:
    """What the service's listener does with each request.

    Args: services: of the region. endpoints: by service, zone, and AWS's service.
    """
    hosts = [
        *(
            _mesh_host(
                service, alias, name, faults, is_open=(service.name, place.zone, name) not in closed.mesh
            )
            for name, alias in _callable(service, services)
        ),
        *_aws_hosts(service, closed, faults, place, endpoints),
        *_partner_hosts(service, closed, faults, place),
        virtual_host("nothing-else", ["*"], _refusals(service)),
    ]
    return route_configuration(
        listener_name(service),
        hosts,
        ignore_port_in_host_matching=True,
        request_headers_to_remove=["x-envoy-internal", "x-envoy-external-address"],
        response_headers_to_remove=["x-envoy-upstream-service-time"],
    )


def _callable(caller: Service, services: Iterable[Service]) -> Iterator[tuple[str, Alias]]:
    """What is served in the caller's namespace."""
    if caller.namespace is not None:
        for it in services:
            if it.namespace == caller.namespace:
                yield from it.serves


def _mesh_host(caller: Service, alias: Alias, name: str, faults: EgressFaults, *, is_open: bool) -> Resource:
    right_port = {
        "prefix": "/",
        "headers": [header_regex(":authority", f"[^:]+(:({alias.port}|80))?")],
    }
    retry = {
        "retry_on": "connect-failure,refused-stream,reset-before-request,retriable-status-codes",
        "retriable_status_codes": [503],
        "num_retries": _RETRIES,
        "retry_host_predicate": [previous_hosts()],
        "host_selection_retry_max_attempts": 5,
    }
    action = {"timeout": duration(alias.request_timeout_seconds)}
    fault = faults.of(caller.name, alias.name)
    to = mesh_cluster(name) if is_open else CLOSED_MESH
    route = _named(_route(right_port, to, {**action, "retry_policy": retry}, action, fault), is_open=is_open)
    return virtual_host(mesh_cluster(alias.name), [alias.name], [route, *_refusals(caller)])


def _aws_hosts(
    caller: Service, closed: ClosedWays, faults: EgressFaults, place: EgressPlace, endpoints: Endpoints
) -> Iterator[Resource]:
    """Hosts that a fault names apart come first, then those whose way differs from that of all the others."""
    named = faults.hosts(_AWS_DOMAIN)
    ways = _AwsWays(caller, place, closed, endpoints)
    for host in named:
        way = ways.to(endpoint_service(host, place.region))
        yield _aws_host(f"{AWS}-{host}", [host], way, faults.of(caller.name, host, AWS))
    fault = faults.of(caller.name, AWS)
    others: dict[_AwsWay, list[str]] = {}
    for service, its_domains in domains(place.region):
        others.setdefault(ways.to(service), []).extend(it for it in its_domains if it not in named)
    for way, hosts in others.items():
        if hosts and way != ways.usual:
            yield _aws_host(f"{AWS}-{way.name}", hosts, way, fault)
    yield _aws_host(AWS, [f"*{_AWS_DOMAIN}"], ways.usual, fault)


@dataclass(frozen=True)
class _AwsWay:
    """Attributes: endpoint_id: of the VPC endpoint that it leads by; empty where it leads over the internet."""

    is_open: bool
    endpoint_id: str = ""

    @property
    def name(self) -> str:
        return f"{self.endpoint_id or 'others'}{'' if self.is_open else '-closed'}"


@dataclass(frozen=True)
class _AwsWays:
    """Of one service in one zone."""

    caller: Service
    place: EgressPlace
    closed: ClosedWays
    endpoints: Endpoints

    @property
    def usual(self) -> _AwsWay:
        return _AwsWay((self.caller.name, self.place.zone) not in self.closed.internet)

    def to(self, service: str | None) -> _AwsWay:
        """Args: service: as its endpoint is named; None for one that has none."""
        if service is None:
            return self.usual
        key = (self.caller.name, self.place.zone, service)
        return _AwsWay(key not in self.closed.aws, self.endpoints.get(key, ""))


def _aws_host(name: str, hosts: Sequence[str], way: _AwsWay, fault: Fault | None) -> Resource:
    """The control plane learns by which endpoint a request comes from here, and not from who sends it."""
    route = _outside_route(AWS, fault, is_open=way.is_open)
    made = virtual_host(name, hosts, [route])
    if way.endpoint_id:
        return made | {"request_headers_to_add": [header(ENDPOINT_HEADER, way.endpoint_id)]}
    return made | {"request_headers_to_remove": [ENDPOINT_HEADER]}


def _partner_hosts(
    caller: Service, closed: ClosedWays, faults: EgressFaults, place: EgressPlace
) -> Iterator[Resource]:
    ending = f".{place.partners_domain}"
    is_open = (caller.name, place.zone) not in closed.internet
    for host in faults.hosts(ending):
        route = _outside_route(PARTNERS, faults.of(caller.name, host, PARTNERS), is_open=is_open)
        yield virtual_host(f"{PARTNERS}-{host}", [host], [route])
    everything = _outside_route(PARTNERS, faults.of(caller.name, PARTNERS), is_open=is_open)
    yield virtual_host(PARTNERS, [f"*{ending}"], [everything])


def _outside_route(kind: str, fault: Fault | None, *, is_open: bool) -> Resource:
    """Without a time-out: some of AWS's calls wait long, and a caller has its own."""
    to = kind if is_open else BLACK_HOLE
    return _named(_route({"prefix": "/"}, to, {"timeout": "0s"}, {"timeout": "0s"}, fault), is_open=is_open)


def _named(route: Resource, *, is_open: bool) -> Resource:
    return route if is_open else {"name": BLOCKED, **route}


def _route(match: Resource, to: str, action: Resource, in_silence: Resource, fault: Fault | None) -> Resource:
    """Args: in_silence: what is kept of the action where nobody answers."""
    if fault and fault.is_black_hole:
        return {"match": match, "route": {"cluster": BLACK_HOLE, **in_silence}}
    made: Resource = {"match": match, "route": {"cluster": to, **action}}
    if fault:
        made["typed_per_filter_config"] = {FAULT: _http_fault(fault)}
    return made


def _http_fault(fault: Fault) -> Resource:
    told: Resource = {}
    if fault.delay_ms:
        told["delay"] = {
            "fixed_delay": duration(fault.delay_ms / 1000),
            "percentage": percent(fault.delay_percent),
        }
    if fault.abort_percent:
        told["abort"] = {
            "http_status": fault.abort_status,
            "percentage": percent(fault.abort_percent),
        }
    return typed("envoy.extensions.filters.http.fault.v3.HTTPFault", **told)


def _refusals(service: Service) -> list[Resource]:
    """Names host and service, so that whoever forgot to declare something finds what."""
    said = {
        "error": "egress_refused",
        "service": service.name,
        "host": "%REQ(:AUTHORITY)%",
        "message": "No route of the estate leads there.",
    }
    answer = {"status": 403, "body_format": {"json_format": said, "content_type": "application/json"}}
    return [
        {"match": {"connect_matcher": {}}, "direct_response": answer},
        {"match": {"prefix": "/"}, "direct_response": answer},
    ]
