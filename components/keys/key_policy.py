"""Key policies: IAM decides for the account, and an AWS service gets what it needs, for this account only."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pulumi

from components.exceptions import ComponentError
from components.location import Location
from components.policy import allow, policy_document

__all__ = ["SERVICES", "key_policy"]

ENVELOPE = ("kms:Decrypt", "kms:GenerateDataKey*")
"""What a service needs that puts messages into, or reads them from, something encrypted."""

Statement = dict[str, Any]


def key_policy(location: Location, services: Sequence[str]) -> pulumi.Output[str]:
    """The policy of a key that these services may use.

    Raises: ComponentError for a service that is not in SERVICES.
    """
    for service in services:
        if service not in SERVICES:
            raise ComponentError(
                f"A key is opened to services that are known here, got {service!r}. "
                f"Choose among {', '.join(sorted(SERVICES))}."
            )
    opened = [statement for service in sorted(services) for statement in SERVICES[service](location)]
    return policy_document([_delegation(location), *opened])


def _delegation(location: Location) -> Statement:
    # Without this statement nobody could manage the key; with it, IAM policies decide.
    # Source: KMS developer guide, "Default key policy".
    root = pulumi.Output.format("arn:{0}:iam::{1}:root", location.partition, location.account_id)
    return allow("DelegateToIam", ["kms:*"], "*", Principal={"AWS": root})


def _this_account(location: Location) -> Mapping[str, Any]:
    return {"StringEquals": {"aws:SourceAccount": location.account_id}}


def _envelope_for(sid: str, principal: str) -> Callable[[Location], list[Statement]]:
    def statements(location: Location) -> list[Statement]:
        condition = _this_account(location)
        return [
            allow(
                sid,
                ENVELOPE,
                "*",
                Principal={"Service": principal},
                Condition=condition,
            )
        ]

    return statements


def _logs(location: Location) -> list[Statement]:
    # Source: CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS KMS".
    actions = [
        "kms:Encrypt*",
        "kms:Decrypt*",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:Describe*",
    ]
    principal = pulumi.Output.format("logs.{0}.amazonaws.com", location.region)
    condition = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": location.arn("logs", "log-group:*")}}
    return [allow("Logs", actions, "*", Principal={"Service": principal}, Condition=condition)]


def _cloudtrail(location: Location) -> list[Statement]:
    # Source: CloudTrail user guide, "Configure AWS KMS key policies for CloudTrail".
    trails = pulumi.Output.format("arn:{0}:cloudtrail:*:{1}:trail/*", location.partition, location.account_id)
    condition = {
        "StringEquals": {"aws:SourceAccount": location.account_id},
        "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": trails},
    }
    principal = {"Service": "cloudtrail.amazonaws.com"}
    return [
        allow(
            "Trail",
            ["kms:GenerateDataKey*"],
            "*",
            Principal=principal,
            Condition=condition,
        ),
        allow(
            "TrailNotifications",
            ENVELOPE,
            "*",
            Principal=principal,
            Condition={
                **_this_account(location),
                "ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": location.arn("sns", "*")},
            },
        ),
        allow(
            "TrailDescribe",
            ["kms:DescribeKey"],
            "*",
            Principal=principal,
            Condition=_this_account(location),
        ),
    ]


def _fargate(location: Location) -> list[Statement]:
    # Source: ECS developer guide, "Customer managed keys for AWS Fargate ephemeral storage".
    context = "kms:EncryptionContext:aws:ecs:clusterAccount"
    principal = {"Service": "fargate.amazonaws.com"}
    condition = {"StringEquals": {context: location.account_id}}
    grant = {
        **condition,
        "ForAllValues:StringEquals": {"kms:GrantOperations": ["Decrypt"]},
    }
    return [
        allow(
            "FargateStorage",
            ["kms:GenerateDataKeyWithoutPlaintext"],
            "*",
            Principal=principal,
            Condition=condition,
        ),
        allow(
            "FargateGrant",
            ["kms:CreateGrant"],
            "*",
            Principal=principal,
            Condition=grant,
        ),
    ]


SERVICES: Mapping[str, Callable[[Location], list[Statement]]] = {
    "backup": _envelope_for("Backup", "backup.amazonaws.com"),
    "budgets": _envelope_for("Budgets", "budgets.amazonaws.com"),
    "cloudtrail": _cloudtrail,
    "cloudwatch": _envelope_for("Alarms", "cloudwatch.amazonaws.com"),
    "config": _envelope_for("Config", "config.amazonaws.com"),
    "events": _envelope_for("Events", "events.amazonaws.com"),
    "fargate": _fargate,
    "guardduty": _envelope_for("GuardDuty", "guardduty.amazonaws.com"),
    "log-delivery": _envelope_for("LogDelivery", "delivery.logs.amazonaws.com"),
    "logs": _logs,
    "s3": _envelope_for("S3Notifications", "s3.amazonaws.com"),
    "sns": _envelope_for("Sns", "sns.amazonaws.com"),
    "sqs": _envelope_for("Sqs", "sqs.amazonaws.com"),
}
"""What each service's principal may do. Services that use a caller's own rights (RDS, ElastiCache, Secrets
Manager, ECR, Kinesis) are not here: IAM policies cover them."""
