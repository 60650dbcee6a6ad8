"""What ElastiCache answers about a replication group over three zones."""

from typing import Any

from tests.twin.runtime.fake_control_plane import FakeControlPlane

PRIMARY, READER = "master.sessions.x.euw2.cache.amazonaws.com", "replica.sessions.x.euw2.cache.amazonaws.com"
NODES = ("sessions-001", "sessions-002", "sessions-003")
ZONES = ("eu-west-2a", "eu-west-2b", "eu-west-2c")


def member(name: str, zone: str) -> dict[str, Any]:
    return {
        "CacheClusterId": name,
        "CacheNodeId": "0001",
        "ReadEndpoint": {"Address": f"{name}.sessions.x.euw2.cache.amazonaws.com", "Port": 6379},
        "PreferredAvailabilityZone": zone,
        "CurrentRole": "primary" if name == NODES[0] else "replica",
    }


def replication_group(**members: Any) -> dict[str, Any]:
    shard = {
        "NodeGroupId": "0001",
        "PrimaryEndpoint": {"Address": PRIMARY, "Port": 6379},
        "ReaderEndpoint": {"Address": READER, "Port": 6379},
        "NodeGroupMembers": [member(name, zone) for name, zone in zip(NODES, ZONES, strict=True)],
    }
    return {
        "ReplicationGroupId": "sessions",
        "Status": "available",
        "NodeGroups": [shard],
        "AutomaticFailover": "enabled",
        "UserGroupIds": ["sessions-users"],
        **members,
    }


def user(name: str, access: str, kind: str = "iam") -> dict[str, Any]:
    return {"UserId": name, "UserName": name, "AccessString": access, "Authentication": {"Type": kind}}


USERS = {
    "Users": [
        user("default", "on ~* +@all", "no-password-required"),
        user("sessions-portal", "on ~portal:* +@all -@dangerous -@admin +info"),
    ]
}
USER_GROUPS = {"UserGroups": [{"UserGroupId": "sessions-users", "UserIds": ["sessions-portal"]}]}
CLUSTERS = {
    "CacheClusters": [
        {
            "CacheClusterId": name,
            "ReplicationGroupId": "sessions",
            "CacheParameterGroup": {"CacheParameterGroupName": "sessions-parameters"},
        }
        for name in NODES
    ]
}
PARAMETERS = {
    "Parameters": [
        {"ParameterName": "maxmemory-policy", "ParameterValue": "volatile-lru"},
        {"ParameterName": "reserved-memory-percent", "ParameterValue": "25"},
    ]
}


def declare(control_plane: FakeControlPlane, **members: Any) -> None:
    """The group is declared in eu-west-2."""
    answers = {
        "describe_replication_groups": {"ReplicationGroups": [replication_group(**members)]},
        "describe_cache_clusters": CLUSTERS,
        "describe_users": USERS,
        "describe_user_groups": USER_GROUPS,
        "describe_cache_parameters": PARAMETERS,
    }
    for operation, answer in answers.items():
        control_plane.answers("elasticache", operation, answer, "eu-west-2")
