"""CloudWatch alarms of a component, as data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws

__all__ = ["Alarm", "raise_alarms"]

Comparison = Literal["GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold"]


@dataclass(frozen=True)
class Alarm:
    """One alarm on one metric. It breaches in `breaching` of `periods` periods."""

    suffix: str
    description: str
    namespace: str
    metric_name: str
    dimensions: Mapping[str, pulumi.Input[str]]
    threshold: float
    statistic: Literal["Average", "Maximum", "Minimum", "Sum"] = "Maximum"
    comparison: Comparison = "GreaterThanThreshold"
    period_seconds: int = 60
    periods: int = 3
    breaching: int = 3
    missing_data: Literal["breaching", "notBreaching", "ignore", "missing"] = "notBreaching"


def raise_alarms(
    parent: pulumi.Resource,
    name: str,
    alarms: Iterable[Alarm],
    topic_arn: pulumi.Input[str] | None,
    tags: Mapping[str, str],
) -> dict[str, pulumi.Output[str]]:
    """Declares the alarms as children `<name>-<suffix>` and returns their ARNs by suffix.

    An alarm's physical name is its child's name: people and stop conditions look alarms up by it.
    """
    return {
        alarm.suffix: _declare(parent, f"{name}-{alarm.suffix}", alarm, topic_arn, tags).arn
        for alarm in alarms
    }


def _declare(
    parent: pulumi.Resource,
    name: str,
    alarm: Alarm,
    topic_arn: pulumi.Input[str] | None,
    tags: Mapping[str, str],
) -> aws.cloudwatch.MetricAlarm:
    actions = [] if topic_arn is None else [topic_arn]
    return aws.cloudwatch.MetricAlarm(
        name,
        name=name,
        alarm_description=alarm.description,
        namespace=alarm.namespace,
        metric_name=alarm.metric_name,
        dimensions=alarm.dimensions,
        statistic=alarm.statistic,
        comparison_operator=alarm.comparison,
        threshold=alarm.threshold,
        period=alarm.period_seconds,
        evaluation_periods=alarm.periods,
        datapoints_to_alarm=alarm.breaching,
        treat_missing_data=alarm.missing_data,
        alarm_actions=actions,
        ok_actions=actions,
        tags=dict(tags),
        opts=pulumi.ResourceOptions(parent=parent),
    )
