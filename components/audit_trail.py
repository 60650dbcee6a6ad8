"""The record of every call to the account's API."""

from collections.abc import Mapping, Sequence
from typing import Literal, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.bucket import BucketSettings, Lifecycle, bucket_policy, make_bucket
from components.location import locate
from components.policy import allow, policy_document, trust_policy
from components.resource_policy import Statement
from components.topic import Topic

__all__ = ["AuditTrail", "AuditTrailArgs"]


class AuditTrailArgs(TypedDict):
    kms_key_arn: pulumi.Input[str]
    """Customer-managed key of the log files, the log group and the topic. Its policy must admit CloudTrail and
    CloudWatch Logs."""

    trail_name: NotRequired[str]
    """Physical name. Default: the component's name."""

    log_bucket_name: NotRequired[pulumi.Input[str]]
    """Bucket for the access logs of the trail's own bucket (`LogBucket`). Default: none."""

    infrequent_access_after_days: NotRequired[int]
    """Age at which log files move to a cheaper class. Default: 90."""

    expire_after_days: NotRequired[int]
    """How long log files are kept. Default: 2,555, seven years."""

    log_retention_days: NotRequired[int]
    """How long the log group keeps events for searches and alarms. Default: 365."""

    insights: NotRequired[Sequence[Literal["ApiCallRateInsight", "ApiErrorRateInsight"]]]
    """What CloudTrail Insights looks for. Default: nothing, since each analysed event is charged."""

    object_event_bucket_arns: NotRequired[Sequence[pulumi.Input[str]]]
    """Buckets whose object reads and writes are recorded too. Default: none."""

    force_destroy: NotRequired[bool]
    """Whether the bucket is deleted even with log files in it. Default: False."""

    tags: NotRequired[Mapping[str, str]]
    """Tags of every child that takes tags. Default: none."""


class AuditTrail(pulumi.ComponentResource):
    """A trail over all regions whose files are encrypted, and signed so that a change shows."""

    arn: pulumi.Output[str]
    """ARN of the trail."""
    bucket_name: pulumi.Output[str]
    """Physical name of the bucket with the log files."""
    bucket_arn: pulumi.Output[str]
    """ARN of that bucket."""
    log_group_name: pulumi.Output[str]
    """Log group with the same events."""
    topic_arn: pulumi.Output[str]
    """Topic that names each log file as it is delivered, for whoever collects them."""

    def __init__(self, name: str, args: AuditTrailArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("estate:foundation:AuditTrail", name, None, opts)
        self._name = name
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self._tags = dict(args.get("tags", {}))
        self._trail_name = args.get("trail_name", name)
        self._location = locate(self._own)

        bucket = make_bucket(name, self._settings(), self._tags, self._own).bucket
        policy = bucket_policy(name, bucket, self._own, args["kms_key_arn"], self._deliveries(bucket))
        log_group, topic = self._log_group(), self._topic()
        trail = self._trail(bucket, policy, log_group, topic)

        self.arn = trail.arn
        self.bucket_name, self.bucket_arn = bucket.bucket, bucket.arn
        self.log_group_name, self.topic_arn = log_group.name, topic.arn
        self.register_outputs(
            {
                "topic_arn": self.topic_arn,
                "arn": self.arn,
                "bucket_name": self.bucket_name,
                "bucket_arn": self.bucket_arn,
                "log_group_name": self.log_group_name,
            }
        )

    def _settings(self) -> BucketSettings:
        args = self._args
        return BucketSettings(
            kms_key_arn=args["kms_key_arn"],
            force_destroy=args.get("force_destroy", False),
            log_bucket_name=args.get("log_bucket_name"),
            lifecycle=Lifecycle(
                infrequent_access_after_days=args.get("infrequent_access_after_days", 90),
                expire_after_days=args.get("expire_after_days", 2_555),
            ),
        )

    def _deliveries(self, bucket: aws.s3.Bucket) -> list[Statement]:
        """Source: CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail"."""
        trail_arn = self._location.arn("cloudtrail", f"trail/{self._trail_name}")
        principal = {"Service": "cloudtrail.amazonaws.com"}
        this_trail = {"aws:SourceArn": trail_arn}
        files = pulumi.Output.concat(bucket.arn, "/AWSLogs/", self._location.account_id, "/*")
        return [
            allow(
                "TrailCheck",
                ["s3:GetBucketAcl"],
                bucket.arn,
                Principal=principal,
                Condition={"StringEquals": this_trail},
            ),
            allow(
                "TrailDelivery",
                ["s3:PutObject"],
                files,
                Principal=principal,
                Condition={"StringEquals": {**this_trail, "s3:x-amz-acl": "bucket-owner-full-control"}},
            ),
        ]

    def _log_group(self) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            f"{self._name}-log",
            name=f"/aws/cloudtrail/{self._trail_name}",
            kms_key_id=self._args["kms_key_arn"],
            retention_in_days=self._args.get("log_retention_days", 365),
            tags=self._tags,
            opts=self._own,
        )

    def _topic(self) -> Topic:
        """Source: CloudTrail user guide, "Amazon SNS topic policy for CloudTrail"."""
        trail_arn = self._location.arn("cloudtrail", f"trail/{self._trail_name}")
        return Topic(
            f"{self._name}-deliveries",
            {
                "kms_key_arn": self._args["kms_key_arn"],
                "topic_name": f"{self._trail_name}-trail-deliveries",
                "service_publishers": [{"service": "cloudtrail.amazonaws.com", "source_arn": trail_arn}],
                "tags": self._tags,
            },
            opts=self._own,
        )

    def _log_role(self, log_group: aws.cloudwatch.LogGroup) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        """Source: CloudTrail user guide, "Role policy document for CloudTrail to use CloudWatch Logs"."""
        trail_arn = self._location.arn("cloudtrail", f"trail/{self._trail_name}")
        role = aws.iam.Role(
            f"{self._name}-log-role",
            description=f"Writes the events of the trail {self._trail_name} to its log group.",
            assume_role_policy=trust_policy(
                "cloudtrail.amazonaws.com", {"StringEquals": {"aws:SourceArn": trail_arn}}
            ),
            tags=self._tags,
            opts=self._own,
        )
        streams = pulumi.Output.concat(
            log_group.arn, ":log-stream:", self._location.account_id, "_CloudTrail_*"
        )
        policy = aws.iam.RolePolicy(
            f"{self._name}-log-policy",
            role=role.name,
            policy=policy_document(
                [allow("WriteEvents", ["logs:CreateLogStream", "logs:PutLogEvents"], streams)]
            ),
            opts=self._own,
        )
        return role, policy

    def _trail(
        self,
        bucket: aws.s3.Bucket,
        bucket_access: aws.s3.BucketPolicy,
        log_group: aws.cloudwatch.LogGroup,
        topic: Topic,
    ) -> aws.cloudtrail.Trail:
        args = self._args
        role, log_access = self._log_role(log_group)
        return aws.cloudtrail.Trail(
            f"{self._name}-trail",
            name=self._trail_name,
            s3_bucket_name=bucket.id,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_logging=True,
            enable_log_file_validation=True,
            kms_key_id=args["kms_key_arn"],
            cloud_watch_logs_group_arn=pulumi.Output.concat(log_group.arn, ":*"),
            cloud_watch_logs_role_arn=role.arn,
            sns_topic_name=topic.granted_name,
            insight_selectors=[{"insight_type": kind} for kind in args.get("insights", ())] or None,
            advanced_event_selectors=_selectors(args.get("object_event_bucket_arns", ())) or None,
            tags=self._tags,
            # CloudTrail checks both when the trail is made.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[bucket_access, log_access]),
        )


def _selectors(
    bucket_arns: Sequence[pulumi.Input[str]],
) -> list[aws.cloudtrail.TrailAdvancedEventSelectorArgsDict]:
    """With selectors of our own the management events, which are the default, have to be named too."""
    if not bucket_arns:
        return []
    return [
        {
            "name": "Management events",
            "field_selectors": [{"field": "eventCategory", "equals": ["Management"]}],
        },
        {
            "name": "Object events",
            "field_selectors": [
                {"field": "eventCategory", "equals": ["Data"]},
                {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                {
                    "field": "resources.ARN",
                    "starts_withs": [pulumi.Output.concat(arn, "/") for arn in bucket_arns],
                },
            ],
        },
    ]
