"""What a load-balancer node's access log tells of requests, counted as an ALB's metrics count them. Pure.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = ["Request", "Traffic", "count", "merged", "read"]

_CLUSTER = "group-"
_CONNECTION_FAILED = "UF"
_NO_TARGET = frozenset({"UH", "NC", "NR"})
"""Source: Envoy's documentation, "Access logging", RESPONSE_FLAGS."""

_CLIENT_CLOSED = 460
"""Source: Application Load Balancers guide, "Troubleshoot your Application Load Balancers", HTTP 460. Envoy's is 0."""


@dataclass(frozen=True)
class Request:
    """One request that has ended.

    Attributes:
        group: name of the target group of which a target was chosen; None where none was.
        is_from_target: the target gave the status, else the load balancer did.
        is_fixed: a rule gave the answer, without a target.
        target_seconds: from the request's leaving the load balancer until the target's answer began.
    """

    group: str | None
    status: int
    is_from_target: bool
    is_fixed: bool = False
    has_connection_error: bool = False
    target_seconds: float | None = None


@dataclass
class Traffic:
    """What was counted. Attributes: from_targets, from_balancer: requests by status. seconds: answers by their time."""

    requests: int = 0
    from_targets: Counter[int] = field(default_factory=Counter[int])
    from_balancer: Counter[int] = field(default_factory=Counter[int])
    fixed: int = 0
    redirects: int = 0
    connection_errors: int = 0
    seconds: Counter[float] = field(default_factory=Counter[float])


def read(line: bytes) -> Request | None:
    """The request of a line; None where the line is none."""
    try:
        it = json.loads(line)
        status, flags = int(it["elb_status_code"]), set(str(it.get("flags") or "").split(","))
        details, cluster = str(it.get("details")), str(it.get("target_group") or "")
    except (ValueError, KeyError, TypeError):
        return None
    is_chosen = cluster.startswith(_CLUSTER) and not flags & _NO_TARGET
    is_from_target = details == "via_upstream"
    return Request(
        group=cluster.removeprefix(_CLUSTER) if is_chosen else None,
        status=status or _CLIENT_CLOSED,
        is_from_target=is_from_target,
        is_fixed=details == "direct_response",
        has_connection_error=_CONNECTION_FAILED in flags,
        target_seconds=_target_seconds(it) if is_from_target else None,
    )


def _target_seconds(line: dict[str, object]) -> float | None:
    first_byte, sent = line.get("first_byte_ms"), line.get("request_processing_ms")
    if not isinstance(first_byte, int | float):
        return None
    return max(0.0, first_byte - (sent if isinstance(sent, int | float) else 0.0)) / 1000


def count(traffic: Traffic, request: Request) -> None:
    """The traffic has the request, too."""
    traffic.requests += request.group is not None
    traffic.connection_errors += request.has_connection_error
    (traffic.from_targets if request.is_from_target else traffic.from_balancer)[request.status] += 1
    if request.is_fixed:
        is_redirect = 300 <= request.status < 400
        traffic.redirects += is_redirect
        traffic.fixed += not is_redirect
    if request.target_seconds is not None:
        traffic.seconds[request.target_seconds] += 1


def merged(parts: Iterable[Traffic]) -> Traffic:
    """All of them together."""
    whole = Traffic()
    for it in parts:
        whole.requests += it.requests
        whole.fixed += it.fixed
        whole.redirects += it.redirects
        whole.connection_errors += it.connection_errors
        whole.from_targets.update(it.from_targets)
        whole.from_balancer.update(it.from_balancer)
        whole.seconds.update(it.seconds)
    return whole
