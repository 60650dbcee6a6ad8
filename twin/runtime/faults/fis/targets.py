"""Which resources an action's target means."""

import random
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twin.runtime.control_plane import ControlPlane, Document
from twin.runtime.faults.fis.exceptions import ActionFailed
from twin.runtime.faults.fis.model import Target

__all__ = ["Resource", "pick", "resolve", "zone_names"]


@dataclass(frozen=True)
class Resource:
    """Attributes: document: as its service describes it."""

    arn: str
    tags: Mapping[str, str]
    document: Document


async def resolve(
    control_plane: ControlPlane, region: str, target: Target, chance: random.Random
) -> list[Resource]:
    """The resources, in the order of their ARNs.

    Raises:
        ActionFailed: this twin does not know resources of the type, or what the target says of them.
        ClientError, ControlPlaneAway
    """
    if target.resource_type not in _LISTS:
        raise ActionFailed(f"This twin does not resolve targets of type {target.resource_type}.")
    listed, known = _LISTS[target.resource_type]
    if unknown := sorted(set(target.parameters) - known):
        raise ActionFailed(f"This twin does not take the target parameters {', '.join(unknown)}.")
    found = [it for it in await listed(control_plane, region, target) if _is_meant(it, target)]
    return pick(sorted(found, key=lambda it: it.arn), target.selection, chance)


def _is_meant(resource: Resource, target: Target) -> bool:
    if target.arns:
        return resource.arn in target.arns
    is_tagged = all(resource.tags.get(name) == value for name, value in target.tags.items())
    return is_tagged and all(
        _values(resource.document, path) & set(values) for path, values in target.filters
    )


def _values(document: Any, path: str) -> set[str]:
    """What is found at the path; a list is looked into. Source: FIS user guide, "Resource filters"."""
    head, _, rest = path.partition(".")
    if isinstance(document, list):
        return {value for it in document for value in _values(it, path)}
    if not isinstance(document, Mapping) or head not in document:
        return set()
    value = document[head]
    if rest:
        return _values(value, rest)
    return {str(it) for it in value} if isinstance(value, list) else {str(value)}


_SELECTION = re.compile(r"(COUNT|PERCENT)\((\d+)\)")


def pick(found: Sequence[Resource], selection: str, chance: random.Random) -> list[Resource]:
    """As many as are wanted, by chance; a percentage is rounded down. Source: FIS user guide, "Selection mode"."""
    if selection == "ALL":
        return list(found)
    mode = _SELECTION.fullmatch(selection)
    if mode is None:
        raise ActionFailed(f"A selection mode is ALL, COUNT(n) or PERCENT(n), got {selection!r}.")
    number = int(mode[2])
    wanted = number if mode[1] == "COUNT" else len(found) * number // 100
    return chance.sample(list(found), min(wanted, len(found)))


async def zone_names(control_plane: ControlPlane, region: str, identifier: str) -> str:
    """The zone's name, from its name or its id."""
    answer = await control_plane.call("ec2", region, "describe_availability_zones")
    zones = {it["ZoneId"]: it["ZoneName"] for it in answer.get("AvailabilityZones", [])}
    return zones.get(identifier, identifier)


# What there is of each type


async def _subnets(control_plane: ControlPlane, region: str, target: Target) -> list[Resource]:
    answer = await control_plane.call("ec2", region, "describe_subnets")
    zone = target.parameters.get("availabilityZoneIdentifier")
    name = await zone_names(control_plane, region, zone) if zone else None
    vpc = target.parameters.get("vpc", "").rpartition("/")[2]
    return [
        Resource(it["SubnetArn"], _tags(it.get("Tags", [])), it)
        for it in answer.get("Subnets", [])
        if name in (None, it["AvailabilityZone"]) and vpc in ("", it["VpcId"])
    ]


async def _clusters(control_plane: ControlPlane, region: str, target: Target) -> list[Resource]:
    answer = await control_plane.call("rds", region, "describe_db_clusters")
    return [
        Resource(it["DBClusterArn"], _tags(it.get("TagList", [])), it) for it in answer.get("DBClusters", [])
    ]


async def _caches(control_plane: ControlPlane, region: str, target: Target) -> list[Resource]:
    answer = await control_plane.call("elasticache", region, "describe_replication_groups")
    found = []
    for it in answer.get("ReplicationGroups", []):
        tags = await control_plane.call(
            "elasticache", region, "list_tags_for_resource", ResourceName=it["ARN"]
        )
        found.append(Resource(it["ARN"], _tags(tags.get("TagList", [])), it))
    return found


async def _tasks(control_plane: ControlPlane, region: str, target: Target) -> list[Resource]:
    """Running ones, of the cluster and the service that are asked for; else of all clusters."""
    asked = target.parameters.get("cluster")
    answer = {"clusterArns": [asked]} if asked else await control_plane.call("ecs", region, "list_clusters")
    found: list[Resource] = []
    for cluster in answer.get("clusterArns", []):
        of_service = {"serviceName": name} if (name := target.parameters.get("service")) else {}
        listed = await control_plane.call("ecs", region, "list_tasks", cluster=cluster, **of_service)
        for chunk in _chunks(listed.get("taskArns", []), 100):
            described = await control_plane.call(
                "ecs", region, "describe_tasks", cluster=cluster, tasks=chunk, include=["TAGS"]
            )
            found += [
                Resource(it["taskArn"], _tags(it.get("tags", [])), it) for it in described.get("tasks", [])
            ]
    return found


def _chunks(items: Sequence[str], size: int) -> Iterable[list[str]]:
    """As many as DescribeTasks takes. Source: ECS API reference."""
    return (list(items[start : start + size]) for start in range(0, len(items), size))


def _tags(documents: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {it.get("Key", it.get("key", "")): it.get("Value", it.get("value", "")) for it in documents}


_List = Callable[[ControlPlane, str, Target], Awaitable[list[Resource]]]

_LISTS: Mapping[str, tuple[_List, frozenset[str]]] = {
    "aws:ec2:subnet": (_subnets, frozenset({"availabilityZoneIdentifier", "vpc"})),
    "aws:rds:cluster": (_clusters, frozenset()),
    "aws:elasticache:replicationgroup": (_caches, frozenset({"availabilityZoneIdentifier"})),
    "aws:ecs:task": (_tasks, frozenset({"cluster", "service"})),
}
