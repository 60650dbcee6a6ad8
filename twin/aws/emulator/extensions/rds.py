"""RDS: what Aurora clusters and instances declare, and clusters on Aurora's own storage."""

from typing import Any

from twin.aws.emulator.extension import Extension, Kept
from twin.aws.emulator.extensions import (
    rds_events,
    rds_failover,
    rds_global,
    rds_reported,
    rds_restore,
    rds_snapshots,
)

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/"

_INSIGHTS = {
    "DatabaseInsightsMode": "DatabaseInsightsMode",
    "MonitoringInterval": "MonitoringInterval",
    "MonitoringRoleArn": "MonitoringRoleArn",
    "PerformanceInsightsEnabled": "EnablePerformanceInsights",
    "PerformanceInsightsKMSKeyId": "PerformanceInsightsKMSKeyId",
    "PerformanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
}

_CREATING = ("CreateDBCluster", "RestoreDBClusterFromSnapshot", "RestoreDBClusterToPointInTime")

_CLUSTER = Kept(
    kind="cluster",
    writes={**dict.fromkeys(_CREATING, "@"), "ModifyDBCluster": "@"},
    creates=frozenset(_CREATING),
    shows={
        **dict.fromkeys(_CREATING, "DBCluster"),
        "ModifyDBCluster": "DBCluster",
        "DescribeDBClusters": "DBClusters",
    },
    key="DBClusterArn",
    members={
        **_INSIGHTS,
        "CopyTagsToSnapshot": "CopyTagsToSnapshot",
        "DeletionProtection": "DeletionProtection",
        "IAMDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
        "ServerlessV2ScalingConfiguration": "ServerlessV2ScalingConfiguration",
        "StorageType": "StorageType",
    },
)

_INSTANCE = Kept(
    kind="instance",
    writes={"CreateDBInstance": "@", "ModifyDBInstance": "@"},
    creates=frozenset({"CreateDBInstance"}),
    shows={
        "CreateDBInstance": "DBInstance",
        "ModifyDBInstance": "DBInstance",
        "DescribeDBInstances": "DBInstances",
    },
    key="DBInstanceArn",
    members={
        **_INSIGHTS,
        "CACertificateIdentifier": "CACertificateIdentifier",
        "PromotionTier": "PromotionTier",
    },
)


def _aurora_storage() -> None:
    """Aurora has storage types that moto does not know, and no allocated storage: it grows by itself."""
    from moto.rds.models import DBCluster

    others = DBCluster.default_allocated_storage

    def default_allocated_storage(engine: str, storage_type: str) -> int:
        return 1 if engine.startswith("aurora") else others(engine, storage_type)

    storage: Any = DBCluster
    storage.default_allocated_storage = staticmethod(default_allocated_storage)


EXTENSIONS = (
    Extension(
        service="rds",
        topic="clusters and instances",
        stock="forgets Performance Insights and monitoring, and a changed setting of IAM authentication",
        aws="shows clusters and instances as declared, and as modified",
        change="keeps what create and modify give",
        source=_API + "API_DBCluster.html",
        kept=(_CLUSTER, _INSTANCE),
    ),
    Extension(
        service="rds",
        topic="Aurora's storage",
        stock="fails at a cluster with storage of the type aurora-iopt1",
        aws="creates it",
        change="gives every Aurora cluster the allocated storage of 1 that AWS shows",
        source=_API + "API_CreateDBCluster.html",
        patch=_aurora_storage,
    ),
    *rds_global.EXTENSIONS,
    *rds_failover.EXTENSIONS,
    *rds_snapshots.EXTENSIONS,
    *rds_restore.EXTENSIONS,
    *rds_events.EXTENSIONS,
    *rds_reported.EXTENSIONS,
)
