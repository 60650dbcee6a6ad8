"""An Aurora PostgreSQL cluster over several zones."""

import pulumi
import pulumi_aws as aws

from components.alarm import Alarm, raise_alarms
from components.client_access import admit_clients, store_security_group
from components.database.alarms import cluster_alarms
from components.database.arguments import DatabaseArgs, check
from components.location import locate
from components.policy import trust_policy
from components.resource_policy import this_account

__all__ = ["Database"]

PORT = 5432
ENGINE = "aurora-postgresql"

# Source: Aurora user guide, "Publishing Aurora PostgreSQL logs" and "IAM database authentication logging".
LOG_EXPORTS = ("iam-db-auth-error", "postgresql")

# What a failover or a switchover of a global database moves. Declaring it again would undo the recovery, or
# replace the cluster. Source: pulumi-aws documentation of `rds.Cluster` (`availability_zones`,
# `replication_source_identifier`) and `rds.GlobalCluster` ("New Global Cluster From Existing DB Cluster").
MOVED_BY_FAILOVER = ["availabilityZones", "globalClusterIdentifier", "replicationSourceIdentifier"]


class Database(pulumi.ComponentResource):
    """A writer and equal readers over the zones, reached with TLS and IAM."""

    cluster_identifier: pulumi.Output[str]
    """Identifier of the cluster."""
    cluster_resource_id: pulumi.Output[str]
    """Immutable id of the cluster, which `rds-db:connect` names."""
    arn: pulumi.Output[str]
    """ARN of the cluster."""
    endpoint: pulumi.Output[str]
    """DNS name of the writer."""
    reader_endpoint: pulumi.Output[str]
    """DNS name of the readers."""
    port: int
    """Port of both endpoints."""
    security_group_id: pulumi.Output[str]
    """Security group of the cluster, for clients that are declared elsewhere."""
    master_secret_arn: pulumi.Output[str | None]
    """Secret of the master user; None where Aurora does not manage it."""
    instance_identifiers: list[pulumi.Output[str]]
    """Identifiers of the instances, in the order in which the zones were dealt."""
    alarm_arns: dict[str, pulumi.Output[str]]
    """ARNs of the alarms by suffix: `cpu`, `memory`, `connections`, `replica-lag`, `deadlocks`, and
    `global-lag` of a secondary."""

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("estate:data:Database", name, None, opts)
        check(args.get("cluster_identifier", name), args)
        self._name = name
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self._tags = dict(args.get("tags", {}))
        self._identifier = args.get("cluster_identifier", name)

        group = self._security_group()
        cluster = self._cluster(group)
        instances = self._instances(cluster)

        self.cluster_identifier = cluster.cluster_identifier
        self.cluster_resource_id = cluster.cluster_resource_id
        self.arn = cluster.arn
        self.endpoint, self.reader_endpoint, self.port = cluster.endpoint, cluster.reader_endpoint, PORT
        self.security_group_id = group.id
        self.master_secret_arn = self._master_secret_arn(cluster)
        self.instance_identifiers = [instance.identifier for instance in instances]
        self.alarm_arns = raise_alarms(self, name, self._alarms(), args.get("alarm_topic_arn"), self._tags)
        self.register_outputs(
            {
                "cluster_identifier": self.cluster_identifier,
                "cluster_resource_id": self.cluster_resource_id,
                "arn": self.arn,
                "endpoint": self.endpoint,
                "reader_endpoint": self.reader_endpoint,
                "port": self.port,
                "security_group_id": self.security_group_id,
                "master_secret_arn": self.master_secret_arn,
                "instance_identifiers": self.instance_identifiers,
                "alarm_arns": self.alarm_arns,
            }
        )

    @property
    def _is_secondary(self) -> bool:
        return "global_cluster_identifier" in self._args

    @property
    def _has_managed_password(self) -> bool:
        return not self._is_secondary and "master_password" not in self._args

    def _security_group(self) -> aws.ec2.SecurityGroup:
        name = f"{self._name}-security-group"
        group = store_security_group(
            self, name, f"PostgreSQL cluster {self._identifier}", self._args["vpc_id"], self._tags
        )
        clients = self._args.get("client_security_group_ids", {})
        admit_clients(self, self._name, group.id, PORT, clients, self._tags)
        return group

    def _cluster(self, group: aws.ec2.SecurityGroup) -> aws.rds.Cluster:
        args = self._args
        is_serverless = args.get("instance_class", "db.serverless") == "db.serverless"
        return aws.rds.Cluster(
            f"{self._name}-cluster",
            cluster_identifier=self._identifier,
            engine=ENGINE,
            engine_version=args.get("engine_version", "17"),
            allow_major_version_upgrade=False,
            availability_zones=list(args["availability_zones"]),
            db_subnet_group_name=self._subnet_group().name,
            db_cluster_parameter_group_name=self._parameter_group().name,
            vpc_security_group_ids=[group.id],
            port=PORT,
            storage_encrypted=True,
            kms_key_id=args["kms_key_arn"],
            iam_database_authentication_enabled=True,
            enabled_cloudwatch_logs_exports=list(LOG_EXPORTS),
            backup_retention_period=args.get("backup_retention_days", 35),
            preferred_backup_window=args.get("backup_window", "01:00-02:00"),
            preferred_maintenance_window=args.get("maintenance_window", "sun:03:00-sun:04:00"),
            copy_tags_to_snapshot=True,
            deletion_protection=args.get("deletion_protection", True),
            skip_final_snapshot=args.get("skip_final_snapshot", False),
            final_snapshot_identifier=f"{self._identifier}-final",
            serverlessv2_scaling_configuration=self._capacity() if is_serverless else None,
            global_cluster_identifier=args.get("global_cluster_identifier"),
            source_region=args.get("source_region"),
            database_name=args.get("database_name"),
            master_username=None if self._is_secondary else args.get("master_username", "master"),
            manage_master_user_password=True if self._has_managed_password else None,
            master_user_secret_kms_key_id=args["kms_key_arn"] if self._has_managed_password else None,
            master_password_wo=args.get("master_password"),
            master_password_wo_version=1 if "master_password" in args else None,
            tags=self._tags,
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=self._log_groups(), ignore_changes=MOVED_BY_FAILOVER
            ),
        )

    def _capacity(self) -> aws.rds.ClusterServerlessv2ScalingConfigurationArgsDict:
        return {
            "min_capacity": self._args.get("minimum_capacity_units", 1),
            "max_capacity": self._args.get("maximum_capacity_units", 16),
        }

    def _subnet_group(self) -> aws.rds.SubnetGroup:
        return aws.rds.SubnetGroup(
            f"{self._name}-subnets",
            description=f"Subnets of {self._identifier}",
            subnet_ids=list(self._args["subnet_ids"]),
            tags=self._tags,
            opts=self._own,
        )

    def _parameter_group(self) -> aws.rds.ClusterParameterGroup:
        major = self._args.get("engine_version", "17").partition(".")[0]
        return aws.rds.ClusterParameterGroup(
            f"{self._name}-parameters",
            family=f"{ENGINE}{major}",
            description=f"Parameters of {self._identifier}",
            parameters=[
                {"name": parameter, "value": value, "apply_method": method}
                for parameter, value, method in self._parameters()
            ],
            tags=self._tags,
            opts=self._own,
        )

    def _parameters(self) -> list[tuple[str, str, str]]:
        """Static parameters wait for a restart, which a person plans. Source: Aurora user guide, "Aurora
        PostgreSQL cluster parameters"."""
        slow = self._args.get("slow_statement_milliseconds", 1_000)
        return [
            ("idle_in_transaction_session_timeout", "60000", "immediate"),
            ("log_connections", "1", "immediate"),
            ("log_disconnections", "1", "immediate"),
            ("log_min_duration_statement", str(slow), "immediate"),
            ("log_statement", "ddl", "immediate"),
            ("max_connections", str(self._args.get("maximum_connections", 1_000)), "pending-reboot"),
            ("pgaudit.log", "ddl,role", "pending-reboot"),
            ("rds.force_ssl", "1", "immediate"),
            ("shared_preload_libraries", "pg_stat_statements,pgaudit", "pending-reboot"),
        ]

    def _log_groups(self) -> list[aws.cloudwatch.LogGroup]:
        """Made before the cluster, which would otherwise make them without key or retention."""
        return [
            aws.cloudwatch.LogGroup(
                f"{self._name}-{export}-log",
                name=f"/aws/rds/cluster/{self._identifier}/{export}",
                kms_key_id=self._args["kms_key_arn"],
                retention_in_days=self._args.get("log_retention_days", 365),
                tags=self._tags,
                opts=self._own,
            )
            for export in LOG_EXPORTS
        ]

    def _instances(self, cluster: aws.rds.Cluster) -> list[aws.rds.ClusterInstance]:
        """The first one made becomes the writer, so the others wait for it."""
        zones = self._args["availability_zones"]
        role = self._monitoring_role()
        made: list[aws.rds.ClusterInstance] = []
        for index in range(self._args.get("instances", len(zones))):
            zone = zones[index % len(zones)]
            made.append(self._instance(index + 1, zone, cluster, role, after=made[:1]))
        return made

    def _instance(
        self,
        number: int,
        zone: str,
        cluster: aws.rds.Cluster,
        monitoring: aws.iam.Role,
        after: list[aws.rds.ClusterInstance],
    ) -> aws.rds.ClusterInstance:
        return aws.rds.ClusterInstance(
            f"{self._name}-instance-{number}",
            identifier=f"{self._identifier}-{number}",
            cluster_identifier=cluster.cluster_identifier,
            engine=aws.rds.EngineType.AURORA_POSTGRESQL,
            instance_class=self._args.get("instance_class", "db.serverless"),
            availability_zone=zone,
            # Equal tiers: any reader may become the writer. Serverless readers of tier 0 and 1 keep the
            # writer's capacity. Source: Aurora user guide, "Choosing the promotion tier".
            promotion_tier=1,
            publicly_accessible=False,
            auto_minor_version_upgrade=True,
            ca_cert_identifier="rds-ca-rsa2048-g1",
            copy_tags_to_snapshot=True,
            monitoring_interval=15,
            monitoring_role_arn=monitoring.arn,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=self._args["kms_key_arn"],
            performance_insights_retention_period=7,
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=after),
        )

    def _monitoring_role(self) -> aws.iam.Role:
        location = locate(self._own)
        role = aws.iam.Role(
            f"{self._name}-monitoring-role",
            description=f"Enhanced monitoring of {self._identifier}.",
            assume_role_policy=trust_policy(
                "monitoring.rds.amazonaws.com", this_account(location.account_id)
            ),
            tags=self._tags,
            opts=self._own,
        )
        aws.iam.RolePolicyAttachment(
            f"{self._name}-monitoring-policy",
            role=role.name,
            policy_arn=pulumi.Output.concat(
                "arn:", location.partition, ":iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
            ),
            opts=self._own,
        )
        return role

    def _master_secret_arn(self, cluster: aws.rds.Cluster) -> pulumi.Output[str | None]:
        if not self._has_managed_password:
            return pulumi.Output.from_input(None)
        return cluster.master_user_secrets.apply(lambda secrets: secrets[0].secret_arn if secrets else None)

    def _alarms(self) -> list[Alarm]:
        alarms = cluster_alarms(self._identifier, self._args)
        return alarms if self._is_secondary else [alarm for alarm in alarms if alarm.suffix != "global-lag"]
