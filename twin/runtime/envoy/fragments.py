"""The pieces of Envoy's configuration that the twin uses, each a plain function of what varies.

Source of every field: Envoy 1.40's API reference (envoyproxy.io/docs/envoy/v1.40.0/api-v3), under the type's name.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

__all__ = [
    "Resource",
    "access_log",
    "assignment",
    "bootstrap",
    "cluster",
    "discovered",
    "duration",
    "endpoint",
    "fault_filter",
    "filter_of",
    "forwarded_for",
    "header",
    "header_regex",
    "http_health_check",
    "idle_timeout",
    "listener",
    "lua_filter",
    "percent",
    "previous_hosts",
    "route_configuration",
    "router",
    "socket_address",
    "typed",
    "virtual_host",
]

Resource = dict[str, Any]

_TYPE = "type.googleapis.com/"
_HTTP = "envoy.extensions.filters.http"
SUPERVISOR = "supervisor"
"""Name in Envoy of whoever tells it what to do."""


def typed(type_name: str, /, **members: Any) -> Resource:
    return {"@type": _TYPE + type_name, **members}


def filter_of(name: str, configuration: Resource) -> Resource:
    return {"name": name, "typed_config": configuration}


def duration(seconds: float) -> str:
    return f"{seconds:.3f}s"


def percent(value: float) -> Resource:
    """Of a hundred, to a ten-thousandth."""
    return {"numerator": round(value * 10_000), "denominator": "MILLION"}


def socket_address(address: str, port: int) -> Resource:
    return {"socket_address": {"address": address, "port_value": port}}


def discovered() -> Resource:
    """Resources that it asks the supervisor for, again and again; each answer waits for a change."""
    source = {
        "api_type": "REST",
        "transport_api_version": "V3",
        "cluster_names": [SUPERVISOR],
        "refresh_delay": "0.010s",
        "request_timeout": "360s",
    }
    return {"resource_api_version": "V3", "api_config_source": source}


def bootstrap(
    name: str, zone: str | None, region: str, addresses: tuple[str, str], discovery_port: int
) -> Resource:
    """Args: addresses: the one that its connections come from, and the one of control ports."""
    own, control = addresses
    return {
        "node": {"id": name, "cluster": "twin", "locality": {"region": region, "zone": zone or ""}},
        "admin": {"address": socket_address(control, 0), "ignore_global_conn_limit": True},
        "cluster_manager": {"upstream_bind_config": {"source_address": {"address": own, "port_value": 0}}},
        "dynamic_resources": {"lds_config": discovered(), "cds_config": discovered()},
        "static_resources": {"clusters": [_supervisor(control, discovery_port)]},
        "layered_runtime": {
            "layers": [{"name": "static", "static_layer": {}}, {"name": "admin", "admin_layer": {}}]
        },
    }


def _supervisor(address: str, port: int) -> Resource:
    return {
        "name": SUPERVISOR,
        "type": "STATIC",
        "connect_timeout": "1s",
        "load_assignment": {
            "cluster_name": SUPERVISOR,
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": socket_address(address, port)}}]}],
        },
    }


# Listeners and routes


def listener(
    name: str, address: str, port: int, *, filters: Sequence[Resource], **connection: Any
) -> Resource:
    """Its routes are asked for under its name, so that they change without the connections.

    Args: connection: members of its connection manager.
    """
    manager = typed(
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix=name,
        rds={"route_config_name": name, "config_source": discovered()},
        http_filters=[*filters, router()],
        **connection,
    )
    chain = {"filters": [filter_of("envoy.filters.network.http_connection_manager", manager)]}
    return typed(
        "envoy.config.listener.v3.Listener",
        name=name,
        address=socket_address(address, port),
        filter_chains=[chain],
    )


def router() -> Resource:
    return filter_of(
        "envoy.filters.http.router", typed(f"{_HTTP}.router.v3.Router", suppress_envoy_headers=True)
    )


def lua_filter(code: str) -> Resource:
    source = {"inline_string": code}
    return filter_of("envoy.filters.http.lua", typed(f"{_HTTP}.lua.v3.Lua", default_source_code=source))


def fault_filter(name: str) -> Resource:
    """Does nothing but what a route tells it under the name."""
    return filter_of(name, typed(f"{_HTTP}.fault.v3.HTTPFault"))


def access_log(path: Path, fields: Mapping[str, str]) -> Resource:
    return filter_of(
        "envoy.access_loggers.file",
        typed(
            "envoy.extensions.access_loggers.file.v3.FileAccessLog",
            path=str(path),
            log_format={"json_format": dict(fields)},
        ),
    )


def route_configuration(name: str, hosts: Sequence[Resource], **members: Any) -> Resource:
    return typed("envoy.config.route.v3.RouteConfiguration", name=name, virtual_hosts=list(hosts), **members)


def virtual_host(name: str, domains: Sequence[str], routes: Sequence[Resource]) -> Resource:
    return {"name": name, "domains": list(domains), "routes": list(routes)}


def header(name: str, value: str) -> Resource:
    """A header that is set, whatever it was. A percent sign stands for itself."""
    return {
        "header": {"key": name, "value": value.replace("%", "%%")},
        "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
    }


def forwarded_for() -> Resource:
    """The address that the connection comes from is added to those before."""
    return {
        "header": {"key": "x-forwarded-for", "value": "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%"},
        "append_action": "APPEND_IF_EXISTS_OR_ADD",
    }


def header_regex(name: str, pattern: str) -> Resource:
    return {"name": name, "string_match": {"safe_regex": {"regex": pattern}}}


def previous_hosts() -> Resource:
    """A retry goes to another host where there is one."""
    return filter_of(
        "envoy.retry_host_predicates.previous_hosts",
        typed("envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"),
    )


# Clusters and endpoints


def cluster(name: str, *, connect_seconds: float, **members: Any) -> Resource:
    """Its endpoints are asked for under its name."""
    return typed(
        "envoy.config.cluster.v3.Cluster",
        name=name,
        type="EDS",
        eds_cluster_config={"eds_config": discovered()},
        connect_timeout=duration(connect_seconds),
        **members,
    )


def idle_timeout(seconds: float) -> Resource:
    """Options of a cluster's protocol: connections that carry nothing for so long are closed; 0 for never."""
    name = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
    options = typed(
        name,
        common_http_protocol_options={"idle_timeout": duration(seconds)},
        explicit_http_config={"http_protocol_options": {}},
    )
    return {name: options}


def http_health_check(
    *,
    path: str,
    statuses: Sequence[tuple[int, int]],
    interval_seconds: float,
    timeout_seconds: float,
    healthy: int,
    unhealthy: int,
    events: Path | None = None,
) -> Resource:
    """Args: statuses: first and last of each good range. events: file that changes of health are written to."""
    check: Resource = {
        "interval": duration(interval_seconds),
        "no_traffic_interval": duration(interval_seconds),
        "timeout": duration(timeout_seconds),
        "healthy_threshold": healthy,
        "unhealthy_threshold": unhealthy,
        # A load-balancer node closes the connection after each check.
        "reuse_connection": False,
        "http_health_check": {
            "path": path,
            "expected_statuses": [{"start": first, "end": last + 1} for first, last in statuses],
            "retriable_statuses": list(_others(tuple(statuses))),
        },
    }
    if events:
        sink = typed(
            "envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink",
            event_log_path=str(events),
        )
        check["event_logger"] = [filter_of("envoy.health_check.event_sinks.file", sink)]
    return check


@cache
def _others(good: tuple[tuple[int, int], ...]) -> tuple[Resource, ...]:
    """Every status that is not good. Listed, one is one failure; left out, it would be the last one at once."""
    bad = [it for it in range(100, 600) if not any(first <= it <= last for first, last in good)]
    known = set(bad)
    starts = [it for it in bad if it - 1 not in known]
    ends = [it for it in bad if it + 1 not in known]
    return tuple({"start": start, "end": end + 1} for start, end in zip(starts, ends, strict=True))


def assignment(name: str, *tiers: Sequence[Resource]) -> Resource:
    """Args: tiers: endpoints, those first that come first; a later tier is for when an earlier one is of no use."""
    return typed(
        "envoy.config.endpoint.v3.ClusterLoadAssignment",
        cluster_name=name,
        endpoints=[
            {"priority": priority, "lb_endpoints": list(tier)} for priority, tier in enumerate(tiers) if tier
        ],
    )


def endpoint(
    address: str,
    port: int,
    *,
    zone: str | None = None,
    check: tuple[str, int] | None = None,
    is_checked: bool = True,
) -> Resource:
    """Args:
    zone: shown in access logs.
    check: where its health is checked, if elsewhere.
    is_checked: otherwise it is taken for healthy.
    """
    place: Resource = {"address": socket_address(address, port)}
    if not is_checked:
        place["health_check_config"] = {"disable_active_health_check": True}
    elif check and check != (address, port):
        place["health_check_config"] = {"address": socket_address(*check)}
    return {
        "endpoint": place,
        "metadata": {"filter_metadata": {"estate": {"zone": zone or ""}}},
    }
