"""Network ACLs of the three tiers: stateless, so return traffic is admitted by port.

The default ACL is left without rules: a subnet that nobody placed in a tier reaches nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.tagging import named

__all__ = [
    "DATA_RULES",
    "PRIVATE_RULES",
    "PUBLIC_RULES",
    "AclRule",
    "lock_default_acl",
    "tier_acl",
]

ANYWHERE = "0.0.0.0/0"
VPC = "vpc"
"""Stands for the VPC's own block."""


@dataclass(frozen=True)
class AclRule:
    """Admits a range of TCP ports, or everything where ports is None, which only ways out are given."""

    suffix: str
    number: int
    egress: bool
    cidr_block: str
    ports: tuple[int, int] | None = None


UNPRIVILEGED = (1024, 65535)
"""Where tasks, databases and caches listen, and where replies come to. Below are HTTPS and HTTP, named where they are
admitted, and what an estate has no use for, such as SSH."""

# A NAT gateway uses the ports 1024 to 65535, so the public tier must admit replies to any of them.
# Source: VPC user guide, "Custom network ACLs for your VPC" (ephemeral ports).
PUBLIC_RULES = (
    AclRule("in-vpc", 100, False, VPC, UNPRIVILEGED),
    AclRule("in-https", 110, False, ANYWHERE, (443, 443)),
    AclRule("in-http", 120, False, ANYWHERE, (80, 80)),
    AclRule("in-replies", 130, False, ANYWHERE, (1024, 65535)),
    AclRule("out-vpc", 100, True, VPC),
    AclRule("out-https", 110, True, ANYWHERE, (443, 443)),
    AclRule("out-http", 120, True, ANYWHERE, (80, 80)),
    AclRule("out-replies", 130, True, ANYWHERE, (1024, 65535)),
)

# Tasks are Linux: replies come to 32768 to 60999. Source: Linux kernel, ip-sysctl, ip_local_port_range.
PRIVATE_RULES = (
    AclRule("in-vpc", 100, False, VPC, UNPRIVILEGED),
    AclRule("in-endpoints", 105, False, VPC, (443, 443)),
    AclRule("in-replies", 110, False, ANYWHERE, (32768, 60999)),
    AclRule("out-vpc", 100, True, VPC),
    AclRule("out-tcp", 110, True, ANYWHERE, (0, 65535)),
)

# Databases and caches talk to the VPC and to nothing else.
DATA_RULES = (
    AclRule("in-vpc", 100, False, VPC, UNPRIVILEGED),
    AclRule("out-vpc", 100, True, VPC),
)


def lock_default_acl(
    name: str, vpc: aws.ec2.Vpc, tags: Mapping[str, str], opts: pulumi.ResourceOptions
) -> None:
    """The VPC's default network ACL has no rules, so it denies everything."""
    # AWS puts a subnet whose ACL goes away back on the default one: its subnets are not ours to list.
    opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(ignore_changes=["subnetIds"]))
    child = f"{name}-default-acl"
    aws.ec2.DefaultNetworkAcl(
        child,
        default_network_acl_id=vpc.default_network_acl_id,
        tags=named(tags, child),
        opts=opts,
    )


def tier_acl(
    name: str,
    vpc: aws.ec2.Vpc,
    subnets: Sequence[aws.ec2.Subnet],
    rules: Sequence[AclRule],
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> aws.ec2.NetworkAcl:
    """The subnets stand behind one ACL that admits what the rules say."""
    acl = aws.ec2.NetworkAcl(
        name,
        vpc_id=vpc.id,
        subnet_ids=[subnet.id for subnet in subnets],
        tags=named(tags, name),
        opts=opts,
    )
    for rule in rules:
        _acl_rule(name, acl, rule, vpc.cidr_block, opts)
    return acl


def _acl_rule(
    name: str,
    acl: aws.ec2.NetworkAcl,
    rule: AclRule,
    vpc_cidr_block: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> None:
    from_port, to_port = rule.ports or (0, 0)
    aws.ec2.NetworkAclRule(
        f"{name}-{rule.suffix}",
        network_acl_id=acl.id,
        rule_number=rule.number,
        egress=rule.egress,
        rule_action="allow",
        protocol="tcp" if rule.ports else "-1",
        from_port=from_port,
        to_port=to_port,
        cidr_block=vpc_cidr_block if rule.cidr_block == VPC else rule.cidr_block,
        opts=opts,
    )
