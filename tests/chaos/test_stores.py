"""Databases and caches: an estate is whole with them only, and what has to be in one zone can be brought there."""

from typing import Any

import boto3
import pytest

from chaos import stores
from chaos.exceptions import EstateAway, TargetMissing
from chaos.place import Place
from tests.chaos.acting import Caches, Databases, denied, place
from twin.aws.emulator.process import Emulator

ZONES = {"one": "a", "two": "b", "three": "c"}


def held(databases: Databases, caches: Caches) -> Place:
    return place({"rds": databases, "elasticache": caches})


@pytest.mark.parametrize(
    ("databases", "caches", "is_whole"),
    [
        pytest.param(Databases("one", **ZONES), Caches("a"), True, id="all is available"),
        pytest.param(Databases("one", "rebooting", **ZONES), Caches("a"), False, id="an instance is not"),
        pytest.param(Databases("one", **ZONES), Caches("a", "modifying"), False, id="a cache is not"),
        pytest.param(Databases("one", **ZONES), Caches(None), False, id="a cache has no primary"),
    ],
)
def test_an_estate_is_whole_with_its_databases_and_caches(
    databases: Databases, caches: Caches, is_whole: bool
) -> None:
    assert stores.are_whole(held(databases, caches)) is is_whole


def test_an_api_that_refuses_is_away() -> None:
    class Refusing(Databases):
        def describe_db_instances(self) -> dict[str, object]:
            raise denied("InternalFailure")

    with pytest.raises(EstateAway, match="does not answer as it must"):
        stores.are_whole(held(Refusing("one"), Caches("a")))


def test_the_zone_of_both_roles_is_known_where_they_have_one() -> None:
    assert (
        stores.zone_of_single_roles(held(Databases("two", **ZONES), Caches("b")), "core", "sessions") == "b"
    )
    with pytest.raises(TargetMissing, match="writer of 'core' is in a and the primary of 'sessions' in b"):
        stores.zone_of_single_roles(held(Databases("one", **ZONES), Caches("b")), "core", "sessions")


def test_a_writer_is_brought_to_the_zone_of_the_primary_and_left_where_it_is_there() -> None:
    databases = Databases("one", **ZONES)
    there = held(databases, Caches("b"))
    assert stores.bring_together(there, "core", "sessions", 60)
    assert databases.asked == [{"DBClusterIdentifier": "core", "TargetDBInstanceIdentifier": "two"}]
    assert not stores.bring_together(there, "core", "sessions", 60)
    assert len(databases.asked) == 1


def test_a_writer_that_cannot_come_is_said() -> None:
    with pytest.raises(TargetMissing, match="has no instance in c, .* It has one in a, two in b"):
        stores.bring_together(held(Databases("one", one="a", two="b"), Caches("c")), "core", "sessions", 60)


def test_a_failover_that_does_not_end_is_said() -> None:
    class Given(Databases):
        def failover_db_cluster(self, **asked: object) -> None:
            pass

    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    with pytest.raises(EstateAway, match="After 60 s the writer of 'core' is not in b"):
        stores.bring_together(
            held(Given("one", **ZONES), Caches("b")), "core", "sessions", 60, lambda: now[0], sleep
        )


@pytest.mark.twin
def test_what_aws_shows_of_stores_is_read(emulator: Emulator) -> None:
    session = boto3.Session("twin", "twin", region_name="eu-west-2")
    clients = {
        it: session.client(it, endpoint_url=emulator.endpoint)  # type: ignore[call-overload]
        for it in ("rds", "elasticache")
    }
    _made(clients["rds"], clients["elasticache"])
    there = place(clients)
    assert stores.are_whole(there)
    before = stores.writer(there, "core")
    zone = stores.zone_of_single_roles(there, "core", "sessions")
    clients["rds"].failover_db_cluster(DBClusterIdentifier="core")
    assert stores.writer(there, "core") != before
    with pytest.raises(TargetMissing, match="so none has both"):
        stores.zone_of_single_roles(there, "core", "sessions")
    assert stores.bring_together(there, "core", "sessions", 5)
    assert stores.zone_of_single_roles(there, "core", "sessions") == zone


def _made(rds: Any, cache: Any) -> None:
    """A database and a cache of two each, whose single roles are in one zone."""
    rds.create_db_cluster(
        DBClusterIdentifier="core",
        Engine="aurora-postgresql",
        MasterUsername="u",
        MasterUserPassword="never-shown-1",
    )
    for number, zone in enumerate("ab"):
        rds.create_db_instance(
            DBInstanceIdentifier=f"core-{number}",
            DBClusterIdentifier="core",
            DBInstanceClass="db.t4g.medium",
            Engine="aurora-postgresql",
            AvailabilityZone=f"eu-west-2{zone}",
        )
    cache.create_replication_group(
        ReplicationGroupId="sessions",
        ReplicationGroupDescription="d",
        Engine="valkey",
        NumCacheClusters=2,
        AutomaticFailoverEnabled=True,
        PreferredCacheClusterAZs=["eu-west-2a", "eu-west-2b"],
    )
