"""The proxy of one zone, as Envoy's configuration. Pure.

Source: ECS developer guide, "Amazon ECS Service Connect components", on its proxy: round robin; outlier detection after
five failed connections within 30 s, for 30 to 300 s; two retries, on another host; time-outs as declared.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from twin.runtime.directory import Backend
from twin.runtime.egress.faults import AWS, PARTNERS, EgressFaults, Fault
from twin.runtime.egress.model import Alias, Service
from twin.runtime.envoy.configuration import Configuration
from twin.runtime.envoy.fragments import (
    Resource,
    access_log,
    assignment,
    cluster,
    duration,
    endpoint,
    fault_filter,
    header_regex,
    idle_timeout,
    listener,
    percent,
    previous_hosts,
    route_configuration,
    typed,
    virtual_host,
)

__all__ = ["EgressPlace", "Reach", "egress"]

_FAULT = "estate.fault"
_BLACK_HOLE = "black-hole"
_RETRIES = 2
_FAILURES = 5
_EJECTION_SECONDS, _LONGEST_EJECTION_SECONDS = 30.0, 300.0
_MOST_EJECTED_PERCENT = 50
"""Assumed: not documented."""
_CONNECT_SECONDS = 1.0
"""Assumed: not documented."""
_AWS_DOMAIN = ".amazonaws.com"
_UNLIMITED = 1_000_000


@dataclass(frozen=True)
class EgressPlace:
    """Attributes: factor: by which AWS's times are multiplied. partners_domain: that all partners' hosts end with."""

    zone: str
    region: str
    address: str
    access_log: Path
    factor: float
    partners_domain: str


@dataclass(frozen=True)
class Reach:
    """What can be reached now, each at the address that the way to it leads to.

    Attributes: mesh: by discovery name. black_hole: where connections hang.
    """

    mesh: Mapping[str, Sequence[Backend]]
    aws: Backend | None
    partners: Backend | None
    black_hole: tuple[str, int]


def egress(
    services: Sequence[Service],
    ports: Mapping[str, int],
    reach: Reach,
    faults: EgressFaults,
    place: EgressPlace,
) -> Configuration:
    """Args: services: of the region; those that may run in the zone get a listener. ports: by service."""
    mine = [it for it in services if place.zone in it.zones]
    aliases = {name: alias for it in services for name, alias in it.serves}
    backends: dict[str, Sequence[Backend]] = {
        **{_mesh(name): reach.mesh.get(name, ()) for name in aliases},
        AWS: [reach.aws] if reach.aws else (),
        PARTNERS: [reach.partners] if reach.partners else (),
        _BLACK_HOLE: [Backend(*reach.black_hole, None)],
    }
    return Configuration(
        listeners={_listener_name(it): _listener(it, ports[it.name], place) for it in mine},
        routes={_listener_name(it): _routes(it, services, faults, place) for it in mine},
        clusters={it["name"]: it for it in _clusters(aliases, place)},
        endpoints={name: assignment(name, [_endpoint(it) for it in some]) for name, some in backends.items()},
    )


def _mesh(name: str) -> str:
    return f"mesh-{name}"


def _listener_name(service: Service) -> str:
    return f"service-{service.name}"


def _endpoint(backend: Backend) -> Resource:
    return endpoint(backend.address, backend.port, zone=backend.zone)


# Clusters


def _clusters(aliases: Mapping[str, Alias], place: EgressPlace) -> Iterator[Resource]:
    for name, alias in aliases.items():
        yield _cluster(
            _mesh(name),
            _CONNECT_SECONDS,
            outlier_detection=_outliers(place.factor),
            typed_extension_protocol_options=idle_timeout(alias.idle_timeout_seconds),
        )
    yield _cluster(AWS, 10.0)
    yield _cluster(PARTNERS, 10.0)
    yield _cluster(_BLACK_HOLE, 86_400.0)


def _cluster(name: str, connect_seconds: float, **members: object) -> Resource:
    limits = ("max_connections", "max_pending_requests", "max_requests", "max_retries")
    return cluster(
        name,
        connect_seconds=connect_seconds,
        circuit_breakers={"thresholds": [dict.fromkeys(limits, _UNLIMITED)]},
        **members,
    )


def _outliers(factor: float) -> Resource:
    """Only connections that fail count; what a service answers does not."""
    return {
        "split_external_local_origin_errors": True,
        "consecutive_local_origin_failure": _FAILURES,
        "enforcing_consecutive_local_origin_failure": 100,
        "enforcing_consecutive_5xx": 0,
        "enforcing_consecutive_gateway_failure": 0,
        "enforcing_success_rate": 0,
        "enforcing_local_origin_success_rate": 0,
        "interval": duration(max(0.1, _EJECTION_SECONDS / 3 * factor)),
        "base_ejection_time": duration(_EJECTION_SECONDS * factor),
        "max_ejection_time": duration(_LONGEST_EJECTION_SECONDS * factor),
        "max_ejection_percent": _MOST_EJECTED_PERCENT,
    }


# Listeners and routes


def _listener(service: Service, port: int, place: EgressPlace) -> Resource:
    return listener(
        _listener_name(service),
        place.address,
        port,
        filters=[fault_filter(_FAULT)],
        access_log=[access_log(place.access_log, {"caller": service.name, **_LOG_FIELDS})],
        generate_request_id=False,
        preserve_external_request_id=True,
        server_header_transformation="PASS_THROUGH",
        stream_idle_timeout="0s",
        upgrade_configs=[{"upgrade_type": "CONNECT"}],
    )


def _routes(
    service: Service, services: Sequence[Service], faults: EgressFaults, place: EgressPlace
) -> Resource:
    hosts = [
        *(_mesh_host(service, alias, name, faults) for name, alias in _callable(service, services)),
        *_outside_hosts(service, AWS, _AWS_DOMAIN, faults),
        *_outside_hosts(service, PARTNERS, f".{place.partners_domain}", faults),
        virtual_host("nothing-else", ["*"], _refusals(service)),
    ]
    return route_configuration(
        _listener_name(service),
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


def _mesh_host(caller: Service, alias: Alias, name: str, faults: EgressFaults) -> Resource:
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
    route = _route(right_port, _mesh(name), {**action, "retry_policy": retry}, action, fault)
    return virtual_host(_mesh(alias.name), [alias.name], [route, *_refusals(caller)])


def _outside_hosts(caller: Service, kind: str, ending: str, faults: EgressFaults) -> Iterator[Resource]:
    """Hosts that a fault names apart come first, as hosts of their own."""
    for host in faults.hosts(ending):
        fault = faults.of(caller.name, host, kind)
        yield virtual_host(f"{kind}-{host}", [host], [_outside_route(kind, fault)])
    everything = _outside_route(kind, faults.of(caller.name, kind))
    yield virtual_host(kind, [f"*{ending}"], [everything])


def _outside_route(kind: str, fault: Fault | None) -> Resource:
    """Without a time-out: some of AWS's calls wait long, and a caller has its own."""
    return _route({"prefix": "/"}, kind, {"timeout": "0s"}, {"timeout": "0s"}, fault)


def _route(match: Resource, to: str, action: Resource, in_silence: Resource, fault: Fault | None) -> Resource:
    """Args: in_silence: what is kept of the action where nobody answers."""
    if fault and fault.is_black_hole:
        return {"match": match, "route": {"cluster": _BLACK_HOLE, **in_silence}}
    made: Resource = {"match": match, "route": {"cluster": to, **action}}
    if fault:
        made["typed_per_filter_config"] = {_FAULT: _http_fault(fault)}
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


_LOG_FIELDS = {
    "time": "%START_TIME(%Y-%m-%dT%H:%M:%S.%6fZ)%",
    "host": "%REQ(:AUTHORITY)%",
    "method": "%REQ(:METHOD)%",
    "path": "%REQ(:PATH)%",
    "status_code": "%RESPONSE_CODE%",
    "flags": "%RESPONSE_FLAGS%",
    "details": "%RESPONSE_CODE_DETAILS%",
    "attempts": "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
    "to": "%UPSTREAM_HOST%",
    "to_zone": "%UPSTREAM_METADATA(estate:zone)%",
    "total_ms": "%DURATION%",
    "request_id": "%REQ(X-REQUEST-ID)%",
}
