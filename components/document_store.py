"""A bucket for documents, with an optional copy in another region and an optional lock."""

from collections.abc import Mapping
from typing import Literal, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.bucket import BucketSettings, Lifecycle, PrivateBucket, bucket_policy, make_bucket
from components.bucket_replication import BucketReplication
from components.exceptions import ComponentError

__all__ = ["DocumentStore", "DocumentStoreArgs", "ObjectLock", "ReplicationTarget"]


INFREQUENT_DAYS = 90


class ReplicationTarget(TypedDict):
    bucket_arn: pulumi.Input[str]
    """Bucket that receives a copy of every object; it must keep versions."""

    kms_key_arn: pulumi.Input[str]
    """Customer-managed key, of the target's region, of the copies."""

    region: pulumi.Input[str]
    """Region of the target."""


class ObjectLock(TypedDict):
    mode: Literal["GOVERNANCE", "COMPLIANCE"]
    """Whether a special permission may lift the lock, or nobody, not even the account's root."""

    retention_days: int
    """How long a new version is locked unless it says otherwise."""


class DocumentStoreArgs(TypedDict):
    kms_key_arn: pulumi.Input[str]
    """Customer-managed key of the objects."""

    bucket_name: NotRequired[str]
    """Physical name. Default: the component's name and a suffix that Pulumi makes."""

    log_bucket_name: NotRequired[pulumi.Input[str]]
    """Bucket for server access logs (`LogBucket`). Default: none, accesses are not logged."""

    infrequent_access_after_days: NotRequired[int]
    """Age at which objects move to a cheaper class, 30 or more. Default: 90, and never where they expire by then."""

    expire_after_days: NotRequired[int]
    """Age at which objects expire. Default: never."""

    noncurrent_expire_after_days: NotRequired[int]
    """How long an overwritten or deleted version can be brought back. Default: 90."""

    replication: NotRequired[ReplicationTarget]
    """Where every object is copied to, within 15 minutes, if the target is there already; else declare a
    `BucketReplication` later. Default: nowhere."""

    object_lock: NotRequired[ObjectLock]
    """Protection of versions from deletion. It cannot be taken off a bucket. Default: none."""

    force_destroy: NotRequired[bool]
    """Whether the bucket is deleted even with objects in it. Default: False."""

    tags: NotRequired[Mapping[str, str]]
    """Tags of every child that takes tags. Default: none."""


class DocumentStore(pulumi.ComponentResource):
    """An encrypted, versioned, private bucket."""

    bucket_name: pulumi.Output[str]
    """Physical name of the bucket."""
    arn: pulumi.Output[str]
    """ARN of the bucket."""
    regional_domain_name: pulumi.Output[str]
    """DNS name of the bucket in its region."""

    def __init__(
        self, name: str, args: DocumentStoreArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("estate:data:DocumentStore", name, None, opts)
        _check(args)
        self._name = name
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self._tags = dict(args.get("tags", {}))

        made = make_bucket(name, self._settings(), self._tags, self._own)
        bucket = made.bucket
        bucket_policy(name, bucket, self._own, args["kms_key_arn"])
        if "object_lock" in args:
            self._lock(made, args["object_lock"])
        if "replication" in args:
            self._replicate(made, args["replication"])

        self.bucket_name, self.arn = bucket.bucket, bucket.arn
        self.regional_domain_name = bucket.bucket_regional_domain_name
        self.register_outputs(
            {
                "bucket_name": self.bucket_name,
                "arn": self.arn,
                "regional_domain_name": self.regional_domain_name,
            }
        )

    def _settings(self) -> BucketSettings:
        args = self._args
        return BucketSettings(
            bucket_name=args.get("bucket_name"),
            kms_key_arn=args["kms_key_arn"],
            force_destroy=args.get("force_destroy", False),
            object_lock="object_lock" in args,
            log_bucket_name=args.get("log_bucket_name"),
            lifecycle=Lifecycle(
                infrequent_access_after_days=_infrequent(args),
                expire_after_days=args.get("expire_after_days"),
                noncurrent_expire_after_days=args.get("noncurrent_expire_after_days", 90),
            ),
        )

    def _lock(self, made: PrivateBucket, lock: ObjectLock) -> None:
        aws.s3.BucketObjectLockConfiguration(
            f"{self._name}-object-lock",
            bucket=made.bucket.id,
            rule={"default_retention": {"mode": lock["mode"], "days": lock["retention_days"]}},
            opts=made.versioned(self._own),
        )

    def _replicate(self, made: PrivateBucket, target: ReplicationTarget) -> None:
        BucketReplication(
            f"{self._name}-copy",
            {
                "bucket_name": made.versioned_name,
                "source_kms_key_arn": self._args["kms_key_arn"],
                "target_bucket_arn": target["bucket_arn"],
                "target_region": target["region"],
                "target_kms_key_arn": target["kms_key_arn"],
                "tags": self._tags,
            },
            self._own,
        )


def _infrequent(args: DocumentStoreArgs) -> int | None:
    expire = args.get("expire_after_days")
    default = None if expire is not None and expire <= INFREQUENT_DAYS else INFREQUENT_DAYS
    return args.get("infrequent_access_after_days", default)


def _check(args: DocumentStoreArgs) -> None:
    infrequent = _infrequent(args)
    if infrequent is not None and infrequent < 30:
        raise ComponentError(
            f"S3 moves objects to infrequent access after 30 days at the earliest, got {infrequent!r}. "
            "Choose 30 or more."
        )
    expire = args.get("expire_after_days")
    if expire is not None and infrequent is not None and expire <= infrequent:
        raise ComponentError(
            f"Objects expire after they moved to infrequent access ({infrequent} days), got {expire!r}. "
            "Let them expire later or move earlier."
        )
    if "object_lock" in args and args["object_lock"]["retention_days"] < 1:
        raise ComponentError(
            f"An object lock holds for at least a day, got {args['object_lock']['retention_days']!r}. "
            "Choose 1 or more, or leave `object_lock` out."
        )
