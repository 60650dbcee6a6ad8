"""BucketReplication: what it declares, and what S3 may do with it."""

from typing import Any

from components.bucket_replication import BucketReplication, BucketReplicationArgs
from tests.components.recording import ACCOUNT, Recording, record

CONFIGURATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/rolePolicy:RolePolicy"
BUCKET = "arn:aws:s3:::audit-eu-west-2"
TARGET = "arn:aws:s3:::audit-eu-west-1"
KEY = "arn:aws:kms:eu-west-2:123456789012:key/mrk-audit"
TARGET_KEY = "arn:aws:kms:eu-west-1:123456789012:key/mrk-audit"
TAGS = {"environment": "test", "owner": "exchange-platform"}


def declare(**args: Any) -> Recording:
    given: dict[str, Any] = {
        "bucket_name": "audit-eu-west-2",
        "source_kms_key_arn": KEY,
        "target_bucket_arn": TARGET,
        "target_region": "eu-west-1",
        "target_kms_key_arn": TARGET_KEY,
        "tags": TAGS,
    }
    return record(lambda: BucketReplication("replication", BucketReplicationArgs(**(given | args))))


def statements(recording: Recording) -> dict[str, dict[str, Any]]:
    return {it["Sid"]: it for it in recording.one(POLICY).document("policy")["Statement"]}


def test_a_replication_declares_exactly_these_children() -> None:
    recording = declare()
    assert recording.names == [
        (ROLE, "replication-role"),
        (POLICY, "replication-policy"),
        (CONFIGURATION, "replication-replication"),
        ("estate:data:BucketReplication", "replication"),
    ]
    assert {child.parent for child in recording.resources if not child.is_component} == {"replication"}
    assert recording.untagged(TAGS) == []


def test_every_new_object_and_deletion_is_copied_within_fifteen_minutes_under_the_targets_key() -> None:
    assert dict(declare().one(CONFIGURATION).inputs) == {
        "bucket": "audit-eu-west-2",
        "role": "arn:aws:iam:eu-west-2:123456789012:replication-role",
        "rules": [
            {
                "id": "all",
                "status": "Enabled",
                "priority": 1,
                "filter": {"prefix": ""},
                "deleteMarkerReplication": {"status": "Enabled"},
                "sourceSelectionCriteria": {"sseKmsEncryptedObjects": {"status": "Enabled"}},
                "destination": {
                    "bucket": TARGET,
                    "storageClass": "STANDARD_IA",
                    "encryptionConfiguration": {"replicaKmsKeyId": TARGET_KEY},
                    "metrics": {"status": "Enabled", "eventThreshold": {"minutes": 15}},
                    "replicationTime": {"status": "Enabled", "time": {"minutes": 15}},
                },
            }
        ],
    }


def test_the_role_is_s3s_for_this_account_only() -> None:
    role = declare().one(ROLE)
    assert role.inputs["tags"] == TAGS
    assert role.document("assumeRolePolicy")["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        }
    ]


def test_the_role_reads_one_bucket_and_writes_one_other() -> None:
    recording = declare()
    assert recording.one(POLICY).inputs["role"] == "replication-role"
    assert {
        sid: (it["Effect"], it["Action"], it["Resource"]) for sid, it in statements(recording).items()
    } == {
        "ReadConfiguration": ("Allow", ["s3:GetReplicationConfiguration", "s3:ListBucket"], BUCKET),
        "ReadVersions": (
            "Allow",
            ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"],
            f"{BUCKET}/*",
        ),
        "WriteReplicas": (
            "Allow",
            ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"],
            f"{TARGET}/*",
        ),
        "DecryptSource": ("Allow", ["kms:Decrypt"], KEY),
        "EncryptReplicas": ("Allow", ["kms:Encrypt"], TARGET_KEY),
    }


def test_each_key_serves_s3_in_its_own_region_for_its_own_bucket_only() -> None:
    found = statements(declare())
    assert {sid: found[sid]["Condition"] for sid in ("DecryptSource", "EncryptReplicas")} == {
        "DecryptSource": {
            "StringEquals": {"kms:ViaService": "s3.eu-west-2.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": [BUCKET, f"{BUCKET}/*"]},
        },
        "EncryptReplicas": {
            "StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": [TARGET, f"{TARGET}/*"]},
        },
    }


def test_the_target_region_decides_where_copies_are_encrypted() -> None:
    condition = statements(declare(target_region="eu-central-1"))["EncryptReplicas"]["Condition"]
    assert condition["StringEquals"] == {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}


def test_the_output_is_the_roles_arn() -> None:
    assert dict(declare().component("replication").outputs) == {
        "role_arn": "arn:aws:iam:eu-west-2:123456789012:replication-role"
    }
