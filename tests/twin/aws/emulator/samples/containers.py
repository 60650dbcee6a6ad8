"""Containers and what scales them."""

from typing import Any

from tests.twin.aws.emulator.samples.sample import REGION, Sample, World

__all__ = ["SAMPLES"]

_TASK_DEFINITION: dict[str, Any] = {
    "family": "portal",
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
    "cpu": "512",
    "memory": "1024",
    "pidMode": "task",
    "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
    "ephemeralStorage": {"sizeInGiB": 30},
    "enableFaultInjection": True,
    "volumes": [{"name": "scratch"}],
    "containerDefinitions": [
        {
            "name": "app",
            "image": "portal:1",
            "essential": True,
            "cpu": 256,
            "memoryReservation": 256,
            "readonlyRootFilesystem": True,
            "privileged": False,
            "user": "10001",
            "command": ["serve"],
            "environment": [{"name": "ROLE", "value": "portal"}],
            "secrets": [
                {"name": "KEY", "valueFrom": "arn:aws:secretsmanager:eu-west-2:123456789012:secret:k"}
            ],
            "portMappings": [
                {
                    "containerPort": 8080,
                    "hostPort": 8080,
                    "protocol": "tcp",
                    "name": "http",
                    "appProtocol": "http",
                }
            ],
            "mountPoints": [{"sourceVolume": "scratch", "containerPath": "/tmp", "readOnly": False}],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": "portal",
                    "awslogs-region": REGION,
                    "awslogs-stream-prefix": "app",
                },
            },
            "healthCheck": {
                "command": ["CMD", "/health"],
                "interval": 10,
                "timeout": 5,
                "retries": 3,
                "startPeriod": 10,
            },
            "linuxParameters": {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}},
            "ulimits": [{"name": "nofile", "softLimit": 65536, "hardLimit": 65536}],
            "stopTimeout": 60,
            "startTimeout": 30,
            "restartPolicy": {"enabled": True, "restartAttemptPeriod": 60},
            "versionConsistency": "enabled",
        }
    ],
}


def _service(w: World) -> dict[str, Any]:
    return {
        "cluster": w["cluster"],
        "serviceName": "portal",
        "taskDefinition": w["task_definition"],
        "desiredCount": 3,
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1, "base": 1}],
        "platformVersion": "1.4.0",
        "schedulingStrategy": "REPLICA",
        "availabilityZoneRebalancing": "ENABLED",
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "maximumPercent": 200,
            "minimumHealthyPercent": 100,
            "alarms": {"alarmNames": ["portal-5xx"], "enable": True, "rollback": True},
        },
        "deploymentController": {"type": "ECS"},
        "healthCheckGracePeriodSeconds": 30,
        "enableECSManagedTags": True,
        "enableExecuteCommand": False,
        "propagateTags": "SERVICE",
        "loadBalancers": [
            {"targetGroupArn": w["target_group"], "containerName": "app", "containerPort": 8080}
        ],
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": [w["subnet_a"], w["subnet_b"]],
                "securityGroups": [w["security_group"]],
                "assignPublicIp": "DISABLED",
            }
        },
        "serviceConnectConfiguration": {
            "enabled": True,
            "namespace": "estate",
            "services": [
                {
                    "portName": "http",
                    "discoveryName": "portal",
                    "clientAliases": [{"port": 8080, "dnsName": "portal"}],
                    "timeout": {"idleTimeoutSeconds": 60, "perRequestTimeoutSeconds": 5},
                }
            ],
        },
        "tags": [{"key": "service", "value": "portal"}],
    }


SAMPLES: tuple[Sample, ...] = (
    Sample(
        "ecs-cluster",
        "ecs",
        "create_cluster",
        lambda w: {
            "clusterName": "sampled",
            "settings": [{"name": "containerInsights", "value": "enhanced"}],
            "configuration": {"executeCommandConfiguration": {"logging": "DEFAULT"}},
            "capacityProviders": ["FARGATE"],
            "defaultCapacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}],
            "serviceConnectDefaults": {
                "namespace": "arn:aws:servicediscovery:eu-west-2:123456789012:namespace/ns-1"
            },
            "tags": [{"key": "layer", "value": "platform"}],
        },
        "describe_clusters",
        lambda w, a: {"clusters": ["sampled"], "include": ["TAGS", "SETTINGS", "CONFIGURATIONS"]},
        "clusters[0]",
    ),
    Sample(
        "ecs-task-definition",
        "ecs",
        "register_task_definition",
        lambda w: {
            **_TASK_DEFINITION,
            "taskRoleArn": w["role"],
            "executionRoleArn": w["role"],
            "tags": [{"key": "service", "value": "portal"}],
        },
        "describe_task_definition",
        lambda w, a: {"taskDefinition": "portal", "include": ["TAGS"]},
        "merge(taskDefinition, {tags: tags})",
    ),
    Sample(
        "ecs-service",
        "ecs",
        "create_service",
        _service,
        "describe_services",
        lambda w, a: {"cluster": w["cluster"], "services": ["portal"], "include": ["TAGS"]},
        "services[0]",
        unreturned=("cluster", "taskDefinition", "serviceConnectConfiguration"),
    ),
    Sample(
        "scaling-target",
        "application-autoscaling",
        "register_scalable_target",
        lambda w: {
            "ServiceNamespace": "ecs",
            "ResourceId": "service/base/web",
            "ScalableDimension": "ecs:service:DesiredCount",
            "MinCapacity": 2,
            "MaxCapacity": 9,
            "RoleARN": "arn:aws:iam::123456789012:role/scaling",
            "SuspendedState": {
                "DynamicScalingInSuspended": True,
                "DynamicScalingOutSuspended": False,
                "ScheduledScalingSuspended": False,
            },
        },
        "describe_scalable_targets",
        lambda w, a: {"ServiceNamespace": "ecs", "ResourceIds": ["service/base/web"]},
        "ScalableTargets[0]",
    ),
    Sample(
        "scaling-target-tracking",
        "application-autoscaling",
        "put_scaling_policy",
        lambda w: {
            "ServiceNamespace": "ecs",
            "ResourceId": w["scalable"],
            "PolicyName": "cpu",
            "ScalableDimension": "ecs:service:DesiredCount",
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": 50.0,
                "ScaleInCooldown": 300,
                "ScaleOutCooldown": 15,
                "DisableScaleIn": False,
                "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
            },
        },
        "describe_scaling_policies",
        lambda w, a: {"ServiceNamespace": "ecs", "PolicyNames": ["cpu"]},
        "ScalingPolicies[0]",
    ),
    Sample(
        "scaling-metric-math",
        "application-autoscaling",
        "put_scaling_policy",
        lambda w: {
            "ServiceNamespace": "ecs",
            "ResourceId": w["scalable"],
            "PolicyName": "depth",
            "ScalableDimension": "ecs:service:DesiredCount",
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": 10.0,
                "CustomizedMetricSpecification": {
                    "Metrics": [
                        {
                            "Id": "depth",
                            "ReturnData": False,
                            "MetricStat": {
                                "Stat": "Sum",
                                "Metric": {
                                    "Namespace": "AWS/SQS",
                                    "MetricName": "ApproximateNumberOfMessagesVisible",
                                    "Dimensions": [{"Name": "QueueName", "Value": "q"}],
                                },
                            },
                        },
                        {"Id": "each", "Expression": "depth / 2", "ReturnData": True},
                    ]
                },
            },
        },
        "describe_scaling_policies",
        lambda w, a: {"ServiceNamespace": "ecs", "PolicyNames": ["depth"]},
        "ScalingPolicies[0]",
    ),
    Sample(
        "scaling-step",
        "application-autoscaling",
        "put_scaling_policy",
        lambda w: {
            "ServiceNamespace": "ecs",
            "ResourceId": w["scalable"],
            "PolicyName": "fast",
            "ScalableDimension": "ecs:service:DesiredCount",
            "PolicyType": "StepScaling",
            "StepScalingPolicyConfiguration": {
                "AdjustmentType": "PercentChangeInCapacity",
                "Cooldown": 60,
                "MetricAggregationType": "Maximum",
                "MinAdjustmentMagnitude": 2,
                "StepAdjustments": [
                    {
                        "MetricIntervalLowerBound": 0.0,
                        "MetricIntervalUpperBound": 20.0,
                        "ScalingAdjustment": 100,
                    },
                    {"MetricIntervalLowerBound": 20.0, "ScalingAdjustment": 300},
                ],
            },
        },
        "describe_scaling_policies",
        lambda w, a: {"ServiceNamespace": "ecs", "PolicyNames": ["fast"]},
        "ScalingPolicies[0]",
    ),
    Sample(
        "scaling-scheduled",
        "application-autoscaling",
        "put_scheduled_action",
        lambda w: {
            "ServiceNamespace": "ecs",
            "ResourceId": w["scalable"],
            "ScheduledActionName": "launch",
            "ScalableDimension": "ecs:service:DesiredCount",
            "Schedule": "at(2026-11-14T08:00:00)",
            "Timezone": "Europe/London",
            "ScalableTargetAction": {"MinCapacity": 4, "MaxCapacity": 20},
        },
        "describe_scheduled_actions",
        lambda w, a: {"ServiceNamespace": "ecs", "ScheduledActionNames": ["launch"]},
        "ScheduledActions[0]",
    ),
    Sample(
        "ecr-repository",
        "ecr",
        "create_repository",
        lambda w: {
            "repositoryName": "app",
            "imageTagMutability": "IMMUTABLE",
            "imageScanningConfiguration": {"scanOnPush": True},
            "encryptionConfiguration": {"encryptionType": "KMS", "kmsKey": w["key"]},
        },
        "describe_repositories",
        lambda w, a: {"repositoryNames": ["app"]},
        "repositories[0]",
    ),
    Sample(
        "servicediscovery-namespace",
        "servicediscovery",
        "create_http_namespace",
        lambda w: {"Name": "ns", "Description": "d", "Tags": [{"Key": "a", "Value": "b"}]},
        "list_namespaces",
        lambda w, a: {},
        "Namespaces[?Name=='ns'] | [0]",
        unreturned=("Tags",),
    ),
)
