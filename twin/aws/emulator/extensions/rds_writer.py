"""RDS: which cluster of a global database writes, as the data plane reports it."""

from collections.abc import Mapping, MutableMapping
from typing import Any

from twin.aws.emulator.call import Call, Document
from twin.aws.emulator.extension import Context

__all__ = ["GLOBAL_CLUSTER", "GLOBAL_REGION", "follow_writer", "global_clusters", "reported_global"]

GLOBAL_CLUSTER = "global cluster"
GLOBAL_REGION = "aws-global"
"""Kind and region of the reported documents; their keys are the identifiers."""


def global_clusters(call: Call) -> MutableMapping[str, Any]:
    """moto keeps those of every region in one."""
    from moto.rds.models import rds_backends

    return rds_backends[call.account]["us-east-1"].global_clusters


def reported_global(context: Context) -> Mapping[str, Document]:
    return context.exchange.reported(GLOBAL_REGION, "rds", GLOBAL_CLUSTER)


def follow_writer(context: Context, identifier: str) -> None:
    """moto's global cluster has the writer that is reported; without a report, the one that it has."""
    cluster = global_clusters(context.call).get(identifier)
    writer = reported_global(context).get(identifier, {}).get("Writer")
    if cluster is None or writer not in {it.db_cluster_arn for it in cluster.members}:
        return
    for member in cluster.members:
        member.is_writer = member.db_cluster_arn == writer
