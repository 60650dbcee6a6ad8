"""Who may call a service, and whom it may call."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.exceptions import ComponentError
from components.private_service.scope import Scope

__all__ = ["EgressArgs", "security_group"]

DESTINATIONS = ("security_group_id", "prefix_list_id", "cidr_block")


class EgressArgs(TypedDict):
    name: str
    """What is reached, unique in the service: the end of the rule's name."""
    port: int
    """Port that is reached."""
    description: str
    """What for, as the console shows it."""
    security_group_id: NotRequired[pulumi.Input[str]]
    """Reached: members of this security group. Give this or one of the next two."""
    prefix_list_id: NotRequired[pulumi.Input[str]]
    """Reached: what this prefix list names."""
    cidr_block: NotRequired[pulumi.Input[str]]
    """Reached: addresses in this block."""
    protocol: NotRequired[str]
    """`tcp` or `udp`. Default: tcp."""
    admit: NotRequired[bool]
    """Whether the rule that admits this service is added to that security group as well. For what was
    declared without knowing its callers, such as a database in another stack. Default: false."""


def security_group(
    scope: Scope,
    vpc_id: pulumi.Input[str],
    port: int,
    callers: Mapping[str, pulumi.Input[str]],
    egress: Sequence[EgressArgs],
) -> aws.ec2.SecurityGroup:
    """A group that admits the callers on the port, and lets out what is listed.

    Args:
        callers: ids of security groups, by the caller's name.
    """
    group = aws.ec2.SecurityGroup(
        scope.child("security-group"),
        vpc_id=vpc_id,
        description=f"Tasks of {scope.service_name}",
        tags=scope.named_tags("security-group"),
        opts=scope.opts,
    )
    for caller, caller_group_id in sorted(callers.items()):
        _admit_caller(scope, group, caller, caller_group_id, port)
    _check_names(egress)
    for destination in egress:
        _let_out(scope, group, destination)
        if destination.get("admit", False):
            _admit_at(scope, group, destination)
    return group


def _admit_caller(
    scope: Scope, group: aws.ec2.SecurityGroup, caller: str, caller_group_id: pulumi.Input[str], port: int
) -> None:
    aws.vpc.SecurityGroupIngressRule(
        scope.child(f"from-{caller}"),
        security_group_id=group.id,
        description=f"Requests from {caller}",
        referenced_security_group_id=caller_group_id,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        tags=scope.named_tags(f"from-{caller}"),
        opts=scope.opts,
    )


def _let_out(scope: Scope, group: aws.ec2.SecurityGroup, destination: EgressArgs) -> None:
    _check_destination(destination)
    suffix = f"to-{destination['name']}"
    aws.vpc.SecurityGroupEgressRule(
        scope.child(suffix),
        security_group_id=group.id,
        description=destination["description"],
        referenced_security_group_id=destination.get("security_group_id"),
        prefix_list_id=destination.get("prefix_list_id"),
        cidr_ipv4=destination.get("cidr_block"),
        ip_protocol=destination.get("protocol", "tcp"),
        from_port=destination["port"],
        to_port=destination["port"],
        tags=scope.named_tags(suffix),
        opts=scope.opts,
    )


def _admit_at(scope: Scope, group: aws.ec2.SecurityGroup, destination: EgressArgs) -> None:
    callee_group_id = destination.get("security_group_id")
    if callee_group_id is None:
        raise ComponentError(
            f"Only a security group can admit a service, got none for {destination['name']!r}. "
            "Give its security_group_id or leave admit out."
        )
    suffix = f"admitted-by-{destination['name']}"
    aws.vpc.SecurityGroupIngressRule(
        scope.child(suffix),
        security_group_id=callee_group_id,
        description=f"{scope.service_name}: {destination['description']}",
        referenced_security_group_id=group.id,
        ip_protocol=destination.get("protocol", "tcp"),
        from_port=destination["port"],
        to_port=destination["port"],
        tags=scope.named_tags(suffix),
        opts=scope.opts,
    )


def _check_names(egress: Sequence[EgressArgs]) -> None:
    names = [destination["name"] for destination in egress]
    for name in names:
        if names.count(name) > 1:
            raise ComponentError(
                f"Each destination has a name of its own, got {name!r} twice. Rename one of them."
            )


def _check_destination(destination: EgressArgs) -> None:
    given = [key for key in DESTINATIONS if destination.get(key) is not None]
    if len(given) != 1:
        raise ComponentError(
            f"A destination is one of {', '.join(DESTINATIONS)}, got {given!r} for {destination['name']!r}. "
            "Give exactly one."
        )
