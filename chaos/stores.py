"""Databases and caches: whether they are whole, and in which zone the roles are that only one of them has."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chaos.exceptions import EstateAway, TargetMissing
from chaos.place import Place

__all__ = ["are_whole", "bring_together", "cluster", "writer", "zone_of_single_roles"]

AVAILABLE = "available"
"""Source: RDS user guide, DB instance status; ElastiCache API reference, ReplicationGroup, Status."""

LOOK_SECONDS = 1.0


def are_whole(place: Place) -> bool:
    """Every database instance is available, and every cache, which has a primary. Raises: EstateAway."""
    with _answered(place):
        instances = _pages(place, "rds", "describe_db_instances", "DBInstances")
        groups = _pages(place, "elasticache", "describe_replication_groups", "ReplicationGroups")
    return all(it["DBInstanceStatus"] == AVAILABLE for it in instances) and all(map(_is_whole, groups))


def cluster(place: Place, database: str) -> Mapping[str, Any]:
    """Raises: TargetMissing, EstateAway."""
    with _answered(place):
        clusters = _pages(place, "rds", "describe_db_clusters", "DBClusters")
    found = {it["DBClusterIdentifier"]: it for it in clusters}
    if database not in found:
        raise TargetMissing(f"There is no database {database!r}. There are {', '.join(sorted(found))}.")
    return found[database]


def writer(place: Place, database: str) -> str:
    """The instance that writes. Raises: TargetMissing: none does; EstateAway."""
    members = cluster(place, database)["DBClusterMembers"]
    found = next((it["DBInstanceIdentifier"] for it in members if it["IsClusterWriter"]), None)
    if found is None:
        raise TargetMissing(f"Database {database!r} has no writer. `estate status` says why.")
    return str(found)


def zone_of_single_roles(place: Place, database: str, cache: str) -> str:
    """The zone of the database's writer and the cache's primary. Raises: TargetMissing: they are in two zones."""
    writing, primary = _zones(place, database)[writer(place, database)], _primary_zone(place, cache)
    if writing != primary:
        raise TargetMissing(
            f"The writer of {database!r} is in {writing} and the primary of {cache!r} in {primary}, so none has "
            f"both. Move one: aws rds failover-db-cluster --db-cluster-identifier {database}."
        )
    return writing


def bring_together(
    place: Place,
    database: str,
    cache: str,
    seconds: float,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """The writer is in the zone of the cache's primary. Returns: whether it had to fail over to it.

    Raises: TargetMissing: no instance of the database is there; EstateAway: it was not so in time.
    """
    primary = _primary_zone(place, cache)
    if _is_writer_in(place, database, primary):
        return False
    with _answered(place):
        place.aws("rds").failover_db_cluster(
            DBClusterIdentifier=database, TargetDBInstanceIdentifier=_instance_in(place, database, primary)
        )
    deadline = monotonic() + seconds
    while not _is_writer_in(place, database, primary):
        if monotonic() > deadline:
            raise EstateAway(
                f"After {seconds:g} s the writer of {database!r} is not in {primary}, where the primary of {cache!r} "
                "is. `estate status` says what runs."
            )
        sleep(LOOK_SECONDS)
    return True


def _is_whole(group: Mapping[str, Any]) -> bool:
    """Source: ElastiCache API reference, NodeGroupMember: CurrentRole is said with cluster mode disabled only."""
    has_primary = group.get("ClusterEnabled") or all(map(_primary, group["NodeGroups"]))
    return group["Status"] == AVAILABLE and bool(has_primary)


def _primary(node_group: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return next((it for it in node_group["NodeGroupMembers"] if it.get("CurrentRole") == "primary"), None)


def _primary_zone(place: Place, cache: str) -> str:
    with _answered(place):
        groups = _pages(place, "elasticache", "describe_replication_groups", "ReplicationGroups")
    found = {it["ReplicationGroupId"]: it for it in groups}
    if cache not in found:
        raise TargetMissing(f"There is no cache {cache!r}. There are {', '.join(sorted(found))}.")
    primary = next(filter(None, map(_primary, found[cache]["NodeGroups"])), None)
    if primary is None:
        raise TargetMissing(f"Cache {cache!r} has no primary. `estate status` says why.")
    return str(primary["PreferredAvailabilityZone"])


def _is_writer_in(place: Place, database: str, zone: str) -> bool:
    """Not while there is none, as in the middle of a failover."""
    members = cluster(place, database)["DBClusterMembers"]
    writing = next((it["DBInstanceIdentifier"] for it in members if it["IsClusterWriter"]), None)
    return _zones(place, database).get(writing or "") == zone


def _instance_in(place: Place, database: str, zone: str) -> str:
    zones = _zones(place, database)
    found = sorted(name for name, it in zones.items() if it == zone)
    if not found:
        raise TargetMissing(
            f"Database {database!r} has no instance in {zone}, so its writer cannot come there. It has "
            f"{', '.join(f'{name} in {it}' for name, it in sorted(zones.items()))}."
        )
    return found[0]


def _zones(place: Place, database: str) -> Mapping[str, str]:
    """By instance of the database."""
    with _answered(place):
        instances = _pages(place, "rds", "describe_db_instances", "DBInstances")
    of = [it for it in instances if it.get("DBClusterIdentifier") == database]
    return {it["DBInstanceIdentifier"]: str(it.get("AvailabilityZone")) for it in of}


def _pages(place: Place, service: str, operation: str, member: str) -> Sequence[Mapping[str, Any]]:
    pages = place.aws(service).get_paginator(operation).paginate()
    return [it for page in pages for it in page[member]]


@contextmanager
def _answered(place: Place) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise EstateAway(
            f"AWS's API of {place.estate.environment.name!r} does not answer as it must ({error}). "
            "`estate status` says what runs."
        ) from error
