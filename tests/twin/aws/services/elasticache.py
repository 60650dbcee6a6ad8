"""Samples of ElastiCache."""

from tests.twin.aws.sample import Ref, Sample
from tests.twin.aws.services.ec2 import SUBNET, VPC

SUBNET_GROUP = Sample(
    "aws:elasticache/subnetGroup:SubnetGroup",
    {"subnetIds": [Ref("subnet")], "description": "The data subnets."},
    needs={"vpc": VPC, "subnet": SUBNET},
    changes={"description": "All data subnets."},
    outputs=("arn", "name", "vpcId"),
)
PARAMETER_GROUP = Sample(
    "aws:elasticache/parameterGroup:ParameterGroup",
    {"family": "valkey8", "parameters": [{"name": "maxmemory-policy", "value": "volatile-ttl"}]},
    changes={"parameters": [{"name": "maxmemory-policy", "value": "allkeys-lru"}]},
    outputs=("arn", "name"),
)
USER = Sample(
    "aws:elasticache/user:User",
    {
        "userId": "sessions-portal",
        "userName": "sessions-portal",
        "engine": "valkey",
        "accessString": "on ~portal:* +@all -@dangerous -@admin",
        "authenticationMode": {"type": "iam"},
    },
    changes={"accessString": "on ~portal:* +@read"},
    outputs=("arn",),
)
USER_WITH_PASSWORD = Sample(
    "aws:elasticache/user:User",
    {
        "userId": "sessions-default",
        "userName": "default",
        "engine": "redis",
        "accessString": "off ~* -@all",
        "passwords": ["never-shown-anywhere"],
    },
    changes={"passwords": ["never-shown-either"]},
    label="with-password",
)
USER_GROUP = Sample(
    "aws:elasticache/userGroup:UserGroup",
    {"userGroupId": "sessions-users", "engine": "valkey", "userIds": [Ref("portal", "userId")]},
    needs={"portal": USER, "default": USER_WITH_PASSWORD},
    changes={"userIds": [Ref("portal", "userId"), Ref("default", "userId")]},
    outputs=("arn",),
)
REPLICATION_GROUP = Sample(
    "aws:elasticache/replicationGroup:ReplicationGroup",
    {
        "description": "Sessions and idempotency keys.",
        "engine": "valkey",
        "engineVersion": "8.0",
        "nodeType": "cache.t4g.small",
        "numCacheClusters": 3,
        "automaticFailoverEnabled": True,
        "multiAzEnabled": True,
        "port": 6379,
        "parameterGroupName": Ref("parameters", "name"),
        "subnetGroupName": Ref("group", "name"),
        "atRestEncryptionEnabled": True,
        "transitEncryptionEnabled": True,
        "snapshotRetentionLimit": 7,
        "snapshotWindow": "01:00-02:00",
        "maintenanceWindow": "sun:03:00-sun:04:00",
        "userGroupIds": [Ref("users", "userGroupId")],
        "applyImmediately": True,
    },
    needs={
        "vpc": VPC,
        "subnet": SUBNET,
        "group": SUBNET_GROUP,
        "parameters": PARAMETER_GROUP,
        "users": USER_GROUP,
    },
    changes={"description": "Sessions.", "snapshotRetentionLimit": 1},
    outputs=("arn", "memberClusters", "primaryEndpointAddress", "replicationGroupId"),
)

SAMPLES = (SUBNET_GROUP, PARAMETER_GROUP, USER, USER_WITH_PASSWORD, USER_GROUP, REPLICATION_GROUP)
