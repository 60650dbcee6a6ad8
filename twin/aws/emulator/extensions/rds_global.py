"""RDS: global databases, and which of their clusters writes."""

from typing import Any

from twin.aws.emulator.call import Call, Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension, Kept

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/"


def _backends(call: Call) -> Any:
    from moto.rds.models import rds_backends

    return rds_backends[call.account]


def _global_clusters(call: Call) -> Any:
    """moto keeps those of every region in one."""
    return _backends(call)["us-east-1"].global_clusters


def _named(call: Call) -> Any:
    identifier = call.parameters["GlobalClusterIdentifier"]
    found = _global_clusters(call).get(identifier)
    if found is None:
        raise AwsError(
            "GlobalClusterNotFoundFault", f"Global cluster {identifier} not found", "404 Not Found"
        )
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
            "SynchronizationStatus": "connected",
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
    if call.parameters["GlobalClusterIdentifier"] in _global_clusters(call):
        name = call.parameters["GlobalClusterIdentifier"]
        raise AwsError("GlobalClusterAlreadyExistsFault", f"Global cluster {name} already exists")
    if source is None:
        context.document()
        return {"GlobalCluster": _shown(_named(call))}
    return {"GlobalCluster": _shown(_from_source(call, source))}


def _from_source(call: Call, source_arn: str) -> Any:
    found = [
        it
        for backend in _backends(call).values()
        for it in backend.clusters.values()
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
    found = [_named(context.call)] if is_named else list(_global_clusters(context.call).values())
    return {"GlobalClusters": [_shown(cluster) for cluster in found]}


def _modify(context: Context) -> Document:
    call = context.call
    cluster, clusters = _named(call), _global_clusters(call)
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
    cluster = _named(call)
    if cluster.deletion_protection:
        message = "Cannot delete protected global cluster, please disable deletion protection and try again."
        raise AwsError("InvalidGlobalClusterStateFault", message)
    if cluster.members:
        raise AwsError("InvalidGlobalClusterStateFault", f"Global Cluster {cluster.arn} is not empty")
    return {"GlobalCluster": _shown(_global_clusters(call).pop(cluster.global_cluster_identifier))}


def _remove(context: Context) -> Document:
    """The cluster stands by itself, and writes."""
    cluster = _named(context.call)
    member = _member(cluster, context.call.parameters["DbClusterIdentifier"])
    if member.is_writer and len(cluster.members) > 1:
        message = "The primary cluster can be removed only after all secondary clusters."
        raise AwsError("InvalidGlobalClusterStateFault", message)
    cluster.members.remove(member)
    member.is_writer, member.global_cluster_identifier = False, None
    return {"GlobalCluster": _shown(cluster)}


def _promote(context: Context) -> Document:
    """The target writes, and every other member reads. A failover does so with loss of data, a switchover without."""
    call = context.call
    cluster = _named(call)
    target = _member(cluster, call.parameters["TargetDbClusterIdentifier"])
    if target.is_writer:
        raise AwsError(
            "InvalidDBClusterStateFault", f"DB cluster {target.db_cluster_arn} is already the writer."
        )
    for member in cluster.members:
        member.is_writer = member is target
    return {"GlobalCluster": _shown(cluster)}


EXTENSIONS = (
    Extension(
        service="rds",
        topic="global databases",
        stock="has no modification, switchover or failover; removal does nothing where a cluster is named by its ARN; "
        "a cluster that a global one is made from does not write; deletion protection does not protect",
        aws="moves the writer on switchover and failover, and protects what is to be protected",
        change="answers these operations on moto's global clusters, across regions",
        source=_API + "API_FailoverGlobalCluster.html",
        operations={
            "CreateGlobalCluster": _create,
            "DescribeGlobalClusters": _describe,
            "ModifyGlobalCluster": _modify,
            "DeleteGlobalCluster": _delete,
            "RemoveFromGlobalCluster": _remove,
            "FailoverGlobalCluster": _promote,
            "SwitchoverGlobalCluster": _promote,
        },
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
