"""What is told of tasks and services: documents of AWS's shapes.

Source: ECS API reference, Task, Container, Service and Deployment.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from twin.runtime.control_plane import Document
from twin.runtime.tasks.deployment import Deployment, Deployments
from twin.runtime.tasks.model import Container, Health, Service, Stop, StopCode, Task, TaskStatus

__all__ = ["service_document", "task_document"]

_BEFORE_START = frozenset({TaskStatus.PROVISIONING, TaskStatus.PENDING, TaskStatus.ACTIVATING})
_AFTER_END = frozenset({TaskStatus.DEPROVISIONING, TaskStatus.STOPPED})
_NAMESPACE = uuid.UUID("5f0c1d1e-6a3f-4b57-9d0b-0e1f6f2f8a11")


def task_document(task: Task) -> Document:
    """The task as DescribeTasks shows it."""
    document: Document = {
        "taskArn": task.arn,
        "clusterArn": task.cluster_arn,
        "taskDefinitionArn": task.definition.arn,
        "group": task.group,
        "lastStatus": task.status.value,
        "desiredStatus": "RUNNING" if task.is_wanted else "STOPPED",
        "healthStatus": task.health.value,
        "availabilityZone": task.zone,
        "cpu": task.definition.cpu,
        "memory": task.definition.memory,
        "platformVersion": "1.4.0" if task.platform_version == "LATEST" else task.platform_version,
        "platformFamily": "Linux",
        "createdAt": task.created_at,
        "version": task.version,
        "connectivity": "CONNECTED",
        "containers": [
            _container(task, it, it is task.definition.main)
            for it in (task.definition.main, *task.definition.others)
        ],
        "attachments": [_interface(task)],
        "overrides": {},
        "tags": [dict(it) for it in task.tags],
        **task.capacity,
    }
    optional = {
        "startedBy": task.started_by,
        "startedAt": task.started_at,
        "pullStartedAt": task.started_at,
        "pullStoppedAt": task.started_at,
        "stoppingAt": task.stopping_at,
        "executionStoppedAt": task.stopped_at if task.started_at else None,
        "stoppedAt": task.stopped_at,
        **_stop(task.stop),
    }
    return document | {name: value for name, value in optional.items() if value is not None}


def _stop(stop: Stop | None) -> Document:
    return {"stopCode": stop.code.value, "stoppedReason": stop.reason} if stop else {}


def _container(task: Task, container: Container, is_main: bool) -> Document:
    """One that does not run here goes through the same states as the task."""
    status = "PENDING" if task.status in _BEFORE_START else "RUNNING"
    if task.status in _AFTER_END:
        status = "STOPPED"
    document: Document = {
        "containerArn": _id_arn(task, "container", container.name),
        "taskArn": task.arn,
        "name": container.name,
        "image": container.image,
        "lastStatus": status,
        "healthStatus": task.health.value if is_main else Health.UNKNOWN.value,
        "networkInterfaces": [{"attachmentId": _id(task, "interface"), "privateIpv4Address": task.address}],
        "cpu": "0",
    }
    if "@" in container.image:
        document["imageDigest"] = container.image.partition("@")[2]
    if task.started_at is not None:
        document["runtimeId"] = f"{task.id}-{_id(task, container.name)[:10]}"
    if is_main and task.exit_code is not None:
        document["exitCode"] = task.exit_code
    if task.stop and task.stop.code is StopCode.FAILED_TO_START and is_main:
        document["reason"] = task.stop.reason
    return document


def _interface(task: Task) -> Document:
    status = "PRECREATED" if task.status is TaskStatus.PROVISIONING else "ATTACHED"
    details = {"subnetId": task.subnet_id, "networkInterfaceId": f"eni-{task.id[:17]}"}
    if task.status is not TaskStatus.PROVISIONING:
        details["privateIPv4Address"] = task.address
    return {
        "id": _id(task, "interface"),
        "type": "ElasticNetworkInterface",
        "status": "DELETED" if task.is_ended else status,
        "details": [{"name": name, "value": value} for name, value in details.items()],
    }


def _id(task: Task, what: str) -> str:
    """The same at every report."""
    return str(uuid.uuid5(_NAMESPACE, f"{task.arn} {what}"))


def _id_arn(task: Task, kind: str, what: str) -> str:
    return f"{task.arn.replace(':task/', f':{kind}/')}/{_id(task, what)}"


def service_document(
    service: Service,
    deployments: Deployments,
    tasks: Sequence[Task],
    events: Iterable[Mapping[str, Any]],
) -> Document:
    """What is true of the service: counts, deployments, events. Args: tasks: all that have not stopped."""
    shown = [it for it in deployments.all() if it is deployments.primary or _tasks_of(it, tasks)]
    document: Document = {
        "runningCount": _running(tasks),
        "pendingCount": _pending(tasks),
        "deployments": [_deployment(it, service, deployments, tasks) for it in shown],
        "events": [dict(it) for it in events],
    }
    if deployments.went_back:
        failed, restored = deployments.went_back
        document |= {"rolledBackFrom": failed, "rolledBackTo": restored}
    return document


def _deployment(
    deployment: Deployment, service: Service, deployments: Deployments, tasks: Sequence[Task]
) -> Document:
    own = _tasks_of(deployment, tasks)
    is_primary = deployment is deployments.primary
    return {
        **deployment.declared,
        "id": deployment.id,
        "status": "PRIMARY" if is_primary else "ACTIVE",
        "taskDefinition": deployment.definition.arn,
        "desiredCount": service.desired_count if is_primary else sum(it.is_wanted for it in own),
        "runningCount": _running(own),
        "pendingCount": _pending(own),
        "failedTasks": deployment.failed_tasks,
        "createdAt": deployment.created_at,
        "updatedAt": deployment.updated_at,
        "rolloutState": deployment.rollout.value,
        "rolloutStateReason": deployment.reason,
    }


def _tasks_of(deployment: Deployment, tasks: Iterable[Task]) -> list[Task]:
    return [it for it in tasks if it.deployment_id == deployment.id]


def _running(tasks: Iterable[Task]) -> int:
    return sum(it.is_running for it in tasks)


def _pending(tasks: Iterable[Task]) -> int:
    return sum(it.status in _BEFORE_START for it in tasks)
