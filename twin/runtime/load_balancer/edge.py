"""What stands for a person's resolver and client: it knows the load balancer's addresses, and tries one after another.

A connection that cannot be made is tried on the next address; a request that was sent is not sent again. Pure.

Source: RFC 8305 (happy eyeballs), section 5: addresses are tried in order; CloudFront developer guide, "Origin
settings": up to three attempts to connect. The time-out of a second is the shortest that CloudFront allows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from twin.runtime.envoy.configuration import Configuration
from twin.runtime.envoy.fragments import (
    Resource,
    access_log,
    assignment,
    cluster,
    endpoint,
    filter_of,
    forwarded_for,
    header_regex,
    http_health_check,
    listener,
    previous_hosts,
    route_configuration,
    typed,
    virtual_host,
)
from twin.runtime.load_balancer.dns_answer import lanes
from twin.runtime.load_balancer.listening import HEALTH_PATH, NODE_HEALTH_PORT

__all__ = ["EDGE_PORT", "PROBE", "EdgePlace", "edge"]

EDGE_PORT = 8080
PROBE = "probe"
"""Name in Envoy of the nodes whose health it looks at; no request goes that way."""

_CONNECT_SECONDS = 1.0
_ATTEMPTS = 3
_ANY = "any"
_LANES = 64
"""Numbers that a client may put in ``Estate-Lane``; greater ones go anywhere."""


@dataclass(frozen=True)
class EdgePlace:
    """Attributes: probe_seconds: between two looks at a node. silence_seconds: after which one is without answer."""

    address: str
    access_log: Path
    probe_seconds: float
    silence_seconds: float


def edge(
    answer: Sequence[str],
    zones: Sequence[str],
    port: int,
    lead: Callable[[str, int], tuple[str, int]],
    place: EdgePlace,
) -> Configuration:
    """Args:
    answer: zones of the nodes in the DNS answer, in whichever region the name leads to.
    zones: of the nodes that are looked at. port: that nodes listen on.
    """
    orders = {f"lane-{number}": order for number, order in enumerate(lanes(answer))}
    at = {zone: endpoint(*lead(zone, port), zone=zone) for zone in answer}
    clusters = [_cluster(_ANY), *(_cluster(name) for name in orders), _probe(place)]
    probed = [endpoint(*lead(zone, NODE_HEALTH_PORT), zone=zone) for zone in zones]
    return Configuration(
        listeners={"edge": _listener(place)},
        routes={"edge": _routes(list(orders))},
        clusters={it["name"]: it for it in clusters},
        endpoints={
            _ANY: assignment(_ANY, [at[zone] for zone in answer]),
            PROBE: assignment(PROBE, probed),
            **{name: assignment(name, *([at[zone]] for zone in order)) for name, order in orders.items()},
        },
    )


def _cluster(name: str) -> Resource:
    """All that the answer says is tried: an address has no health there."""
    return cluster(
        name,
        connect_seconds=_CONNECT_SECONDS,
        circuit_breakers={
            "thresholds": [
                {
                    "max_connections": 1_000_000,
                    "max_pending_requests": 1_000_000,
                    "max_requests": 1_000_000,
                    "max_retries": 1_000_000,
                }
            ]
        },
    )


def _probe(place: EdgePlace) -> Resource:
    check = http_health_check(
        path=HEALTH_PATH,
        statuses=((200, 200),),
        interval_seconds=place.probe_seconds,
        timeout_seconds=place.silence_seconds,
        healthy=1,
        unhealthy=1,
    )
    return cluster(
        PROBE,
        connect_seconds=_CONNECT_SECONDS,
        health_checks=[check],
        ignore_health_on_host_removal=True,
    )


def _listener(place: EdgePlace) -> Resource:
    return listener(
        "edge",
        place.address,
        EDGE_PORT,
        filters=[],
        access_log=[access_log(place.access_log, _LOG_FIELDS)],
        use_remote_address=True,
        skip_xff_append=True,
        generate_request_id=True,
        preserve_external_request_id=True,
        server_header_transformation="PASS_THROUGH",
        stream_idle_timeout="0s",
    )


def _routes(names: Sequence[str]) -> Resource:
    """The lane's number modulo the number of addresses says which is tried first."""
    made: list[Resource] = []
    for number, name in enumerate(names):
        numbers = "|".join(str(it) for it in range(number, _LANES, len(names)))
        match = {"prefix": "/", "headers": [header_regex("estate-lane", numbers)]}
        made.append({"match": match, "route": _route(name, len(names), _next_tier())})
    made.append({"match": {"prefix": "/"}, "route": _route(_ANY, len(names), _another())})
    return route_configuration(
        "edge",
        [virtual_host("all", ["*"], made)],
        request_headers_to_add=[forwarded_for()],
        request_headers_to_remove=["x-envoy-internal", "x-envoy-external-address"],
    )


def _route(name: str, addresses: int, choice: Mapping[str, object]) -> Resource:
    retry = {
        "retry_on": "connect-failure",
        "num_retries": min(_ATTEMPTS, addresses) - 1,
        "retry_back_off": {"base_interval": "0.001s", "max_interval": "0.001s"},
        **choice,
    }
    if not retry["num_retries"]:
        return {"cluster": name, "timeout": "0s"}
    return {"cluster": name, "timeout": "0s", "retry_policy": retry}


def _next_tier() -> Resource:
    tiers = typed(
        "envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig", update_frequency=1
    )
    return {"retry_priority": filter_of("envoy.retry_priorities.previous_priorities", tiers)}


def _another() -> Resource:
    return {"retry_host_predicate": [previous_hosts()], "host_selection_retry_max_attempts": 10}


_LOG_FIELDS = {
    "time": "%START_TIME(%Y-%m-%dT%H:%M:%S.%6fZ)%",
    "client": "%DOWNSTREAM_REMOTE_ADDRESS%",
    "node": "%UPSTREAM_HOST%",
    "node_zone": "%UPSTREAM_METADATA(estate:zone)%",
    "attempts": "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
    "total_ms": "%DURATION%",
    "status_code": "%RESPONSE_CODE%",
    "flags": "%RESPONSE_FLAGS%",
    "method": "%REQ(:METHOD)%",
    "path": "%REQ(:PATH)%",
    "request_id": "%REQ(X-REQUEST-ID)%",
    "lane": "%REQ(ESTATE-LANE)%",
}
