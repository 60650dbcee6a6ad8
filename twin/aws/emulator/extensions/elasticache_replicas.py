"""ElastiCache: where the replicas of a replication group are read, and how many there are."""

from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.extensions import elasticache_failover

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/"


def _reader_endpoints() -> None:
    """A group without cluster mode shows its reader endpoint, whose address moto makes and shows nobody."""
    from moto.elasticache.models import ReplicationGroup

    patched: Any = ReplicationGroup
    initialise = patched.__init__

    def with_reader_endpoints(self: Any, *arguments: Any, **named: Any) -> None:
        initialise(self, *arguments, **named)
        for node_group in self.node_groups:
            if "reader_endpoint_address" in node_group:
                address = node_group["reader_endpoint_address"]
                node_group["reader_endpoint"] = {"address": address, "port": self.port}

    patched.__init__ = with_reader_endpoints


def _scale(context: Context) -> Document:
    """Every node group has the given number of replicas."""
    from moto.elasticache.models import elasticache_backends

    call = context.call
    backend: Any = elasticache_backends[call.account][call.region]
    name = call.parameters["ReplicationGroupId"]
    group = backend.replication_groups.get(name)
    if group is None:
        message = f"Replication group {name} not found."
        raise AwsError("ReplicationGroupNotFoundFault", message, "404 Not Found")
    wanted = call.parameters["NewReplicaCount"]
    for node_group in group.node_groups:
        _resize(node_group["node_group_members"], wanted + 1, call.region)
    group.member_clusters = [
        node["cache_cluster_id"] for part in group.node_groups for node in part["node_group_members"]
    ]
    return {"ReplicationGroup": {"ReplicationGroupId": name, "Status": group.status}}


def _resize(nodes: list[Document], wanted: int, region: str) -> None:
    """So many nodes, the first of them as before; new ones go on through the region's zones."""
    del nodes[wanted:]
    zones = [f"{region}{letter}" for letter in "abc"]
    stem = nodes[0]["cache_cluster_id"].rpartition("-")[0]
    _, _, domain = nodes[0]["read_endpoint"]["address"].partition(".")
    for number in range(len(nodes) + 1, wanted + 1):
        name = f"{stem}-{number:0>3}"
        endpoint = {"address": f"{name}.{domain}", "port": nodes[0]["read_endpoint"]["port"]}
        replica = {
            "cache_cluster_id": name,
            "read_endpoint": endpoint,
            "preferred_availability_zone": zones[(number - 1) % len(zones)],
            "current_role": "replica",
        }
        nodes.append({**nodes[0], **replica})


EXTENSIONS = (
    *elasticache_failover.EXTENSIONS,
    Extension(
        service="elasticache",
        topic="reader endpoints",
        stock="does not show a replication group's reader endpoint",
        aws="shows it where cluster mode is off",
        change="shows the address that moto makes for it",
        source=_API + "API_NodeGroup.html",
        patch=_reader_endpoints,
    ),
    Extension(
        service="elasticache",
        topic="number of replicas",
        stock="cannot change it",
        aws="adds and removes replicas",
        change="adds and removes members of moto's group",
        source=_API + "API_IncreaseReplicaCount.html",
        operations={"IncreaseReplicaCount": _scale, "DecreaseReplicaCount": _scale},
    ),
)
