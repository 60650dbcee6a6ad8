"""RDS: global databases, and which of their clusters writes."""

from typing import Any

from twin.aws.emulator.asked import AS_OF, ask, shown
from twin.aws.emulator.call import Call, Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension, Kept
from twin.aws.emulator.extensions.rds_writer import (
    GLOBAL_CLUSTER,
    GLOBAL_REGION,
    follow_writer,
    global_clusters,
    reported_global,
)

__all__ = ["EXTENSIONS"]

_CONNECTED, _APART = "connected", "pending-resync"
"""Source: RDS API reference, GlobalClusterMember, SynchronizationStatus."""

_API = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/"


def _backends(call: Call) -> Any:
    from moto.rds.models import rds_backends

    return rds_backends[call.account]


def _named(context: Context) -> Any:
    """moto's global cluster, whose writer is the one that is reported."""
    identifier = context.call.parameters["GlobalClusterIdentifier"]
    found = global_clusters(context.call).get(identifier)
    if found is None:
        raise AwsError(
            "GlobalClusterNotFoundFault", f"Global cluster {identifier} not found", "404 Not Found"
        )
    follow_writer(context, identifier)
    return found


def _member(cluster: Any, identifier: str) -> Any:
    for member in cluster.members:
        if identifier in (member.db_cluster_arn, member.db_cluster_identifier):
            return member
    message = f"DB cluster {identifier} is not a member of {cluster.global_cluster_identifier}"
    raise AwsError("DBClusterNotFoundFault", message, "404 Not Found")


def _shown(cluster: Any) -> Document:
    members = [
        {
            "DBClusterArn": member.db_cluster_arn,
            "IsWriter": bool(member.is_writer),
            "Readers": [] if not member.is_writer else cluster.readers,
            "SynchronizationStatus": _CONNECTED,
        }
        for member in cluster.members
    ]
    return {
        "GlobalClusterIdentifier": cluster.global_cluster_identifier,
        "GlobalClusterResourceId": cluster.global_cluster_resource_id,
        "GlobalClusterArn": cluster.global_cluster_arn,
        "Status": cluster.status,
        "Engine": cluster.engine,
        "EngineVersion": cluster.engine_version,
        "StorageEncrypted": cluster.storage_encrypted,
        "DeletionProtection": cluster.deletion_protection,
        "GlobalClusterMembers": members,
        "Endpoint": cluster.endpoint,
    }


def _create(context: Context) -> Document:
    """As moto creates it; a cluster that it is made from, in whatever region, is its writer."""
    call = context.call
    source = call.parameters.get("SourceDBClusterIdentifier")
    if call.parameters["GlobalClusterIdentifier"] in global_clusters(call):
        name = call.parameters["GlobalClusterIdentifier"]
        raise AwsError("GlobalClusterAlreadyExistsFault", f"Global cluster {name} already exists")
    if source is None:
        context.document()
        return {"GlobalCluster": _shown(_named(context))}
    return {"GlobalCluster": _shown(_from_source(call, source))}


def _from_source(call: Call, source_arn: str) -> Any:
    found = [
        it
        for backend in list(_backends(call).values())
        for it in list(backend.clusters.values())
        if it.db_cluster_arn == source_arn
    ]
    if not found:
        raise AwsError("DBClusterNotFoundFault", f"DBCluster {source_arn} not found.", "404 Not Found")
    source, given = found[0], call.parameters
    created = _backends(call)["us-east-1"].create_global_cluster(
        global_cluster_identifier=given["GlobalClusterIdentifier"],
        source_db_cluster_identifier=None,
        engine=source.engine,
        engine_version=source.engine_version,
        storage_encrypted=source.storage_encrypted,
        deletion_protection=given.get("DeletionProtection"),
    )
    created.members.append(source)
    source.is_writer, source.global_cluster_identifier = True, created.global_cluster_identifier
    return created


def _describe(context: Context) -> Document:
    is_named = "GlobalClusterIdentifier" in context.call.parameters
    names = [_named(context).global_cluster_identifier] if is_named else list(global_clusters(context.call))
    for name in names:
        follow_writer(context, name)
    return {"GlobalClusters": [_shown(global_clusters(context.call)[name]) for name in names]}


def _modify(context: Context) -> Document:
    call = context.call
    cluster, clusters = _named(context), global_clusters(call)
    if new := call.parameters.get("NewGlobalClusterIdentifier"):
        clusters.pop(cluster.global_cluster_identifier)
        cluster.global_cluster_identifier = new
        clusters[new] = cluster
    if "DeletionProtection" in call.parameters:
        cluster.deletion_protection = call.parameters["DeletionProtection"]
    cluster.engine_version = call.parameters.get("EngineVersion", cluster.engine_version)
    return {"GlobalCluster": _shown(cluster)}


def _delete(context: Context) -> Document:
    call = context.call
    cluster = _named(context)
    if cluster.deletion_protection:
        message = "Cannot delete protected global cluster, please disable deletion protection and try again."
        raise AwsError("InvalidGlobalClusterStateFault", message)
    if cluster.members:
        raise AwsError("InvalidGlobalClusterStateFault", f"Global Cluster {cluster.arn} is not empty")
    return {"GlobalCluster": _shown(global_clusters(call).pop(cluster.global_cluster_identifier))}


def _remove(context: Context) -> Document:
    """The cluster stands by itself, and writes."""
    cluster = _named(context)
    member = _member(cluster, context.call.parameters["DbClusterIdentifier"])
    if member.is_writer and len(cluster.members) > 1:
        message = "The primary cluster can be removed only after all secondary clusters."
        raise AwsError("InvalidGlobalClusterStateFault", message)
    cluster.members.remove(member)
    member.is_writer, member.global_cluster_identifier = False, None
    return {"GlobalCluster": _shown(cluster)}


def _switchover(context: Context) -> Document:
    """The target writes, and every other member reads; nothing is lost."""
    return _promote(context, is_data_lost=False)


def _failover(context: Context) -> Document:
    """The target writes. Without leave to lose data it is a switchover.

    Source: RDS API reference, `FailoverGlobalCluster`, AllowDataLoss and Switchover.
    """
    given = context.call.parameters
    if given.get("AllowDataLoss") and given.get("Switchover"):
        message = "AllowDataLoss and Switchover cannot be specified together."
        raise AwsError("InvalidParameterCombination", message)
    return _promote(context, bool(given.get("AllowDataLoss")))


def _promote(context: Context, is_data_lost: bool) -> Document:
    """As the data plane is asked to; without one, moto's flags say so at once."""
    cluster = _named(context)
    target = _member(cluster, context.call.parameters["TargetDbClusterIdentifier"])
    if target.is_writer:
        raise AwsError(
            "InvalidDBClusterStateFault", f"DB cluster {target.db_cluster_arn} is already the writer."
        )
    if context.exchange.attached:
        return {"GlobalCluster": _shown(cluster) | _asked(context, cluster, target, is_data_lost)}
    for member in cluster.members:
        member.is_writer = member is target
    return {"GlobalCluster": _shown(cluster)}


def _asked(context: Context, cluster: Any, target: Any, is_data_lost: bool) -> Document:
    """What the global cluster shows until the data plane reports. Source: RDS API reference, `FailoverState`."""
    name = cluster.global_cluster_identifier
    if _reported(context, name).get("Status", "available") != "available":
        message = f"Global cluster {name} is already failing over or switching over."
        raise AwsError("InvalidGlobalClusterStateFault", message)
    members = {
        "Status": "failing-over" if is_data_lost else "switching-over",
        "FailoverState": {
            "Status": "pending",
            "FromDbClusterArn": next((it.db_cluster_arn for it in cluster.members if it.is_writer), ""),
            "ToDbClusterArn": target.db_cluster_arn,
            "IsDataLossAllowed": is_data_lost,
        },
    }
    ask(context, GLOBAL_CLUSTER, name, members, region=GLOBAL_REGION)
    return members


def _reported(context: Context, name: str) -> Document:
    found = shown(context, GLOBAL_CLUSTER, name, region=GLOBAL_REGION)
    return {member: value for member, value in found.items() if member not in (AS_OF, "Writer", "Connected")}


def _show(context: Context, document: Document) -> None:
    """What the data plane reports; which clusters follow, too, where it says so."""
    for item in document.get("GlobalClusters", []):
        name = item["GlobalClusterIdentifier"]
        item.update(_reported(context, name))
        connected = reported_global(context).get(name, {}).get("Connected")
        for member in item["GlobalClusterMembers"] if connected is not None else ():
            is_connected = member["DBClusterArn"] in connected
            member["SynchronizationStatus"] = _CONNECTED if is_connected else _APART


EXTENSIONS = (
    Extension(
        service="rds",
        topic="global databases",
        stock="has no modification, switchover or failover; removal does nothing where a cluster is named by its ARN; "
        "a cluster that a global one is made from does not write; deletion protection does not protect",
        aws="moves the writer on switchover and failover, and protects what is to be protected",
        change="answers these operations on moto's global clusters, across regions; a data plane is asked "
        "to switch over or fail over, and what it reports is shown",
        source=_API + "API_FailoverGlobalCluster.html",
        operations={
            "CreateGlobalCluster": _create,
            "DescribeGlobalClusters": _describe,
            "ModifyGlobalCluster": _modify,
            "DeleteGlobalCluster": _delete,
            "RemoveFromGlobalCluster": _remove,
            "FailoverGlobalCluster": _failover,
            "SwitchoverGlobalCluster": _switchover,
        },
        shows={"DescribeGlobalClusters": _show},
        kept=(
            Kept(
                kind="global cluster",
                writes={"CreateGlobalCluster": "@"},
                creates=frozenset({"CreateGlobalCluster"}),
                shows={
                    "CreateGlobalCluster": "GlobalCluster",
                    "ModifyGlobalCluster": "GlobalCluster",
                    "DescribeGlobalClusters": "GlobalClusters",
                },
                key="GlobalClusterIdentifier",
                members={"DatabaseName": "DatabaseName"},
            ),
        ),
    ),
)
