"""AWS/ElastiCache of a cache node, from what Valkey says of itself before and after a minute. Pure.

Sources: ElastiCache user guide, "Metrics for Valkey and Redis OSS" (names, units, and from which members of INFO they
come) and "Monitoring use with CloudWatch Metrics" (dimensions: the cluster and the node, which is 0001 in a cluster of
one node).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from twin.runtime.metrics.counting import increase
from twin.runtime.metrics.datum import Datum, exact

__all__ = ["Information", "data", "lags"]

_NAMESPACE = "AWS/ElastiCache"
_NODE = "0001"

_COUNTERS: Mapping[str, str] = {
    "CacheHits": "keyspace_hits",
    "CacheMisses": "keyspace_misses",
    "Evictions": "evicted_keys",
    "NewConnections": "total_connections_received",
    "Reclaimed": "expired_keys",
}
"""Metric by the counter that it is the increase of."""

_GAUGES: Mapping[str, tuple[str, str]] = {
    "BytesUsedForCache": ("used_memory", "Bytes"),
    "CurrConnections": ("connected_clients", "Count"),
}

_MAIN_THREAD = ("used_cpu_sys_main_thread", "used_cpu_user_main_thread")

Information = Mapping[str, Any]


def data(
    region: str, node: str, before: Information | None, now: Information, lag: Sequence[float], at: float
) -> Iterator[Datum]:
    """What the node publishes of the minute. Args: lag: as it was sampled, seconds; empty for a primary."""
    metrics = {
        **{name: (float(now[member]), unit) for name, (member, unit) in _GAUGES.items() if member in now},
        **_memory(now),
        **(_since(before, now) if before and before.get("run_id") == now.get("run_id") else {}),
        "IsMaster": (float(now.get("role") == "master"), "Count"),
    }
    dimensions = {"CacheClusterId": node, "CacheNodeId": _NODE}
    for name, (value, unit) in sorted(metrics.items()):
        yield Datum(region, _NAMESPACE, name, unit, dimensions, at, exact([value]))
    if lag:
        yield Datum(region, _NAMESPACE, "ReplicationLag", "Seconds", dimensions, at, exact(lag))


def lags(nodes: Mapping[str, Information]) -> dict[str, float]:
    """How far each replica is behind its primary, seconds, by node.

    One that holds all that its primary sent is not behind. Else it is for as long as the primary has not heard of its
    replicas; one that has lost its primary, for as long as it has. AWS does not say how it measures this.

    Args: nodes: a replication group's.
    """
    primaries = [it for it in nodes.values() if it.get("role") == "master"]
    return {
        name: _lag(it, next(iter(primaries), {})) for name, it in nodes.items() if it.get("role") == "slave"
    }


def _lag(replica: Information, primary: Information) -> float:
    if replica.get("master_link_status") != "up":
        return float(max(0, replica.get("master_link_down_since_seconds", 0)))
    if int(replica.get("slave_repl_offset", 0)) >= int(primary.get("master_repl_offset", 0)):
        return 0.0
    heard = (it for name, it in primary.items() if name.startswith("slave") and isinstance(it, dict))
    return float(max((it.get("lag", 0) for it in heard), default=0))


def _memory(now: Information) -> dict[str, tuple[float, str]]:
    most = int(now.get("maxmemory", 0))
    if not most:
        return {}
    return {"DatabaseMemoryUsagePercentage": (100 * int(now["used_memory"]) / most, "Percent")}


def _since(before: Information, now: Information) -> dict[str, tuple[float, str]]:
    found = {
        name: (increase(float(before.get(member, 0)), float(now.get(member, 0))), "Count")
        for name, member in _COUNTERS.items()
    }
    seconds = float(now["uptime_in_seconds"]) - float(before["uptime_in_seconds"])
    if seconds > 0:
        used = increase(_cpu_seconds(before), _cpu_seconds(now))
        found["EngineCPUUtilization"] = (min(100.0, 100 * used / seconds), "Percent")
    return found


def _cpu_seconds(it: Information) -> float:
    return sum(float(it.get(member, 0)) for member in _MAIN_THREAD)
