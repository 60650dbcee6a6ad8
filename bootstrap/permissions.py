"""What the workflows' roles may do, and what they may not whatever else they are given."""

from collections.abc import Sequence
from typing import Any

import pulumi

from components.location import Location
from components.policy import allow, deny

__all__ = ["boundary", "deploy_statements", "preview_statements"]

Statement = dict[str, Any]

REGIONAL_SERVICES = (
    "acm",
    "application-autoscaling",
    "backup",
    "backup-storage",
    "cloudtrail",
    "cloudwatch",
    "config",
    "dynamodb",
    "ec2",
    "ecr",
    "ecs",
    "elasticache",
    "elasticloadbalancing",
    "events",
    "firehose",
    "fis",
    "guardduty",
    "kinesis",
    "kms",
    "lambda",
    "logs",
    "rds",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "sns",
    "sqs",
    "ssm",
    "tag",
    "wafv2",
)
"""Those of which the estate declares resources, with those that their resources need."""
GLOBAL_SERVICES = ("acm", "budgets", "cloudfront", "route53", "wafv2")
"""Answer in us-east-1 (IAM user guide, `aws:RequestedRegion`), or have to be there for CloudFront's sake."""
GLOBAL_REGION = "us-east-1"
PASSED_TO = (
    "application-autoscaling",
    "backup",
    "cloudtrail",
    "config",
    "ecs",
    "ecs-tasks",
    "events",
    "firehose",
    "fis",
    "guardduty",
    "lambda",
    "monitoring.rds",
    "rds",
    "s3",
    "sns",
    "ssm",
    "vpc-flow-logs",
)
"""AWS services that are handed roles of the estate."""
ROLE_ACTIONS = (
    "iam:AttachRolePolicy",
    "iam:CreatePolicy",
    "iam:CreatePolicyVersion",
    "iam:CreateRole",
    "iam:CreateServiceLinkedRole",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:Get*",
    "iam:List*",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:TagPolicy",
    "iam:TagRole",
    "iam:UntagPolicy",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
)
STORED = (
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "kinesis:GetRecords",
    "rds-data:*",
    "rds-db:connect",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
    "sqs:ReceiveMessage",
)
LOGGED = (
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:GetQueryResults",
    "logs:StartLiveTail",
    "logs:StartQuery",
)
SHELLS = ("ecs:ExecuteCommand", "ssm:SendCommand", "ssm:StartSession")
KEY_USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")


def preview_statements(
    bucket_arns: Sequence[pulumi.Input[str]], key_arns: Sequence[pulumi.Input[str]]
) -> list[Statement]:
    """Reads the state and opens its secrets. It writes locks, for Pulumi locks a stack while it looks for drift."""
    return [
        allow("ListState", ["s3:ListBucket"], list(bucket_arns)),
        allow("ReadState", ["s3:GetObject"], _below(bucket_arns, ".pulumi/*")),
        allow("LockState", ["s3:DeleteObject", "s3:PutObject"], _below(bucket_arns, ".pulumi/locks/*")),
        allow("OpenSecrets", ["kms:Decrypt", "kms:GenerateDataKey"], list(key_arns)),
    ]


def deploy_statements(
    regions: Sequence[str],
    bucket_arns: Sequence[pulumi.Input[str]],
    key_arns: Sequence[pulumi.Input[str]],
) -> list[Statement]:
    """Makes, changes and deletes what the estate consists of, in its regions, and keeps Pulumi's state."""
    in_regions = {"StringEquals": {"aws:RequestedRegion": list(regions)}}
    globally = {"StringEquals": {"aws:RequestedRegion": GLOBAL_REGION}}
    services = [f"{service}.amazonaws.com" for service in PASSED_TO]
    return [
        allow("Estate", [f"{it}:*" for it in REGIONAL_SERVICES], "*", Condition=in_regions),
        allow("EstateGlobal", [f"{it}:*" for it in GLOBAL_SERVICES], "*", Condition=globally),
        allow("Roles", ROLE_ACTIONS, "*"),
        allow(
            "PassRoles", ["iam:PassRole"], "*", Condition={"StringEquals": {"iam:PassedToService": services}}
        ),
        allow("ListState", ["s3:ListBucket"], list(bucket_arns)),
        allow(
            "KeepState",
            ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
            _below(bucket_arns, ".pulumi/*"),
        ),
        allow("SealSecrets", KEY_USE, list(key_arns)),
    ]


def boundary(
    name: str,
    location: Location,
    bucket_arns: Sequence[pulumi.Input[str]],
    key_arns: Sequence[pulumi.Input[str]],
) -> list[Statement]:
    """Limits what policies can give, and gives nothing (IAM user guide, "Permissions boundaries")."""
    own_roles = [_iam(location, f"role/{name}-{purpose}") for purpose in ("preview", "deploy")]
    own_policy = _iam(location, f"policy/{name}-workflow-boundary")
    issuers = _iam(location, "oidc-provider/*")
    changes = [
        "iam:Add*",
        "iam:Attach*",
        "iam:Create*",
        "iam:Delete*",
        "iam:Detach*",
        "iam:Put*",
        "iam:Remove*",
    ]
    administrators = pulumi.Output.format("arn:{0}:iam::aws:policy/*Admin*", location.partition)
    return [
        allow("WhatPoliciesGive", ["*"], "*"),
        deny(
            "OwnRights",
            [*changes, "iam:Set*", "iam:Update*", "sts:AssumeRole"],
            [*own_roles, own_policy, issuers],
        ),
        deny(
            "People", ["account:*", "iam:*AccessKey*", "iam:*Group*", "iam:*LoginProfile*", "iam:*User*"], "*"
        ),
        deny("Organisation", ["organizations:*", "iam:*AccountPassword*", "sso:*"], "*"),
        deny(
            "Administrators",
            ["iam:AttachRolePolicy"],
            "*",
            Condition={"ArnLike": {"iam:PolicyARN": administrators}},
        ),
        deny(
            "StateBucket",
            ["s3:DeleteBucket*", "s3:Put*Configuration", "s3:PutBucket*"],
            list(bucket_arns),
        ),
        deny("StateHistory", ["s3:DeleteObjectVersion"], _below(bucket_arns, "*")),
        deny("StateKey", ["kms:Disable*", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"], list(key_arns)),
        deny("Stored", STORED, "*"),
        deny("Logged", LOGGED, "*"),
        deny("Shells", SHELLS, "*"),
        {
            "Sid": "Documents",
            "Effect": "Deny",
            "Action": ["s3:GetObject", "s3:GetObjectVersion"],
            "NotResource": _below(bucket_arns, ".pulumi/*"),
        },
    ]


def _below(bucket_arns: Sequence[pulumi.Input[str]], path: str) -> list[pulumi.Output[str]]:
    return [pulumi.Output.concat(arn, "/", path) for arn in bucket_arns]


def _iam(location: Location, resource: str) -> pulumi.Output[str]:
    return pulumi.Output.format("arn:{0}:iam::{1}:{2}", location.partition, location.account_id, resource)
