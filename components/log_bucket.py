"""A bucket to which AWS services deliver logs."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NotRequired, TypedDict

import pulumi

from components.bucket import BucketSettings, Lifecycle, bucket_policy, make_bucket
from components.exceptions import ComponentError
from components.location import Location, locate
from components.policy import allow
from components.resource_policy import Statement, this_account

__all__ = ["LogBucket", "LogBucketArgs", "LogSource"]

LogSource = Literal["load-balancer", "s3-access", "vended-logs"]


class LogBucketArgs(TypedDict):
    sources: Sequence[LogSource]
    """Which services deliver here: load balancers, S3 server access, or what goes by `delivery.logs` (flow
    logs, WAF and others)."""

    bucket_name: NotRequired[str]
    """Physical name. Default: the component's name and a suffix that Pulumi makes."""

    expire_after_days: NotRequired[int]
    """How long logs are kept. Default: 365."""

    force_destroy: NotRequired[bool]
    """Whether the bucket is deleted even with logs in it. Default: False."""

    tags: NotRequired[Mapping[str, str]]
    """Tags of the bucket. Default: none."""


class LogBucket(pulumi.ComponentResource):
    """A private, versioned bucket that only the named log services of this account may write to.

    It is encrypted with S3's own keys: load balancers and S3 server access logging deliver to no bucket whose
    default is a KMS key. Source: Elastic Load Balancing user guide, "Access logs for your Application Load
    Balancer"; S3 user guide, "Enabling Amazon S3 server access logging".
    """

    bucket_name: pulumi.Output[str]
    """Physical name of the bucket."""
    arn: pulumi.Output[str]
    """ARN of the bucket."""

    def __init__(self, name: str, args: LogBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("estate:data:LogBucket", name, None, opts)
        _check(args)
        own = pulumi.ResourceOptions(parent=self)
        days = args.get("expire_after_days", 365)
        settings = BucketSettings(
            bucket_name=args.get("bucket_name"),
            force_destroy=args.get("force_destroy", False),
            lifecycle=Lifecycle(expire_after_days=days, noncurrent_expire_after_days=30),
        )
        bucket = make_bucket(name, settings, dict(args.get("tags", {})), own).bucket
        location = locate(own)
        statements = [
            statement for source in args["sources"] for statement in STATEMENTS[source](bucket.arn, location)
        ]
        policy = bucket_policy(name, bucket, own, statements=statements)

        self.arn = bucket.arn
        # Known once the policy stands: a service checks its access when delivery is switched on.
        self.bucket_name = pulumi.Output.all(bucket.bucket, policy.id).apply(lambda values: values[0])
        self.register_outputs({"bucket_name": self.bucket_name, "arn": self.arn})


def _load_balancer(bucket_arn: pulumi.Output[str], location: Location) -> list[Statement]:
    # Source: Elastic Load Balancing user guide, "Enable access logs for your Application Load Balancer".
    return [
        allow(
            "LoadBalancerLogs",
            ["s3:PutObject"],
            pulumi.Output.concat(bucket_arn, "/*"),
            Principal={"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            Condition=this_account(location.account_id),
        )
    ]


def _s3_access(bucket_arn: pulumi.Output[str], location: Location) -> list[Statement]:
    # Source: S3 user guide, "Permissions for log delivery".
    return [
        allow(
            "S3AccessLogs",
            ["s3:PutObject"],
            pulumi.Output.concat(bucket_arn, "/*"),
            Principal={"Service": "logging.s3.amazonaws.com"},
            Condition=this_account(location.account_id),
        )
    ]


def _vended_logs(bucket_arn: pulumi.Output[str], location: Location) -> list[Statement]:
    # Source: CloudWatch Logs user guide, "Logs sent to Amazon S3".
    principal = {"Service": "delivery.logs.amazonaws.com"}
    condition = {**this_account(location.account_id), "ArnLike": {"aws:SourceArn": location.arn("logs", "*")}}
    objects = pulumi.Output.concat(bucket_arn, "/AWSLogs/", location.account_id, "/*")
    return [
        allow("VendedLogsCheck", ["s3:GetBucketAcl"], bucket_arn, Principal=principal, Condition=condition),
        allow("VendedLogs", ["s3:PutObject"], objects, Principal=principal, Condition=condition),
    ]


STATEMENTS: Mapping[LogSource, Callable[[pulumi.Output[str], Location], list[Statement]]] = {
    "load-balancer": _load_balancer,
    "s3-access": _s3_access,
    "vended-logs": _vended_logs,
}


def _check(args: LogBucketArgs) -> None:
    if not args["sources"]:
        raise ComponentError(
            f"A log bucket has at least one source, got none. Choose among {', '.join(sorted(STATEMENTS))}."
        )
    days = args.get("expire_after_days", 365)
    if days < 1:
        raise ComponentError(f"Logs are kept for at least a day, got {days!r}. Choose 1 or more.")
