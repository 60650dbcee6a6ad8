"""Buckets with all that belongs to them, made in a loop; volumes and file systems."""

import json

import pulumi_aws as aws

from tests.compliance.mutations.program.areas.given import Area, given, wanted

__all__ = ["Storage"]

KEY = "arn:aws:kms:eu-west-2:123456789012:key/00000000-0000-0000-0000-000000000000"
ROLE = "arn:aws:iam::123456789012:role/replication"


def _policy(principal: object) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::letters/*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Storage(Area):
    def build(self) -> None:
        for kind in ("records", "letters"):
            self._bucket(kind)
        aws.s3.BucketPolicy(  # at: bucket-policy
            "bucket-policy",
            **given("bucket-policy", bucket="letters", policy=_policy({"AWS": ROLE})),
            opts=self.child,
        )
        aws.ebs.Volume(  # at: volume
            "volume",
            **given("volume", availability_zone="eu-west-2a", size=8, encrypted=True, kms_key_id=KEY),
            opts=self.child,
        )
        aws.efs.FileSystem(  # at: file-system
            "file-system", **given("file-system", encrypted=True, kms_key_id=KEY), opts=self.child
        )
        aws.efs.AccessPoint(  # at: access-point
            "access-point",
            **given(
                "access-point",
                file_system_id="fs-0123",
                root_directory={"path": "/app"},
                posix_user={"uid": 1000, "gid": 1000},
            ),
            opts=self.child,
        )
        aws.backup.Vault("vault", **given("vault", kms_key_arn=KEY), opts=self.child)  # at: vault

    def _bucket(self, kind: str) -> None:
        bucket = aws.s3.Bucket(  # at: bucket
            f"{kind}-bucket",
            bucket=kind,
            opts=self.child,
        )
        if wanted(f"{kind}-public-access"):
            aws.s3.BucketPublicAccessBlock(  # at: public-access
                f"{kind}-public-access",
                **given(
                    f"{kind}-public-access",
                    bucket=bucket.id,
                    block_public_acls=True,
                    block_public_policy=True,
                    ignore_public_acls=True,
                    restrict_public_buckets=True,
                ),
                opts=self.child,
            )
        if wanted(f"{kind}-versioning"):
            aws.s3.BucketVersioning(
                f"{kind}-versioning",
                bucket=bucket.id,
                versioning_configuration={"status": "Enabled"},
                opts=self.child,
            )
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{kind}-encryption",
            **given(
                f"{kind}-encryption",
                bucket=bucket.id,
                rules=[
                    {
                        "apply_server_side_encryption_by_default": {
                            "sse_algorithm": "aws:kms",
                            "kms_master_key_id": KEY,
                        }
                    }
                ],
            ),
            opts=self.child,
        )
        if wanted(f"{kind}-logging"):
            aws.s3.BucketLogging(
                f"{kind}-logging",
                bucket=bucket.bucket,
                target_bucket="logs",
                target_prefix=kind,
                opts=self.child,
            )
        if wanted(f"{kind}-lifecycle"):
            aws.s3.BucketLifecycleConfiguration(
                f"{kind}-lifecycle",
                bucket=bucket.id,
                rules=[
                    {
                        "id": "old",
                        "status": "Enabled",
                        "filter": {"prefix": ""},
                        "noncurrent_version_expiration": {"noncurrent_days": 30},
                        "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
                    }
                ],
                opts=self.child,
            )
        if wanted(f"{kind}-notification"):
            aws.s3.BucketNotification(
                f"{kind}-notification", bucket=bucket.id, eventbridge=True, opts=self.child
            )
        if wanted(f"{kind}-replication"):
            aws.s3.BucketReplicationConfig(
                f"{kind}-replication",
                bucket=bucket.id,
                role=ROLE,
                rules=[{"status": "Enabled", "destination": {"bucket": "arn:aws:s3:::copy"}}],
                opts=self.child,
            )
