"""Aurora global databases: which region's cluster writes, and how another one comes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runbooks.databases import AVAILABLE, MOVED, told_at
from runbooks.step import Scene

__all__ = ["GlobalDatabase", "fail_over", "global_databases", "moved_at", "switch_over"]


@dataclass(frozen=True)
class GlobalDatabase:
    """Attributes: members: ARN of its cluster by region. writer: region of the one that writes."""

    name: str
    status: str
    members: Mapping[str, str]
    writer: str | None
    is_connected: bool

    def cluster(self, region: str) -> str:
        """The identifier of its cluster there."""
        return self.members[region].rpartition(":")[2]

    def not_written_in(self, region: str) -> str | None:
        """Why it is not so that this region's cluster writes and the others follow, as a sentence."""
        if self.status != AVAILABLE:
            return f"Global database {self.name} is {self.status}."
        if self.writer != region:
            return f"Global database {self.name} is written in {self.writer or 'no region'}, and shall be in {region}."
        return None


def global_databases(scene: Scene, region: str | None = None) -> list[GlobalDatabase]:
    """Those with a cluster in the standby region too, in order of their names. Raises: botocore's errors.

    Args: region: that is asked; the primary, which may be away, unless told otherwise.
    """
    pages = scene.aws("rds", region).get_paginator("describe_global_clusters").paginate()
    found = [_read(it) for page in pages for it in page["GlobalClusters"]]
    return sorted((it for it in found if scene.around.standby in it.members), key=lambda it: it.name)


def fail_over(scene: Scene, found: GlobalDatabase, to: str) -> None:
    """That region's cluster writes, without what had not reached it; the other follows it when it is back.

    Source: docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_FailoverGlobalCluster.html, AllowDataLoss.
    """
    if found.status == AVAILABLE:
        scene.aws("rds", to).failover_global_cluster(
            GlobalClusterIdentifier=found.name,
            TargetDbClusterIdentifier=found.members[to],
            AllowDataLoss=True,
        )


def switch_over(scene: Scene, found: GlobalDatabase, to: str) -> None:
    """That region's cluster writes, once it has everything.

    Source: docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_SwitchoverGlobalCluster.html
    """
    if found.status == AVAILABLE:
        scene.aws("rds", to).switchover_global_cluster(
            GlobalClusterIdentifier=found.name, TargetDbClusterIdentifier=found.members[to]
        )


def moved_at(scene: Scene, found: Sequence[GlobalDatabase], region: str, since: float) -> float | None:
    """When RDS says that the last of them came to be written in the region; None where it says so not of all."""
    times = [told_at(scene, it.cluster(region), since, MOVED, region) for it in found]
    return None if not times or None in times else max(it for it in times if it is not None)


def _read(document: Mapping[str, Any]) -> GlobalDatabase:
    members = {it["DBClusterArn"].split(":")[3]: it for it in document["GlobalClusterMembers"]}
    writers = [region for region, it in members.items() if it["IsWriter"]]
    return GlobalDatabase(
        document["GlobalClusterIdentifier"],
        document["Status"],
        {region: it["DBClusterArn"] for region, it in members.items()},
        writers[0] if writers else None,
        all(it.get("SynchronizationStatus", "connected") == "connected" for it in members.values()),
    )
