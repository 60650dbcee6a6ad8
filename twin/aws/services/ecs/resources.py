"""ECS's rows."""

import json

from twin.aws.call import Call, Take
from twin.aws.expressions import Through
from twin.aws.names import Name
from twin.aws.resource import Resource
from twin.aws.tags import Form, tags_by

__all__ = ["RESOURCES"]


def tagging(target: str = "id", present: str = "item.tags"):
    return tags_by(
        "tag_resource",
        "untag_resource",
        {"resourceArn": target},
        form=Form.LOWER,
        member="tags",
        added="tags",
        keys="tagKeys",
        present=present,
    )


NAME = Name(limit=255, allowed=r"\w-")

CLUSTER = Resource(
    token="aws:ecs/cluster:Cluster",
    service="ecs",
    create=Call("create_cluster", takes=Take.ALL, pick="answer.cluster"),
    id="item.clusterArn",
    updates=(Call("update_cluster", {"cluster": "id"}, takes=Take.CHANGED),),
    read=Call(
        "describe_clusters",
        {"clusters": ["id"], "include": ["'CONFIGURATIONS'", "'SETTINGS'", "'TAGS'"]},
        pick="answer.clusters[0]",
    ),
    gone="item.status == 'INACTIVE'",
    delete=(Call("delete_cluster", {"cluster": "id"}),),
    tagging=tagging(),
    name=NAME,
    renames={"name": "clusterName"},
    outputs={"arn": "id"},
    replaces=frozenset({"name"}),
)

CAPACITY_PROVIDERS = {
    "cluster": "inputs.clusterName",
    "capacityProviders": "inputs.capacityProviders || `[]`",
    "defaultCapacityProviderStrategy": "inputs.defaultCapacityProviderStrategies || `[]`",
}
CLUSTER_CAPACITY_PROVIDERS = Resource(
    token="aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    service="ecs",
    create=Call("put_cluster_capacity_providers", CAPACITY_PROVIDERS, pick="answer.cluster"),
    id="inputs.clusterName",
    updates=(Call("put_cluster_capacity_providers", CAPACITY_PROVIDERS),),
    read=Call("describe_clusters", {"clusters": ["id"]}, pick="answer.clusters[0]"),
    gone="item.status == 'INACTIVE' || (!item.capacityProviders && !item.defaultCapacityProviderStrategy)",
    delete=(
        Call(
            "put_cluster_capacity_providers",
            {
                "cluster": "id",
                "capacityProviders": [],
                "defaultCapacityProviderStrategy": [],
            },
        ),
    ),
    replaces=frozenset({"clusterName"}),
)

TASK_DEFINITION = Resource(
    token="aws:ecs/taskDefinition:TaskDefinition",
    service="ecs",
    create=Call(
        "register_task_definition",
        {"containerDefinitions": Through(json.loads, "inputs.containerDefinitions")},
        takes=Take.ALL,
        pick="answer.taskDefinition",
    ),
    id="inputs.family",
    read=Call(
        "describe_task_definition",
        {"taskDefinition": "outputs.arn", "include": ["'TAGS'"]},
        pick="answer.merge(taskDefinition, {tags: tags})",
    ),
    gone="item.status == 'INACTIVE'",
    delete=(
        Call(
            "deregister_task_definition",
            {"taskDefinition": "outputs.arn"},
            when="!inputs.skipDestroy",
        ),
    ),
    absent=("ClientException", "InvalidParameterException"),
    tagging=tagging("outputs.arn"),
    renames={"volumes.configureAtLaunch": "configuredAtLaunch"},
    outputs={
        "arn": "item.taskDefinitionArn",
        "arnWithoutRevision": Through(lambda arn: arn.rpartition(":")[0], "item.taskDefinitionArn"),
    },
    replaces=frozenset(
        {
            *(
                "containerDefinitions",
                "cpu",
                "enableFaultInjection",
                "ephemeralStorage",
                "executionRoleArn",
            ),
            *(
                "family",
                "ipcMode",
                "memory",
                "networkMode",
                "pidMode",
                "placementConstraints",
            ),
            *(
                "proxyConfiguration",
                "requiresCompatibilities",
                "runtimePlatform",
                "taskRoleArn",
                "volumes",
            ),
        }
    ),
    ignored={
        "skipDestroy": "used when the definition is deleted",
        "trackLatest": "says which revision Terraform compares with",
    },
)

SERVICE_PARAMS = {
    "deploymentConfiguration": {
        "maximumPercent": "inputs.deploymentMaximumPercent",
        "minimumHealthyPercent": "inputs.deploymentMinimumHealthyPercent",
        "deploymentCircuitBreaker": "inputs.deploymentCircuitBreaker",
        "alarms": "inputs.alarms",
        "strategy": "inputs.deploymentConfiguration.strategy",
        "bakeTimeInMinutes": "inputs.deploymentConfiguration.bakeTimeInMinutes",
        "lifecycleHooks": "inputs.deploymentConfiguration.lifecycleHooks",
        "linearConfiguration": "inputs.deploymentConfiguration.linearConfiguration",
        "canaryConfiguration": "inputs.deploymentConfiguration.canaryConfiguration",
    },
    "networkConfiguration": {
        "awsvpcConfiguration": {
            "subnets": "inputs.networkConfiguration.subnets",
            "securityGroups": "inputs.networkConfiguration.securityGroups",
            "assignPublicIp": "inputs.networkConfiguration"
            " && (inputs.networkConfiguration.assignPublicIp && 'ENABLED' || 'DISABLED')",
        }
    },
}
ADDRESS = {"cluster": "inputs.cluster", "service": "inputs.name"}
OF_TERRAFORM = "how Terraform's provider waits or decides; the API has no place for it"

SERVICE = Resource(
    token="aws:ecs/service:Service",
    service="ecs",
    create=Call("create_service", SERVICE_PARAMS, takes=Take.ALL, pick="answer.service"),
    id="item.serviceArn",
    updates=(Call("update_service", {**ADDRESS, **SERVICE_PARAMS}, takes=Take.CHANGED),),
    read=Call(
        "describe_services",
        {
            "cluster": "inputs.cluster",
            "services": ["inputs.name"],
            "include": ["'TAGS'"],
        },
        pick="answer.services[0]",
    ),
    gone="item.status == 'INACTIVE' || item.status == 'DRAINING'",
    delete=(Call("delete_service", {**ADDRESS, "force": True}),),
    absent=("ServiceNotActiveException",),
    tagging=tagging(),
    name=NAME,
    renames={
        "name": "serviceName",
        "iamRole": "role",
        "orderedPlacementStrategies": "placementStrategy",
        "loadBalancers.elbName": "loadBalancerName",
        "loadBalancers.advancedConfiguration.alternateTargetGroupArn": "alternateTargetGroupArn",
        "serviceConnectConfiguration.services.tls.issuerCertAuthority": "issuerCertificateAuthority",
    },
    defaults={
        "desiredCount": 0,
        "deploymentMaximumPercent": 200,
        "deploymentMinimumHealthyPercent": 100,
        "enableEcsManagedTags": False,
        "enableExecuteCommand": False,
        "loadBalancers": [],
        "propagateTags": "NONE",
    },
    outputs={
        "arn": "id",
        "cluster": "inputs.cluster && (starts_with(inputs.cluster, 'arn:') && item.clusterArn || inputs.cluster)",
        "deploymentMaximumPercent": "item.deploymentConfiguration.maximumPercent",
        "deploymentMinimumHealthyPercent": "item.deploymentConfiguration.minimumHealthyPercent",
        "deploymentCircuitBreaker": "item.deploymentConfiguration.deploymentCircuitBreaker",
        "alarms": "item.deploymentConfiguration.alarms",
        "networkConfiguration": "{subnets: item.networkConfiguration.awsvpcConfiguration.subnets,"
        " securityGroups: item.networkConfiguration.awsvpcConfiguration.securityGroups,"
        " assignPublicIp: item.networkConfiguration.awsvpcConfiguration.assignPublicIp == 'ENABLED'}",
        "serviceConnectConfiguration": "item.serviceConnectConfiguration"
        " || item.deployments[0].serviceConnectConfiguration",
        "serviceRegistries": "item.serviceRegistries[0]",
    },
    replaces=frozenset({"cluster", "name", "launchType", "schedulingStrategy", "iamRole"}),
    ignored={
        "forceDelete": "deletion is always forced, as the service may have tasks",
        "sigintRollback": OF_TERRAFORM,
        "triggers": OF_TERRAFORM,
        "waitForSteadyState": OF_TERRAFORM,
    },
    unread={
        "forceNewDeployment": "an argument of the call",
        "iamRole": "told as an ARN, whichever way it was given",
        "volumeConfiguration": "told by deployment",
    },
)

RESOURCES = (CLUSTER, CLUSTER_CAPACITY_PROVIDERS, TASK_DEFINITION, SERVICE)
