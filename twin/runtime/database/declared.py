"""What the control plane declares of databases, read from RDS's and IAM's answers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twin.runtime.database.group import Group, Member

__all__ = ["Cluster", "clusters", "groups"]

Document = Mapping[str, Any]

_ENGINE = "aurora-postgresql"
_POSTGRES = "postgres"


@dataclass(frozen=True)
class Cluster:
    """One Aurora cluster.

    Attributes:
        key: ``region/identifier``. global_name: of its global database; None outside one.
        is_primary: of its global database, as the declaration has it.
        database: that is there from the start.
        names: DNS name of each instance, by key. takes_tokens: IAM authentication is switched on.
    """

    key: str
    arn: str
    resource_id: str
    port: int
    endpoint: str
    reader_endpoint: str
    master: str | None
    database: str
    retention_days: int
    parameter_group: str
    members: tuple[Member, ...]
    names: Mapping[str, str]
    first_writer: str | None
    global_name: str | None = None
    is_primary: bool = True
    takes_tokens: bool = False

    @property
    def region(self) -> str:
        return self.key.partition("/")[0]

    @property
    def identifier(self) -> str:
        return self.key.partition("/")[2]


def clusters(
    region: str,
    described: Iterable[Document],
    instances: Iterable[Document],
    global_clusters: Iterable[Document],
    zones: Sequence[str],
) -> tuple[Cluster, ...]:
    """The region's Aurora clusters, with the instances that stand in zones that the twin has."""
    everything = [it for it in instances if it.get("AvailabilityZone") in zones]
    memberships = {
        member["DBClusterArn"]: (it["GlobalClusterIdentifier"], bool(member.get("IsWriter")))
        for it in global_clusters
        for member in it.get("GlobalClusterMembers", ())
    }
    return tuple(
        _cluster(region, it, everything, memberships) for it in described if it.get("Engine") == _ENGINE
    )


def groups(found: Iterable[Cluster]) -> tuple[Group, ...]:
    """Clusters that hold the same data belong together."""
    by_name: dict[str, list[Cluster]] = {}
    for cluster in found:
        by_name.setdefault(cluster.global_name or cluster.key, []).append(cluster)
    return tuple(_group(name, members) for name, members in by_name.items())


def _cluster(
    region: str, it: Document, instances: Iterable[Document], memberships: Mapping[str, tuple[str, bool]]
) -> Cluster:
    key = f"{region}/{it['DBClusterIdentifier']}"
    own = sorted(
        (one for one in instances if one.get("DBClusterIdentifier") == it["DBClusterIdentifier"]),
        key=lambda one: (str(one.get("InstanceCreateTime", "")), one["DBInstanceIdentifier"]),
    )
    members = tuple(_member(key, one) for one in own)
    global_name, is_primary = memberships.get(it["DBClusterArn"], (None, True))
    return Cluster(
        key=key,
        arn=it["DBClusterArn"],
        resource_id=it.get("DbClusterResourceId", ""),
        port=it.get("Port", 5432),
        endpoint=it["Endpoint"],
        reader_endpoint=it["ReaderEndpoint"],
        master=it.get("MasterUsername"),
        database=it.get("DatabaseName") or _POSTGRES,
        retention_days=it.get("BackupRetentionPeriod", 1),
        parameter_group=it.get("DBClusterParameterGroup", ""),
        members=members,
        names={f"{key}/{one['DBInstanceIdentifier']}": _address(one) for one in own},
        first_writer=_first_writer(key, it, members),
        global_name=global_name,
        is_primary=is_primary,
        takes_tokens=bool(it.get("IAMDatabaseAuthenticationEnabled")),
    )


def _member(cluster: str, instance: Document) -> Member:
    return Member(
        f"{cluster}/{instance['DBInstanceIdentifier']}",
        instance["AvailabilityZone"],
        instance.get("PromotionTier", 1),
    )


def _address(instance: Document) -> str:
    return (instance.get("Endpoint") or {}).get("Address") or instance["DBInstanceIdentifier"]


def _first_writer(cluster: str, it: Document, members: Sequence[Member]) -> str | None:
    """The one that RDS says writes, or the one made first."""
    named = (
        f"{cluster}/{one['DBInstanceIdentifier']}"
        for one in it.get("DBClusterMembers", ())
        if one.get("IsClusterWriter")
    )
    known = {one.key for one in members}
    return next((key for key in named if key in known), members[0].key if members else None)


def _group(name: str, members: Sequence[Cluster]) -> Group:
    primary = next((it for it in members if it.is_primary), None)
    return Group(
        name,
        tuple(it.key for it in members),
        tuple(_in_order(members)),
        primary.first_writer if primary else None,
    )


def _in_order(members: Sequence[Cluster]) -> Iterator[Member]:
    for cluster in sorted(members, key=lambda it: not it.is_primary):
        yield from cluster.members
