"""What wakes somebody up about a service."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.private_service.scope import Scope

__all__ = ["AlarmTargets", "Alarms", "ObjectivesArgs", "alarms"]

PERIOD_SECONDS = 60
ERROR_PATTERN = '{ $.level = "ERROR" }'
ERROR_NAMESPACE = "Estate/Logs"


class ObjectivesArgs(TypedDict):
    server_error_percent: NotRequired[float]
    """Answers with a 5xx status, in percent of requests, that are too many. Default: 1."""
    latency_p99_milliseconds: NotRequired[float]
    """99th percentile of the answer time that is too long. Default: 1000."""
    cpu_percent: NotRequired[float]
    """CPU utilisation that is too high. Default: 85."""
    memory_percent: NotRequired[float]
    """Memory utilisation that is too high. Default: 85."""
    logged_errors_per_minute: NotRequired[int]
    """Log lines of level ERROR in a minute that are too many. Default: 10."""


@dataclass(frozen=True)
class AlarmTargets:
    """What the alarms watch and whom they tell."""

    topic_arn: pulumi.Input[str]
    log_group_name: pulumi.Input[str]
    minimum: int
    load_balancer_dimensions: dict[str, pulumi.Input[str]] | None
    """LoadBalancer and TargetGroup, for a service behind a listener."""


@dataclass(frozen=True)
class Alarms:
    """The alarms of one service."""

    by_name: dict[str, aws.cloudwatch.MetricAlarm]
    """Metric alarms, by the end of their name."""
    composite: aws.cloudwatch.CompositeAlarm

    @property
    def deployment_alarm_names(self) -> list[pulumi.Output[str]]:
        """Names of those that take a deployment back: what people notice, or else what the log says."""
        noticed = [suffix for suffix in ("server-errors", "latency") if suffix in self.by_name]
        return [self.by_name[suffix].name for suffix in noticed or ["logged-errors"]]


def alarms(scope: Scope, targets: AlarmTargets, objectives: ObjectivesArgs) -> Alarms:
    """An alarm for each way in which the service can be unwell, and one that says whether it is."""
    by_name = {
        **_load_balancer_alarms(scope, targets, objectives),
        **_capacity_alarms(scope, targets),
        **_utilisation_alarms(scope, targets, objectives),
        "logged-errors": _logged_errors(scope, targets, objectives.get("logged_errors_per_minute", 10)),
    }
    return Alarms(by_name, _composite(scope, targets, list(by_name.values())))


def _load_balancer_alarms(
    scope: Scope, targets: AlarmTargets, objectives: ObjectivesArgs
) -> dict[str, aws.cloudwatch.MetricAlarm]:
    dimensions = targets.load_balancer_dimensions
    if dimensions is None:
        return {}
    return {
        "server-errors": _metric_alarm(
            scope,
            targets,
            "server-errors",
            "answers too many requests with 5xx",
            metric_queries=_server_error_queries(dimensions),
            evaluation_periods=3,
            datapoints_to_alarm=2,
            threshold=objectives.get("server_error_percent", 1),
        ),
        "latency": _metric_alarm(
            scope,
            targets,
            "latency",
            "answers too slowly at the 99th percentile",
            namespace="AWS/ApplicationELB",
            metric_name="TargetResponseTime",
            dimensions=dimensions,
            extended_statistic="p99",
            period=PERIOD_SECONDS,
            evaluation_periods=3,
            # The metric is in seconds.
            threshold=objectives.get("latency_p99_milliseconds", 1000) / 1000,
        ),
        "unhealthy-hosts": _metric_alarm(
            scope,
            targets,
            "unhealthy-hosts",
            "has targets that fail their health check",
            namespace="AWS/ApplicationELB",
            metric_name="UnHealthyHostCount",
            dimensions=dimensions,
            statistic="Maximum",
            period=PERIOD_SECONDS,
            evaluation_periods=3,
            threshold=0,
        ),
    }


def _server_error_queries(
    dimensions: dict[str, pulumi.Input[str]],
) -> list[aws.cloudwatch.MetricAlarmMetricQueryArgs]:
    counted = {"errors": "HTTPCode_Target_5XX_Count", "requests": "RequestCount"}
    queries = [
        aws.cloudwatch.MetricAlarmMetricQueryArgs(
            id=query_id,
            metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
                namespace="AWS/ApplicationELB",
                metric_name=metric_name,
                dimensions=dimensions,
                period=PERIOD_SECONDS,
                stat="Sum",
            ),
        )
        for query_id, metric_name in counted.items()
    ]
    # No error is reported as nothing, not as zero.
    percent = aws.cloudwatch.MetricAlarmMetricQueryArgs(
        id="percent", expression="100 * FILL(errors, 0) / requests", label="5xx in percent", return_data=True
    )
    return [*queries, percent]


def _capacity_alarms(scope: Scope, targets: AlarmTargets) -> dict[str, aws.cloudwatch.MetricAlarm]:
    if targets.minimum == 0:
        return {}
    return {
        "running-tasks": _metric_alarm(
            scope,
            targets,
            "running-tasks",
            f"runs fewer tasks than its minimum of {targets.minimum}",
            namespace="ECS/ContainerInsights",
            metric_name="RunningTaskCount",
            dimensions=_service_dimensions(scope),
            statistic="Minimum",
            period=PERIOD_SECONDS,
            evaluation_periods=3,
            comparison_operator="LessThanThreshold",
            threshold=targets.minimum,
            # A service without tasks reports nothing.
            treat_missing_data="breaching",
        )
    }


def _utilisation_alarms(
    scope: Scope, targets: AlarmTargets, objectives: ObjectivesArgs
) -> dict[str, aws.cloudwatch.MetricAlarm]:
    watched = (
        ("cpu", "CPUUtilization", objectives.get("cpu_percent", 85)),
        ("memory", "MemoryUtilization", objectives.get("memory_percent", 85)),
    )
    return {
        suffix: _metric_alarm(
            scope,
            targets,
            suffix,
            f"uses too much {suffix}",
            namespace="AWS/ECS",
            metric_name=metric_name,
            dimensions=_service_dimensions(scope),
            statistic="Average",
            period=PERIOD_SECONDS,
            evaluation_periods=5,
            threshold=percent,
        )
        for suffix, metric_name, percent in watched
    }


def _logged_errors(scope: Scope, targets: AlarmTargets, per_minute: int) -> aws.cloudwatch.MetricAlarm:
    metric_name = f"{scope.service_name}-errors"
    aws.cloudwatch.LogMetricFilter(
        scope.child("logged-errors"),
        name=scope.child("logged-errors"),
        log_group_name=targets.log_group_name,
        pattern=ERROR_PATTERN,
        metric_transformation=aws.cloudwatch.LogMetricFilterMetricTransformationArgs(
            namespace=ERROR_NAMESPACE, name=metric_name, value="1", default_value="0", unit="Count"
        ),
        opts=scope.opts,
    )
    return _metric_alarm(
        scope,
        targets,
        "logged-errors",
        "logs too many errors",
        namespace=ERROR_NAMESPACE,
        metric_name=metric_name,
        statistic="Sum",
        period=PERIOD_SECONDS,
        evaluation_periods=3,
        datapoints_to_alarm=2,
        threshold=per_minute,
    )


def _metric_alarm(
    scope: Scope, targets: AlarmTargets, suffix: str, complaint: str, **settings: Any
) -> aws.cloudwatch.MetricAlarm:
    """An alarm that rings above its threshold and takes silence for health, unless settings say otherwise."""
    usual: dict[str, Any] = {
        "comparison_operator": "GreaterThanThreshold",
        "treat_missing_data": "notBreaching",
    }
    return aws.cloudwatch.MetricAlarm(
        scope.child(suffix),
        name=scope.child(suffix),
        alarm_description=f"{scope.service_name} {complaint}",
        alarm_actions=[targets.topic_arn],
        ok_actions=[targets.topic_arn],
        tags=scope.tags,
        opts=scope.opts,
        **{**usual, **settings},
    )


def _composite(
    scope: Scope, targets: AlarmTargets, members: Sequence[aws.cloudwatch.MetricAlarm]
) -> aws.cloudwatch.CompositeAlarm:
    rings = [pulumi.Output.format('ALARM("{0}")', member.name) for member in members]
    return aws.cloudwatch.CompositeAlarm(
        scope.child("unwell"),
        alarm_name=scope.child("unwell"),
        alarm_description=f"{scope.service_name} is unwell in at least one way",
        alarm_rule=pulumi.Output.all(*rings).apply(" OR ".join),
        alarm_actions=[targets.topic_arn],
        ok_actions=[targets.topic_arn],
        tags=scope.tags,
        opts=scope.opts,
    )


def _service_dimensions(scope: Scope) -> dict[str, pulumi.Input[str]]:
    return {"ClusterName": scope.cluster_name, "ServiceName": scope.service_name}
