"""AWS/RDS of Aurora's instances and clusters, from what was sampled of PostgreSQL. Pure.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html (names, units,
which instance or cluster has which metric) and, for dimensions, the same guide's "Amazon CloudWatch dimensions for
Aurora". A cluster's data are those of its instances together.

What differs: processor time is in percent of one core, whatever the class has; freeable memory is the class's less what
the instance's processes hold here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from twin.runtime.database.view import InstanceView
from twin.runtime.metrics.counting import increase
from twin.runtime.metrics.datum import Datum, exact

__all__ = ["Counted", "InstanceMinute", "class_bytes", "data", "rates"]

_NAMESPACE = "AWS/RDS"
_GIBIBYTE = 1024**3

_MEMORY_GIB: Mapping[str, Mapping[str, int]] = {
    "t": {"medium": 4, "large": 8},
    "r": {
        "large": 16,
        "xlarge": 32,
        "2xlarge": 64,
        "4xlarge": 128,
        "8xlarge": 256,
        "12xlarge": 384,
        "16xlarge": 512,
    },
}
"""By the first letter of the family, and size. Source: Aurora user guide, "Hardware specifications for DB instance
classes for Aurora"."""

_UNITS: Mapping[str, str] = {
    "AuroraGlobalDBReplicationLag": "Milliseconds",
    "AuroraReplicaLag": "Milliseconds",
    "AuroraReplicaLagMaximum": "Milliseconds",
    "AuroraReplicaLagMinimum": "Milliseconds",
    "CPUUtilization": "Percent",
    "CommitThroughput": "Count/Second",
    "DatabaseConnections": "Count",
    "Deadlocks": "Count/Second",
    "FreeableMemory": "Bytes",
}

_OF_CLUSTER_ONLY = frozenset({"AuroraGlobalDBReplicationLag"})


@dataclass(frozen=True)
class Counted:
    """What a server has counted up to a moment, by its own or the machine's clock, in seconds."""

    at: float
    deadlocks: float
    commits: float
    cpu_seconds: float | None = None


@dataclass
class InstanceMinute:
    """An instance in a minute. Attributes: values: what was sampled, by metric."""

    instance: InstanceView
    values: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def note(self, metric: str, *values: float) -> None:
        self.values.setdefault(metric, []).extend(values)


def rates(before: Counted | None, now: Counted) -> dict[str, float]:
    """What happened in between, by metric; nothing where it is not known since when."""
    if before is None or now.at <= before.at:
        return {}
    seconds = now.at - before.at
    found = {
        "Deadlocks": increase(before.deadlocks, now.deadlocks) / seconds,
        "CommitThroughput": increase(before.commits, now.commits) / seconds,
    }
    if before.cpu_seconds is not None and now.cpu_seconds is not None:
        used = increase(before.cpu_seconds, now.cpu_seconds)
        found["CPUUtilization"] = min(100.0, 100 * used / seconds)
    return found


def class_bytes(instance_class: str) -> int | None:
    """Memory of the instance class, such as ``db.t4g.medium``; None where it is not known."""
    _, _, rest = instance_class.partition(".")
    family, _, size = rest.partition(".")
    gibibytes = _MEMORY_GIB.get(family[:1], {}).get(size)
    return gibibytes * _GIBIBYTE if gibibytes else None


def data(minutes: Sequence[InstanceMinute], at: float) -> Iterator[Datum]:
    """What the instances and their clusters publish of the minute."""
    for minute in minutes:
        own = {name: it for name, it in minute.values.items() if name not in _OF_CLUSTER_ONLY}
        yield from _data(minute.instance.region, {"DBInstanceIdentifier": minute.instance.instance}, own, at)
    for (region, cluster, role), values in sorted(_by_cluster(minutes).items()):
        dimensions = {"DBClusterIdentifier": cluster, **({"Role": role} if role else {})}
        yield from _data(region, dimensions, values, at)


def _by_cluster(minutes: Sequence[InstanceMinute]) -> dict[tuple[str, str, str], dict[str, list[float]]]:
    """By region, cluster and role, and without a role."""
    found: dict[tuple[str, str, str], dict[str, list[float]]] = {}
    for minute in minutes:
        instance = minute.instance
        for role in ("", "WRITER" if instance.is_writer else "READER"):
            together = found.setdefault((instance.region, instance.cluster, role), {})
            for name, values in minute.values.items():
                if not (role and name in _OF_CLUSTER_ONLY):
                    together.setdefault(name, []).extend(values)
    return found


def _data(
    region: str, dimensions: dict[str, str], values: Mapping[str, Sequence[float]], at: float
) -> Iterator[Datum]:
    for name, measured in sorted(values.items()):
        yield Datum(region, _NAMESPACE, name, _UNITS[name], dimensions, at, exact(measured))
