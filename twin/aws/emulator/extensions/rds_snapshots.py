"""RDS: snapshots of clusters, which take their time."""

from twin.aws.emulator.asked import ask
from twin.aws.emulator.call import Document
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.extensions.rds_failover import check_available
from twin.aws.emulator.extensions.rds_reported import SNAPSHOT, cluster_named

__all__ = ["EXTENSIONS"]


def _create(context: Context) -> Document:
    """The snapshot is being made, until the data plane reports it; without one, it is there."""
    given = context.call.parameters
    if cluster := cluster_named(context.call, given["DBClusterIdentifier"]):
        check_available(context, cluster)
    document = context.document()
    if context.exchange.attached:
        key = document["DBClusterSnapshot"]["DBClusterSnapshotIdentifier"]
        ask(context, SNAPSHOT, key, {"Status": "creating", "PercentProgress": 0})
    return document


def _delete(context: Context) -> Document:
    """The snapshot is gone, and what the data plane holds of it is to be dropped."""
    document = context.document()
    if context.exchange.attached:
        context.exchange.ask(context.call)
    return document


EXTENSIONS = (
    Extension(
        service="rds",
        topic="snapshots of clusters",
        stock="says at once that a snapshot is available",
        aws="makes it, which takes its time",
        change="asks the data plane, and shows it as being created until that reports it",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBClusterSnapshot.html",
        operations={"CreateDBClusterSnapshot": _create, "DeleteDBClusterSnapshot": _delete},
    ),
)
