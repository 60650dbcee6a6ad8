"""Replication groups as ElastiCache describes them, and where their primaries stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from runbooks.step import Scene

__all__ = ["Shard", "groups_not_well", "shards", "test_failover"]


@dataclass(frozen=True)
class Shard:
    """One node group. Attributes: zone: of its primary. replicas: of its other nodes, their zones."""

    group: str
    id: str
    status: str
    zone: str
    replicas: tuple[str, ...]


def shards(scene: Scene) -> list[Shard]:
    """Raises: botocore's errors."""
    return [shard for group in _groups(scene) for shard in _shards(group)]


def groups_not_well(scene: Scene, region: str | None = None) -> str | None:
    """Why caches are not well, as a sentence. Args: region: the primary unless told otherwise."""
    ill = [
        f"{it['ReplicationGroupId']} is {it['Status']}"
        for it in _groups(scene, region)
        if it["Status"] != "available"
    ]
    return f"Cache {', '.join(ill)}." if ill else None


def test_failover(scene: Scene, shard: Shard) -> None:
    """ElastiCache is asked to make a replica the primary, unless it is at it.

    At most 15 shards in 24 hours. Source:
    docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_TestFailover.html
    """
    if shard.status == "available" and shard.replicas:
        scene.aws("elasticache").test_failover(ReplicationGroupId=shard.group, NodeGroupId=shard.id)


def _groups(scene: Scene, region: str | None = None) -> list[Mapping[str, Any]]:
    pages = scene.aws("elasticache", region).get_paginator("describe_replication_groups").paginate()
    return [group for page in pages for group in page["ReplicationGroups"]]


def _shards(group: Mapping[str, Any]) -> Iterator[Shard]:
    for shard in group.get("NodeGroups", ()):
        members = shard.get("NodeGroupMembers", ())
        primary = [it for it in members if it.get("CurrentRole") == "primary"]
        yield Shard(
            group["ReplicationGroupId"],
            shard["NodeGroupId"],
            group["Status"],
            _zone(primary[0]) if primary else "",
            tuple(_zone(it) for it in members if it.get("CurrentRole") != "primary"),
        )


def _zone(node: Mapping[str, Any]) -> str:
    return node.get("PreferredAvailabilityZone", "")
