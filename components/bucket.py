"""What every bucket of the estate has: versions, a key, one owner, no public access, TLS and a lifecycle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.policy import deny, policy_document
from components.resource_policy import Statement, deny_without_tls

__all__ = ["BucketSettings", "Lifecycle", "PrivateBucket", "bucket_policy", "make_bucket"]


@dataclass(frozen=True)
class Lifecycle:
    """What happens to objects as they age, in days; None for never."""

    infrequent_access_after_days: int | None = None
    expire_after_days: int | None = None
    noncurrent_expire_after_days: int = 90
    abort_upload_after_days: int = 7

    @property
    def rule(self) -> aws.s3.BucketLifecycleConfigurationRuleArgsDict:
        """The one rule of the bucket, over all of its objects."""
        rule: aws.s3.BucketLifecycleConfigurationRuleArgsDict = {
            "id": "age",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "abort_incomplete_multipart_upload": {"days_after_initiation": self.abort_upload_after_days},
            "noncurrent_version_expiration": {"noncurrent_days": self.noncurrent_expire_after_days},
        }
        if self.infrequent_access_after_days is not None:
            rule["transitions"] = [
                {"days": self.infrequent_access_after_days, "storage_class": "STANDARD_IA"}
            ]
        if self.expire_after_days is not None:
            rule["expiration"] = {"days": self.expire_after_days}
        return rule


@dataclass(frozen=True)
class BucketSettings:
    """What differs between buckets. Without a key, S3 encrypts with its own."""

    bucket_name: str | None = None
    kms_key_arn: pulumi.Input[str] | None = None
    force_destroy: bool = False
    object_lock: bool = False
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    log_bucket_name: pulumi.Input[str] | None = None


@dataclass(frozen=True)
class PrivateBucket:
    """A bucket, and the switch that must be on before versions are replicated, locked or expired."""

    bucket: aws.s3.Bucket
    versioning: aws.s3.BucketVersioning

    @property
    def versioned_name(self) -> pulumi.Output[str]:
        """The name of the bucket, known when it keeps versions."""
        return pulumi.Output.all(self.bucket.id, self.versioning.id).apply(lambda ids: ids[0])

    def versioned(self, opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
        """The options of a resource that waits for versioning."""
        return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[self.versioning]))


def make_bucket(
    name: str, settings: BucketSettings, tags: Mapping[str, str], opts: pulumi.ResourceOptions
) -> PrivateBucket:
    """A bucket with all but its policy; children are named `<name>-bucket`, `<name>-versioning` and so on."""
    bucket = aws.s3.Bucket(
        f"{name}-bucket",
        bucket=settings.bucket_name,
        force_destroy=settings.force_destroy,
        object_lock_enabled=settings.object_lock or None,
        tags=dict(tags),
        opts=opts,
    )
    _close(name, bucket, opts)
    # What is done to objects can be seen and acted on by a rule, without a change of the bucket.
    aws.s3.BucketNotification(f"{name}-notification", bucket=bucket.id, eventbridge=True, opts=opts)
    _encrypt(name, bucket, settings.kms_key_arn, opts)
    versioning = aws.s3.BucketVersioning(
        f"{name}-versioning",
        bucket=bucket.id,
        versioning_configuration={"status": "Enabled"},
        opts=opts,
    )
    made = PrivateBucket(bucket, versioning)
    aws.s3.BucketLifecycleConfiguration(
        f"{name}-lifecycle",
        bucket=bucket.id,
        rules=[settings.lifecycle.rule],
        opts=made.versioned(opts),
    )
    if settings.log_bucket_name is not None:
        _log_access(name, bucket, settings.log_bucket_name, opts)
    return made


def bucket_policy(
    name: str,
    bucket: aws.s3.Bucket,
    opts: pulumi.ResourceOptions,
    kms_key_arn: pulumi.Input[str] | None = None,
    statements: Sequence[Statement] = (),
) -> aws.s3.BucketPolicy:
    """Refuses what comes without TLS 1.2 or names another key, and adds the given statements."""
    objects = pulumi.Output.concat(bucket.arn, "/*")
    refused = [deny_without_tls(["s3:*"], [bucket.arn, objects]), _deny_old_tls(bucket.arn, objects)]
    if kms_key_arn is not None:
        refused += [_deny_other_encryption(objects), _deny_other_key(objects, kms_key_arn)]
    return aws.s3.BucketPolicy(
        f"{name}-policy",
        bucket=bucket.id,
        policy=policy_document([*refused, *statements]),
        opts=opts,
    )


def _close(name: str, bucket: aws.s3.Bucket, opts: pulumi.ResourceOptions) -> None:
    aws.s3.BucketPublicAccessBlock(
        f"{name}-public-access",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=opts,
    )
    aws.s3.BucketOwnershipControls(
        f"{name}-ownership",
        bucket=bucket.id,
        rule={"object_ownership": "BucketOwnerEnforced"},
        opts=opts,
    )


def _encrypt(
    name: str,
    bucket: aws.s3.Bucket,
    kms_key_arn: pulumi.Input[str] | None,
    opts: pulumi.ResourceOptions,
) -> None:
    default: aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgsDict = (
        {"sse_algorithm": "AES256"}
        if kms_key_arn is None
        else {"sse_algorithm": "aws:kms", "kms_master_key_id": kms_key_arn}
    )
    aws.s3.BucketServerSideEncryptionConfiguration(
        f"{name}-encryption",
        bucket=bucket.id,
        rules=[
            {
                "apply_server_side_encryption_by_default": default,
                # One data key serves many objects. Source: S3 user guide, "S3 Bucket Keys".
                "bucket_key_enabled": kms_key_arn is not None,
            }
        ],
        opts=opts,
    )


def _log_access(
    name: str, bucket: aws.s3.Bucket, log_bucket_name: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> None:
    aws.s3.BucketLogging(
        f"{name}-logging",
        bucket=bucket.id,
        target_bucket=log_bucket_name,
        target_prefix=pulumi.Output.concat(bucket.id, "/"),
        target_object_key_format={"partitioned_prefix": {"partition_date_source": "EventTime"}},
        opts=opts,
    )


def _deny_old_tls(bucket_arn: pulumi.Input[str], objects: pulumi.Input[str]) -> Statement:
    return deny(
        "DenyOldTls",
        ["s3:*"],
        [bucket_arn, objects],
        Principal="*",
        Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}},
    )


def _deny_other_encryption(objects: pulumi.Input[str]) -> Statement:
    # With `Null` false the statement is about requests that name an encryption; the others get the default.
    return deny(
        "DenyOtherEncryption",
        ["s3:PutObject"],
        objects,
        Principal="*",
        Condition={
            "Null": {"s3:x-amz-server-side-encryption": "false"},
            "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"},
        },
    )


def _deny_other_key(objects: pulumi.Input[str], kms_key_arn: pulumi.Input[str]) -> Statement:
    key = "s3:x-amz-server-side-encryption-aws-kms-key-id"
    return deny(
        "DenyOtherKey",
        ["s3:PutObject"],
        objects,
        Principal="*",
        Condition={"Null": {key: "false"}, "StringNotEquals": {key: kms_key_arn}},
    )
