"""A record of every connection that the VPC admitted or refused."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.location import locate
from components.policy import allow, policy_document, trust_policy
from components.tagging import named

__all__ = ["FlowLogSettings", "flow_log"]


@dataclass(frozen=True)
class FlowLogSettings:
    """Where the records go and how long they stay."""

    log_group_name: str
    retention_days: int
    key_arn: pulumi.Input[str]


def flow_log(
    name: str,
    vpc_id: pulumi.Input[str],
    settings: FlowLogSettings,
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> aws.cloudwatch.LogGroup:
    """All traffic of the VPC is recorded, each minute, in an encrypted log group."""
    group = aws.cloudwatch.LogGroup(
        f"{name}-flow-logs",
        name=settings.log_group_name,
        retention_in_days=settings.retention_days,
        kms_key_id=settings.key_arn,
        tags=tags,
        opts=opts,
    )
    aws.ec2.FlowLog(
        f"{name}-flow-log",
        vpc_id=vpc_id,
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_destination=group.arn,
        iam_role_arn=_delivery_role(name, group, tags, opts).arn,
        max_aggregation_interval=60,
        tags=named(tags, f"{name}-flow-log"),
        opts=opts,
    )
    return group


def _delivery_role(
    name: str,
    group: aws.cloudwatch.LogGroup,
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> aws.iam.Role:
    location = locate(opts)
    # Source: VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs" (confused deputy).
    condition = {
        "StringEquals": {"aws:SourceAccount": location.account_id},
        "ArnLike": {"aws:SourceArn": location.arn("ec2", "vpc-flow-log/*")},
    }
    role = aws.iam.Role(
        f"{name}-flow-logs-role",
        description=f"Writes the flow logs of {name}",
        assume_role_policy=trust_policy("vpc-flow-logs.amazonaws.com", condition),
        tags=tags,
        opts=opts,
    )
    writing = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
    streams = pulumi.Output.concat(group.arn, ":*")
    aws.iam.RolePolicy(
        f"{name}-flow-logs-policy",
        role=role.name,
        policy=policy_document([allow("WriteFlowLogs", writing, [group.arn, streams])]),
        opts=opts,
    )
    return role
