"""The proxy of one zone, as Envoy's configuration. Pure.

Source: ECS developer guide, "Amazon ECS Service Connect components", on its proxy: round robin; outlier detection after
five failed connections within 30 s, for 30 to 300 s; two retries, on another host; time-outs as declared.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from twin.runtime.directory import Backend
from twin.runtime.egress.faults import AWS, PARTNERS, EgressFaults
from twin.runtime.egress.model import Alias, EgressPlace, Service
from twin.runtime.egress.routes import (
    BLACK_HOLE,
    CLOSED_MESH,
    FAULT,
    listener_name,
    mesh_cluster,
    service_routes,
)
from twin.runtime.envoy.configuration import Configuration
from twin.runtime.envoy.fragments import (
    Resource,
    access_log,
    assignment,
    cluster,
    duration,
    endpoint,
    fault_filter,
    idle_timeout,
    listener,
)
from twin.runtime.network.ways import ClosedWays

__all__ = ["Reach", "egress"]

_FAILURES = 5
_EJECTION_SECONDS, _LONGEST_EJECTION_SECONDS = 30.0, 300.0
_MOST_EJECTED_PERCENT = 50
"""Assumed: not documented."""
_CONNECT_SECONDS = 1.0
"""Assumed: not documented."""
_UNLIMITED = 1_000_000


@dataclass(frozen=True)
class Reach:
    """What can be reached now, each at the address that the way to it leads to.

    Attributes: mesh: by discovery name. black_hole: where connections hang. closed: what nobody may begin.
    endpoints: by which calls of AWS pass, by service, zone, and AWS's service.
    """

    mesh: Mapping[str, Sequence[Backend]]
    aws: Backend | None
    partners: Backend | None
    black_hole: tuple[str, int]
    closed: ClosedWays = field(default_factory=ClosedWays)
    endpoints: Mapping[tuple[str, str, str], str] = field(default_factory=dict[tuple[str, str, str], str])


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
        **{mesh_cluster(name): reach.mesh.get(name, ()) for name in aliases},
        AWS: [reach.aws] if reach.aws else (),
        PARTNERS: [reach.partners] if reach.partners else (),
        BLACK_HOLE: [Backend(*reach.black_hole, None)],
        CLOSED_MESH: [Backend(*reach.black_hole, None)],
    }
    return Configuration(
        listeners={listener_name(it): _listener(it, ports[it.name], place) for it in mine},
        routes={
            listener_name(it): service_routes(it, services, reach.closed, faults, place, reach.endpoints)
            for it in mine
        },
        clusters={it["name"]: it for it in _clusters(aliases, place)},
        endpoints={name: assignment(name, [_endpoint(it) for it in some]) for name, some in backends.items()},
    )


def _endpoint(backend: Backend) -> Resource:
    return endpoint(backend.address, backend.port, zone=backend.zone)


# Clusters


def _clusters(aliases: Mapping[str, Alias], place: EgressPlace) -> Iterator[Resource]:
    for name, alias in aliases.items():
        yield _cluster(
            mesh_cluster(name),
            _CONNECT_SECONDS,
            outlier_detection=_outliers(place.factor),
            typed_extension_protocol_options=idle_timeout(alias.idle_timeout_seconds),
        )
    yield _cluster(AWS, 10.0)
    yield _cluster(PARTNERS, 10.0)
    yield _cluster(BLACK_HOLE, 86_400.0)
    yield _cluster(CLOSED_MESH, _CONNECT_SECONDS)


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


# Listeners


def _listener(service: Service, port: int, place: EgressPlace) -> Resource:
    return listener(
        listener_name(service),
        place.address,
        port,
        filters=[fault_filter(FAULT)],
        access_log=[access_log(place.access_log, {"caller": service.name, **_LOG_FIELDS})],
        generate_request_id=False,
        preserve_external_request_id=True,
        server_header_transformation="PASS_THROUGH",
        stream_idle_timeout="0s",
        upgrade_configs=[{"upgrade_type": "CONNECT"}],
    )


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
    "route": "%ROUTE_NAME%",
    "total_ms": "%DURATION%",
    "request_id": "%REQ(X-REQUEST-ID)%",
}
