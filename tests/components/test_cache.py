"""Cache: a Valkey replication group."""

from typing import Any

import pytest

from components.cache import Cache, CacheArgs
from components.exceptions import ComponentError
from tests.components.recording import Recording, record

KEY = "arn:aws:kms:eu-west-2:123456789012:key/sessions"
TAGS = {"environment": "test"}
ZONES = ["eu-west-2a", "eu-west-2b", "eu-west-2c"]
GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
USER = "aws:elasticache/user:User"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
ANSWERS = {
    GROUP: {
        "primaryEndpointAddress": "sessions.primary.example",
        "readerEndpointAddress": "sessions.ro.example",
    }
}


def declare(**args: Any) -> Recording:
    given: dict[str, Any] = {
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-a", "subnet-b", "subnet-c"],
        "availability_zones": ZONES,
        "kms_key_arn": KEY,
        "users": {"portal": "on ~portal:* +@all -@dangerous"},
        "tags": TAGS,
    }
    return record(lambda: Cache("sessions", CacheArgs(**(given | args))), outputs=ANSWERS)


def test_a_cache_declares_exactly_these_children() -> None:
    recording = declare(client_security_group_ids={"portal": "sg-portal"})
    assert [name for name in recording.names if name[0] != ALARM] == [
        ("aws:cloudwatch/logGroup:LogGroup", "sessions-engine-log"),
        ("aws:cloudwatch/logGroup:LogGroup", "sessions-slow-log"),
        ("aws:ec2/securityGroup:SecurityGroup", "sessions-security-group"),
        ("aws:elasticache/parameterGroup:ParameterGroup", "sessions-parameters"),
        (GROUP, "sessions-cache"),
        ("aws:elasticache/subnetGroup:SubnetGroup", "sessions-subnets"),
        (USER, "sessions-user-portal"),
        ("aws:elasticache/userGroup:UserGroup", "sessions-users"),
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "sessions-from-portal"),
        ("estate:data:Cache", "sessions"),
    ]
    assert recording.names_of(ALARM) == [
        f"sessions-{metric}-{node}"
        for metric in ("cpu", "evictions", "memory", "replication-lag")
        for node in (1, 2, 3)
    ]


def test_every_child_is_the_components_and_carries_its_tags() -> None:
    recording = declare(client_security_group_ids={"portal": "sg-portal"})
    assert {child.parent for child in recording.resources if not child.is_component} == {"sessions"}
    assert recording.untagged(TAGS) == []


def test_the_group_has_these_inputs_by_default() -> None:
    assert dict(declare().one(GROUP).inputs) == {
        "atRestEncryptionEnabled": True,
        "autoMinorVersionUpgrade": True,
        "automaticFailoverEnabled": True,
        "description": "Valkey sessions",
        "engine": "valkey",
        "engineVersion": "8.0",
        "finalSnapshotIdentifier": "sessions-final",
        "kmsKeyId": KEY,
        "logDeliveryConfigurations": [
            {
                "destination": f"/aws/elasticache/sessions/{log_type}",
                "destinationType": "cloudwatch-logs",
                "logFormat": "json",
                "logType": log_type,
            }
            for log_type in ("engine-log", "slow-log")
        ],
        "maintenanceWindow": "sun:03:00-sun:04:00",
        "multiAzEnabled": True,
        "nodeType": "cache.r7g.large",
        "numCacheClusters": 3,
        "parameterGroupName": "sessions-parameters",
        "port": 6379,
        "preferredCacheClusterAzs": ZONES,
        "replicationGroupId": "sessions",
        "securityGroupIds": ["sessions-security-group-id"],
        "snapshotRetentionLimit": 7,
        "snapshotWindow": "01:00-02:00",
        "subnetGroupName": "sessions-subnets",
        "tags": TAGS,
        "transitEncryptionEnabled": True,
        "transitEncryptionMode": "required",
        "userGroupIds": ["sessions-users"],
    }


@pytest.mark.parametrize(
    ("nodes", "zones", "fails_over"),
    [
        pytest.param(1, ZONES[:1], False, id="one"),
        pytest.param(2, ZONES[:2], True, id="two"),
        pytest.param(4, [*ZONES, ZONES[0]], True, id="more-than-zones"),
    ],
)
def test_a_number_of_nodes_is_dealt_to_the_zones(nodes: int, zones: list[str], fails_over: bool) -> None:
    recording = declare(nodes=nodes)
    inputs = recording.one(GROUP).inputs
    assert (inputs["numCacheClusters"], inputs["preferredCacheClusterAzs"]) == (nodes, zones)
    assert (inputs["multiAzEnabled"], inputs["automaticFailoverEnabled"]) == (fails_over, fails_over)
    assert len(recording.of_type(ALARM)) == 4 * nodes


def test_each_client_logs_in_by_iam_with_its_own_rights() -> None:
    recording = declare(users={"portal": "on ~portal:* +@all", "case": "on ~case:* +@read"})
    assert [dict(user.inputs) for user in recording.of_type(USER)] == [
        {
            "accessString": access,
            "authenticationMode": {"type": "iam"},
            "engine": "valkey",
            "tags": TAGS,
            "userId": f"sessions-{client}",
            "userName": f"sessions-{client}",
        }
        for client, access in (("case", "on ~case:* +@read"), ("portal", "on ~portal:* +@all"))
    ]
    assert recording.one("aws:elasticache/userGroup:UserGroup").inputs["userIds"] == [
        "sessions-portal",
        "sessions-case",
    ]


def test_the_parameter_family_follows_the_major_version() -> None:
    group = declare(engine_version="7.2", eviction_policy="allkeys-lfu").one(
        "aws:elasticache/parameterGroup:ParameterGroup"
    )
    assert group.inputs["family"] == "valkey7"
    assert group.inputs["parameters"] == [{"name": "maxmemory-policy", "value": "allkeys-lfu"}]


def test_the_alarms_watch_each_node() -> None:
    alarms = {
        alarm.name: (alarm.inputs["metricName"], alarm.inputs["statistic"], alarm.inputs["threshold"])
        for alarm in declare().of_type(ALARM)
        if alarm.inputs["dimensions"] == {"CacheClusterId": "sessions-002", "CacheNodeId": "0001"}
    }
    assert alarms == {
        "sessions-cpu-2": ("EngineCPUUtilization", "Maximum", 80),
        "sessions-evictions-2": ("Evictions", "Sum", 0),
        "sessions-memory-2": ("DatabaseMemoryUsagePercentage", "Maximum", 80),
        "sessions-replication-lag-2": ("ReplicationLag", "Maximum", 5),
    }


def test_the_outputs_say_how_to_connect() -> None:
    outputs = dict(declare().component("sessions").outputs)
    assert len(outputs.pop("alarm_arns")) == 12
    assert outputs == {
        "arn": "arn:aws:elasticache:eu-west-2:123456789012:sessions-cache",
        "port": 6379,
        "primary_endpoint": "sessions.primary.example",
        "reader_endpoint": "sessions.ro.example",
        "replication_group_id": "sessions",
        "security_group_id": "sessions-security-group-id",
        "user_arn_by_client": {"portal": "arn:aws:elasticache:eu-west-2:123456789012:sessions-user-portal"},
        "user_name_by_client": {"portal": "sessions-portal"},
    }


@pytest.mark.parametrize(
    ("args", "rule"),
    [
        pytest.param({"availability_zones": ZONES[:1]}, "two to six different zones", id="one-zone"),
        pytest.param({"subnet_ids": ["subnet-a"]}, "one subnet a zone, got 1 for 3", id="too-few-subnets"),
        pytest.param({"nodes": 7}, "1 to 6 nodes, got 7", id="too-many-nodes"),
        pytest.param({"users": {}}, "without users", id="open"),
        pytest.param({"replication_group_id": "Sessions"}, "got 'Sessions'", id="upper-case"),
        pytest.param({"replication_group_id": "a" * 41}, "1 to 40", id="too-long"),
        pytest.param({"replication_group_id": "a--b"}, "single hyphens", id="two-hyphens"),
        pytest.param({"snapshot_retention_days": 0}, "1 to 35 days, got 0", id="no-snapshots"),
    ],
)
def test_an_impossible_setting_is_refused(args: dict[str, Any], rule: str) -> None:
    with pytest.raises(ComponentError, match=rule):
        declare(**args)
