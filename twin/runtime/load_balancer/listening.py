"""A node's listeners: the headers that an ALB adds, the answers that it gives itself, its access log. Pure.

Source: Application Load Balancers guide: "HTTP headers and Application Load Balancers", "Troubleshoot your Application
Load Balancers" (which error is answered when), "Access logs".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from twin.runtime.envoy.fragments import (
    Resource,
    access_log,
    duration,
    filter_of,
    forwarded_for,
    header,
    listener,
    lua_filter,
    route_configuration,
    typed,
    virtual_host,
)
from twin.runtime.load_balancer.model import Listener, LoadBalancer

__all__ = [
    "HEALTH_PATH",
    "NODE_HEALTH_PORT",
    "NodePlace",
    "health_listener",
    "health_routes",
    "listener_name",
    "listener_port",
    "node_listener",
    "node_routes",
]

NODE_HEALTH_PORT = 9_000
HEALTH_PATH = "/node"
"""Where a node says that it is there; not on a port that people use."""

_PORT_OFFSET = 8_000


@dataclass(frozen=True)
class NodePlace:
    """Attributes: factor: by which declared times are multiplied."""

    zone: str
    address: str
    access_log: Path
    health_events: Path
    factor: float


def listener_port(port: int) -> int:
    """Where the twin listens for a port, those below 1024 being root's."""
    return port + _PORT_OFFSET if port < 1024 else port


def listener_name(listener: Listener) -> str:
    return f"port-{listener.port}"


def node_listener(balancer: LoadBalancer, declared: Listener, place: NodePlace) -> Resource:
    return listener(
        listener_name(declared),
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


def health_listener(place: NodePlace) -> Resource:
    return listener("health", place.address, NODE_HEALTH_PORT, filters=[])


def health_routes() -> Resource:
    route = {"match": {"path": HEALTH_PATH}, "direct_response": {"status": 200}}
    return route_configuration("health", [virtual_host("all", ["*"], [route])])


def node_routes(balancer: LoadBalancer, declared: Listener, its_routes: Sequence[Resource]) -> Resource:
    """Whoever comes in over plain HTTP on the twin is told apart by the port alone, as declared."""
    return route_configuration(
        listener_name(declared),
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
