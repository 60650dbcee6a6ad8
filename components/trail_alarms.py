"""Alarms on what the audit trail records: acts that end an account's safety, and that somebody has to answer for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.alarm import Alarm, raise_alarms

__all__ = ["TrailAlarms", "TrailAlarmsArgs", "Watch", "watches"]

_NAMESPACE = "Estate/Trail"


class TrailAlarmsArgs(TypedDict):
    log_group_name: pulumi.Input[str]
    """Log group with the events of a trail of all regions (`AuditTrail.log_group_name`)."""

    alarm_topic_arn: pulumi.Input[str]
    """Topic that is told."""

    emergency_role_names: Sequence[str]
    """Roles that nobody takes on in ordinary times."""

    deploy_role_name: str
    """Role through which the pipeline changes the account; its changes of permissions are expected."""

    tags: NotRequired[Mapping[str, str]]
    """Tags of the alarms. Default: none."""


@dataclass(frozen=True)
class Watch:
    """Attributes: pattern: of CloudWatch Logs, for an event of CloudTrail."""

    suffix: str
    description: str
    pattern: str


def watches(emergency_role_names: Sequence[str], deploy_role_name: str) -> Iterator[Watch]:
    """What rings, once a minute in which it happened.

    Sources of the patterns, which are widened here where they say less: AWS Security Hub user guide, "CloudWatch
    controls", CloudWatch.1, 3, 4, 5, 7 and 8; CloudTrail user guide, "Logging IAM and AWS STS API calls".
    """
    issuer = "$.userIdentity.sessionContext.sessionIssuer.userName"
    by_others = f'({issuer} NOT EXISTS || {issuer} != "{deploy_role_name}")'
    for role in emergency_role_names:
        yield Watch(
            f"{role}-used",
            f"Somebody has taken on {role}. Ask them which incident it is for, and review what was done.",
            f'{{ ($.eventName = "AssumeRole*") && ($.requestParameters.roleArn = "*:role/{role}") }}',
        )
    yield Watch(
        "root-used",
        "The account's root user was used, which nothing here needs. Take it for a compromise until it is explained.",
        '{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS) '
        '&& ($.eventType != "AwsServiceEvent") }',
    )
    yield Watch(
        "signed-in-past-the-provider",
        "An IAM user signed in to the console. The estate has none: people come through the identity provider.",
        '{ ($.eventName = "ConsoleLogin") && ($.userIdentity.type = "IAMUser") }',
    )
    yield Watch(
        "trail-changed",
        "The audit trail was stopped, changed or removed. Whoever hides something begins there.",
        f'{{ ($.eventSource = "cloudtrail.amazonaws.com") && {_any_of(_TRAIL)} }}',
    )
    yield Watch(
        "key-to-be-lost",
        "A key was disabled or is to be deleted. Cancel it while it waits: what it encrypted goes with it.",
        f'{{ ($.eventSource = "kms.amazonaws.com") && {_any_of(_KEYS)} }}',
    )
    yield Watch(
        "permissions-changed",
        f"Permissions were changed, and not by {deploy_role_name}. What is not in the repository may be a way back in.",
        f'{{ ($.eventSource = "iam.amazonaws.com") && {_any_of(_PERMISSIONS)} && {by_others} }}',
    )
    yield Watch(
        "bucket-opened",
        f"Who may read a bucket was changed, and not by {deploy_role_name}.",
        f'{{ ($.eventSource = "s3.amazonaws.com") && {_any_of(_BUCKETS)} && {by_others} }}',
    )


class TrailAlarms(pulumi.ComponentResource):
    """A metric filter and an alarm for each act."""

    def __init__(self, name: str, args: TrailAlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("estate:foundation:TrailAlarms", name, None, opts)
        found = list(watches(args["emergency_role_names"], args["deploy_role_name"]))
        for it in found:
            child = f"{name}-{it.suffix}-filter"
            aws.cloudwatch.LogMetricFilter(
                child,
                name=child,
                log_group_name=args["log_group_name"],
                pattern=it.pattern,
                metric_transformation={
                    "namespace": _NAMESPACE,
                    "name": it.suffix,
                    "value": "1",
                    "default_value": "0",
                    "unit": "Count",
                },
                opts=pulumi.ResourceOptions(parent=self),
            )
        alarms = [
            Alarm(it.suffix, it.description, _NAMESPACE, it.suffix, {}, 0, "Sum", periods=1, breaching=1)
            for it in found
        ]
        raise_alarms(self, name, alarms, args["alarm_topic_arn"], args.get("tags", {}))
        self.register_outputs({})


def _any_of(names: Sequence[str]) -> str:
    return "(" + " || ".join(f'$.eventName = "{it}"' for it in names) + ")"


# A pattern's asterisk stands at an end of a value. Source: CloudWatch Logs user guide, "Filter pattern syntax".
_TRAIL = ("UpdateTrail", "DeleteTrail", "StopLogging", "PutEventSelectors", "PutInsightSelectors")
_KEYS = ("DisableKey", "ScheduleKeyDeletion", "DeleteImportedKeyMaterial")
_PERMISSIONS = (
    "Attach*",
    "Detach*",
    "Put*",
    "CreatePolicy*",
    "DeletePolicy*",
    "DeleteRoleP*",
    "DeleteUserP*",
    "DeleteGroupPolicy",
    "SetDefaultPolicyVersion",
    "UpdateAssumeRolePolicy",
    "CreateUser",
    "CreateAccessKey",
    "CreateLoginProfile",
    "UpdateLoginProfile",
    "CreateSAMLProvider",
    "UpdateSAMLProvider",
    "CreateOpenIDConnectProvider",
)
_BUCKETS = (
    "PutBucketPolicy",
    "DeleteBucketPolicy",
    "PutBucketAcl",
    "PutBucketPublicAccessBlock",
    "DeleteBucketPublicAccessBlock",
    "PutBucketReplication",
)
