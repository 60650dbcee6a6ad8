from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.conftest import Served


def _user(cache: Any, user_id: str, name: str | None = None, engine: str = "valkey") -> str:
    mode = {"Type": "iam"}
    cache.create_user(
        UserId=user_id,
        UserName=name or user_id,
        Engine=engine,
        AccessString="on ~* +@read",
        AuthenticationMode=mode,
    )
    return user_id


def _members(cache: Any, group_id: str) -> list[str]:
    return cache.describe_user_groups(UserGroupId=group_id)["UserGroups"][0]["UserIds"]


def test_a_users_access_and_way_to_prove_itself_can_be_changed(mended: Served) -> None:
    cache = mended.clients("elasticache")
    user_id = _user(cache, "changing")
    changed = {
        "AccessString": "on ~a:* +@all",
        "AuthenticationMode": {"Type": "password", "Passwords": ["p" * 16]},
    }
    cache.modify_user(UserId=user_id, **changed)
    user = cache.describe_users(UserId=user_id)["Users"][0]
    assert (user["AccessString"], user["Authentication"]) == (
        "on ~a:* +@all",
        {"Type": "password", "PasswordCount": 1},
    )


def test_a_deleted_user_is_gone_and_out_of_its_groups(mended: Served) -> None:
    cache = mended.clients("elasticache")
    cache.create_user_group(
        UserGroupId="leaving", Engine="valkey", UserIds=[_user(cache, "stays"), _user(cache, "leaves")]
    )
    assert cache.describe_users(UserId="leaves")["Users"][0]["UserGroupIds"] == ["leaving"]
    cache.delete_user(UserId="leaves")
    assert _members(cache, "leaving") == ["stays"]
    with pytest.raises(ClientError, match="UserNotFound"):
        cache.describe_users(UserId="leaves")


def test_a_group_keeps_its_users_and_tags(mended: Served) -> None:
    cache = mended.clients("elasticache")
    first, second = _user(cache, "first"), _user(cache, "second")
    tags = [{"Key": "layer", "Value": "data"}]
    arn = cache.create_user_group(UserGroupId="kept", Engine="valkey", UserIds=[first], Tags=tags)["ARN"]
    cache.modify_user_group(UserGroupId="kept", UserIdsToAdd=[second], UserIdsToRemove=[first])
    assert _members(cache, "kept") == [second]
    assert cache.list_tags_for_resource(ResourceName=arn)["TagList"] == tags


def test_a_group_that_a_cache_lets_in_is_not_deleted(mended: Served) -> None:
    cache = mended.clients("elasticache")
    cache.create_user_group(UserGroupId="used", Engine="valkey", UserIds=[_user(cache, "inside")])
    cache.create_replication_group(
        ReplicationGroupId="lets-in", ReplicationGroupDescription="d", Engine="valkey", UserGroupIds=["used"]
    )
    with pytest.raises(ClientError, match="InvalidUserGroupState"):
        cache.delete_user_group(UserGroupId="used")
    cache.delete_replication_group(ReplicationGroupId="lets-in")
    cache.delete_user_group(UserGroupId="used")
    with pytest.raises(ClientError, match="UserGroupNotFound"):
        cache.describe_user_groups(UserGroupId="used")


@pytest.mark.parametrize(
    ("engine", "names", "refused"),
    [
        pytest.param("redis", ["alone"], "DefaultUserRequired", id="Redis OSS wants a default user"),
        pytest.param("valkey", ["same", "same"], "DuplicateUserName", id="one name twice"),
    ],
)
def test_a_group_is_refused(mended: Served, engine: str, names: list[str], refused: str) -> None:
    cache = mended.clients("elasticache")
    users = [_user(cache, f"{engine}-{place}", name, engine) for place, name in enumerate(names)]
    with pytest.raises(ClientError, match=refused):
        cache.create_user_group(UserGroupId=f"refused-{engine}", Engine=engine, UserIds=users)


def test_a_valkey_group_needs_no_default_user(extended: Served) -> None:
    cache = extended.clients("elasticache")
    cache.create_user_group(UserGroupId="no-default", Engine="valkey", UserIds=[_user(cache, "named")])
    assert _members(cache, "no-default") == ["named"]


def test_the_reader_endpoint_is_shown(mended: Served) -> None:
    cache = mended.clients("elasticache")
    group = cache.create_replication_group(
        ReplicationGroupId="read", ReplicationGroupDescription="d", Engine="valkey", Port=6380
    )["ReplicationGroup"]["NodeGroups"][0]
    assert group["ReaderEndpoint"]["Port"] == 6380


def test_replicas_come_and_go_at_the_end(mended: Served) -> None:
    cache = mended.clients("elasticache")
    cache.create_replication_group(
        ReplicationGroupId="scaled", ReplicationGroupDescription="d", Engine="valkey", NumCacheClusters=2
    )
    for operation, count, members in (
        (cache.increase_replica_count, 2, ["scaled-001", "scaled-002", "scaled-003"]),
        (cache.decrease_replica_count, 0, ["scaled-001"]),
    ):
        operation(ReplicationGroupId="scaled", NewReplicaCount=count, ApplyImmediately=True)
        shown = cache.describe_replication_groups(ReplicationGroupId="scaled")["ReplicationGroups"][0]
        assert shown["MemberClusters"] == members


def test_a_subnet_group_is_changed_and_deleted_once_nothing_stands_in_it(mended: Served) -> None:
    cache = mended.clients("elasticache")
    named = {"CacheSubnetGroupName": "moved"}
    cache.create_cache_subnet_group(
        **named, CacheSubnetGroupDescription="d", SubnetIds=[mended.world["subnet_a"]]
    )
    cache.modify_cache_subnet_group(**named, SubnetIds=[mended.world["subnet_b"]])
    group = cache.describe_cache_subnet_groups(**named)["CacheSubnetGroups"][0]
    assert [it["SubnetIdentifier"] for it in group["Subnets"]] == [mended.world["subnet_b"]]
    cache.create_replication_group(
        ReplicationGroupId="stands", ReplicationGroupDescription="d", Engine="valkey", **named
    )
    with pytest.raises(ClientError, match="CacheSubnetGroupInUse"):
        cache.delete_cache_subnet_group(**named)
    cache.delete_replication_group(ReplicationGroupId="stands")
    cache.delete_cache_subnet_group(**named)
    with pytest.raises(ClientError, match="CacheSubnetGroupNotFound"):
        cache.describe_cache_subnet_groups(**named)
