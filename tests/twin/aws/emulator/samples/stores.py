"""Databases, caches, tables and backups."""

from typing import Any

from tests.twin.aws.emulator.samples.sample import Sample

__all__ = ["SAMPLES"]

_CLUSTER: dict[str, Any] = {
    "DBClusterIdentifier": "case",
    "Engine": "aurora-postgresql",
    "EngineVersion": "16.6",
    "AvailabilityZones": ["eu-west-2a", "eu-west-2b", "eu-west-2c"],
    "BackupRetentionPeriod": 35,
    "CopyTagsToSnapshot": True,
    "DatabaseName": "estate",
    "DBClusterParameterGroupName": "sample-cluster",
    "DBSubnetGroupName": "sample-db",
    "DeletionProtection": True,
    "EnableCloudwatchLogsExports": ["postgresql"],
    "EnableIAMDatabaseAuthentication": True,
    "EnablePerformanceInsights": True,
    "PerformanceInsightsRetentionPeriod": 7,
    "MasterUsername": "estate",
    "MasterUserPassword": "never-shown-1",
    "Port": 5432,
    "PreferredBackupWindow": "01:00-02:00",
    "PreferredMaintenanceWindow": "sun:03:00-sun:04:00",
    "ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 8.0},
    "StorageEncrypted": True,
    "StorageType": "aurora-iopt1",
    "BacktrackWindow": 0,
    "MonitoringInterval": 60,
    "DatabaseInsightsMode": "advanced",
    "NetworkType": "IPV4",
}


_INSTANCE: dict[str, Any] = {
    "DBInstanceIdentifier": "case-1",
    "DBInstanceClass": "db.r7g.large",
    "Engine": "aurora-postgresql",
    "AvailabilityZone": "eu-west-2b",
    "PromotionTier": 1,
    "PubliclyAccessible": False,
    "EnablePerformanceInsights": True,
    "PerformanceInsightsRetentionPeriod": 7,
    "MonitoringInterval": 60,
    "AutoMinorVersionUpgrade": False,
    "CopyTagsToSnapshot": True,
    "PreferredMaintenanceWindow": "sun:04:00-sun:05:00",
    "CACertificateIdentifier": "rds-ca-rsa2048-g1",
}


_REPLICATION_GROUP: dict[str, Any] = {
    "ReplicationGroupId": "sessions",
    "ReplicationGroupDescription": "sessions",
    "Engine": "valkey",
    "EngineVersion": "8.0",
    "CacheNodeType": "cache.t4g.small",
    "NumCacheClusters": 3,
    "PreferredCacheClusterAZs": ["eu-west-2a", "eu-west-2b", "eu-west-2c"],
    "AutomaticFailoverEnabled": True,
    "MultiAZEnabled": True,
    "AtRestEncryptionEnabled": True,
    "TransitEncryptionEnabled": True,
    "TransitEncryptionMode": "required",
    "CacheParameterGroupName": "sample-cache",
    "CacheSubnetGroupName": "sample-cache",
    "SnapshotRetentionLimit": 7,
    "SnapshotWindow": "02:00-03:00",
    "PreferredMaintenanceWindow": "sun:03:00-sun:04:00",
    "AutoMinorVersionUpgrade": False,
    "Port": 6379,
    "NetworkType": "ipv4",
    "IpDiscovery": "ipv4",
    "LogDeliveryConfigurations": [
        {
            "LogType": "slow-log",
            "DestinationType": "cloudwatch-logs",
            "LogFormat": "json",
            "DestinationDetails": {"CloudWatchLogsDetails": {"LogGroup": "cache"}},
        }
    ],
}


SAMPLES: tuple[Sample, ...] = (
    Sample(
        "rds-cluster",
        "rds",
        "create_db_cluster",
        lambda w: {
            **_CLUSTER,
            "KmsKeyId": w["key"],
            "VpcSecurityGroupIds": [w["security_group"]],
            "MonitoringRoleArn": w["role"],
            "PerformanceInsightsKMSKeyId": w["key"],
        },
        "describe_db_clusters",
        lambda w, a: {"DBClusterIdentifier": "case"},
        "DBClusters[0]",
        unreturned=(
            "MasterUserPassword",
            "BacktrackWindow",
            "VpcSecurityGroupIds",
            "DBClusterParameterGroupName",
            "DBSubnetGroupName",
            "EnableCloudwatchLogsExports",
            "EnableIAMDatabaseAuthentication",
            "EnablePerformanceInsights",
            "ServerlessV2ScalingConfiguration",
        ),
        shown={
            "DBClusterParameterGroup": "sample-cluster",
            "DBSubnetGroup": "sample-db",
            "MultiAZ": False,
            "EnabledCloudwatchLogsExports": ["postgresql"],
            "IAMDatabaseAuthenticationEnabled": True,
            "PerformanceInsightsEnabled": True,
            "ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 8.0},
        },
    ),
    Sample(
        "rds-instance",
        "rds",
        "create_db_instance",
        lambda w: {
            **_INSTANCE,
            "DBClusterIdentifier": w["db_cluster"],
            "MonitoringRoleArn": w["role"],
            "PerformanceInsightsKMSKeyId": w["key"],
        },
        "describe_db_instances",
        lambda w, a: {"DBInstanceIdentifier": "case-1"},
        "DBInstances[0]",
        unreturned=("EnablePerformanceInsights",),
        shown={"PerformanceInsightsEnabled": True},
    ),
    Sample(
        "rds-global-cluster",
        "rds",
        "create_global_cluster",
        lambda w: {
            "GlobalClusterIdentifier": "estate",
            "Engine": "aurora-postgresql",
            "EngineVersion": "16.6",
            "DeletionProtection": True,
            "StorageEncrypted": True,
            "DatabaseName": "estate",
        },
        "describe_global_clusters",
        lambda w, a: {"GlobalClusterIdentifier": "estate"},
        "GlobalClusters[0]",
    ),
    Sample(
        "rds-parameter-group",
        "rds",
        "create_db_parameter_group",
        lambda w: {
            "DBParameterGroupName": "p",
            "DBParameterGroupFamily": "aurora-postgresql16",
            "Description": "p",
        },
        "describe_db_parameter_groups",
        lambda w, a: {"DBParameterGroupName": "p"},
        "DBParameterGroups[0]",
    ),
    Sample(
        "rds-cluster-parameter-group",
        "rds",
        "create_db_cluster_parameter_group",
        lambda w: {
            "DBClusterParameterGroupName": "p",
            "DBParameterGroupFamily": "aurora-postgresql16",
            "Description": "p",
        },
        "describe_db_cluster_parameter_groups",
        lambda w, a: {"DBClusterParameterGroupName": "p"},
        "DBClusterParameterGroups[0]",
    ),
    Sample(
        "elasticache-replication-group",
        "elasticache",
        "create_replication_group",
        lambda w: {**_REPLICATION_GROUP, "KmsKeyId": w["key"], "SecurityGroupIds": [w["security_group"]]},
        "describe_replication_groups",
        lambda w, a: {"ReplicationGroupId": "sessions"},
        "ReplicationGroups[0]",
        unreturned=(
            "ReplicationGroupDescription",
            "EngineVersion",
            "NumCacheClusters",
            "PreferredCacheClusterAZs",
            "AutomaticFailoverEnabled",
            "MultiAZEnabled",
            "CacheParameterGroupName",
            "CacheSubnetGroupName",
            "PreferredMaintenanceWindow",
            "Port",
            "SecurityGroupIds",
            "LogDeliveryConfigurations",
        ),
        shown={
            "Description": "sessions",
            "AutomaticFailover": "enabled",
            "MultiAZ": "enabled",
            "MemberClusters": ["sessions-001", "sessions-002", "sessions-003"],
            "LogDeliveryConfigurations": [
                {**_REPLICATION_GROUP["LogDeliveryConfigurations"][0], "Status": "active"}
            ],
        },
    ),
    Sample(
        "elasticache-member",
        "elasticache",
        "create_replication_group",
        lambda w: {**_REPLICATION_GROUP, "ReplicationGroupId": "members"},
        "describe_cache_clusters",
        lambda w, a: {"CacheClusterId": "members-002", "ShowCacheNodeInfo": True},
        "CacheClusters[0].{ReplicationGroupId: ReplicationGroupId, CacheNodeType: CacheNodeType, Engine: Engine,"
        " EngineVersion: EngineVersion, Zone: PreferredAvailabilityZone,"
        " SnapshotRetentionLimit: SnapshotRetentionLimit, SnapshotWindow: SnapshotWindow,"
        " PreferredMaintenanceWindow: PreferredMaintenanceWindow, AutoMinorVersionUpgrade: AutoMinorVersionUpgrade,"
        " Group: CacheParameterGroup.CacheParameterGroupName, CacheSubnetGroupName: CacheSubnetGroupName,"
        " TransitEncryptionEnabled: TransitEncryptionEnabled, AtRestEncryptionEnabled: AtRestEncryptionEnabled}",
        unreturned=tuple(
            set(_REPLICATION_GROUP)
            - {
                "CacheNodeType",
                "Engine",
                "SnapshotWindow",
                "PreferredMaintenanceWindow",
                "AutoMinorVersionUpgrade",
                "CacheSubnetGroupName",
                "TransitEncryptionEnabled",
                "AtRestEncryptionEnabled",
                "ReplicationGroupId",
            }
        ),
        shown={"Zone": "eu-west-2b", "Group": "sample-cache", "ReplicationGroupId": "members"},
    ),
    Sample(
        "elasticache-parameter-group",
        "elasticache",
        "create_cache_parameter_group",
        lambda w: {
            "CacheParameterGroupName": "p",
            "CacheParameterGroupFamily": "valkey8",
            "Description": "p",
        },
        "describe_cache_parameter_groups",
        lambda w, a: {"CacheParameterGroupName": "p"},
        "CacheParameterGroups[0]",
    ),
    Sample(
        "backup-vault",
        "backup",
        "create_backup_vault",
        lambda w: {"BackupVaultName": "v", "EncryptionKeyArn": w["key"]},
        "describe_backup_vault",
        lambda w, a: {"BackupVaultName": "v"},
        "@",
    ),
    Sample(
        "backup-plan",
        "backup",
        "create_backup_plan",
        lambda w: {
            "BackupPlan": {
                "BackupPlanName": "p",
                "Rules": [
                    {
                        "RuleName": "daily",
                        "TargetBackupVaultName": w["vault"],
                        "ScheduleExpression": "cron(0 1 * * ? *)",
                        "ScheduleExpressionTimezone": "Europe/London",
                        "StartWindowMinutes": 60,
                        "CompletionWindowMinutes": 180,
                        "EnableContinuousBackup": True,
                        "Lifecycle": {"DeleteAfterDays": 35},
                        "RecoveryPointTags": {"layer": "recovery"},
                        "CopyActions": [
                            {
                                "DestinationBackupVaultArn": "arn:aws:backup:eu-west-2:210987654321:backup-vault:v",
                                "Lifecycle": {"DeleteAfterDays": 35},
                            }
                        ],
                    }
                ],
            }
        },
        "get_backup_plan",
        lambda w, a: {"BackupPlanId": a["BackupPlanId"]},
        "@",
    ),
    Sample(
        "backup-selection",
        "backup",
        "create_backup_selection",
        lambda w: {
            "BackupPlanId": w["plan"],
            "BackupSelection": {
                "SelectionName": "s",
                "IamRoleArn": w["role"],
                "Resources": ["arn:aws:rds:*:*:cluster:*"],
                "ListOfTags": [
                    {"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "daily"}
                ],
            },
        },
        "get_backup_selection",
        lambda w, a: {"BackupPlanId": w["plan"], "SelectionId": a["SelectionId"]},
        "@",
    ),
    Sample(
        "dynamodb-table",
        "dynamodb",
        "create_table",
        lambda w: {
            "TableName": "t",
            "BillingMode": "PAY_PER_REQUEST",
            "DeletionProtectionEnabled": True,
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
            "SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": w["key"]},
            "TableClass": "STANDARD",
        },
        "describe_table",
        lambda w, a: {"TableName": "t"},
        "Table",
        unreturned=("BillingMode", "SSESpecification", "TableClass"),
        shown={"BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}},
    ),
)
