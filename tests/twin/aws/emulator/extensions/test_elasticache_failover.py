"""ElastiCache's failover, with a data plane and without."""

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.conftest import Served
from tests.twin.aws.emulator.reporting import changes, document, report


def _made(served: Served, name: str, nodes: int = 3, **given: Any) -> Any:
    cache = served.clients("elasticache")
    cache.create_replication_group(
        ReplicationGroupId=name,
        ReplicationGroupDescription="d",
        Engine="valkey",
        NumCacheClusters=nodes,
        **{"AutomaticFailoverEnabled": nodes > 1, **given},
    )
    return cache


def _shown(cache: Any, name: str) -> tuple[str, list[str]]:
    """Its status, and the roles in order of the nodes."""
    (group,) = cache.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"]
    members = group["NodeGroups"][0]["NodeGroupMembers"]
    return group["Status"], [it["CurrentRole"] for it in members]


def test_a_failover_is_under_way_until_the_data_plane_reports_the_roles(attended: Served) -> None:
    cache = _made(attended, "moved")
    answer = cache.test_failover(ReplicationGroupId="moved", NodeGroupId="0001")
    assert answer["ReplicationGroup"]["Status"] == "modifying"
    request = changes(attended.endpoint)["requests"][-1]
    assert (request["operation"], request["parameters"]["NodeGroupId"]) == ("TestFailover", "0001")
    assert _shown(cache, "moved") == ("modifying", ["primary", "replica", "replica"])
    roles = {"moved-001": "replica", "moved-002": "primary", "moved-003": "replica"}
    it = {"Status": "available", "Roles": roles}
    report(attended.endpoint, document("elasticache", "replication group", "moved", it))
    assert _shown(cache, "moved") == ("available", ["replica", "primary", "replica"])


def test_without_a_data_plane_two_nodes_change_roles(mended: Served) -> None:
    cache = _made(mended, "unattended")
    cache.test_failover(ReplicationGroupId="unattended", NodeGroupId="0001")
    assert _shown(cache, "unattended") == ("available", ["replica", "primary", "replica"])


@pytest.mark.parametrize(
    ("name", "node_group", "code"),
    [
        ("nowhere", "0001", "ReplicationGroupNotFoundFault"),
        ("refused", "0009", "NodeGroupNotFoundFault"),
        ("refused", "0001", "InvalidReplicationGroupState"),
    ],
    ids=["no group", "no node group", "no replica"],
)
def test_a_failover_needs_a_replica(extended: Served, name: str, node_group: str, code: str) -> None:
    cache = extended.clients("elasticache")
    if not any(it["ReplicationGroupId"] == "refused" for it in _groups(cache)):
        _made(extended, "refused", nodes=1)
    with pytest.raises(ClientError) as failed:
        cache.test_failover(ReplicationGroupId=name, NodeGroupId=node_group)
    assert failed.value.response["Error"]["Code"] == code


def _groups(cache: Any) -> list[dict[str, Any]]:
    return cache.describe_replication_groups()["ReplicationGroups"]


def test_events_are_those_that_are_reported(attended: Served) -> None:
    event = {
        "SourceIdentifier": "told",
        "SourceType": "replication-group",
        "Message": "Test Failover API called for node group 0001",
        "Date": time.time() - 60,
    }
    report(attended.endpoint, document("elasticache", "event", "1", event))
    found = attended.clients("elasticache").describe_events(
        SourceIdentifier="told", SourceType="replication-group"
    )
    assert [it["Message"] for it in found["Events"]] == [event["Message"]]


def test_users_show_their_access_strings(extended: Served) -> None:
    cache = extended.clients("elasticache")
    access = "on ~portal:* +@all -@dangerous"
    cache.create_user(
        UserId="shown",
        UserName="shown",
        Engine="valkey",
        AccessString=access,
        AuthenticationMode={"Type": "iam"},
    )
    (user,) = cache.describe_users(UserId="shown")["Users"]
    assert (user["AccessString"], user["Authentication"]["Type"]) == (access, "iam")


def test_a_region_without_groups_shows_none(attended: Served) -> None:
    cache = attended.clients("elasticache", "eu-central-1")
    assert cache.describe_replication_groups()["ReplicationGroups"] == []
