"""Copies of a bucket's objects in another region."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.location import locate
from components.policy import allow, policy_document, trust_policy
from components.resource_policy import this_account

__all__ = ["BucketReplication", "BucketReplicationArgs"]

REPLICATION_MINUTES = 15
"""Within which 99.99% of objects are copied. Source: S3 user guide, "S3 Replication Time Control"."""


class BucketReplicationArgs(TypedDict):
    bucket_name: pulumi.Input[str]
    """Bucket whose objects are copied; it keeps versions."""

    source_kms_key_arn: pulumi.Input[str]
    """Customer-managed key of the objects."""

    target_bucket_arn: pulumi.Input[str]
    """Bucket that receives the copies; it is there already, and keeps versions."""

    target_region: pulumi.Input[str]
    """Region of the target."""

    target_kms_key_arn: pulumi.Input[str]
    """Customer-managed key, of the target's region, of the copies."""

    tags: NotRequired[Mapping[str, str]]
    """Tags of the role. Default: none."""


class BucketReplication(pulumi.ComponentResource):
    """Every new object of the bucket, its tags and its deletion marker, are copied to the target.

    Apart from the bucket, because S3 wants the target to be there first, and the target may stand in a stack of its
    own that is made later than the bucket's.
    """

    role_arn: pulumi.Output[str]
    """ARN of the role with which S3 copies."""

    def __init__(
        self, name: str, args: BucketReplicationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("estate:data:BucketReplication", name, None, opts)
        self._name = name
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        role = self._role()
        self._replication(role)
        self.role_arn = role.arn
        self.register_outputs({"role_arn": self.role_arn})

    def _replication(self, role: aws.iam.Role) -> None:
        args = self._args
        aws.s3.BucketReplicationConfig(
            f"{self._name}-replication",
            bucket=args["bucket_name"],
            role=role.arn,
            rules=[
                {
                    "id": "all",
                    "status": "Enabled",
                    "priority": 1,
                    "filter": {"prefix": ""},
                    "delete_marker_replication": {"status": "Enabled"},
                    "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}},
                    "destination": {
                        "bucket": args["target_bucket_arn"],
                        "storage_class": "STANDARD_IA",
                        "encryption_configuration": {"replica_kms_key_id": args["target_kms_key_arn"]},
                        "metrics": {
                            "status": "Enabled",
                            "event_threshold": {"minutes": REPLICATION_MINUTES},
                        },
                        "replication_time": {"status": "Enabled", "time": {"minutes": REPLICATION_MINUTES}},
                    },
                }
            ],
            opts=self._own,
        )

    def _role(self) -> aws.iam.Role:
        location = locate(self._own)
        role = aws.iam.Role(
            f"{self._name}-role",
            description=f"Copies objects to another region ({self._name}).",
            assume_role_policy=trust_policy("s3.amazonaws.com", this_account(location.account_id)),
            tags=dict(self._args.get("tags", {})),
            opts=self._own,
        )
        aws.iam.RolePolicy(
            f"{self._name}-policy",
            role=role.name,
            policy=policy_document(self._statements(location.partition, location.region)),
            opts=self._own,
        )
        return role

    def _statements(self, partition: pulumi.Output[str], region: pulumi.Output[str]) -> list[dict[str, Any]]:
        """Source: S3 user guide, "Setting up permissions for live replication" and "Replicating encrypted
        objects"."""
        source = pulumi.Output.format("arn:{0}:s3:::{1}", partition, self._args["bucket_name"])
        target = self._args["target_bucket_arn"]
        return [
            allow("ReadConfiguration", ["s3:GetReplicationConfiguration", "s3:ListBucket"], source),
            allow(
                "ReadVersions",
                [
                    "s3:GetObjectVersionForReplication",
                    "s3:GetObjectVersionAcl",
                    "s3:GetObjectVersionTagging",
                ],
                pulumi.Output.concat(source, "/*"),
            ),
            allow(
                "WriteReplicas",
                ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"],
                pulumi.Output.concat(target, "/*"),
            ),
            allow(
                "DecryptSource",
                ["kms:Decrypt"],
                self._args["source_kms_key_arn"],
                Condition=_through_s3(region, source),
            ),
            allow(
                "EncryptReplicas",
                ["kms:Encrypt"],
                self._args["target_kms_key_arn"],
                Condition=_through_s3(self._args["target_region"], target),
            ),
        ]


def _through_s3(region: pulumi.Input[str], bucket_arn: pulumi.Input[str]) -> dict[str, Any]:
    """The key serves S3 in that region, for that bucket (with a bucket key) or its objects (without) only."""
    return {
        "StringEquals": {"kms:ViaService": pulumi.Output.concat("s3.", region, ".amazonaws.com")},
        "StringLike": {
            "kms:EncryptionContext:aws:s3:arn": [bucket_arn, pulumi.Output.concat(bucket_arn, "/*")]
        },
    }
