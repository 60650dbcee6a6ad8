"""Single faults, each with the check that has to find it and the resource at which it does."""

import json
from dataclasses import dataclass
from typing import Any

__all__ = ["ABSENT", "FAULTS", "Fault"]

ABSENT: Any = {"absent": True}
"""The change by which a resource is missing."""

ANYBODY = "0.0.0.0/0"
EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)


@dataclass(frozen=True)
class Fault:
    """Attributes:
    area: the component in which it is.
    of: the resource that is changed.
    change: its changed arguments.
    check: finds it.
    at: the name of the resource that fails, where it is another than the changed one.
    line: the name of the mark in the area's file at the line of the resource that fails, where it is not `at`.
    """

    area: str
    of: str
    change: Any
    check: str
    at: str = ""
    line: str = ""

    @property
    def failing(self) -> str:
        return self.at or self.of

    @property
    def mark(self) -> str:
        return self.line or self.failing


def _statement(**changed: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **changed}]})


_CONTAINER = json.dumps([{"name": "app", "image": "app@sha256:0", "readonlyRootFilesystem": False}])

FAULTS = {
    # compute
    "instance-metadata-v1": Fault(
        "compute", "instance", {"metadata_options": {"http_tokens": "optional"}}, "CKV_AWS_79"
    ),
    "instance-public": Fault("compute", "instance", {"associate_public_ip_address": True}, "CKV_AWS_88"),
    "instance-plain-disk": Fault(
        "compute", "instance", {"root_block_device": {"encrypted": False}}, "CKV_AWS_8"
    ),
    "instance-not-watched": Fault("compute", "instance", {"monitoring": False}, "CKV_AWS_126"),
    "instance-without-role": Fault("compute", "instance", {"iam_instance_profile": None}, "CKV2_AWS_41"),
    "template-metadata-hops": Fault(
        "compute",
        "launch-template",
        {"metadata_options": {"http_tokens": "required", "http_put_response_hop_limit": 3}},
        "CKV_AWS_341",
    ),
    "cluster-without-insights": Fault(
        "compute", "cluster", {"settings": [{"name": "containerInsights", "value": "disabled"}]}, "CKV_AWS_65"
    ),
    "container-writes": Fault(
        "compute", "task-definition", {"container_definitions": _CONTAINER}, "CKV_AWS_336"
    ),
    "volume-in-the-clear": Fault(
        "compute",
        "task-definition",
        {"volumes": [{"name": "shared", "efs_volume_configuration": {"file_system_id": "fs-0123"}}]},
        "CKV_AWS_97",
    ),
    "service-public": Fault(
        "compute",
        "service",
        {"network_configuration": {"subnets": ["subnet-1"], "assign_public_ip": True}},
        "CKV_AWS_333",
    ),
    "function-not-traced": Fault("compute", "function", {"tracing_config": None}, "CKV_AWS_50"),
    "function-outside-vpc": Fault("compute", "function", {"vpc_config": None}, "CKV_AWS_117"),
    "function-plain-environment": Fault("compute", "function", {"kms_key_arn": None}, "CKV_AWS_173"),
    "function-hard-coded-key": Fault(
        "compute",
        "function",
        {"environment": {"variables": {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"}}},
        "CKV_AWS_45",
    ),
    "function-for-anybody": Fault("compute", "function-permission", {"source_arn": None}, "CKV_AWS_364"),
    # network
    "vpc-not-logged": Fault("network", "flow-log", ABSENT, "CKV2_AWS_11", at="vpc"),
    "vpc-open-default-group": Fault("network", "default-group", ABSENT, "CKV2_AWS_12", at="vpc"),
    "subnet-gives-public-addresses": Fault(
        "network", "subnet-b", {"map_public_ip_on_launch": True}, "CKV_AWS_130", line="subnet"
    ),
    "acl-without-subnets": Fault("network", "network-acl", {"subnet_ids": None}, "CKV2_AWS_1"),
    "group-open-to-ssh": Fault(
        "network",
        "security-group",
        {
            "ingress": [
                {
                    "description": "SSH",
                    "protocol": "tcp",
                    "from_port": 22,
                    "to_port": 22,
                    "cidr_blocks": [ANYBODY],
                }
            ]
        },
        "CKV_AWS_24",
    ),
    "rule-open-to-ssh": Fault("network", "ingress-rule", {"cidr_ipv4": ANYBODY}, "CKV_AWS_24"),
    "rule-open-to-remote-desktop": Fault(
        "network",
        "ingress-rule",
        {"cidr_ipv4": ANYBODY, "from_port": 3389, "to_port": 3389},
        "CKV_AWS_25",
    ),
    "rule-not-described": Fault("network", "ingress-rule", {"description": None}, "CKV_AWS_23"),
    "group-not-attached": Fault("network", "attachment", ABSENT, "CKV2_AWS_5", at="security-group"),
    "balancer-not-logged": Fault("network", "load-balancer", {"access_logs": None}, "CKV_AWS_91"),
    "balancer-keeps-invalid-headers": Fault(
        "network", "load-balancer", {"drop_invalid_header_fields": False}, "CKV_AWS_131"
    ),
    "listener-plain": Fault("network", "listener", {"protocol": "HTTP", "port": 80}, "CKV_AWS_2"),
    "listener-old-tls": Fault(
        "network", "listener", {"ssl_policy": "ELBSecurityPolicy-2016-08"}, "CKV_AWS_103"
    ),
    "target-not-checked": Fault("network", "target-group", {"health_check": None}, "CKV_AWS_261"),
    # storage
    "bucket-public-policy": Fault(
        "storage",
        "bucket-policy",
        {"policy": _statement(Principal="*", Action="s3:GetObject", Resource="arn:aws:s3:::letters/*")},
        "CKV_AWS_70",
    ),
    "bucket-without-block": Fault(
        "storage", "letters-public-access", ABSENT, "CKV2_AWS_6", at="letters-bucket", line="bucket"
    ),
    "bucket-lets-acls-in": Fault(
        "storage",
        "records-public-access",
        {"block_public_acls": False},
        "CKV_AWS_53",
        line="public-access",
    ),
    "bucket-not-versioned": Fault(
        "storage", "letters-versioning", ABSENT, "CKV_AWS_21", at="letters-bucket", line="bucket"
    ),
    "bucket-not-logged": Fault(
        "storage", "records-logging", ABSENT, "CKV_AWS_18", at="records-bucket", line="bucket"
    ),
    "bucket-provider-key": Fault(
        "storage",
        "letters-encryption",
        {"rules": [{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}]},
        "CKV_AWS_145",
        at="letters-bucket",
        line="bucket",
    ),
    "bucket-kept-for-ever": Fault(
        "storage", "letters-lifecycle", ABSENT, "CKV2_AWS_61", at="letters-bucket", line="bucket"
    ),
    "bucket-not-copied": Fault(
        "storage", "records-replication", ABSENT, "CKV_AWS_144", at="records-bucket", line="bucket"
    ),
    "volume-plain": Fault("storage", "volume", {"encrypted": False}, "CKV_AWS_3"),
    "file-system-plain": Fault("storage", "file-system", {"encrypted": False}, "CKV_AWS_42"),
    "vault-provider-key": Fault("storage", "vault", {"kms_key_arn": None}, "CKV_AWS_166"),
    # database
    "aurora-plain": Fault("database", "aurora", {"storage_encrypted": False}, "CKV_AWS_96"),
    "aurora-can-be-deleted": Fault("database", "aurora", {"deletion_protection": False}, "CKV_AWS_139"),
    "aurora-instance-not-watched": Fault(
        "database", "aurora-1", {"monitoring_interval": 0}, "CKV_AWS_118", line="cluster-instance"
    ),
    "postgres-public": Fault("database", "postgres", {"publicly_accessible": True}, "CKV_AWS_17"),
    "postgres-in-one-zone": Fault("database", "postgres", {"multi_az": False}, "CKV_AWS_157"),
    "table-without-recovery": Fault(
        "database", "table", {"point_in_time_recovery": {"enabled": False}}, "CKV_AWS_28"
    ),
    "table-provider-key": Fault("database", "table", {"server_side_encryption": None}, "CKV_AWS_119"),
    "cache-in-the-clear": Fault("database", "cache", {"transit_encryption_enabled": False}, "CKV_AWS_30"),
    # keys
    "key-never-rotated": Fault("keys", "key", {"enable_key_rotation": False}, "CKV_AWS_7"),
    "key-for-anybody": Fault(
        "keys",
        "key",
        {"policy": _statement(Principal={"AWS": "*"}, Action="kms:*", Resource="*")},
        "CKV_AWS_33",
    ),
    "key-without-policy": Fault("keys", "key", {"policy": None}, "CKV2_AWS_64"),
    "secret-provider-key": Fault("keys", "secret", {"kms_key_id": None}, "CKV_AWS_149"),
    "secret-never-rotated": Fault("keys", "rotation", ABSENT, "CKV2_AWS_57", at="secret"),
    "parameter-readable": Fault("keys", "parameter", {"type": "String"}, "CKV2_AWS_34"),
    "log-kept-briefly": Fault("keys", "log-group", {"retention_in_days": 7}, "CKV_AWS_338"),
    "trail-can-be-forged": Fault("keys", "trail", {"enable_log_file_validation": False}, "CKV_AWS_36"),
    # identity
    "policy-allows-everything": Fault("identity", "policy", {"policy": EVERYTHING}, "CKV_AWS_62"),
    "role-policy-escalates": Fault(
        "identity", "role-policy", {"policy": _statement(Action="iam:*", Resource="*")}, "CKV_AWS_286"
    ),
    "role-for-anybody": Fault(
        "identity",
        "role",
        {"assume_role_policy": _statement(Principal={"AWS": "*"}, Action="sts:AssumeRole")},
        "CKV_AWS_60",
    ),
    "administrator": Fault(
        "identity",
        "attachment",
        {"policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"},
        "CKV_AWS_274",
    ),
    "short-passwords": Fault("identity", "password-policy", {"minimum_password_length": 8}, "CKV_AWS_10"),
    "role-for-an-account": Fault(
        "identity",
        "role",
        {
            "assume_role_policy": _statement(
                Principal={"AWS": "arn:aws:iam::123456789012:root"}, Action="sts:AssumeRole"
            )
        },
        "CKV_AWS_61",
    ),
    "policy-rules-identity": Fault(
        "identity", "policy", {"policy": _statement(Action="iam:*", Resource="*")}, "CKV2_AWS_40"
    ),
    # messaging
    "queue-plain": Fault(
        "messaging", "queue", {"kms_master_key_id": None, "sqs_managed_sse_enabled": False}, "CKV_AWS_27"
    ),
    "queue-for-anybody": Fault(
        "messaging", "queue-principal", {"AWS": "*"}, "CKV_AWS_168", at="queue-policy"
    ),
    "topic-plain": Fault("messaging", "topic", {"kms_master_key_id": None}, "CKV_AWS_26"),
    "stream-plain": Fault("messaging", "stream", {"encryption_type": "NONE"}, "CKV_AWS_43"),
    "delivery-plain": Fault("messaging", "delivery", {"server_side_encryption": None}, "CKV_AWS_240"),
    # edge
    "edge-not-logged": Fault("edge", "distribution", {"logging_config": None}, "CKV_AWS_86"),
    "edge-plain": Fault(
        "edge", "behaviour", {"viewer_protocol_policy": "allow-all"}, "CKV_AWS_34", at="distribution"
    ),
    "edge-old-tls": Fault(
        "edge",
        "distribution",
        {
            "viewer_certificate": {
                "acm_certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/0",
                "ssl_support_method": "sni-only",
                "minimum_protocol_version": "TLSv1",
            }
        },
        "CKV_AWS_174",
    ),
    "edge-without-firewall": Fault("edge", "distribution", {"web_acl_id": None}, "CKV_AWS_68"),
    "edge-one-origin": Fault("edge", "distribution", {"origin_groups": None}, "CKV_AWS_310"),
    "firewall-not-logged": Fault("edge", "acl-logging", ABSENT, "CKV2_AWS_31", at="acl"),
    "firewall-without-known-inputs": Fault("edge", "acl", {"rules": []}, "CKV_AWS_192"),
    "stage-not-traced": Fault("edge", "stage", {"xray_tracing_enabled": False}, "CKV_AWS_73"),
    "stage-not-logged": Fault("edge", "stage", {"access_log_settings": None}, "CKV_AWS_76"),
    "api-old-tls": Fault("edge", "domain", {"security_policy": "TLS_1_0"}, "CKV_AWS_206"),
    # two components with children of the same name
    "one-namesake-plain": Fault(
        "namesakes",
        "archive-inbox",
        {"kms_master_key_id": None, "sqs_managed_sse_enabled": False},
        "CKV_AWS_27",
        at="inbox",
        line="archive-inbox",
    ),
    "other-namesake-plain": Fault(
        "namesakes",
        "intake-inbox",
        {"kms_master_key_id": None, "sqs_managed_sse_enabled": False},
        "CKV_AWS_27",
        at="inbox",
        line="intake-inbox",
    ),
}
"""By name."""
