"""A load balancer's node in one zone, as Envoy's configuration: no retry, ALB's answers, ALB's headers. Pure.

Source: Application Load Balancers guide: "HTTP headers and Application Load Balancers", "Troubleshoot your Application
Load Balancers" (which error is answered when, connection time-out of 10 s), "Access logs".
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from twin.runtime.envoy.configuration import Configuration
from twin.runtime.envoy.fragments import (
    Resource,
    access_log,
    assignment,
    cluster,
    duration,
    endpoint,
    filter_of,
    forwarded_for,
    header,
    http_health_check,
    listener,
    lua_filter,
    route_configuration,
    typed,
    virtual_host,
)
from twin.runtime.load_balancer.model import HealthCheck, Listener, LoadBalancer, Target, TargetGroup
from twin.runtime.load_balancer.rules import routes

__all__ = ["HEALTH_PATH", "NODE_HEALTH_PORT", "Lead", "NodePlace", "Share", "listener_port", "node"]

Lead = Callable[[Target], Target]
"""The address to connect to for a target now."""

NODE_HEALTH_PORT = 9_000
HEALTH_PATH = "/node"
"""Where a node says that it is there; not on a port that people use."""

_PORT_OFFSET = 8_000
_CONNECT_SECONDS = 10.0
_PANIC_PERCENT = 1
"""Below it a node sends to all targets: with fewer than a hundred of them, when none is healthy."""
_SLOW_START_LEAST_PERCENT = 1
_UNLIMITED = 1_000_000


@dataclass(frozen=True)
class NodePlace:
    """Attributes: factor: by which declared times are multiplied."""

    zone: str
    address: str
    access_log: Path
    health_events: Path
    factor: float


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


def listener_port(port: int) -> int:
    """Where the twin listens for a port, those below 1024 being root's."""
    return port + _PORT_OFFSET if port < 1024 else port


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
    listeners = {_name(it): it for it in balancer.listeners}
    configuration = Configuration(
        listeners={
            **{name: _listener(balancer, it, place) for name, it in listeners.items()},
            "health": _health_listener(place),
        },
        routes={
            **{name: _routes(balancer, it, made[it.arn].routes) for name, it in listeners.items()},
            "health": _health_route(),
        },
        clusters={it["name"]: it for group in used for it in _clusters(group, place)},
        endpoints=endpoints,
    )
    return configuration, tuple(problem for it in made.values() for problem in it.problems)


def _name(listener: Listener) -> str:
    return f"port-{listener.port}"


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


# Listeners


def _listener(balancer: LoadBalancer, declared: Listener, place: NodePlace) -> Resource:
    return listener(
        _name(declared),
        place.address,
        listener_port(declared.port),
        filters=[lua_filter(_TRACE)],
        access_log=[access_log(place.access_log, _log_fields(balancer, declared, place.zone))],
        use_remote_address=True,
        skip_xff_append=True,
        generate_request_id=False,
        preserve_external_request_id=True,
        server_header_transformation="PASS_THROUGH",
        stream_idle_timeout=duration(balancer.idle_timeout_seconds),
        local_reply_config=_local_replies(declared),
    )


def _health_listener(place: NodePlace) -> Resource:
    return listener("health", place.address, NODE_HEALTH_PORT, filters=[])


def _health_route() -> Resource:
    route = {"match": {"path": HEALTH_PATH}, "direct_response": {"status": 200}}
    return route_configuration("health", [virtual_host("all", ["*"], [route])])


def _routes(balancer: LoadBalancer, declared: Listener, its_routes: Sequence[Resource]) -> Resource:
    """Whoever comes in over plain HTTP on the twin is told apart by the port alone, as declared."""
    return route_configuration(
        _name(declared),
        [virtual_host("all", ["*"], its_routes)],
        request_headers_to_add=[
            forwarded_for(),
            header("x-forwarded-proto", declared.protocol.lower()),
            header("x-forwarded-port", str(declared.port)),
        ],
        request_headers_to_remove=["x-envoy-internal", "x-envoy-external-address"],
        response_headers_to_add=_response_headers(declared),
        response_headers_to_remove=["x-envoy-upstream-service-time"],
    )


def _response_headers(declared: Listener) -> list[Resource]:
    """Source: Application Load Balancers guide, "HTTP header modification": listener attributes of these names."""
    beginning, end = "routing.http.response.", ".header_value"
    names = {
        name.removeprefix(beginning).removesuffix(end).replace("_", "-"): value
        for name, value in declared.attributes.items()
        if name.startswith(beginning) and name.endswith(end) and value
    }
    return [header(name, value) for name, value in sorted(names.items())]


def _local_replies(declared: Listener) -> Resource:
    """What the load balancer itself answers, where Envoy would say 503 for nearly all of it."""
    return {
        "mappers": [
            _reply(502, "Bad Gateway", _all_of(_flags("UF"), _not_timed_out()), declared),
            _reply(504, "Gateway Time-out", _flags("UF", "UT", "SI"), declared),
            _reply(502, "Bad Gateway", _flags("UC", "UR", "LR", "UPE"), declared),
            _reply(503, "Service Temporarily Unavailable", _status(503), declared),
        ]
    }


def _reply(status: int, words: str, condition: Resource, declared: Listener) -> Resource:
    """Source: seen of the service; the pages that an ALB answers with are not documented."""
    page = (
        f"<html>\r\n<head><title>{status} {words}</title></head>\r\n<body>\r\n"
        f"<center><h1>{status} {words}</h1></center>\r\n</body>\r\n</html>\r\n"
    )
    mapper: Resource = {
        "filter": condition,
        "status_code": status,
        "body": {"inline_string": page},
        "body_format_override": {
            "text_format_source": {"inline_string": "%LOCAL_REPLY_BODY%"},
            "content_type": "text/html",
        },
    }
    if declared.attributes.get("routing.http.response.server.enabled", "true") == "true":
        mapper["headers_to_add"] = [header("server", "awselb/2.0")]
    return mapper


def _flags(*flags: str) -> Resource:
    return {"response_flag_filter": {"flags": list(flags)}}


def _status(status: int) -> Resource:
    comparison = {"op": "EQ", "value": {"default_value": status, "runtime_key": "unused"}}
    return {"status_code_filter": {"comparison": comparison}}


def _not_timed_out() -> Resource:
    """A connection that nobody refused is a time-out, not a bad gateway."""
    expression = "!response.code_details.contains('connection_timeout')"
    cel = typed("envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter", expression=expression)
    return {"extension_filter": filter_of("envoy.access_loggers.extension_filters.cel", cel)}


def _all_of(*conditions: Resource) -> Resource:
    return {"and_filter": {"filters": list(conditions)}}


def _log_fields(balancer: LoadBalancer, declared: Listener, zone: str) -> dict[str, str]:
    """Fields of an ALB's access log under their names there, and some that only the twin has: zones and flags."""
    return {
        "type": declared.protocol.lower(),
        "time": "%START_TIME(%Y-%m-%dT%H:%M:%S.%6fZ)%",
        "elb": balancer.name,
        "node_zone": zone,
        "client": "%DOWNSTREAM_REMOTE_ADDRESS%",
        "target": "%UPSTREAM_HOST%",
        "target_zone": "%UPSTREAM_METADATA(estate:zone)%",
        "target_group": "%UPSTREAM_CLUSTER%",
        "request_processing_ms": "%REQUEST_DURATION%",
        "first_byte_ms": "%RESPONSE_DURATION%",
        "total_ms": "%DURATION%",
        "elb_status_code": "%RESPONSE_CODE%",
        "flags": "%RESPONSE_FLAGS%",
        "details": "%RESPONSE_CODE_DETAILS%",
        "received_bytes": "%BYTES_RECEIVED%",
        "sent_bytes": "%BYTES_SENT%",
        "method": "%REQ(:METHOD)%",
        "path": "%REQ(:PATH)%",
        "host": "%REQ(:AUTHORITY)%",
        "user_agent": "%REQ(USER-AGENT)%",
        "trace_id": "%REQ(X-AMZN-TRACE-ID)%",
        "request_id": "%REQ(X-REQUEST-ID)%",
        "lane": "%REQ(ESTATE-LANE)%",
    }


_TRACE = """
local function new()
  local digits = {}
  for i = 1, 24 do digits[i] = string.format("%x", math.random(0, 15)) end
  return string.format("1-%08x-%s", os.time(), table.concat(digits))
end
math.randomseed(os.time() + tonumber(tostring({}):match("0x(%x+)"), 16) % 1000003)
function envoy_on_request(handle)
  local name = "x-amzn-trace-id"
  local given = handle:headers():get(name)
  if not given then
    handle:headers():add(name, "Root=" .. new())
  elseif given:find("Root=") then
    handle:headers():replace(name, "Self=" .. new() .. ";" .. given)
  else
    handle:headers():replace(name, "Root=" .. new() .. ";" .. given)
  end
end
"""
"""Source: Application Load Balancers guide, "Request tracing for your Application Load Balancer"."""
