import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.conftest import Served


def test_members_without_zones_are_spread_over_those_of_the_region(mended: Served) -> None:
    cache = mended.clients("elasticache")
    group = cache.create_replication_group(
        ReplicationGroupId="spread",
        ReplicationGroupDescription="d",
        Engine="valkey",
        NumCacheClusters=3,
        AutomaticFailoverEnabled=True,
    )
    members = group["ReplicationGroup"]["NodeGroups"][0]["NodeGroupMembers"]
    assert [(it["CacheClusterId"], it["PreferredAvailabilityZone"], it["CurrentRole"]) for it in members] == [
        ("spread-001", "eu-west-2a", "primary"),
        ("spread-002", "eu-west-2b", "replica"),
        ("spread-003", "eu-west-2c", "replica"),
    ]


def test_a_group_is_modified_in_all_that_can_be(mended: Served) -> None:
    cache = mended.clients("elasticache")
    cache.create_replication_group(
        ReplicationGroupId="changed",
        ReplicationGroupDescription="d",
        Engine="valkey",
        NumCacheClusters=2,
        SnapshotWindow="01:00-02:00",
    )
    cache.modify_replication_group(
        ReplicationGroupId="changed",
        SnapshotWindow="03:00-04:00",
        EngineVersion="8.1",
        AutoMinorVersionUpgrade=True,
        PreferredMaintenanceWindow="mon:03:00-mon:04:00",
    )
    group = cache.describe_replication_groups(ReplicationGroupId="changed")["ReplicationGroups"][0]
    member = cache.describe_cache_clusters(CacheClusterId="changed-001")["CacheClusters"][0]
    assert (group["SnapshotWindow"], group["AutoMinorVersionUpgrade"]) == ("03:00-04:00", True)
    assert (member["EngineVersion"], member["PreferredMaintenanceWindow"]) == ("8.1", "mon:03:00-mon:04:00")


def test_a_deleted_group_is_gone(mended: Served) -> None:
    cache = mended.clients("elasticache")
    cache.create_replication_group(
        ReplicationGroupId="gone", ReplicationGroupDescription="d", Engine="valkey"
    )
    cache.delete_replication_group(ReplicationGroupId="gone")
    with pytest.raises(ClientError, match="ReplicationGroupNotFoundFault"):
        cache.describe_replication_groups(ReplicationGroupId="gone")


def test_a_parameter_group_keeps_the_parameters_that_are_set(mended: Served) -> None:
    cache = mended.clients("elasticache")
    cache.create_cache_parameter_group(
        CacheParameterGroupName="set",
        CacheParameterGroupFamily="valkey8",
        Description="d",
        Tags=[{"Key": "layer", "Value": "data"}],
    )
    values = [{"ParameterName": "maxmemory-policy", "ParameterValue": "volatile-lru"}]
    cache.modify_cache_parameter_group(CacheParameterGroupName="set", ParameterNameValues=values)
    found = cache.describe_cache_parameters(CacheParameterGroupName="set")["Parameters"]
    assert [(it["ParameterName"], it["ParameterValue"]) for it in found] == [
        ("maxmemory-policy", "volatile-lru")
    ]
    arn = cache.describe_cache_parameter_groups(CacheParameterGroupName="set")["CacheParameterGroups"][0][
        "ARN"
    ]
    assert cache.list_tags_for_resource(ResourceName=arn)["TagList"] == [{"Key": "layer", "Value": "data"}]
    cache.delete_cache_parameter_group(CacheParameterGroupName="set")
    with pytest.raises(ClientError, match="CacheParameterGroupNotFound"):
        cache.describe_cache_parameter_groups(CacheParameterGroupName="set")
