"""Samples of ECS."""

import json

from tests.twin.aws.sample import Ref, Sample
from tests.twin.aws.services.elbv2 import LISTENER, LOAD_BALANCER, NETWORK, TARGET_GROUP
from tests.twin.aws.services.iam import PLAIN_ROLE

CLUSTER = Sample(
    "aws:ecs/cluster:Cluster",
    {
        "settings": [{"name": "containerInsights", "value": "enabled"}],
        "configuration": {"executeCommandConfiguration": {"logging": "DEFAULT"}},
    },
    changes={"settings": [{"name": "containerInsights", "value": "enhanced"}]},
    outputs=("arn", "name"),
)
CONTAINER = {
    "name": "app",
    "image": "example/app:1",
    "essential": True,
    "readonlyRootFilesystem": True,
    "portMappings": [{"name": "http", "containerPort": 8080, "protocol": "tcp"}],
    "environment": [{"name": "ROLE", "value": "payments"}],
    "secrets": [{"name": "TOKEN", "valueFrom": "arn:aws:secretsmanager:eu-west-2:123456789012:secret:token"}],
    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/estate/payments"}},
    "healthCheck": {"command": ["CMD", "true"], "interval": 10},
    "stopTimeout": 30,
}
TASK_DEFINITION = Sample(
    "aws:ecs/taskDefinition:TaskDefinition",
    {
        "family": "payments",
        "containerDefinitions": json.dumps([CONTAINER]),
        "cpu": "256",
        "memory": "512",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "executionRoleArn": Ref("role", "arn"),
        "taskRoleArn": Ref("role", "arn"),
        "enableFaultInjection": True,
        "ephemeralStorage": {"sizeInGib": 30},
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        "volumes": [{"name": "scratch"}],
    },
    needs={"role": PLAIN_ROLE},
    outputs=("arn", "arnWithoutRevision", "revision"),
)
SERVICE = Sample(
    "aws:ecs/service:Service",
    {
        "name": "payments",
        "cluster": Ref("cluster", "arn"),
        "taskDefinition": Ref("definition", "arn"),
        "desiredCount": 0,
        "platformVersion": "1.4.0",
        "capacityProviderStrategies": [{"capacityProvider": "FARGATE", "base": 1, "weight": 1}],
        "networkConfiguration": {
            "subnets": [Ref("subnet")],
            "securityGroups": [Ref("group")],
            "assignPublicIp": False,
        },
        "loadBalancers": [
            {"targetGroupArn": Ref("group_of_targets", "arn"), "containerName": "app", "containerPort": 8080}
        ],
        "healthCheckGracePeriodSeconds": 30,
        "deploymentMaximumPercent": 200,
        "deploymentMinimumHealthyPercent": 100,
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "availabilityZoneRebalancing": "ENABLED",
        "enableEcsManagedTags": True,
        "propagateTags": "SERVICE",
        "serviceConnectConfiguration": {
            "enabled": True,
            "namespace": "estate",
            "services": [{"portName": "http", "clientAlias": [{"port": 80, "dnsName": "payments"}]}],
        },
        "waitForSteadyState": False,
    },
    needs={
        **NETWORK,
        "balancer": LOAD_BALANCER,
        "group_of_targets": TARGET_GROUP,
        "listener": LISTENER,
        "cluster": CLUSTER,
        "role": PLAIN_ROLE,
        "definition": TASK_DEFINITION,
    },
    changes={
        "desiredCount": 3,
        "healthCheckGracePeriodSeconds": 45,
        "deploymentCircuitBreaker": {"enable": True, "rollback": False},
    },
    outputs=("arn", "name"),
)

SAMPLES = (
    CLUSTER,
    Sample(
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        {
            "clusterName": Ref("cluster", "name"),
            "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
            "defaultCapacityProviderStrategies": [{"capacityProvider": "FARGATE", "base": 1, "weight": 100}],
        },
        needs={"cluster": CLUSTER},
        changes={"capacityProviders": ["FARGATE"]},
    ),
    TASK_DEFINITION,
    SERVICE,
)
