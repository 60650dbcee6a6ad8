"""Aurora clusters as RDS describes them, who writes, and what RDS tells of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from runbooks.step import Scene

__all__ = ["COMPLETED", "MOVED", "Cluster", "Member", "cluster", "fail_over", "not_well", "told_at"]

AVAILABLE = "available"

COMPLETED = re.compile(r"Completed failover")
"""How the event begins that tells that an instance writes. Source:
docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html, RDS-EVENT-0071."""

MOVED = re.compile(r"Global (switchover|failover) to DB cluster .* finished\.?$")
"""The event that tells that a region's cluster writes. Source: the same page, "Global switchover to DB cluster ... in
Region ... finished". That a failover is told of likewise is an assumption."""


@dataclass(frozen=True)
class Member:
    name: str
    zone: str
    is_writer: bool
    status: str

    @property
    def is_available(self) -> bool:
        return self.status == AVAILABLE


@dataclass(frozen=True)
class Cluster:
    name: str
    status: str
    members: tuple[Member, ...]
    document: Mapping[str, Any]

    @property
    def writer(self) -> Member | None:
        return next((it for it in self.members if it.is_writer), None)

    def successor(self, avoided_zones: tuple[str, ...]) -> Member | None:
        """The first reader by name that could write, outside these zones."""
        readers = sorted((it for it in self.members if not it.is_writer), key=lambda it: it.name)
        return next((it for it in readers if it.is_available and it.zone not in avoided_zones), None)


def cluster(scene: Scene, name: str, region: str | None = None) -> Cluster:
    """Raises: botocore's errors."""
    rds = scene.aws("rds", region)
    document = rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]
    pages = rds.get_paginator("describe_db_instances").paginate(
        Filters=[{"Name": "db-cluster-id", "Values": [name]}]
    )
    instances = {it["DBInstanceIdentifier"]: it for page in pages for it in page["DBInstances"]}
    members = tuple(_member(it, instances) for it in document["DBClusterMembers"])
    return Cluster(name, document["Status"], members, document)


def _member(document: Mapping[str, Any], instances: Mapping[str, Mapping[str, Any]]) -> Member:
    name = document["DBInstanceIdentifier"]
    instance = instances.get(name, {})
    zone, status = instance.get("AvailabilityZone", ""), instance.get("DBInstanceStatus", "unknown")
    return Member(name, zone, document["IsClusterWriter"], status)


def not_well(found: Cluster) -> str | None:
    """Why the cluster is not well, as a sentence."""
    if found.status != AVAILABLE:
        return f"Database cluster {found.name} is {found.status}."
    ill = [f"{it.name} is {it.status}" for it in found.members if not it.is_available]
    return f"Of database cluster {found.name}, {', '.join(ill)}." if ill else None


def fail_over(scene: Scene, found: Cluster, target: str) -> None:
    """RDS is asked to make the target the writer, unless it is at it.

    Source: docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_FailoverDBCluster.html
    """
    if found.status == AVAILABLE:
        scene.aws("rds").failover_db_cluster(
            DBClusterIdentifier=found.name, TargetDBInstanceIdentifier=target
        )


def told_at(
    scene: Scene, name: str, since: float, event: re.Pattern[str], region: str | None = None
) -> float | None:
    """When RDS last told of such an event of the cluster since then; None where it told of none.

    Args: region: the primary unless told otherwise.
    """
    pages = (
        scene.aws("rds", region)
        .get_paginator("describe_events")
        .paginate(
            SourceIdentifier=name, SourceType="db-cluster", StartTime=datetime.fromtimestamp(int(since), UTC)
        )
    )
    told = [it for page in pages for it in page["Events"] if event.match(it["Message"])]
    times = [it["Date"].timestamp() for it in told]
    return max((it for it in times if it >= since), default=None)
