"""Foundation: network, keys, audit, people's roles, DNS: what changes least and carries everything."""

from collections.abc import Iterator
from typing import Any

import pulumi
import pulumi_aws as aws

from catalogue import Capability, Residency
from components.audit_trail import AuditTrail
from components.keys import KeyArgs, Keys, ReplicaKeys
from components.log_bucket import LogBucket
from components.network import Network
from components.person_role import PersonRole
from components.topic import Topic
from components.trail_alarms import TrailAlarms
from stacks.context import StackContext, export
from stacks.names import Layer

__all__ = ["declare"]

KEY_SERVICES = ("backup", "cloudwatch", "events", "fargate", "log-delivery", "logs", "s3", "sns", "sqs")
"""AWS services that handle data of every class: queues, topics, buckets, logs and their backups."""
OPERATIONAL_SERVICES = (*KEY_SERVICES, "budgets", "cloudtrail", "config", "guardduty")
ADMINISTRATOR = "AdministratorAccess"
"""AWS's policy that allows everything."""
DEPLOY_ROLE = "estate-deploy"
"""With which the pipeline deploys (`bootstrap/deploy_roles.py`)."""


def declare(context: StackContext) -> None:
    """Registers the layer. What is global, such as roles and DNS, stands once: with the primary region."""
    key_arns = _keys(context)
    network = _network(context, key_arns)
    alarms = _alarm_topic(context, key_arns)
    logs = LogBucket(
        "access-logs",
        {
            "sources": ["s3-access", "load-balancer"],
            "bucket_name": f"access-logs-{context.account_id}-{context.region.name}",
            "force_destroy": not context.is_protected,
            "tags": context.platform_tags,
        },
    )
    export(
        {
            "key_arns": key_arns,
            "vpc_id": network.vpc_id,
            "cidr_block": network.cidr_block,
            "public_subnet_ids": network.public_subnet_ids,
            "private_subnet_ids": network.private_subnet_ids,
            "data_subnet_ids": network.data_subnet_ids,
            "endpoint_security_group_id": network.endpoint_security_group_id,
            "prefix_list_ids": network.prefix_list_id_by_service,
            "alarm_topic_arn": alarms.arn,
            "access_log_bucket": logs.bucket_name,
        }
    )
    if context.role == "primary":
        _global(context, key_arns, logs, alarms)


def _keys(context: StackContext) -> pulumi.Output[dict[str, str]]:
    """ARNs by key. In the standby region stand replicas, of the keys whose data may be there."""
    tags = context.platform_tags
    specifications = _key_specifications(context)
    if context.role == "primary":
        return Keys("keys", {"keys": specifications, "alias_prefix": "estate", "tags": tags}).arn_by_name  # type: ignore[return-value]
    primary = {name: context.entry(Layer.FOUNDATION, "key_arns", name, "primary") for name in specifications}
    return ReplicaKeys(  # type: ignore[return-value]
        "keys",
        {"keys": specifications, "primary_key_arn_by_name": primary, "alias_prefix": "estate", "tags": tags},
    ).arn_by_name


def _key_specifications(context: StackContext) -> dict[str, KeyArgs]:
    return {
        each.key: {
            "description": f"Data of class {each.name}: {each.description}",
            "services": OPERATIONAL_SERVICES if each.name == "operational" else KEY_SERVICES,
            "multi_region": each.residency is Residency.UK_EEA,
            "tags": {"data-class": each.name},
        }
        for each in context.estate.catalogue.data_classes.values()
        if context.stays_here(each.name)
    }


def _network(context: StackContext, key_arns: pulumi.Output[dict[str, str]]) -> Network:
    region = context.region
    subnets = region.subnets
    return Network(
        "network",
        {
            "cidr_block": str(region.cidr),
            "zones": region.zones,
            "log_key_arn": key_arns.apply(lambda arns: arns["operational"]),
            "public_cidr_blocks": [str(it) for it in subnets.public],
            "private_cidr_blocks": [str(it) for it in subnets.private],
            "data_cidr_blocks": [str(it) for it in subnets.data],
            "nat": context.estate.environment.nat.value,
            "flow_log_group_name": "/estate/flow-logs",
            "flow_log_retention_days": context.retention_days("operational"),
            "tags": context.platform_tags,
        },
    )


def _alarm_topic(context: StackContext, key_arns: pulumi.Output[dict[str, str]]) -> Topic:
    """Where every alarm of the region rings."""
    return Topic(
        "alarms",
        {
            "kms_key_arn": key_arns.apply(lambda arns: arns["operational"]),
            "topic_name": "estate-alarms",
            "service_publishers": [
                {"service": "cloudwatch.amazonaws.com", "source_arn": context.arn("cloudwatch", "alarm:*")},
                {"service": "budgets.amazonaws.com", "source_arn": context.arn("budgets", "*", region="")},
            ],
            "log_delivery_status": True,
            "log_retention_days": context.retention_days("operational"),
            "tags": context.platform_tags,
        },
    )


def _global(
    context: StackContext, key_arns: pulumi.Output[dict[str, str]], logs: LogBucket, alarms: Topic
) -> None:
    tags = context.platform_tags
    trail = AuditTrail(
        "audit-trail",
        {
            "kms_key_arn": key_arns.apply(lambda arns: arns["operational"]),
            "trail_name": "estate",
            "log_bucket_name": logs.bucket_name,
            "log_retention_days": context.retention_days("operational"),
            "force_destroy": not context.is_protected,
            "tags": tags,
        },
    )
    TrailAlarms(
        "trail",
        {
            "log_group_name": trail.log_group_name,
            "alarm_topic_arn": alarms.arn,
            "emergency_role_names": list(_emergency_roles(context)),
            "deploy_role_name": DEPLOY_ROLE,
            "tags": tags,
        },
    )
    aws.guardduty.Detector("threat-detection", enable=True, tags=tags)
    for role in context.estate.catalogue.roles.values():
        capabilities = [context.estate.catalogue.capabilities[name] for name in role.capabilities]
        PersonRole(
            f"person-{role.name}",
            {
                "role_name": role.name,
                "description": role.description,
                "managed_policies": [it.managed_policy for it in capabilities if it.managed_policy],
                "statements": [statement for it in capabilities for statement in _statements(it)],
                "session_hours": role.session_hours,
                "mfa_required": role.mfa_required,
                "tags": tags,
            },
        )
    zone = aws.route53.Zone(
        "zone",
        name=context.estate.environment.domain_name,
        comment="Names under which the public reaches the estate.",
        force_destroy=not context.is_protected,
        tags=tags,
    )
    export({"zone_id": zone.zone_id})


def _emergency_roles(context: StackContext) -> Iterator[str]:
    """Those that may do everything."""
    catalogue = context.estate.catalogue
    for role in catalogue.roles.values():
        if any(catalogue.capabilities[it].managed_policy == ADMINISTRATOR for it in role.capabilities):
            yield role.name


def _statements(capability: Capability) -> list[dict[str, Any]]:
    sid = capability.name.title().replace("-", "")
    return [
        {
            "Sid": f"{sid}{number}",
            "Effect": str(statement.effect),
            "Action": list(statement.actions),
            "Resource": list(statement.resources),
            **({"Condition": statement.conditions} if statement.conditions else {}),
        }
        for number, statement in enumerate(capability.statements, 1)
    ]
