"""What a service is to be and what a task is: facts, as ECS names them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

__all__ = [
    "Container",
    "DeploymentAlarms",
    "Health",
    "HealthCheck",
    "MeshName",
    "Service",
    "ServiceKey",
    "Staffing",
    "Stop",
    "StopCode",
    "Target",
    "Task",
    "TaskDefinition",
    "TaskStatus",
]


class TaskStatus(StrEnum):
    """Source: ECS developer guide, "Amazon ECS task lifecycle"."""

    PROVISIONING = "PROVISIONING"
    PENDING = "PENDING"
    ACTIVATING = "ACTIVATING"
    RUNNING = "RUNNING"
    DEACTIVATING = "DEACTIVATING"
    STOPPING = "STOPPING"
    DEPROVISIONING = "DEPROVISIONING"
    STOPPED = "STOPPED"


class Health(StrEnum):
    """Of a container by its own check. Source: ECS API reference, HealthCheck."""

    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"
    UNKNOWN = "UNKNOWN"


class StopCode(StrEnum):
    """Source: ECS API reference, Task, stopCode."""

    FAILED_TO_START = "TaskFailedToStart"
    EXITED = "EssentialContainerExited"
    USER = "UserInitiated"
    SCHEDULER = "ServiceSchedulerInitiated"
    HOST = "TerminationNotice"


@dataclass(frozen=True)
class Stop:
    """Why a task is to stop, or stopped.

    Attributes: is_unhealthy: because it failed a health check, which a deployment's circuit breaker counts.
    """

    code: StopCode
    reason: str
    is_unhealthy: bool = False


@dataclass(frozen=True)
class HealthCheck:
    """Attributes: command: begins with CMD or CMD-SHELL. Source of the defaults: ECS API reference, HealthCheck."""

    command: tuple[str, ...]
    interval_seconds: float = 30
    timeout_seconds: float = 5
    retries: int = 3
    start_period_seconds: float = 0


@dataclass(frozen=True)
class Container:
    """Attributes:
    arguments: what runs; empty for the image's own command.
    secrets: name of the variable to ARN or name of what it holds.
    """

    name: str
    image: str
    is_essential: bool = True
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    secrets: Mapping[str, str] = field(default_factory=dict[str, str])
    port: int | None = None
    stop_timeout_seconds: float = 30
    health_check: HealthCheck | None = None
    log_group: str | None = None
    log_prefix: str = ""


@dataclass(frozen=True)
class TaskDefinition:
    """Attributes:
    main: the container that runs here. others: those that are shown and do not run.
    fingerprint: differs where the content of the main container does, whatever the revision.
    """

    arn: str
    family: str
    main: Container
    others: tuple[Container, ...] = ()
    cpu: str = "256"
    memory: str = "512"
    task_role_arn: str | None = None
    execution_role_arn: str | None = None
    fingerprint: str = ""


@dataclass(frozen=True, order=True)
class ServiceKey:
    """Names, which stay the same when another control plane gives new ids."""

    region: str
    cluster: str
    name: str


@dataclass(frozen=True)
class Target:
    target_group_arn: str
    port: int


@dataclass(frozen=True)
class MeshName:
    """What Service Connect calls a port of a task. Attributes: port: the container's."""

    name: str
    port: int
    request_timeout_seconds: float = 15
    idle_timeout_seconds: float = 300


@dataclass(frozen=True)
class DeploymentAlarms:
    """Alarms that fail a deployment. Source: ECS API reference, DeploymentAlarms."""

    names: tuple[str, ...] = ()
    rolls_back: bool = False


@dataclass(frozen=True)
class Service:
    """What the API says that a service is to be.

    Attributes:
        deployment: the primary one as declared; its id changes when tasks are to be replaced.
        subnets: id by zone, in the order in which they are declared.
        capacity: launch type or capacity provider, as a task shows it.
        generation: of the control plane that said so.
    """

    key: ServiceKey
    arn: str
    cluster_arn: str
    desired_count: int
    deployment: Mapping[str, Any]
    definition: TaskDefinition
    subnets: Mapping[str, str]
    minimum_healthy_percent: int = 100
    maximum_percent: int = 200
    breaks_circuit: bool = False
    rolls_back: bool = False
    alarms: DeploymentAlarms = DeploymentAlarms()
    grace_seconds: float = 0
    is_rebalanced: bool = False
    targets: tuple[Target, ...] = ()
    mesh: MeshName | None = None
    capacity: Mapping[str, str] = field(default_factory=dict[str, str])
    platform_version: str = "LATEST"
    tags: tuple[Mapping[str, str], ...] = ()
    generation: int = 0

    @property
    def deployment_id(self) -> str:
        return str(self.deployment["id"])


@dataclass(frozen=True)
class Task:
    """One task. Times are seconds since the epoch.

    Attributes:
        service: None for one that RunTask asked for.
        is_wanted: its desired status is RUNNING.
        was_ready: it has passed all its health checks once.
        lost_at: when its host fell silent; the API goes on showing what it last heard.
        balances: it was started to even out the zones, and another one will be stopped for it.
    """

    id: str
    arn: str
    cluster_arn: str
    definition: TaskDefinition
    zone: str
    address: str
    subnet_id: str
    created_at: float
    service: ServiceKey | None = None
    deployment_id: str = ""
    group: str = ""
    started_by: str | None = None
    capacity: Mapping[str, str] = field(default_factory=dict[str, str])
    platform_version: str = "LATEST"
    tags: tuple[Mapping[str, str], ...] = ()
    status: TaskStatus = TaskStatus.PROVISIONING
    is_wanted: bool = True
    health: Health = Health.UNKNOWN
    was_ready: bool = False
    started_at: float | None = None
    stopping_at: float | None = None
    stopped_at: float | None = None
    stop: Stop | None = None
    exit_code: int | None = None
    pid: int | None = None
    lost_at: float | None = None
    protected_until: float = 0
    balances: bool = False
    version: int = 1

    @property
    def region(self) -> str:
        return self.arn.split(":")[3]

    @property
    def is_running(self) -> bool:
        return self.status is TaskStatus.RUNNING

    @property
    def is_ended(self) -> bool:
        return self.status is TaskStatus.STOPPED


@dataclass(frozen=True)
class Staffing:
    """A service with its tasks, as the API shows them. Attributes: tasks: all that have not stopped."""

    service: Service
    tasks: tuple[Task, ...]
    running: int
    pending: int
    deployments: int
