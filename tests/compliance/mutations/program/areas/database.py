"""Relational, key-value and cache."""

import pulumi_aws as aws

from tests.compliance.mutations.program.areas.given import Area, given

__all__ = ["Database"]

KEY = "arn:aws:kms:eu-west-2:123456789012:key/00000000-0000-0000-0000-000000000000"
ROLE = "arn:aws:iam::123456789012:role/monitoring"


class Database(Area):
    def build(self) -> None:
        cluster = aws.rds.Cluster(  # at: aurora
            "aurora",
            **given(
                "aurora",
                engine="aurora-postgresql",
                storage_encrypted=True,
                kms_key_id=KEY,
                deletion_protection=True,
                iam_database_authentication_enabled=True,
                copy_tags_to_snapshot=True,
                backup_retention_period=7,
                enabled_cloudwatch_logs_exports=["postgresql"],
                manage_master_user_password=True,
                master_username="root",
            ),
            opts=self.child,
        )
        for number in range(2):
            aws.rds.ClusterInstance(  # at: cluster-instance
                f"aurora-{number}",
                **given(
                    f"aurora-{number}",
                    cluster_identifier=cluster.id,
                    engine="aurora-postgresql",
                    instance_class="db.r6g.large",
                    auto_minor_version_upgrade=True,
                    monitoring_interval=60,
                    monitoring_role_arn=ROLE,
                    performance_insights_enabled=True,
                    performance_insights_kms_key_id=KEY,
                    publicly_accessible=False,
                ),
                opts=self.child,
            )
        aws.rds.Instance(  # at: postgres
            "postgres",
            **given(
                "postgres",
                engine="postgres",
                instance_class="db.t4g.medium",
                allocated_storage=20,
                storage_encrypted=True,
                kms_key_id=KEY,
                publicly_accessible=False,
                multi_az=True,
                deletion_protection=True,
                auto_minor_version_upgrade=True,
                iam_database_authentication_enabled=True,
                monitoring_interval=60,
                monitoring_role_arn=ROLE,
                performance_insights_enabled=True,
                performance_insights_kms_key_id=KEY,
                enabled_cloudwatch_logs_exports=["postgresql"],
                copy_tags_to_snapshot=True,
                backup_retention_period=7,
                ca_cert_identifier="rds-ca-rsa2048-g1",
            ),
            opts=self.child,
        )
        aws.dynamodb.Table(  # at: table
            "table",
            **given(
                "table",
                hash_key="id",
                billing_mode="PAY_PER_REQUEST",
                attributes=[{"name": "id", "type": "S"}],
                point_in_time_recovery={"enabled": True},
                server_side_encryption={"enabled": True, "kms_key_arn": KEY},
                deletion_protection_enabled=True,
            ),
            opts=self.child,
        )
        aws.elasticache.ReplicationGroup(  # at: cache
            "cache",
            **given(
                "cache",
                description="Sessions",
                engine="valkey",
                node_type="cache.t4g.small",
                num_cache_clusters=2,
                automatic_failover_enabled=True,
                multi_az_enabled=True,
                at_rest_encryption_enabled=True,
                transit_encryption_enabled=True,
                auth_token="placeholder-of-a-token",
                kms_key_id=KEY,
            ),
            opts=self.child,
        )
