"""Database and GlobalDatabase."""

from collections.abc import Mapping
from typing import Any

import pytest

from components.database import Database, DatabaseArgs
from components.exceptions import ComponentError
from components.global_database import GlobalDatabase
from tests.components.recording import ACCOUNT, Recording, record

KEY = "arn:aws:kms:eu-west-2:123456789012:key/case"
TOPIC = "arn:aws:sns:eu-west-2:123456789012:alarms"
TAGS = {"environment": "test", "data-class": "case"}
ZONES = ["eu-west-2a", "eu-west-2b", "eu-west-2c"]
CLUSTER = "aws:rds/cluster:Cluster"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"

# What Aurora answers that the program reads.
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    CLUSTER: {
        "clusterResourceId": "cluster-ABC",
        "endpoint": "case.cluster.example",
        "readerEndpoint": "case.cluster-ro.example",
        "masterUserSecrets": [{"secretArn": "arn:secret", "kmsKeyId": KEY, "secretStatus": "active"}],
    }
}


def declare(**args: Any) -> Recording:
    given: dict[str, Any] = {
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-a", "subnet-b", "subnet-c"],
        "availability_zones": ZONES,
        "kms_key_arn": KEY,
        "tags": TAGS,
    }
    return record(lambda: Database("case", DatabaseArgs(**(given | args))), outputs=ANSWERS)


def test_a_database_declares_exactly_these_children() -> None:
    assert declare().names == [
        ("aws:cloudwatch/logGroup:LogGroup", "case-iam-db-auth-error-log"),
        ("aws:cloudwatch/logGroup:LogGroup", "case-postgresql-log"),
        (ALARM, "case-connections"),
        (ALARM, "case-cpu"),
        (ALARM, "case-deadlocks"),
        (ALARM, "case-memory"),
        (ALARM, "case-replica-lag"),
        ("aws:ec2/securityGroup:SecurityGroup", "case-security-group"),
        ("aws:iam/role:Role", "case-monitoring-role"),
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "case-monitoring-policy"),
        (CLUSTER, "case-cluster"),
        (INSTANCE, "case-instance-1"),
        (INSTANCE, "case-instance-2"),
        (INSTANCE, "case-instance-3"),
        ("aws:rds/clusterParameterGroup:ClusterParameterGroup", "case-parameters"),
        ("aws:rds/subnetGroup:SubnetGroup", "case-subnets"),
        ("estate:data:Database", "case"),
    ]


def test_every_child_is_the_components_and_carries_its_tags() -> None:
    recording = declare(client_security_group_ids={"portal": "sg-portal"})
    assert {child.parent for child in recording.resources if not child.is_component} == {"case"}
    assert recording.untagged(TAGS) == []


def test_the_cluster_has_these_inputs_by_default() -> None:
    assert dict(declare().one(CLUSTER).inputs) == {
        "allowMajorVersionUpgrade": False,
        "availabilityZones": ZONES,
        "backupRetentionPeriod": 35,
        "clusterIdentifier": "case",
        "copyTagsToSnapshot": True,
        "dbClusterParameterGroupName": "case-parameters",
        "dbSubnetGroupName": "case-subnets",
        "deletionProtection": True,
        "enabledCloudwatchLogsExports": ["iam-db-auth-error", "postgresql"],
        "engine": "aurora-postgresql",
        "engineVersion": "17",
        "finalSnapshotIdentifier": "case-final",
        "iamDatabaseAuthenticationEnabled": True,
        "kmsKeyId": KEY,
        "manageMasterUserPassword": True,
        "masterUserSecretKmsKeyId": KEY,
        "masterUsername": "master",
        "port": 5432,
        "preferredBackupWindow": "01:00-02:00",
        "preferredMaintenanceWindow": "sun:03:00-sun:04:00",
        "serverlessv2ScalingConfiguration": {"minCapacity": 1, "maxCapacity": 16},
        "skipFinalSnapshot": False,
        "storageEncrypted": True,
        "tags": TAGS,
        "vpcSecurityGroupIds": ["case-security-group-id"],
    }


def test_each_zone_has_one_instance_and_all_are_equal_in_a_failover() -> None:
    instances = declare().of_type(INSTANCE)
    assert [
        (item.inputs["identifier"], item.inputs["availabilityZone"], item.inputs["promotionTier"])
        for item in instances
    ] == [("case-1", "eu-west-2a", 1), ("case-2", "eu-west-2b", 1), ("case-3", "eu-west-2c", 1)]
    assert dict(instances[0].inputs) == {
        "autoMinorVersionUpgrade": True,
        "availabilityZone": "eu-west-2a",
        "caCertIdentifier": "rds-ca-rsa2048-g1",
        "clusterIdentifier": "case",
        "copyTagsToSnapshot": True,
        "engine": "aurora-postgresql",
        "identifier": "case-1",
        "instanceClass": "db.serverless",
        "monitoringInterval": 15,
        "monitoringRoleArn": "arn:aws:iam:eu-west-2:123456789012:case-monitoring-role",
        "performanceInsightsEnabled": True,
        "performanceInsightsKmsKeyId": KEY,
        "performanceInsightsRetentionPeriod": 7,
        "promotionTier": 1,
        "publiclyAccessible": False,
        "tags": TAGS,
    }


@pytest.mark.parametrize(
    ("instances", "placed"),
    [
        pytest.param(1, [("case-1", "eu-west-2a")], id="one"),
        pytest.param(2, [("case-1", "eu-west-2a"), ("case-2", "eu-west-2b")], id="two"),
        pytest.param(
            4,
            [
                ("case-1", "eu-west-2a"),
                ("case-2", "eu-west-2b"),
                ("case-3", "eu-west-2c"),
                ("case-4", "eu-west-2a"),
            ],
            id="more-than-zones",
        ),
    ],
)
def test_a_number_of_instances_is_dealt_to_the_zones(instances: int, placed: list[tuple[str, str]]) -> None:
    recording = declare(instances=instances)
    assert [
        (item.inputs["identifier"], item.inputs["availabilityZone"]) for item in recording.of_type(INSTANCE)
    ] == placed
    assert recording.one(CLUSTER).inputs["availabilityZones"] == ZONES


def test_a_secondary_may_have_storage_without_compute() -> None:
    recording = declare(instances=0, global_cluster_identifier="case-global")
    assert recording.names_of(INSTANCE) == []


def test_what_a_failover_moves_is_not_put_back() -> None:
    assert declare().one(CLUSTER).ignore_changes == (
        "availabilityZones",
        "globalClusterIdentifier",
        "replicationSourceIdentifier",
    )


def test_the_logs_are_encrypted_before_the_cluster_writes_to_them() -> None:
    recording = declare()
    groups = recording.of_type("aws:cloudwatch/logGroup:LogGroup")
    assert [
        (group.inputs["name"], group.inputs["kmsKeyId"], group.inputs["retentionInDays"]) for group in groups
    ] == [
        ("/aws/rds/cluster/case/iam-db-auth-error", KEY, 365),
        ("/aws/rds/cluster/case/postgresql", KEY, 365),
    ]
    assert {group.name for group in groups} <= recording.one(CLUSTER).depends_on


def test_the_parameters_want_tls_and_log_what_changes_the_schema() -> None:
    group = declare(maximum_connections=300, slow_statement_milliseconds=250).one(
        "aws:rds/clusterParameterGroup:ClusterParameterGroup"
    )
    assert group.inputs["family"] == "aurora-postgresql17"
    assert [(item["name"], item["value"], item["applyMethod"]) for item in group.inputs["parameters"]] == [
        ("idle_in_transaction_session_timeout", "60000", "immediate"),
        ("log_connections", "1", "immediate"),
        ("log_disconnections", "1", "immediate"),
        ("log_min_duration_statement", "250", "immediate"),
        ("log_statement", "ddl", "immediate"),
        ("max_connections", "300", "pending-reboot"),
        ("pgaudit.log", "ddl,role", "pending-reboot"),
        ("rds.force_ssl", "1", "immediate"),
        ("shared_preload_libraries", "pg_stat_statements,pgaudit", "pending-reboot"),
    ]


def test_only_named_clients_reach_the_port_and_the_cluster_reaches_nobody() -> None:
    recording = declare(client_security_group_ids={"portal": "sg-portal", "payments": "sg-payments"})
    group = recording.one("aws:ec2/securityGroup:SecurityGroup")
    assert dict(group.inputs) == {
        "description": "PostgreSQL cluster case",
        "revokeRulesOnDelete": True,
        "tags": {**TAGS, "Name": "case-security-group"},
        "vpcId": "vpc-1",
    }
    rules = recording.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert [(rule.name, dict(rule.inputs)) for rule in rules] == [
        (
            f"case-from-{client}",
            {
                "securityGroupId": "case-security-group-id",
                "referencedSecurityGroupId": f"sg-{client}",
                "ipProtocol": "tcp",
                "fromPort": 5432,
                "toPort": 5432,
                "description": f"{client} to port 5432",
                "tags": {**TAGS, "Name": f"case-from-{client}"},
            },
        )
        for client in ("payments", "portal")
    ]


def test_the_monitoring_role_serves_this_account_only() -> None:
    recording = declare()
    [statement] = recording.one("aws:iam/role:Role").document("assumeRolePolicy")["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "monitoring.rds.amazonaws.com"},
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }
    attachment = recording.one("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    assert attachment.inputs["policyArn"] == (
        "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
    )


def test_the_alarms_watch_the_worst_instance() -> None:
    recording = declare(alarm_topic_arn=TOPIC, maximum_connections=500)
    rows = [
        (
            alarm.inputs["metricName"],
            alarm.inputs["statistic"],
            alarm.inputs["comparisonOperator"],
            alarm.inputs["threshold"],
        )
        for alarm in recording.of_type(ALARM)
    ]
    assert rows == [
        ("DatabaseConnections", "Maximum", "GreaterThanThreshold", 400),
        ("CPUUtilization", "Maximum", "GreaterThanThreshold", 80),
        ("Deadlocks", "Maximum", "GreaterThanThreshold", 0),
        ("FreeableMemory", "Minimum", "LessThanThreshold", 536_870_912),
        ("AuroraReplicaLagMaximum", "Maximum", "GreaterThanThreshold", 1_000),
    ]
    assert {tuple(alarm.inputs["alarmActions"]) for alarm in recording.of_type(ALARM)} == {(TOPIC,)}
    assert {alarm.inputs["dimensions"]["DBClusterIdentifier"] for alarm in recording.of_type(ALARM)} == {
        "case"
    }


def test_a_secondary_has_no_master_and_watches_its_lag() -> None:
    recording = declare(global_cluster_identifier="case-global", source_region="eu-west-2")
    inputs = recording.one(CLUSTER).inputs
    assert (inputs["globalClusterIdentifier"], inputs["sourceRegion"]) == ("case-global", "eu-west-2")
    assert not {
        "databaseName",
        "manageMasterUserPassword",
        "masterPasswordWo",
        "masterUserSecretKmsKeyId",
        "masterUsername",
    } & set(inputs)
    assert recording.one(ALARM, "case-global-lag").inputs["metricName"] == "AuroraGlobalDBReplicationLag"
    assert recording.component("case").outputs.get("master_secret_arn") is None


def test_the_source_of_a_global_database_takes_a_write_only_password() -> None:
    inputs = declare(master_password="from-configuration").one(CLUSTER).inputs
    assert (inputs["masterPasswordWo"], inputs["masterPasswordWoVersion"]) == ("from-configuration", 1)
    assert "manageMasterUserPassword" not in inputs


def test_a_provisioned_class_has_no_serverless_capacity() -> None:
    recording = declare(instance_class="db.r7g.large")
    assert "serverlessv2ScalingConfiguration" not in recording.one(CLUSTER).inputs
    assert {item.inputs["instanceClass"] for item in recording.of_type(INSTANCE)} == {"db.r7g.large"}


def test_the_outputs_say_how_to_connect() -> None:
    outputs = dict(declare().component("case").outputs)
    assert sorted(outputs.pop("alarm_arns")) == ["connections", "cpu", "deadlocks", "memory", "replica-lag"]
    assert outputs == {
        "arn": "arn:aws:rds:eu-west-2:123456789012:case-cluster",
        "cluster_identifier": "case",
        "cluster_resource_id": "cluster-ABC",
        "endpoint": "case.cluster.example",
        "instance_identifiers": ["case-1", "case-2", "case-3"],
        "master_secret_arn": "arn:secret",
        "port": 5432,
        "reader_endpoint": "case.cluster-ro.example",
        "security_group_id": "case-security-group-id",
    }


def test_a_preview_registers_the_same_resources() -> None:
    given: dict[str, Any] = {
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-a", "subnet-b"],
        "availability_zones": ZONES[:2],
        "kms_key_arn": KEY,
    }
    assert (
        record(lambda: Database("case", DatabaseArgs(**given)), preview=True).names
        == record(lambda: Database("case", DatabaseArgs(**given))).names
    )


@pytest.mark.parametrize(
    ("args", "rule"),
    [
        pytest.param({"cluster_identifier": "Case"}, "got 'Case'", id="upper-case"),
        pytest.param({"cluster_identifier": "c" * 62}, "1 to 61", id="name-too-long"),
        pytest.param({"availability_zones": ZONES[:1]}, "two or three different zones", id="one-zone"),
        pytest.param({"availability_zones": [ZONES[0]] * 3}, "two or three different zones", id="same-zone"),
        pytest.param({"subnet_ids": ["subnet-a"]}, "one subnet a zone, got 1 for 3", id="too-few-subnets"),
        pytest.param({"instances": 0}, "1 to 16 instances, got 0", id="primary-without-compute"),
        pytest.param({"instances": 17}, "1 to 16 instances, got 17", id="too-many-instances"),
        pytest.param({"backup_retention_days": 36}, "1 to 35 days, got 36", id="backups-too-long"),
        pytest.param({"engine_version": "latest"}, "got 'latest'", id="no-version"),
        pytest.param(
            {"global_cluster_identifier": "case-global", "database_name": "estate"},
            "takes database and master user from its primary",
            id="secondary-with-a-database",
        ),
    ],
)
def test_an_impossible_setting_is_refused(args: dict[str, Any], rule: str) -> None:
    with pytest.raises(ComponentError, match=rule):
        declare(**args)


def test_a_global_database_grows_around_its_primary() -> None:
    recording = record(
        lambda: GlobalDatabase("case-global", {"source_cluster_arn": "arn:primary", "tags": TAGS})
    )
    assert recording.names == [
        ("aws:rds/globalCluster:GlobalCluster", "case-global-global-cluster"),
        ("estate:data:GlobalDatabase", "case-global"),
    ]
    cluster = recording.one("aws:rds/globalCluster:GlobalCluster")
    assert dict(cluster.inputs) == {
        "deletionProtection": True,
        "forceDestroy": True,
        "globalClusterIdentifier": "case-global",
        "sourceDbClusterIdentifier": "arn:primary",
        "tags": TAGS,
    }
    assert cluster.ignore_changes == ("sourceDbClusterIdentifier",)
