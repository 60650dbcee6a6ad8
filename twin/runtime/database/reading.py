"""Reads what is declared of databases from the control plane."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from twin.runtime.control_plane import ControlPlane
from twin.runtime.database.declared import Cluster, clusters
from twin.runtime.database.roles import Login, logins
from twin.runtime.settings import Settings

__all__ = ["Declaration", "Roles", "merged", "read"]


@dataclass(frozen=True)
class Declaration:
    """Attributes: parameters, logins: by cluster. generation: of the emulator that says so."""

    clusters: tuple[Cluster, ...] = ()
    parameters: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    logins: Mapping[str, tuple[Login, ...]] = field(default_factory=dict[str, tuple[Login, ...]])
    generation: int = 0


class Roles:
    """IAM's roles with their policies, read again only when IAM has changed."""

    def __init__(self) -> None:
        self._seen: tuple[int, ...] | None = None
        self._known: list[Mapping[str, Any]] = []

    async def read(self, plane: ControlPlane, region: str) -> list[Mapping[str, Any]]:
        """Raises: ControlPlaneAway, ClientError"""
        seen = plane.seen.of(["iam"])
        if seen != self._seen:
            answer = await plane.call("iam", region, "get_account_authorization_details", Filter=["Role"])
            self._known, self._seen = answer.get("RoleDetailList", []), seen
        return self._known


async def read(plane: ControlPlane, settings: Settings, known_roles: Roles, generation: int) -> Declaration:
    """What the control plane says now.

    Raises: ControlPlaneAway, ClientError
    """
    found: list[Cluster] = []
    parameters: dict[str, Mapping[str, str]] = {}
    for region in settings.regions:
        described = (await plane.call("rds", region.name, "describe_db_clusters")).get("DBClusters", [])
        if not described:
            continue
        instances = (await plane.call("rds", region.name, "describe_db_instances")).get("DBInstances", [])
        everywhere = (await plane.call("rds", region.name, "describe_global_clusters")).get(
            "GlobalClusters", []
        )
        own = clusters(region.name, described, instances, everywhere, region.zones)
        for cluster in own:
            parameters[cluster.key] = await _parameters(plane, cluster)
        found += own
    roles = await known_roles.read(plane, settings.regions[0].name) if found else []
    return Declaration(
        tuple(found), parameters, {it.key: logins(roles, it.resource_id) for it in found}, generation
    )


def merged(before: Declaration, found: Declaration) -> Declaration:
    """What was known stays, where it is not declared yet again."""
    known = {it.key: it for it in before.clusters}
    new = {it.key: _filled(known.get(it.key), it) for it in found.clusters}
    return Declaration(
        tuple({**known, **new}.values()),
        {**before.parameters, **found.parameters},
        {**before.logins, **{key: it or before.logins.get(key, ()) for key, it in found.logins.items()}},
        found.generation,
    )


def _filled(before: Cluster | None, found: Cluster) -> Cluster:
    """The cluster with the instances that it had."""
    if before is None:
        return found
    present = {it.key for it in found.members}
    missing = tuple(it for it in before.members if it.key not in present)
    return replace(
        found,
        members=(*found.members, *missing),
        names={**before.names, **found.names},
        first_writer=found.first_writer or before.first_writer,
        global_name=found.global_name or before.global_name,
        is_primary=found.is_primary if found.global_name else before.is_primary,
    )


async def _parameters(plane: ControlPlane, cluster: Cluster) -> Mapping[str, str]:
    if not cluster.parameter_group:
        return {}
    answer = await plane.call(
        "rds",
        cluster.region,
        "describe_db_cluster_parameters",
        DBClusterParameterGroupName=cluster.parameter_group,
    )
    return {
        it["ParameterName"]: str(it["ParameterValue"])
        for it in answer.get("Parameters", ())
        if it.get("ParameterValue") is not None
    }
