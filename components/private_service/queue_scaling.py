"""Tasks by backlog: none while the queue is empty, more as it grows."""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.private_service.queue_steps import queue_steps
from components.private_service.scalable import Scalable, adjustment, step_policy
from components.private_service.scope import Scope

__all__ = ["QueueScalingArgs", "follow_queue"]

COOLDOWN_SECONDS = 60


class QueueScalingArgs(TypedDict):
    queue_name: pulumi.Input[str]
    """Name of the queue that the service drains."""
    messages_per_task: int
    """Backlog that one task may have before a second one starts."""
    drained_minutes: NotRequired[int]
    """Minutes that the queue must be empty before the service goes back to its minimum. Default: 5."""


def follow_queue(scalable: Scalable, queue: QueueScalingArgs, minimum: int, maximum: int) -> None:
    """Tasks double with the backlog up to the maximum, and go back to the minimum once all is done."""
    steps = queue_steps(queue["messages_per_task"], maximum)
    # AWS counts from the threshold of one message and leaves out the upper bound: [above, below) past the
    # first message is (above, below] messages.
    adjustments = [adjustment(step.tasks, step.above, step.below) for step in steps]
    filling = step_policy(scalable, "backlog", "ExactCapacity", COOLDOWN_SECONDS, adjustments)
    empty = [adjustment(minimum, None, 0)]
    draining = step_policy(scalable, "drained", "ExactCapacity", COOLDOWN_SECONDS, empty)
    _backlog_alarm(scalable.scope, queue, filling)
    _drained_alarm(scalable.scope, queue, draining)


def _backlog_alarm(scope: Scope, queue: QueueScalingArgs, policy: aws.appautoscaling.Policy) -> None:
    aws.cloudwatch.MetricAlarm(
        scope.child("backlog"),
        name=scope.child("backlog"),
        alarm_description=f"Messages wait for {scope.service_name}",
        namespace="AWS/SQS",
        metric_name="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": queue["queue_name"]},
        statistic="Maximum",
        period=60,
        evaluation_periods=1,
        comparison_operator="GreaterThanOrEqualToThreshold",
        threshold=1,
        treat_missing_data="notBreaching",
        alarm_actions=[policy.arn],
        tags=scope.tags,
        opts=scope.opts,
    )


def _drained_alarm(scope: Scope, queue: QueueScalingArgs, policy: aws.appautoscaling.Policy) -> None:
    """Waiting messages and those in a task's hands: a task is not taken away from what it works on."""
    metrics = {
        "waiting": "ApproximateNumberOfMessagesVisible",
        "in_hand": "ApproximateNumberOfMessagesNotVisible",
    }
    queries = [
        aws.cloudwatch.MetricAlarmMetricQueryArgs(
            id=query_id,
            metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
                namespace="AWS/SQS",
                metric_name=metric_name,
                dimensions={"QueueName": queue["queue_name"]},
                period=60,
                stat="Maximum",
            ),
        )
        for query_id, metric_name in metrics.items()
    ]
    total = aws.cloudwatch.MetricAlarmMetricQueryArgs(
        id="unfinished", expression=" + ".join(metrics), label="Unfinished messages", return_data=True
    )
    aws.cloudwatch.MetricAlarm(
        scope.child("drained"),
        name=scope.child("drained"),
        alarm_description=f"Nothing is left to do for {scope.service_name}",
        metric_queries=[*queries, total],
        evaluation_periods=queue.get("drained_minutes", 5),
        comparison_operator="LessThanOrEqualToThreshold",
        threshold=0,
        treat_missing_data="notBreaching",
        alarm_actions=[policy.arn],
        tags=scope.tags,
        opts=scope.opts,
    )
