"""What one benefit adds to its cell. Everything here is created with the benefit, and nothing else is touched."""

from typing import Any

import pulumi
import pulumi_aws as aws

from catalogue import Benefit, Demand
from components.private_service import PrivateService
from stacks.context import StackContext
from stacks.dashboards import METRICS_NAMESPACE, benefit_dashboard
from stacks.grants import KEY_ACTIONS, QUEUE_ACTIONS, SHARED_QUEUE_ACTIONS, cell_keys
from stacks.layers.platform import budget_notification
from stacks.names import Layer
from stacks.physical_names import PARAMETER_CLASS, benefit_queue, benefit_schema, cell_parameters

__all__ = ["declare_benefit"]

CENTS_PER_APPLICATION = 25
"""What the infrastructure for one application may cost before somebody is told: an assumption."""

BURN_RATES = (("fast", 14.4, 3600), ("slow", 6.0, 21600))
"""Name, how many times faster than allowed the error budget burns, over how many seconds.

Source: Google, The Site Reliability Workbook, chapter 5, table 5-2.
"""


class BenefitOnCell(pulumi.ComponentResource):
    """Groups a benefit's resources in the graph."""

    def __init__(self, name: str) -> None:
        super().__init__("estate:services:Benefit", name)
        self.register_outputs({})


def declare_benefit(context: StackContext, benefit: Benefit, cell: PrivateService) -> None:
    """The benefit's parameters, permission, route, objectives, dashboard and budget."""
    group = BenefitOnCell(f"benefit-{benefit.slug}")
    opts = pulumi.ResourceOptions(parent=group)
    tags = context.tags(benefit.owner, benefit.data_class, benefit=benefit.slug)
    queue = context.entry(Layer.DATA, "benefit_queues", benefit.slug)
    _parameters(context, benefit, queue, tags, opts)
    _permission(context, benefit, cell, queue, opts)
    _route(context, benefit, cell, tags, opts)
    _objectives(context, benefit, tags, opts)
    aws.cloudwatch.Dashboard(
        f"benefit-{benefit.slug}-dashboard",
        dashboard_name=f"benefit-{benefit.slug}-{context.region.name}",
        dashboard_body=benefit_dashboard(context, benefit, benefit_queue(benefit.slug)),
        opts=opts,
    )
    if context.role == "primary":
        _budget(context, benefit, tags, opts)


def _parameters(
    context: StackContext,
    benefit: Benefit,
    queue: pulumi.Output[dict[str, str]],
    tags: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> None:
    """What the cell's tasks read: how the benefit works, and the schema that they make and keep for it."""
    path = f"{cell_parameters(benefit.cell)}/{benefit.slug}"
    settings = {
        "name": benefit.name,
        "retention_years": benefit.retention_years,
        "tier": benefit.tier,
        "path": benefit.path,
        "queue_url": queue["url"],
        "dead_letter_url": queue["dead_letter_url"],
    }
    database = {
        "database": context.estate.cells[benefit.cell].database,
        "schema": benefit_schema(benefit),
        "role": benefit_schema(benefit),
    }
    for name, value in (("settings", settings), ("database", database)):
        aws.ssm.Parameter(
            f"benefit-{benefit.slug}-{name}",
            name=f"{path}/{name}",
            type="SecureString",
            key_id=context.key_arn(PARAMETER_CLASS),
            value=pulumi.Output.json_dumps(value),
            tags=tags,
            opts=opts,
        )


def _permission(
    context: StackContext,
    benefit: Benefit,
    cell: PrivateService,
    queue: pulumi.Output[dict[str, str]],
    opts: pulumi.ResourceOptions,
) -> None:
    """The cell may use the benefit's queue and its key, and log in as its database role.

    A policy of its own on the cell's role.
    """
    database = context.entry(Layer.DATA, "databases", context.estate.cells[benefit.cell].database)
    user = database.apply(
        lambda it: context.arn("rds-db", f"dbuser:{it['resource_id']}/{benefit_schema(benefit)}")
    )
    # The rest is granted to the cell for all its queues at once: a role keeps 10,240 characters of policy.
    actions = [it for it in QUEUE_ACTIONS if it not in SHARED_QUEUE_ACTIONS]
    statements: list[dict[str, Any]] = [
        {"Effect": "Allow", "Action": actions, "Resource": queue["arn"]},
        {"Effect": "Allow", "Action": "rds-db:connect", "Resource": user},
    ]
    # Said only where it is not among the cell's own, for the same reason.
    key = context.estate.catalogue.data_classes[benefit.data_class].key
    if key not in cell_keys(context, context.estate.cells[benefit.cell]):
        arn = context.key_arn(benefit.data_class)
        statements.append({"Effect": "Allow", "Action": list(KEY_ACTIONS), "Resource": arn})
    aws.iam.RolePolicy(
        f"benefit-{benefit.slug}-access",
        role=cell.task_role_name,
        policy=pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": statements}),
        opts=opts,
    )


def _route(
    context: StackContext,
    benefit: Benefit,
    cell: PrivateService,
    tags: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> None:
    path = aws.lb.ListenerRuleConditionPathPatternArgs(values=[benefit.path])
    aws.lb.ListenerRule(
        f"benefit-{benefit.slug}-route",
        listener_arn=context.output(Layer.PLATFORM, "https_listener_arn"),
        priority=benefit.listener_priority,
        conditions=[aws.lb.ListenerRuleConditionArgs(path_pattern=path)],
        actions=[aws.lb.ListenerRuleActionArgs(type="forward", target_group_arn=cell.target_group_arn)],
        tags=tags,
        opts=opts,
    )


def _objectives(
    context: StackContext, benefit: Benefit, tags: dict[str, str], opts: pulumi.ResourceOptions
) -> None:
    """Alarms on how fast the benefit's error budget burns."""
    slo = context.estate.catalogue.tiers[benefit.tier].slo
    for name, rate, window_seconds in BURN_RATES:
        allowed = rate * (1 - slo.availability_percent / 100)
        aws.cloudwatch.MetricAlarm(
            f"benefit-{benefit.slug}-slo-{name}-burn",
            name=f"benefit-{benefit.slug}-slo-{name}-burn",
            alarm_description=(
                f"{benefit.name} fails {rate:g} times as often as {slo.availability_percent:g}% allows, "
                f"over {window_seconds // 3600} h."
            ),
            comparison_operator="GreaterThanThreshold",
            threshold=round(allowed, 6),
            evaluation_periods=1,
            # Nobody applies at night: no operations are no failure.
            treat_missing_data="notBreaching",
            metric_queries=[
                _count("operations", "Operations", benefit.slug, window_seconds),
                _count("failed", "FailedOperations", benefit.slug, window_seconds),
                aws.cloudwatch.MetricAlarmMetricQueryArgs(
                    id="ratio", expression="failed / operations", label="Failed operations", return_data=True
                ),
            ],
            alarm_actions=[context.output(Layer.FOUNDATION, "alarm_topic_arn")],
            ok_actions=[context.output(Layer.FOUNDATION, "alarm_topic_arn")],
            tags=tags,
            opts=opts,
        )


def _count(
    id_: str, metric: str, slug: str, window_seconds: int
) -> aws.cloudwatch.MetricAlarmMetricQueryArgs:
    return aws.cloudwatch.MetricAlarmMetricQueryArgs(
        id=id_,
        metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
            namespace=METRICS_NAMESPACE,
            metric_name=metric,
            dimensions={"Benefit": slug},
            period=window_seconds,
            stat="Sum",
        ),
    )


def _budget(
    context: StackContext, benefit: Benefit, tags: dict[str, str], opts: pulumi.ResourceOptions
) -> None:
    demand = context.estate.demand(benefit.slug)
    aws.budgets.Budget(
        f"benefit-{benefit.slug}-budget",
        name=f"benefit-{benefit.slug}",
        budget_type="COST",
        time_unit="MONTHLY",
        limit_amount=str(_monthly_dollars(demand)),
        limit_unit="USD",
        cost_filters=[
            aws.budgets.BudgetCostFilterArgs(name="TagKeyValue", values=[f"user:benefit${benefit.slug}"])
        ],
        notifications=[budget_notification(context.output(Layer.FOUNDATION, "alarm_topic_arn"))],
        tags=tags,
        opts=opts,
    )


def _monthly_dollars(demand: Demand) -> int:
    return max(10, demand.usual_per_month * CENTS_PER_APPLICATION // 100)
