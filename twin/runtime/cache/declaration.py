"""Replication groups as ElastiCache's API describes them."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from twin.runtime.cache.model import Group, Node, User
from twin.runtime.control_plane import ControlPlane, Document

__all__ = ["groups", "read"]

_log = logging.getLogger(__name__)

_SERVICE = "elasticache"


async def read(control_plane: ControlPlane, region: str) -> tuple[Group, ...]:
    """All replication groups of the region.

    Raises: ClientError, ControlPlaneAway.
    """
    described, clusters, users, user_groups = await asyncio.gather(
        control_plane.call(_SERVICE, region, "describe_replication_groups"),
        control_plane.call(_SERVICE, region, "describe_cache_clusters"),
        control_plane.call(_SERVICE, region, "describe_users"),
        control_plane.call(_SERVICE, region, "describe_user_groups"),
    )
    parameters = {
        name: await _parameters(control_plane, region, name)
        for name in _parameter_groups(clusters.get("CacheClusters", []))
    }
    return groups(region, described, clusters, users, user_groups, parameters)


async def _parameters(control_plane: ControlPlane, region: str, name: str) -> tuple[tuple[str, str], ...]:
    """Those that somebody set; the rest are defaults, which Valkey has itself."""
    answer = await control_plane.call(
        _SERVICE, region, "describe_cache_parameters", CacheParameterGroupName=name, Source="user"
    )
    found = answer.get("Parameters", [])
    return tuple((it["ParameterName"], str(it["ParameterValue"])) for it in found if "ParameterValue" in it)


def _parameter_groups(clusters: Iterable[Document]) -> list[str]:
    names = {it.get("CacheParameterGroup", {}).get("CacheParameterGroupName") for it in clusters}
    return sorted(name for name in names if name and not name.startswith("default."))


def groups(
    region: str,
    described: Document,
    clusters: Document,
    users: Document,
    user_groups: Document,
    parameters: Mapping[str, tuple[tuple[str, str], ...]],
) -> tuple[Group, ...]:
    """What the answers say. A group of several shards is left out, and said so."""
    access = {it["UserId"]: _user(it) for it in users.get("Users", [])}
    members = {it["UserGroupId"]: it.get("UserIds", []) for it in user_groups.get("UserGroups", [])}
    by_group = {it.get("ReplicationGroupId"): it for it in clusters.get("CacheClusters", [])}
    found = []
    for document in described.get("ReplicationGroups", []):
        ids = [user for group in document.get("UserGroupIds", []) for user in members.get(group, [])]
        cluster = by_group.get(document["ReplicationGroupId"], {})
        name = cluster.get("CacheParameterGroup", {}).get("CacheParameterGroupName")
        if group := _group(region, document, [access[it] for it in ids if it in access]):
            node_type = document.get("CacheNodeType") or cluster.get("CacheNodeType", "")
            found.append(replace(group, parameters=parameters.get(name, ()), node_type=node_type))
    return tuple(found)


def _user(document: Mapping[str, Any]) -> User:
    kind = document.get("Authentication", {}).get("Type")
    return User(document["UserName"], document["AccessString"], kind == "iam")


def _group(region: str, document: Document, users: Iterable[User]) -> Group | None:
    name, shards = document["ReplicationGroupId"], document.get("NodeGroups", [])
    if len(shards) != 1 or "PrimaryEndpoint" not in shards[0]:
        _log.warning("cache %s has %d shards; only one is run here, so none is", name, len(shards))
        return None
    shard = shards[0]
    return Group(
        region=region,
        name=name,
        shard=shard["NodeGroupId"],
        port=int(shard["PrimaryEndpoint"]["Port"]),
        nodes=tuple(_node(member) for member in shard["NodeGroupMembers"]),
        primary_endpoint=shard["PrimaryEndpoint"]["Address"],
        reader_endpoint=shard.get("ReaderEndpoint", {}).get("Address", ""),
        fails_over=document.get("AutomaticFailover") in ("enabled", "enabling"),
        users=tuple(users),
    )


def _node(member: Mapping[str, Any]) -> Node:
    endpoint = member.get("ReadEndpoint", {}).get("Address", "")
    return Node(member["CacheClusterId"], member["PreferredAvailabilityZone"], endpoint)
