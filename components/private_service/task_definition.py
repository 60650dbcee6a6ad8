"""How a task runs: size, container, user, storage, log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pulumi
import pulumi_aws as aws

from components.exceptions import ComponentError
from components.location import locate
from components.private_service.fargate_size import check_fargate_size
from components.private_service.fault_injection import agent_container
from components.private_service.scope import Scope

__all__ = ["PORT_NAME", "ContainerSettings", "TaskSettings", "log_configuration", "task_definition"]

PORT_NAME = "http"
"""Name by which Service Connect finds the port."""

TMP_VOLUME = "tmp"
LONGEST_STOP_SECONDS = 120
"""Source: ECS developer guide, task definition parameters for Fargate, stopTimeout."""

OPEN_FILES = 65_535
LOG_BUFFER = "25m"


@dataclass(frozen=True)
class ContainerSettings:
    """The service's own container."""

    image: pulumi.Input[str]
    port: int
    user: str
    command: Sequence[str] | None
    health_check_command: Sequence[str]
    health_check_start_seconds: int
    stop_timeout_seconds: int
    environment: Mapping[str, pulumi.Input[str]]
    secret_references: Mapping[str, pulumi.Input[str]]


@dataclass(frozen=True)
class TaskSettings:
    """The task around it."""

    cpu: int
    memory_mib: int
    cpu_architecture: Literal["X86_64", "ARM64"]
    container: ContainerSettings
    fault_injection_agent_image: pulumi.Input[str] | None


def task_definition(
    scope: Scope,
    settings: TaskSettings,
    task_role: aws.iam.Role,
    execution_role: aws.iam.Role,
    log_group: aws.cloudwatch.LogGroup,
    instance_role: aws.iam.Role | None,
) -> aws.ecs.TaskDefinition:
    """A revision of the service's task definition.

    Args:
        instance_role: of the fault-injection agent, where the settings name its image.
    """
    check_fargate_size(settings.cpu, settings.memory_mib)
    logs = log_configuration(scope, log_group.name)
    containers = [_container(scope, settings.container, logs)]
    agent_image = settings.fault_injection_agent_image
    injects_faults = agent_image is not None and instance_role is not None
    if agent_image is not None and instance_role is not None:
        containers.append(agent_container(agent_image, instance_role, logs))
    return aws.ecs.TaskDefinition(
        scope.child("task-definition"),
        family=scope.service_name,
        requires_compatibilities=["FARGATE"],
        network_mode="awsvpc",
        cpu=str(settings.cpu),
        memory=str(settings.memory_mib),
        runtime_platform=aws.ecs.TaskDefinitionRuntimePlatformArgs(
            operating_system_family="LINUX", cpu_architecture=settings.cpu_architecture
        ),
        task_role_arn=task_role.arn,
        execution_role_arn=execution_role.arn,
        container_definitions=pulumi.Output.json_dumps(containers),
        # Fargate has no tmpfs: a volume of the task's own storage stands in.
        volumes=[aws.ecs.TaskDefinitionVolumeArgs(name=TMP_VOLUME)],
        enable_fault_injection=injects_faults,
        pid_mode="task" if injects_faults else None,
        # A deployment that fails goes back to the revision before, which must not be gone by then.
        skip_destroy=True,
        tags=scope.tags,
        opts=scope.opts,
    )


def log_configuration(scope: Scope, log_group_name: pulumi.Input[str]) -> dict[str, Any]:
    """Logs go to the group without ever holding the container up; what does not fit the buffer is lost."""
    return {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": log_group_name,
            "awslogs-region": locate(scope.opts).region,
            "awslogs-stream-prefix": scope.service_name,
            "mode": "non-blocking",
            "max-buffer-size": LOG_BUFFER,
        },
    }


def _container(scope: Scope, settings: ContainerSettings, logs: dict[str, Any]) -> dict[str, Any]:
    _check_container(settings)
    container: dict[str, Any] = {
        "name": scope.service_name,
        "image": settings.image,
        "essential": True,
        "portMappings": [_port_mapping(settings.port)],
        "environment": _pairs(settings.environment, "value"),
        "secrets": _pairs(settings.secret_references, "valueFrom"),
        "healthCheck": _health_check(settings),
        "stopTimeout": settings.stop_timeout_seconds,
        "user": settings.user,
        "privileged": False,
        "readonlyRootFilesystem": True,
        "linuxParameters": {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}},
        "ulimits": [{"name": "nofile", "softLimit": OPEN_FILES, "hardLimit": OPEN_FILES}],
        "mountPoints": [{"sourceVolume": TMP_VOLUME, "containerPath": "/tmp", "readOnly": False}],
        "logConfiguration": logs,
    }
    if settings.command is not None:
        container["command"] = list(settings.command)
    return container


def _port_mapping(port: int) -> dict[str, Any]:
    return {
        "name": PORT_NAME,
        "containerPort": port,
        "hostPort": port,
        "protocol": "tcp",
        "appProtocol": "http",
    }


def _health_check(settings: ContainerSettings) -> dict[str, Any]:
    return {
        "command": list(settings.health_check_command),
        "interval": 10,
        "timeout": 5,
        "retries": 3,
        "startPeriod": settings.health_check_start_seconds,
    }


def _pairs(values: Mapping[str, pulumi.Input[str]], key: str) -> list[dict[str, Any]]:
    return [{"name": name, key: value} for name, value in sorted(values.items())]


def _check_container(settings: ContainerSettings) -> None:
    if not 1 <= settings.stop_timeout_seconds <= LONGEST_STOP_SECONDS:
        raise ComponentError(
            f"Fargate gives a container 1 to {LONGEST_STOP_SECONDS} seconds to stop, "
            f"got {settings.stop_timeout_seconds!r}. Choose a number in between."
        )
    if settings.user.partition(":")[0] in ("", "0", "root"):
        raise ComponentError(
            f"A container does not run as root, got user {settings.user!r}. Name another user."
        )
    for name in settings.environment.keys() & settings.secret_references.keys():
        raise ComponentError(
            f"A variable is either plain or secret, got {name!r} as both. Keep it where it belongs."
        )
