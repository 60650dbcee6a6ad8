"""Samples of Application Auto Scaling."""

from tests.twin.aws.sample import Ref, Sample
from tests.twin.aws.services.ecs import CLUSTER, TASK_DEFINITION
from tests.twin.aws.services.iam import PLAIN_ROLE

NAMED_CLUSTER = Sample(CLUSTER.token, {"name": "scaled"})
SERVICE = Sample(
    "aws:ecs/service:Service",
    {"name": "scaled", "cluster": Ref("cluster", "arn"), "taskDefinition": Ref("definition", "arn")},
    needs={"cluster": NAMED_CLUSTER, "role": PLAIN_ROLE, "definition": TASK_DEFINITION},
)
OF_TARGET = {
    "serviceNamespace": "ecs",
    "resourceId": "service/scaled/scaled",
    "scalableDimension": "ecs:service:DesiredCount",
}
TARGET = Sample(
    "aws:appautoscaling/target:Target",
    {**OF_TARGET, "minCapacity": 2, "maxCapacity": 8},
    needs={"service": SERVICE},
    changes={"minCapacity": 3},
    outputs=("arn",),
)

SAMPLES = (
    TARGET,
    Sample(
        "aws:appautoscaling/policy:Policy",
        {
            **OF_TARGET,
            "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": {
                "targetValue": 60,
                "scaleInCooldown": 300,
                "scaleOutCooldown": 30,
                "predefinedMetricSpecification": {"predefinedMetricType": "ECSServiceAverageCPUUtilization"},
            },
        },
        needs={"target": TARGET},
        changes={
            "targetTrackingScalingPolicyConfiguration": {
                "targetValue": 100,
                "customizedMetricSpecification": {
                    "metrics": [
                        {"id": "rate", "expression": "backlog / tasks", "returnData": True},
                        {
                            "id": "backlog",
                            "returnData": False,
                            "metricStat": {
                                "metric": {
                                    "metricName": "ApproximateNumberOfMessagesVisible",
                                    "namespace": "AWS/SQS",
                                    "dimensions": [{"name": "QueueName", "value": "applications"}],
                                },
                                "stat": "Sum",
                            },
                        },
                        {
                            "id": "tasks",
                            "returnData": False,
                            "metricStat": {
                                "metric": {
                                    "metricName": "RunningTaskCount",
                                    "namespace": "ECS/ContainerInsights",
                                    "dimensions": [{"name": "ServiceName", "value": "scaled"}],
                                },
                                "stat": "Average",
                            },
                        },
                    ]
                },
            }
        },
        outputs=("arn", "name"),
        label="target-tracking",
    ),
    Sample(
        "aws:appautoscaling/policy:Policy",
        {
            **OF_TARGET,
            "name": "fast-step",
            "policyType": "StepScaling",
            "stepScalingPolicyConfiguration": {
                "adjustmentType": "PercentChangeInCapacity",
                "cooldown": 30,
                "metricAggregationType": "Maximum",
                "stepAdjustments": [
                    {
                        "metricIntervalLowerBound": "0",
                        "metricIntervalUpperBound": "20",
                        "scalingAdjustment": 50,
                    },
                    {"metricIntervalLowerBound": "20", "scalingAdjustment": 100},
                ],
            },
        },
        needs={"target": TARGET},
        label="step",
    ),
    Sample(
        "aws:appautoscaling/scheduledAction:ScheduledAction",
        {
            **OF_TARGET,
            "name": "launch",
            "schedule": "at(2026-11-30T08:30:00)",
            "timezone": "Europe/London",
            "scalableTargetAction": {"minCapacity": 6, "maxCapacity": 12},
        },
        needs={"target": TARGET},
        changes={"scalableTargetAction": {"minCapacity": 7, "maxCapacity": 12}},
        outputs=("arn",),
    ),
)
