"""DocumentStore and LogBucket."""

from typing import Any

import pytest

from components.document_store import DocumentStore, DocumentStoreArgs
from components.exceptions import ComponentError
from components.log_bucket import LogBucket, LogBucketArgs
from tests.components.recording import ACCOUNT, Recording, record

KEY = "arn:aws:kms:eu-west-2:123456789012:key/documents"
COPY_KEY = "arn:aws:kms:eu-west-1:123456789012:key/documents"
COPY = "arn:aws:s3:::evidence-copy"
COPIED = "arn:aws:s3:::evidence-bucket-id"
TAGS = {"environment": "test"}
BUCKET = "arn:aws:s3:eu-west-2:123456789012:evidence-bucket"


def declare(**args: Any) -> Recording:
    given: dict[str, Any] = {"kms_key_arn": KEY, "tags": TAGS}
    return record(lambda: DocumentStore("evidence", DocumentStoreArgs(**(given | args))))


def log_bucket(**args: Any) -> Recording:
    given: dict[str, Any] = {"sources": ["load-balancer", "s3-access"], "tags": TAGS}
    return record(lambda: LogBucket("logs", LogBucketArgs(**(given | args))))


def test_a_document_store_declares_exactly_these_children() -> None:
    recording = declare()
    assert recording.names == [
        ("aws:s3/bucket:Bucket", "evidence-bucket"),
        (
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            "evidence-lifecycle",
        ),
        ("aws:s3/bucketNotification:BucketNotification", "evidence-notification"),
        ("aws:s3/bucketOwnershipControls:BucketOwnershipControls", "evidence-ownership"),
        ("aws:s3/bucketPolicy:BucketPolicy", "evidence-policy"),
        ("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "evidence-public-access"),
        (
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            "evidence-encryption",
        ),
        ("aws:s3/bucketVersioning:BucketVersioning", "evidence-versioning"),
        ("estate:data:DocumentStore", "evidence"),
    ]
    assert {child.parent for child in recording.resources if not child.is_component} == {"evidence"}
    assert recording.untagged(TAGS) == []


def test_what_is_done_to_objects_is_announced_to_event_bridge() -> None:
    notification = declare().one("aws:s3/bucketNotification:BucketNotification")
    assert dict(notification.inputs) == {"bucket": "evidence-bucket-id", "eventbridge": True}


def test_the_bucket_is_private_versioned_and_encrypted_with_the_key() -> None:
    recording = declare()
    assert dict(recording.one("aws:s3/bucket:Bucket").inputs) == {"forceDestroy": False, "tags": TAGS}
    assert dict(recording.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs) == {
        "bucket": "evidence-bucket-id",
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    }
    ownership = recording.one("aws:s3/bucketOwnershipControls:BucketOwnershipControls")
    assert ownership.inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    versioning = recording.one("aws:s3/bucketVersioning:BucketVersioning")
    assert versioning.inputs["versioningConfiguration"] == {"status": "Enabled"}
    encryption = recording.one(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    )
    assert encryption.inputs["rules"] == [
        {
            "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY},
            "bucketKeyEnabled": True,
        }
    ]


def test_the_policy_refuses_plain_text_old_tls_and_other_keys() -> None:
    policy = declare().one("aws:s3/bucketPolicy:BucketPolicy").document("policy")
    key_header = "s3:x-amz-server-side-encryption-aws-kms-key-id"
    assert [
        (item["Sid"], item["Effect"], item["Resource"], item["Condition"]) for item in policy["Statement"]
    ] == [
        ("DenyWithoutTls", "Deny", [BUCKET, f"{BUCKET}/*"], {"Bool": {"aws:SecureTransport": "false"}}),
        ("DenyOldTls", "Deny", [BUCKET, f"{BUCKET}/*"], {"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
        (
            "DenyOtherEncryption",
            "Deny",
            f"{BUCKET}/*",
            {
                "Null": {"s3:x-amz-server-side-encryption": "false"},
                "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"},
            },
        ),
        (
            "DenyOtherKey",
            "Deny",
            f"{BUCKET}/*",
            {"Null": {key_header: "false"}, "StringNotEquals": {key_header: KEY}},
        ),
    ]


def test_objects_get_cheaper_and_old_versions_go() -> None:
    lifecycle = declare(expire_after_days=400).one(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    )
    assert lifecycle.inputs["rules"] == [
        {
            "id": "age",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
            "noncurrentVersionExpiration": {"noncurrentDays": 90},
            "transitions": [{"days": 90, "storageClass": "STANDARD_IA"}],
            "expiration": {"days": 400},
        }
    ]
    assert "evidence-versioning" in lifecycle.depends_on


def test_without_an_age_documents_do_not_expire() -> None:
    lifecycle = declare().one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
    assert "expiration" not in lifecycle.inputs["rules"][0]


def test_what_expires_before_it_would_move_to_a_cheaper_class_never_moves() -> None:
    for days, moves in ((90, False), (91, True)):
        lifecycle = declare(expire_after_days=days).one(
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
        )
        [rule] = lifecycle.inputs["rules"]
        assert (rule["expiration"], "transitions" in rule) == ({"days": days}, moves)


def test_accesses_are_logged_to_the_given_bucket() -> None:
    logging = declare(log_bucket_name="logs").one("aws:s3/bucketLogging:BucketLogging")
    assert dict(logging.inputs) == {
        "bucket": "evidence-bucket-id",
        "targetBucket": "logs",
        "targetPrefix": "evidence-bucket-id/",
        "targetObjectKeyFormat": {"partitionedPrefix": {"partitionDateSource": "EventTime"}},
    }


def test_replication_copies_encrypted_objects_and_deletions_within_fifteen_minutes() -> None:
    recording = declare(replication={"bucket_arn": COPY, "kms_key_arn": COPY_KEY, "region": "eu-west-1"})
    config = recording.one("aws:s3/bucketReplicationConfig:BucketReplicationConfig")
    assert config.inputs["rules"] == [
        {
            "id": "all",
            "status": "Enabled",
            "priority": 1,
            "filter": {"prefix": ""},
            "deleteMarkerReplication": {"status": "Enabled"},
            "sourceSelectionCriteria": {"sseKmsEncryptedObjects": {"status": "Enabled"}},
            "destination": {
                "bucket": COPY,
                "storageClass": "STANDARD_IA",
                "encryptionConfiguration": {"replicaKmsKeyId": COPY_KEY},
                "metrics": {"status": "Enabled", "eventThreshold": {"minutes": 15}},
                "replicationTime": {"status": "Enabled", "time": {"minutes": 15}},
            },
        }
    ]
    assert "evidence-versioning" in config.depends_on


def test_the_replication_role_reads_one_bucket_and_writes_one_other() -> None:
    recording = declare(replication={"bucket_arn": COPY, "kms_key_arn": COPY_KEY, "region": "eu-west-1"})
    statements = recording.one("aws:iam/rolePolicy:RolePolicy").document("policy")["Statement"]
    assert [(item["Sid"], item["Action"], item["Resource"]) for item in statements] == [
        ("ReadConfiguration", ["s3:GetReplicationConfiguration", "s3:ListBucket"], COPIED),
        (
            "ReadVersions",
            ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"],
            f"{COPIED}/*",
        ),
        ("WriteReplicas", ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"], f"{COPY}/*"),
        ("DecryptSource", ["kms:Decrypt"], KEY),
        ("EncryptReplicas", ["kms:Encrypt"], COPY_KEY),
    ]
    assert [item["Condition"]["StringEquals"]["kms:ViaService"] for item in statements[3:]] == [
        "s3.eu-west-2.amazonaws.com",
        "s3.eu-west-1.amazonaws.com",
    ]
    [trust] = recording.one("aws:iam/role:Role").document("assumeRolePolicy")["Statement"]
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_an_object_lock_is_set_when_the_bucket_is_made() -> None:
    recording = declare(object_lock={"mode": "COMPLIANCE", "retention_days": 30})
    assert recording.one("aws:s3/bucket:Bucket").inputs["objectLockEnabled"] is True
    lock = recording.one("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
    assert lock.inputs["rule"] == {"defaultRetention": {"mode": "COMPLIANCE", "days": 30}}


@pytest.mark.parametrize(
    ("args", "rule"),
    [
        pytest.param({"infrequent_access_after_days": 29}, "30 days at the earliest, got 29", id="too-soon"),
        pytest.param(
            {"infrequent_access_after_days": 90, "expire_after_days": 90},
            r"\(90 days\), got 90",
            id="expires-before-it-moves",
        ),
        pytest.param(
            {"object_lock": {"mode": "GOVERNANCE", "retention_days": 0}}, "a day, got 0", id="no-lock"
        ),
    ],
)
def test_an_impossible_setting_is_refused(args: dict[str, Any], rule: str) -> None:
    with pytest.raises(ComponentError, match=rule):
        declare(**args)


def test_a_log_bucket_uses_the_only_encryption_that_log_delivery_takes() -> None:
    encryption = log_bucket().one(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    )
    assert encryption.inputs["rules"] == [
        {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}, "bucketKeyEnabled": False}
    ]


def test_a_log_bucket_admits_its_sources_for_this_account_and_nobody_else() -> None:
    recording = log_bucket(sources=["load-balancer", "s3-access", "vended-logs"])
    statements = recording.one("aws:s3/bucketPolicy:BucketPolicy").document("policy")["Statement"]
    bucket = "arn:aws:s3:eu-west-2:123456789012:logs-bucket"
    assert [item["Sid"] for item in statements[:2]] == ["DenyWithoutTls", "DenyOldTls"]
    assert [
        (item["Sid"], item["Action"], item["Resource"], item["Principal"]["Service"])
        for item in statements[2:]
    ] == [
        (
            "LoadBalancerLogs",
            ["s3:PutObject"],
            f"{bucket}/*",
            "logdelivery.elasticloadbalancing.amazonaws.com",
        ),
        ("S3AccessLogs", ["s3:PutObject"], f"{bucket}/*", "logging.s3.amazonaws.com"),
        ("VendedLogsCheck", ["s3:GetBucketAcl"], bucket, "delivery.logs.amazonaws.com"),
        (
            "VendedLogs",
            ["s3:PutObject"],
            f"{bucket}/AWSLogs/{ACCOUNT}/*",
            "delivery.logs.amazonaws.com",
        ),
    ]
    assert {item["Condition"]["StringEquals"]["aws:SourceAccount"] for item in statements[2:]} == {ACCOUNT}


def test_a_log_bucket_needs_a_source() -> None:
    with pytest.raises(ComponentError, match="at least one source, got none"):
        log_bucket(sources=[])
