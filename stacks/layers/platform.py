"""Platform: the edge, the cluster on which services run, and what watches the whole."""

import pulumi
import pulumi_aws as aws

from components.cluster import Cluster
from components.edge import Edge, EdgeArgs
from stacks.context import StackContext, export
from stacks.dashboards import overview_dashboard
from stacks.names import Layer

__all__ = ["declare"]

MONTHLY_BUDGET_USD_PER_TASK = 60
"""What a month of the estate may cost for each task at rest before somebody is told: an assumption."""

INTERNAL_PATHS = ("/metrics.json", "/ready")
"""What tasks say of themselves to those who run them (workload/app.py), and to nobody else."""


def declare(context: StackContext) -> None:
    """Registers the layer's stack of this region."""
    edge = _edge(context)
    cluster = Cluster(
        "cluster",
        {
            "key_arn": context.key_arn("operational"),
            "cluster_name": "estate",
            "namespace_name": "estate",
            "repository_name": "workload",
            "deletion_protection": context.is_protected,
            "tags": context.platform_tags,
        },
    )
    export(
        {
            "load_balancer_arn": edge.load_balancer_arn,
            "load_balancer_arn_suffix": edge.load_balancer_arn_suffix,
            "load_balancer_dns_name": edge.dns_name,
            "load_balancer_zone_id": edge.zone_id,
            "load_balancer_security_group_id": edge.security_group_id,
            "https_listener_arn": edge.https_listener_arn,
            "cluster_arn": cluster.arn,
            "cluster_name": cluster.name,
            "namespace_arn": cluster.namespace_arn,
            "repository_arn": cluster.repository_arn,
            "repository_url": cluster.repository_url,
        }
    )
    aws.cloudwatch.Dashboard(
        "overview",
        dashboard_name=f"estate-overview-{context.region.name}",
        dashboard_body=overview_dashboard(context, edge.load_balancer_arn_suffix),
    )
    if context.role == "primary":
        _budget(context)


def _edge(context: StackContext) -> Edge:
    args: EdgeArgs = {
        "vpc_id": context.output(Layer.FOUNDATION, "vpc_id"),
        "public_subnet_ids": context.output(Layer.FOUNDATION, "public_subnet_ids"),
        "domain_name": context.estate.environment.domain_name,
        "task_cidr_block": context.output(Layer.FOUNDATION, "cidr_block"),
        "log_key_arn": context.key_arn("operational"),
        "zone_id": context.output(Layer.FOUNDATION, "zone_id", "primary"),
        "load_balancer_name": "estate",
        "deletion_protection": context.is_protected,
        "access_log_bucket_name": context.output(Layer.FOUNDATION, "access_log_bucket"),
        "log_retention_days": context.retention_days("operational"),
        "hidden_paths": INTERNAL_PATHS,
        "tags": context.platform_tags,
    }
    return Edge("edge", args)


def _budget(context: StackContext) -> None:
    tasks = context.estate.task_total("primary").desired + context.estate.task_total("standby").desired
    aws.budgets.Budget(
        "budget",
        name="estate",
        budget_type="COST",
        time_unit="MONTHLY",
        limit_amount=str(tasks * MONTHLY_BUDGET_USD_PER_TASK),
        limit_unit="USD",
        notifications=[budget_notification(context.output(Layer.FOUNDATION, "alarm_topic_arn"))],
        tags=context.platform_tags,
    )


def budget_notification(topic_arn: pulumi.Input[str]) -> aws.budgets.BudgetNotificationArgs:
    """Somebody is told when four fifths of a budget are forecast to be used."""
    return aws.budgets.BudgetNotificationArgs(
        comparison_operator="GREATER_THAN",
        threshold=80,
        threshold_type="PERCENTAGE",
        notification_type="FORECASTED",
        subscriber_sns_topic_arns=[topic_arn],
    )
