"""What RDS's API shows of a group: statuses, who writes, and how far back it can be restored."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from twin.runtime.database.backups import Window
from twin.runtime.database.controller import Failover, State
from twin.runtime.database.declared import Cluster
from twin.runtime.database.group import Seen, cluster_of
from twin.runtime.database.plan import is_lost

__all__ = ["GLOBAL_REGION", "Report", "reports"]

GLOBAL_REGION = "aws-global"
"""Under which a global database is reported, which is in no region."""


@dataclass(frozen=True)
class Report:
    region: str
    kind: str
    key: str
    document: Mapping[str, Any]


def reports(
    state: State, clusters: Mapping[str, Cluster], windows: Mapping[str, Window | None]
) -> Iterator[Report]:
    """Source of the statuses: Aurora user guide, "Viewing DB cluster status" and "Viewing DB instance status"."""
    for cluster in clusters.values():
        yield Report(
            cluster.region, "cluster", cluster.identifier, _cluster(cluster, state, windows.get(cluster.key))
        )
        for member in cluster.members:
            name = member.key.rpartition("/")[2]
            status = _instance_status(state.seen.get(member.key, Seen()), member.key == state.record.writer)
            yield Report(cluster.region, "instance", name, {"DBInstanceStatus": status})
    if any(it.global_name for it in clusters.values()):
        yield _global(state, clusters)


def _cluster(cluster: Cluster, state: State, window: Window | None) -> dict[str, Any]:
    writer = shown_writer(state)
    is_here = writer is not None and cluster_of(writer) == cluster.key
    document: dict[str, Any] = {
        "Status": _cluster_status(cluster, state),
        "Writer": writer.rpartition("/")[2] if writer and is_here else None,
    }
    if window:
        document["EarliestRestorableTime"] = _iso(window.earliest)
        document["LatestRestorableTime"] = _iso(window.latest)
    return document


def shown_writer(state: State) -> str | None:
    """The old one until the failover is over."""
    failover = state.failover
    if failover and failover.ended_at is None and failover.writer:
        return failover.writer
    return state.record.writer


def _cluster_status(cluster: Cluster, state: State) -> str:
    if state.record.writer is None and cluster.members:
        return "creating"
    failover = state.failover
    if _is_under_way(failover) and failover and failover.writer:
        concerned = {cluster_of(failover.writer), failover.switch.cluster if failover.switch else None}
        if cluster.key in concerned:
            return "failing-over"
    return "available"


def _instance_status(seen: Seen, is_writer: bool) -> str:
    """AWS says of an instance that is away that it reboots, or is made; that it does so here is an assumption."""
    if seen.is_running and not seen.is_busy and not is_lost(seen) and (seen.may_write or not is_writer):
        return "available"
    return "rebooting" if seen.has_data else "creating"


def _global(state: State, clusters: Mapping[str, Cluster]) -> Report:
    primary = clusters.get(cluster_of(shown_writer(state) or ""))
    document: dict[str, Any] = {
        "Status": "available",
        "Writer": primary.arn if primary else None,
        "Connected": sorted(it.arn for it in clusters.values() if it.key in _streaming(state)),
    }
    failover = state.failover
    target = clusters.get(failover.switch.cluster) if failover and failover.switch else None
    if failover and failover.switch and _is_under_way(failover) and target and target is not primary:
        status = "failing-over" if failover.switch.is_lossy else "switching-over"
        document["Status"] = status
        document["FailoverState"] = {
            "Status": status,
            "FromDbClusterArn": primary.arn if primary else "",
            "ToDbClusterArn": target.arn,
            "IsDataLossAllowed": failover.switch.is_lossy,
        }
    return Report(GLOBAL_REGION, "global cluster", state.group.name, document)


def _streaming(state: State) -> set[str]:
    """Keys of the clusters that what is written reaches: the writer's own, and those of whoever streams from it."""
    writer = state.record.writer
    if writer is None:
        return set()
    return {cluster_of(it) for it in (writer, *state.seen.get(writer, Seen()).streams)}


def _is_under_way(failover: Failover | None) -> bool:
    return failover is not None and failover.ended_at is None


def _iso(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat()
