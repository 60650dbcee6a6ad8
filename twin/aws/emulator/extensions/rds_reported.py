"""RDS: clusters, instances and snapshots as the data plane reports them."""

from typing import Any

from twin.aws.emulator.asked import AS_OF, shown
from twin.aws.emulator.call import Call, Document
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.extensions.rds_writer import follow_writer

__all__ = ["CLUSTER", "EXTENSIONS", "INSTANCE", "SNAPSHOT", "cluster_named"]

CLUSTER = "cluster"
INSTANCE = "instance"
SNAPSHOT = "cluster snapshot"
"""Kinds of reported documents; their keys are the identifiers."""

_WRITER = "Writer"
_NOT_SHOWN = {AS_OF, _WRITER}
# Where an instance is reached is the cluster's declaration: names, which lead to wherever the data plane put it.
_NOT_OVERRIDDEN = {AS_OF, "Endpoint"}


def backend(call: Call) -> Any:
    """moto's databases of the call's account and region."""
    from moto.rds.models import rds_backends

    return rds_backends[call.account][call.region]


def cluster_named(call: Call, name: str) -> Any:
    """moto's cluster of the identifier or ARN, None where there is none."""
    return backend(call).clusters.get(name.rpartition(":")[2].lower())


def _show_clusters(context: Context, document: Document) -> None:
    for item in _items(document, "DBCluster"):
        reported = shown(context, CLUSTER, item["DBClusterIdentifier"])
        item.update({name: value for name, value in reported.items() if name not in _NOT_SHOWN})
        if _WRITER in reported:
            _mark_writer(item, reported[_WRITER])
        elif _is_secondary(context, item):
            _mark_writer(item, None)


def _is_secondary(context: Context, item: Document) -> bool:
    """A cluster of a global database that does not write has readers only.

    Source: Aurora user guide, "Using Amazon Aurora Global Database": secondary clusters are read-only.
    """
    cluster = cluster_named(context.call, item["DBClusterIdentifier"])
    if cluster is None or not cluster.global_cluster_identifier:
        return False
    follow_writer(context, cluster.global_cluster_identifier)
    return not cluster.is_writer


def _mark_writer(item: Document, writer: str | None) -> None:
    for member in item.get("DBClusterMembers", []):
        member["IsClusterWriter"] = member["DBInstanceIdentifier"] == writer


def _show_instances(context: Context, document: Document) -> None:
    for item in _items(document, "DBInstance"):
        reported = shown(context, INSTANCE, item["DBInstanceIdentifier"])
        item.update({name: value for name, value in reported.items() if name not in _NOT_OVERRIDDEN})


def _show_snapshots(context: Context, document: Document) -> None:
    for item in _items(document, "DBClusterSnapshot"):
        item.update(shown(context, SNAPSHOT, item["DBClusterSnapshotIdentifier"]))


def _items(document: Document, member: str) -> list[Document]:
    """The one thing of an answer, or the list of them."""
    return [document[member]] if member in document else document.get(f"{member}s", [])


EXTENSIONS = (
    Extension(
        service="rds",
        topic="clusters and instances as they run",
        stock="shows what was declared as available, and a secondary cluster of a global database with a writer",
        aws="shows status, writer and restorable times as they are; a secondary cluster has readers only",
        change="shows what the data plane reports, and no writer in a secondary cluster",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBClusterMember.html",
        shows={
            **dict.fromkeys(
                (
                    "CreateDBCluster",
                    "DeleteDBCluster",
                    "DescribeDBClusters",
                    "FailoverDBCluster",
                    "ModifyDBCluster",
                    "RestoreDBClusterFromSnapshot",
                    "RestoreDBClusterToPointInTime",
                    "StartDBCluster",
                    "StopDBCluster",
                ),
                _show_clusters,
            ),
            **dict.fromkeys(
                ("CreateDBInstance", "DescribeDBInstances", "ModifyDBInstance", "RebootDBInstance"),
                _show_instances,
            ),
            **dict.fromkeys(
                ("CreateDBClusterSnapshot", "DescribeDBClusterSnapshots"),
                _show_snapshots,
            ),
        },
    ),
)
