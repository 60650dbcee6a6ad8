"""AuditTrail: CloudTrail with its bucket and log group."""

from typing import Any

from components.audit_trail import AuditTrail, AuditTrailArgs
from tests.components.recording import ACCOUNT, Recording, record

KEY = "arn:aws:kms:eu-west-2:123456789012:key/audit"
TAGS = {"environment": "test"}
TRAIL = "aws:cloudtrail/trail:Trail"
TRAIL_ARN = "arn:aws:cloudtrail:eu-west-2:123456789012:trail/audit"
BUCKET_ARN = "arn:aws:s3:eu-west-2:123456789012:audit-bucket"


def declare(**args: Any) -> Recording:
    given: dict[str, Any] = {"kms_key_arn": KEY, "tags": TAGS}
    return record(lambda: AuditTrail("audit", AuditTrailArgs(**(given | args))))


def test_a_trail_declares_exactly_these_children() -> None:
    recording = declare()
    assert recording.names == [
        (TRAIL, "audit-trail"),
        ("aws:cloudwatch/logGroup:LogGroup", "audit-log"),
        ("aws:iam/role:Role", "audit-log-role"),
        ("aws:iam/rolePolicy:RolePolicy", "audit-log-policy"),
        ("aws:s3/bucket:Bucket", "audit-bucket"),
        ("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "audit-lifecycle"),
        ("aws:s3/bucketNotification:BucketNotification", "audit-notification"),
        ("aws:s3/bucketOwnershipControls:BucketOwnershipControls", "audit-ownership"),
        ("aws:s3/bucketPolicy:BucketPolicy", "audit-policy"),
        ("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "audit-public-access"),
        (
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            "audit-encryption",
        ),
        ("aws:s3/bucketVersioning:BucketVersioning", "audit-versioning"),
        ("aws:sns/topic:Topic", "audit-deliveries-topic"),
        ("aws:sns/topicPolicy:TopicPolicy", "audit-deliveries-policy"),
        ("estate:data:Topic", "audit-deliveries"),
        ("estate:foundation:AuditTrail", "audit"),
    ]
    parents = {child.parent for child in recording.resources if not child.is_component}
    assert parents == {"audit", "audit-deliveries"}
    assert recording.untagged(TAGS) == []


def test_the_trail_covers_all_regions_and_shows_changed_files() -> None:
    trail = declare().one(TRAIL)
    assert dict(trail.inputs) == {
        "cloudWatchLogsGroupArn": "arn:aws:cloudwatch:eu-west-2:123456789012:audit-log:*",
        "cloudWatchLogsRoleArn": "arn:aws:iam:eu-west-2:123456789012:audit-log-role",
        "enableLogFileValidation": True,
        "enableLogging": True,
        "includeGlobalServiceEvents": True,
        "isMultiRegionTrail": True,
        "kmsKeyId": KEY,
        "name": "audit",
        "s3BucketName": "audit-bucket-id",
        "snsTopicName": "audit-trail-deliveries",
        "tags": TAGS,
    }
    assert {"audit-policy", "audit-log-policy", "audit-deliveries-policy"} <= trail.depends_on


def test_only_this_trail_announces_its_log_files() -> None:
    policy = declare().one("aws:sns/topicPolicy:TopicPolicy").document("policy")
    [allowed] = [item for item in policy["Statement"] if item["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
    assert TRAIL_ARN in str(allowed["Condition"])


def test_only_this_trail_writes_to_the_bucket() -> None:
    statements = declare().one("aws:s3/bucketPolicy:BucketPolicy").document("policy")["Statement"]
    assert [item["Sid"] for item in statements if item["Effect"] == "Deny"] == [
        "DenyWithoutTls",
        "DenyOldTls",
        "DenyOtherEncryption",
        "DenyOtherKey",
    ]
    assert [item for item in statements if item["Effect"] == "Allow"] == [
        {
            "Sid": "TrailCheck",
            "Effect": "Allow",
            "Action": ["s3:GetBucketAcl"],
            "Resource": BUCKET_ARN,
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Condition": {"StringEquals": {"aws:SourceArn": TRAIL_ARN}},
        },
        {
            "Sid": "TrailDelivery",
            "Effect": "Allow",
            "Action": ["s3:PutObject"],
            "Resource": f"{BUCKET_ARN}/AWSLogs/{ACCOUNT}/*",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Condition": {
                "StringEquals": {
                    "aws:SourceArn": TRAIL_ARN,
                    "s3:x-amz-acl": "bucket-owner-full-control",
                }
            },
        },
    ]


def test_the_log_role_serves_this_trail_and_writes_its_own_streams_only() -> None:
    recording = declare()
    [trust] = recording.one("aws:iam/role:Role").document("assumeRolePolicy")["Statement"]
    assert trust["Condition"] == {"StringEquals": {"aws:SourceArn": TRAIL_ARN}}
    [statement] = recording.one("aws:iam/rolePolicy:RolePolicy").document("policy")["Statement"]
    assert statement["Resource"] == (
        f"arn:aws:cloudwatch:eu-west-2:123456789012:audit-log:log-stream:{ACCOUNT}_CloudTrail_*"
    )


def test_log_files_are_kept_for_seven_years() -> None:
    [rule] = declare().one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").inputs["rules"]
    assert (rule["expiration"], rule["transitions"]) == (
        {"days": 2_555},
        [{"days": 90, "storageClass": "STANDARD_IA"}],
    )


def test_object_events_are_recorded_beside_the_management_events() -> None:
    trail = declare(object_event_bucket_arns=["arn:aws:s3:::evidence"], insights=["ApiErrorRateInsight"]).one(
        TRAIL
    )
    assert trail.inputs["insightSelectors"] == [{"insightType": "ApiErrorRateInsight"}]
    assert trail.inputs["advancedEventSelectors"] == [
        {
            "name": "Management events",
            "fieldSelectors": [{"field": "eventCategory", "equals": ["Management"]}],
        },
        {
            "name": "Object events",
            "fieldSelectors": [
                {"field": "eventCategory", "equals": ["Data"]},
                {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                {"field": "resources.ARN", "startsWiths": ["arn:aws:s3:::evidence/"]},
            ],
        },
    ]
