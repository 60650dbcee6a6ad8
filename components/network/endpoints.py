"""Ways to AWS's services that do not leave the VPC."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.location import Location, locate
from components.policy import allow, policy_document
from components.tagging import named

__all__ = [
    "GATEWAY_SERVICES",
    "INTERFACE_SERVICES",
    "endpoint_security_group",
    "gateway_endpoints",
    "interface_endpoints",
]

GATEWAY_SERVICES = ("s3", "dynamodb")

INTERFACE_SERVICES = (
    "ecr.api",
    "ecr.dkr",
    "events",
    "kinesis-streams",
    "kms",
    "logs",
    "monitoring",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "ssmmessages",
    "sts",
)
"""What a task on Fargate and the estate's services call."""


def gateway_endpoints(
    name: str,
    vpc: aws.ec2.Vpc,
    route_tables: Sequence[aws.ec2.RouteTable],
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> dict[str, aws.ec2.VpcEndpoint]:
    """S3 and DynamoDB are reached from those route tables without NAT."""
    location = locate(opts)
    policies = {"s3": _s3_policy(location), "dynamodb": account_only_policy(location)}
    return {
        service: aws.ec2.VpcEndpoint(
            f"{name}-{service}",
            vpc_id=vpc.id,
            vpc_endpoint_type="Gateway",
            service_name=pulumi.Output.format("com.amazonaws.{0}.{1}", location.region, service),
            route_table_ids=[table.id for table in route_tables],
            policy=policies[service],
            tags=named(tags, f"{name}-{service}"),
            opts=opts,
        )
        for service in GATEWAY_SERVICES
    }


def endpoint_security_group(
    name: str, vpc: aws.ec2.Vpc, tags: Mapping[str, str], opts: pulumi.ResourceOptions
) -> aws.ec2.SecurityGroup:
    """The endpoints admit HTTPS from the VPC and open no connection themselves."""
    group = aws.ec2.SecurityGroup(
        f"{name}-endpoints",
        vpc_id=vpc.id,
        description="Interface endpoints: HTTPS from the VPC",
        tags=named(tags, f"{name}-endpoints"),
        opts=opts,
    )
    aws.vpc.SecurityGroupIngressRule(
        f"{name}-endpoints-https",
        security_group_id=group.id,
        description="HTTPS from the VPC",
        cidr_ipv4=vpc.cidr_block,
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        tags=named(tags, f"{name}-endpoints-https"),
        opts=opts,
    )
    return group


def interface_endpoints(
    name: str,
    vpc: aws.ec2.Vpc,
    services: Sequence[str],
    subnets: Sequence[aws.ec2.Subnet],
    group: aws.ec2.SecurityGroup,
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> dict[str, aws.ec2.VpcEndpoint]:
    """Each service has an address in every one of the subnets, under its usual name."""
    location = locate(opts)
    policy = account_only_policy(location)
    return {
        service: aws.ec2.VpcEndpoint(
            f"{name}-{service.replace('.', '-')}",
            vpc_id=vpc.id,
            vpc_endpoint_type="Interface",
            service_name=pulumi.Output.format("com.amazonaws.{0}.{1}", location.region, service),
            subnet_ids=[subnet.id for subnet in subnets],
            security_group_ids=[group.id],
            private_dns_enabled=True,
            policy=policy,
            tags=named(tags, f"{name}-{service.replace('.', '-')}"),
            opts=opts,
        )
        for service in services
    }


def account_only_policy(location: Location) -> pulumi.Output[str]:
    """Only this account's principals pass, so stolen credentials of another account carry nothing out."""
    return policy_document([_account_statement(location)])


def _s3_policy(location: Location) -> pulumi.Output[str]:
    # ECR keeps image layers in a bucket of its own and reads them with its own signature.
    # Source: ECR user guide, "Amazon ECR interface VPC endpoints", minimum S3 bucket permissions.
    layers = pulumi.Output.format(
        "arn:{0}:s3:::prod-{1}-starport-layer-bucket/*",
        location.partition,
        location.region,
    )
    image_layers = allow("ImageLayers", ["s3:GetObject"], layers, Principal="*")
    return policy_document([_account_statement(location), image_layers])


def _account_statement(location: Location) -> dict[str, Any]:
    condition = {"StringEquals": {"aws:PrincipalAccount": location.account_id}}
    return allow("ThisAccount", ["*"], "*", Principal="*", Condition=condition)
