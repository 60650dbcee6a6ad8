"""What the API says of a replication group is what is run."""

from pathlib import Path

from tests.twin.runtime.cache import documents
from tests.twin.runtime.deadlines import run
from tests.twin.runtime.fake_control_plane import FakeControlPlane
from twin.runtime.cache.configuration import access_list, configuration, ignored_parameters
from twin.runtime.cache.declaration import read
from twin.runtime.cache.model import Group, Node, User


def declared(control_plane: FakeControlPlane, **members: object) -> tuple[Group, ...]:
    documents.declare(control_plane, **members)
    return run(read(control_plane.plane, "eu-west-2"))


def test_nodes_endpoints_users_and_parameters_are_those_of_the_api(control_plane: FakeControlPlane) -> None:
    suffix = "sessions.x.euw2.cache.amazonaws.com"
    assert declared(control_plane) == (
        Group(
            region="eu-west-2",
            name="sessions",
            shard="0001",
            port=6379,
            nodes=(
                Node("sessions-001", "eu-west-2a", f"sessions-001.{suffix}"),
                Node("sessions-002", "eu-west-2b", f"sessions-002.{suffix}"),
                Node("sessions-003", "eu-west-2c", f"sessions-003.{suffix}"),
            ),
            primary_endpoint=f"master.{suffix}",
            reader_endpoint=f"replica.{suffix}",
            fails_over=True,
            users=(
                User("sessions-portal", "on ~portal:* +@all -@dangerous -@admin +info", shows_token=True),
            ),
            parameters=(("maxmemory-policy", "volatile-lru"), ("reserved-memory-percent", "25")),
        ),
    )


def test_a_group_of_several_shards_is_not_run(control_plane: FakeControlPlane) -> None:
    assert declared(control_plane, NodeGroups=[{}, {}]) == ()


def test_a_region_without_caches_has_none(control_plane: FakeControlPlane) -> None:
    assert run(read(control_plane.plane, "eu-west-1")) == ()


def test_access_strings_become_users_without_passwords_and_the_default_user_is_off(
    control_plane: FakeControlPlane,
) -> None:
    (group,) = declared(control_plane)
    assert access_list(group, "secret").splitlines() == [
        "user default off",
        "user sessions-portal on nopass ~portal:* +@all -@dangerous -@admin +info",
        "user estate-control on >secret ~* &* +@all",
    ]


def test_without_a_user_group_everybody_may_do_everything(control_plane: FakeControlPlane) -> None:
    (group,) = declared(control_plane, UserGroupIds=[])
    assert access_list(group, "secret").splitlines()[0] == "user default on nopass ~* &* +@all"


def test_a_server_gets_the_parameters_that_valkey_knows_and_no_disk(control_plane: FakeControlPlane) -> None:
    (group,) = declared(control_plane)
    lines = configuration(group, "127.1.1.64", Path("/node"), "secret", ("127.1.2.64", 6379)).splitlines()
    assert 'maxmemory-policy "volatile-lru"' in lines
    assert {'save ""', "appendonly no", "replicaof 127.1.2.64 6379", "bind 127.1.1.64"} <= set(lines)
    assert list(ignored_parameters(group)) == ["reserved-memory-percent"]
