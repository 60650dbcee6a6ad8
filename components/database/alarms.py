"""The alarms of a database cluster."""

from components.alarm import Alarm
from components.database.arguments import DatabaseArgs

__all__ = ["cluster_alarms"]

MEBIBYTE = 1024 * 1024
CONNECTION_ALARM_SHARE = 0.8


def cluster_alarms(identifier: str, args: DatabaseArgs) -> list[Alarm]:
    """Every alarm of a cluster; what is measured an instance counts by the worst of them."""
    memory = args.get("freeable_memory_alarm_mebibytes", 512) * MEBIBYTE
    connections = args.get("maximum_connections", 1_000) * CONNECTION_ALARM_SHARE
    rows: list[tuple[str, str, float, str]] = [
        ("cpu", "CPUUtilization", args.get("cpu_alarm_percent", 80), "an instance is short of CPU."),
        ("memory", "FreeableMemory", memory, "an instance is short of memory."),
        ("connections", "DatabaseConnections", connections, "an instance is near its connection budget."),
        (
            "replica-lag",
            "AuroraReplicaLagMaximum",
            args.get("replica_lag_alarm_milliseconds", 1_000),
            "a reader is behind the writer.",
        ),
        ("deadlocks", "Deadlocks", 0, "transactions block each other."),
        (
            "global-lag",
            "AuroraGlobalDBReplicationLag",
            args.get("global_lag_alarm_milliseconds", 5_000),
            "this secondary is behind its primary.",
        ),
    ]
    return [
        Alarm(
            suffix=suffix,
            description=f"{identifier}: {meaning}",
            namespace="AWS/RDS",
            metric_name=metric_name,
            dimensions={"DBClusterIdentifier": identifier},
            threshold=threshold,
            statistic="Minimum" if suffix == "memory" else "Maximum",
            comparison="LessThanThreshold" if suffix == "memory" else "GreaterThanThreshold",
        )
        for suffix, metric_name, threshold, meaning in rows
    ]
