"""Samples of S3: a bucket, and each resource that configures one."""

from tests.twin.aws.sample import Ref, Sample

BUCKET = Sample(
    "aws:s3/bucket:Bucket",
    {"forceDestroy": True},
    changes={"forceDestroy": False},
    outputs=(
        "arn",
        "bucket",
        "bucketDomainName",
        "bucketRegion",
        "bucketRegionalDomainName",
        "hostedZoneId",
    ),
)
LOCKED_BUCKET = Sample("aws:s3/bucket:Bucket", {"objectLockEnabled": True}, outputs=("arn",), label="locked")
OF_BUCKET = {"bucket": BUCKET}

VERSIONING = Sample(
    "aws:s3/bucketVersioning:BucketVersioning",
    {"bucket": Ref("bucket"), "versioningConfiguration": {"status": "Enabled"}},
    needs=OF_BUCKET,
)
ENCRYPTION = Sample(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    {
        "bucket": Ref("bucket"),
        "rules": [
            {
                "applyServerSideEncryptionByDefault": {
                    "sseAlgorithm": "aws:kms",
                    "kmsMasterKeyId": "arn:aws:kms:eu-west-2:123456789012:key/1",
                },
                "bucketKeyEnabled": True,
            }
        ],
    },
    needs=OF_BUCKET,
    changes={"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]},
)
PUBLIC_ACCESS = Sample(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    {
        "bucket": Ref("bucket"),
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    },
    needs=OF_BUCKET,
    changes={"restrictPublicBuckets": False},
)
POLICY = Sample(
    "aws:s3/bucketPolicy:BucketPolicy",
    {
        "bucket": Ref("bucket"),
        "policy": '{"Version":"2012-10-17","Statement":[{"Sid":"Logs","Effect":"Allow","Principal":'
        '{"Service":"logging.s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::logs/*"}]}',
    },
    needs=OF_BUCKET,
)
LIFECYCLE = Sample(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    {
        "bucket": Ref("bucket"),
        "rules": [
            {
                "id": "old-documents",
                "status": "Enabled",
                "filter": {"prefix": "documents/"},
                "transitions": [{"days": 90, "storageClass": "GLACIER_IR"}],
                "expiration": {"days": 2555},
                "noncurrentVersionExpiration": {"noncurrentDays": 30},
                "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
            }
        ],
    },
    needs=OF_BUCKET,
    changes={
        "rules": [{"id": "all", "status": "Enabled", "filter": {"prefix": ""}, "expiration": {"days": 365}}]
    },
)
LOGGING = Sample(
    "aws:s3/bucketLogging:BucketLogging",
    {"bucket": Ref("bucket"), "targetBucket": Ref("logs"), "targetPrefix": "access/"},
    needs={
        **OF_BUCKET,
        "logs": Sample(
            "aws:s3/bucket:Bucket", {"bucket": "estate-access-logs", "forceDestroy": True}, label="logs"
        ),
        "delivery": Sample(
            "aws:s3/bucketPolicy:BucketPolicy",
            {
                "bucket": Ref("logs"),
                "policy": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":'
                '"logging.s3.amazonaws.com"},"Action":["s3:PutObject"],"Resource":"arn:aws:s3:::estate-access-logs/*"}]}',
            },
        ),
    },
    changes={"targetPrefix": "s3/"},
)
OWNERSHIP = Sample(
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    {"bucket": Ref("bucket"), "rule": {"objectOwnership": "BucketOwnerEnforced"}},
    needs=OF_BUCKET,
    changes={"rule": {"objectOwnership": "BucketOwnerPreferred"}},
)
REPLICATION = Sample(
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    {
        "bucket": Ref("versions", "bucket"),
        "role": "arn:aws:iam::123456789012:role/replication",
        "rules": [
            {
                "id": "all",
                "status": "Enabled",
                "priority": 1,
                "filter": {"prefix": ""},
                "deleteMarkerReplication": {"status": "Enabled"},
                "sourceSelectionCriteria": {"sseKmsEncryptedObjects": {"status": "Enabled"}},
                "destination": {
                    "bucket": Ref("copy", "arn"),
                    "storageClass": "STANDARD_IA",
                    "encryptionConfiguration": {
                        "replicaKmsKeyId": "arn:aws:kms:eu-west-1:123456789012:key/1"
                    },
                },
            }
        ],
    },
    needs={
        **OF_BUCKET,
        "versions": VERSIONING,
        "copy": Sample("aws:s3/bucket:Bucket", {}, label="copy", region="eu-west-1"),
        "copies": Sample(
            "aws:s3/bucketVersioning:BucketVersioning",
            {"bucket": Ref("copy"), "versioningConfiguration": {"status": "Enabled"}},
            region="eu-west-1",
        ),
    },
)
NOTIFICATION = Sample(
    "aws:s3/bucketNotification:BucketNotification",
    {
        "bucket": Ref("bucket"),
        "eventbridge": True,
        "queues": [
            {
                "id": "scanned",
                "queueArn": Ref("queue", "arn"),
                "events": ["s3:ObjectCreated:*"],
                "filterPrefix": "scans/",
                "filterSuffix": ".pdf",
            }
        ],
    },
    needs={**OF_BUCKET, "queue": Sample("aws:sqs/queue:Queue", {})},
    changes={"queues": [{"id": "all", "queueArn": Ref("queue", "arn"), "events": ["s3:ObjectCreated:*"]}]},
)
OBJECT_LOCK = Sample(
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    {
        "bucket": Ref("bucket"),
        "objectLockEnabled": "Enabled",
        "rule": {"defaultRetention": {"mode": "COMPLIANCE", "days": 35}},
    },
    needs={"bucket": LOCKED_BUCKET},
    changes={"rule": {"defaultRetention": {"mode": "COMPLIANCE", "days": 70}}},
)

SAMPLES = (
    BUCKET,
    LOCKED_BUCKET,
    VERSIONING,
    ENCRYPTION,
    PUBLIC_ACCESS,
    POLICY,
    LIFECYCLE,
    LOGGING,
    OWNERSHIP,
    REPLICATION,
    NOTIFICATION,
    OBJECT_LOCK,
)
