"""The security group of a store: who may connect to it, and nothing else."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.tagging import named

__all__ = ["admit_clients", "store_security_group"]


def store_security_group(
    parent: pulumi.Resource,
    name: str,
    description: str,
    vpc_id: pulumi.Input[str],
    tags: Mapping[str, str],
) -> aws.ec2.SecurityGroup:
    """A security group with no rule: a store calls nobody, so it has no egress either."""
    return aws.ec2.SecurityGroup(
        name,
        description=description,
        vpc_id=vpc_id,
        revoke_rules_on_delete=True,
        tags=named(tags, name),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def admit_clients(
    parent: pulumi.Resource,
    name: str,
    security_group_id: pulumi.Input[str],
    port: int,
    client_security_group_ids: Mapping[str, pulumi.Input[str]],
    tags: Mapping[str, str],
) -> None:
    """Admits each client on the port. One rule a client, so that a new client changes no other's rule."""
    for client, client_id in client_security_group_ids.items():
        rule = f"{name}-from-{client}"
        aws.vpc.SecurityGroupIngressRule(
            rule,
            security_group_id=security_group_id,
            referenced_security_group_id=client_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=f"{client} to port {port}",
            tags=named(tags, rule),
            opts=pulumi.ResourceOptions(parent=parent),
        )
