"""ECS: what services and task definitions declare, and counts that say what really runs."""

import copy
from typing import Any

from twin.aws.emulator.call import Call, Document
from twin.aws.emulator.extension import Extension, Kept

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/"

_SERVICE_MEMBERS = (
    "availabilityZoneRebalancing",
    "capacityProviderStrategy",
    "deploymentConfiguration",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
    "loadBalancers",
    "networkConfiguration",
    "platformVersion",
    "propagateTags",
    "serviceConnectConfiguration",
    "serviceRegistries",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
)
# What a service shows only in its deployments, or there as well.
_DEPLOYMENT_MEMBERS = (
    "capacityProviderStrategy",
    "networkConfiguration",
    "platformVersion",
    "serviceConnectConfiguration",
    "volumeConfigurations",
)

_SERVICE = Kept(
    kind="service",
    writes={"CreateService": "@", "UpdateService": "@"},
    creates=frozenset({"CreateService"}),
    shows={
        "CreateService": "service",
        "UpdateService": "service",
        "DeleteService": "service",
        "DescribeServices": "services",
    },
    key="serviceArn",
    members={name: name for name in _SERVICE_MEMBERS},
    defaults={
        "availabilityZoneRebalancing": "ENABLED",
        "enableECSManagedTags": False,
        "enableExecuteCommand": False,
        "healthCheckGracePeriodSeconds": 0,
        "deploymentConfiguration": {"maximumPercent": 200, "minimumHealthyPercent": 100},
    },
)

_TASK_DEFINITION = Kept(
    kind="task definition",
    writes={"RegisterTaskDefinition": "@"},
    creates=frozenset({"RegisterTaskDefinition"}),
    shows={"RegisterTaskDefinition": "taskDefinition", "DescribeTaskDefinition": "taskDefinition"},
    key="taskDefinitionArn",
    members={"enableFaultInjection": "enableFaultInjection"},
    defaults={"enableFaultInjection": False},
)


def _in_service(call: Call, document: Document) -> None:
    _show_in_deployments(document["service"])


def _in_services(call: Call, document: Document) -> None:
    for service in document["services"]:
        _show_in_deployments(service)


def _show_in_deployments(service: Document) -> None:
    """The primary deployment is what the service is now to be; the service has it as wanted and as counted."""
    shown = {name: service[name] for name in _DEPLOYMENT_MEMBERS if service.get(name)}
    if service.get("capacityProviderStrategy"):
        # Launch type and capacity providers exclude each other.
        service.pop("launchType", None)
    for deployment in service.get("deployments", []):
        if deployment["status"] == "PRIMARY":
            deployment.update(shown, **_counts(service))
            if service.get("capacityProviderStrategy"):
                deployment.pop("launchType", None)


def _counts(service: Document) -> Document:
    return {
        name: service[name]
        for name in ("desiredCount", "pendingCount", "runningCount", "taskDefinition")
        if name in service
    }


def _honest_counts() -> None:
    """A service that was told to have more tasks has them when they run, not when it is told."""
    from moto.ecs.models import EC2ContainerServiceBackend, Service

    update = EC2ContainerServiceBackend.update_service

    def update_service(self: EC2ContainerServiceBackend, service_properties: dict[str, Any]) -> Service:
        named = service_properties.get("task_definition")
        cluster = service_properties.get("cluster", "default")
        service = self._get_service(cluster, service_properties["service"].split("/")[-1])
        running = service.running_count
        if named:
            service_properties["task_definition"] = self.describe_task_definition(named).arn
        updated = update(self, service_properties)
        # moto has counted the wanted tasks as running ones, in the cluster too.
        counted = updated.running_count - running
        self.update_cluster_resources(self._get_cluster(cluster), -counted, task_state="RUNNING")
        updated.running_count = running
        updated.pending_count = max(updated.desired_count - running, 0)
        return updated

    EC2ContainerServiceBackend.update_service = update_service


def _tasks_without_container_memory() -> None:
    """A Fargate task has its memory from the task's size; its containers need none of their own."""
    from moto.ecs.models import EC2ContainerServiceBackend, TaskDefinition

    required = EC2ContainerServiceBackend._calculate_task_resource_requirements

    def requirements(task_definition: TaskDefinition) -> dict[str, Any]:
        containers = task_definition.container_definitions
        sized = copy.copy(task_definition)
        # moto adds up either of the two for each container, and fails where there is none.
        sized.container_definitions = [{"memoryReservation": 0, **container} for container in containers]
        return required(sized)

    backend: Any = EC2ContainerServiceBackend
    backend._calculate_task_resource_requirements = staticmethod(requirements)


def _tasks_by_service() -> None:
    """Tasks of one service are those of its group, as ECS names it."""
    from moto.ecs.models import EC2ContainerServiceBackend, Task

    every = EC2ContainerServiceBackend.list_tasks

    def list_tasks(self: EC2ContainerServiceBackend, *arguments: Any, **named: Any) -> list[Task]:
        service_name = named.get("service_name", arguments[4] if len(arguments) > 4 else None)
        tasks = every(self, *arguments, **named)
        group = f"service:{service_name.split('/')[-1]}" if service_name else None
        return [task for task in tasks if group is None or task.group == group]

    EC2ContainerServiceBackend.list_tasks = list_tasks


EXTENSIONS = (
    Extension(
        service="ecs",
        topic="services",
        stock="forgets most of what a service declares, such as its deployment circuit breaker and Service Connect",
        aws="shows a service as it was declared, and its primary deployment with it",
        change="keeps what create and update give and shows it in the service and in its primary deployment",
        source=_API + "API_Service.html",
        kept=(_SERVICE,),
        amends={
            "CreateService": _in_service,
            "UpdateService": _in_service,
            "DeleteService": _in_service,
            "DescribeServices": _in_services,
        },
    ),
    Extension(
        service="ecs",
        topic="running count",
        stock="counts wanted tasks as running once a service is updated, and keeps the task definition as it was named",
        aws="counts tasks that run, and shows the task definition's ARN",
        change="leaves the running count alone, and looks the task definition up",
        source=_API + "API_UpdateService.html",
        patch=_honest_counts,
    ),
    Extension(
        service="ecs",
        topic="memory of a task",
        stock="fails at a task whose containers have no memory of their own",
        aws="gives them the task's",
        change="takes such a container as needing none",
        source=_API + "API_ContainerDefinition.html",
        patch=_tasks_without_container_memory,
    ),
    Extension(
        service="ecs",
        topic="tasks of a service",
        stock="lists every task of the cluster when asked for those of a service",
        aws="lists the tasks of the service",
        change="filters by the tasks' group, `service:<name>`",
        source=_API + "API_ListTasks.html",
        patch=_tasks_by_service,
    ),
    Extension(
        service="ecs",
        topic="fault injection",
        stock="forgets enableFaultInjection of a task definition",
        aws="shows it, false by default",
        change="keeps it",
        source=_API + "API_RegisterTaskDefinition.html",
        kept=(_TASK_DEFINITION,),
    ),
)
