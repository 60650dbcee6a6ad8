"""CloudWatch dashboards, as data."""

from typing import Any

import pulumi

from catalogue import Benefit
from stacks.context import StackContext

__all__ = ["benefit_dashboard", "overview_dashboard"]

METRICS_NAMESPACE = "Estate"
"""Namespace of the metrics that tasks publish themselves."""

Metric = list[Any]


def overview_dashboard(context: StackContext, load_balancer: pulumi.Input[str]) -> pulumi.Output[str]:
    """Traffic and errors at the edge, and the tasks of every service."""
    names = [*context.estate.services, *(f"cell-{name}" for name in context.estate.cells)]
    edge: Metric = ["AWS/ApplicationELB", "RequestCount", "LoadBalancer", load_balancer, {"stat": "Sum"}]
    errors: Metric = [
        "AWS/ApplicationELB",
        "HTTPCode_ELB_5XX_Count",
        "LoadBalancer",
        load_balancer,
        {"stat": "Sum"},
    ]
    slow: Metric = [
        "AWS/ApplicationELB",
        "TargetResponseTime",
        "LoadBalancer",
        load_balancer,
        {"stat": "p99"},
    ]
    running = [
        ["ECS/ContainerInsights", "RunningTaskCount", "ClusterName", "estate", "ServiceName", it]
        for it in names
    ]
    return _dashboard(
        context,
        [
            ("Requests", [edge]),
            ("Errors", [errors]),
            ("Slowest hundredth, seconds", [slow]),
            ("Tasks", running),
        ],
    )


def benefit_dashboard(context: StackContext, benefit: Benefit, queue: str) -> pulumi.Output[str]:
    """One benefit's operations, their success and speed, and what waits in its queue."""
    dimension = ["Benefit", benefit.slug]
    operations = [
        [METRICS_NAMESPACE, "Operations", *dimension, {"stat": "Sum"}],
        [METRICS_NAMESPACE, "FailedOperations", *dimension, {"stat": "Sum"}],
    ]
    slow: Metric = [METRICS_NAMESPACE, "OperationMilliseconds", *dimension, {"stat": "p99"}]
    waiting: Metric = ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue]
    dead: Metric = ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", f"{queue}-dlq"]
    return _dashboard(
        context,
        [("Operations", operations), ("Slowest hundredth, ms", [slow]), ("Queue", [waiting, dead])],
    )


def _dashboard(context: StackContext, graphs: list[tuple[str, list[Metric]]]) -> pulumi.Output[str]:
    """Two graphs a row, each twelve of the dashboard's twenty-four columns wide."""
    widgets = [
        {
            "type": "metric",
            "x": 12 * (place % 2),
            "y": 6 * (place // 2),
            "width": 12,
            "height": 6,
            "properties": {"title": title, "metrics": metrics, "region": context.region.name, "period": 60},
        }
        for place, (title, metrics) in enumerate(graphs)
    ]
    return pulumi.Output.json_dumps({"widgets": widgets})
