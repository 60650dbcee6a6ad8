"""Whether a container is healthy by its own check, and whether a task counts as healthy for its service."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from twin.runtime.directory import TargetHealth
from twin.runtime.tasks.model import Health, HealthCheck, Stop, StopCode, Target, Task

__all__ = ["Condition", "ContainerHealth", "Member", "TargetSeen", "after", "assess"]


@dataclass(frozen=True)
class ContainerHealth:
    """Attributes: failures: in a row, as far as they count; has_passed: once at least."""

    status: Health = Health.UNKNOWN
    failures: int = 0
    has_passed: bool = False


def after(health: ContainerHealth, check: HealthCheck, passed: bool, age_seconds: float) -> ContainerHealth:
    """The container's health after one more check. Args: age_seconds: of the container.

    Source: ECS API reference, HealthCheck, startPeriod: failures within it do not count, unless a check has passed.
    """
    if passed:
        return ContainerHealth(Health.HEALTHY, 0, has_passed=True)
    if age_seconds < check.start_period_seconds and not health.has_passed:
        return health
    failures = health.failures + 1
    status = Health.UNHEALTHY if failures >= check.retries else health.status
    return ContainerHealth(status, failures, health.has_passed)


class Condition(StrEnum):
    """What a task is to the scheduler."""

    STARTING = "starting"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    LEAVING = "leaving"


@dataclass(frozen=True)
class TargetSeen:
    """A task's target, and what the load balancer says of it; None where it says nothing."""

    target: Target
    health: TargetHealth | None


@dataclass(frozen=True)
class Member:
    """A task of a service as the scheduler sees it.

    Attributes: why: the reason for which one that is unhealthy is stopped; event: what its service says of that.
    """

    task: Task
    condition: Condition
    why: Stop | None = None
    event: str | None = None

    @property
    def id(self) -> str:
        return self.task.id

    @property
    def zone(self) -> str:
        return self.task.zone


def assess(
    task: Task, targets: Iterable[TargetSeen], now: float, grace_seconds: float, settling_seconds: float
) -> Member:
    """The task with its condition.

    Args:
        grace_seconds: after its start, in which failing health checks are ignored. Source: ECS API reference,
            CreateService, healthCheckGracePeriodSeconds, which names those of load balancers and containers.
        settling_seconds: after which a running task that nothing checks counts as healthy.
    """
    if not task.is_wanted:
        return Member(task, Condition.LEAVING)
    if not task.is_running or task.started_at is None:
        return Member(task, Condition.STARTING)
    seen, age = list(targets), now - task.started_at
    if age >= grace_seconds and (unhealthy := _unhealthy(task, seen)):
        return unhealthy
    is_healthy = _passes(task, seen) and (_is_checked(task, seen) or age >= settling_seconds)
    return Member(task, Condition.HEALTHY if is_healthy else Condition.STARTING)


def _unhealthy(task: Task, seen: list[TargetSeen]) -> Member | None:
    if task.health is Health.UNHEALTHY:
        stop = Stop(StopCode.SCHEDULER, "Task failed container health checks", is_unhealthy=True)
        return Member(task, Condition.UNHEALTHY, stop, f"(task {task.id}) failed container health checks.")
    for it in seen:
        if it.health and it.health.state == "unhealthy":
            return _fails_target(task, it.target, it.health)
    return None


def _fails_target(task: Task, target: Target, health: TargetHealth) -> Member:
    group = f"(target-group {target.target_group_arn})"
    stop = Stop(StopCode.SCHEDULER, f"Task failed ELB health checks in {group}", is_unhealthy=True)
    reason = health.description or health.reason or "Health checks failed"
    event = f"(task {task.id}) (port {target.port}) is unhealthy in {group} due to (reason {reason})."
    return Member(task, Condition.UNHEALTHY, stop, event)


def _passes(task: Task, seen: list[TargetSeen]) -> bool:
    """A task with a check and targets passes both.

    Source: ECS API reference, DeploymentConfiguration, minimumHealthyPercent.
    """
    is_well = task.definition.main.health_check is None or task.health is Health.HEALTHY
    return is_well and all(it.health is not None and it.health.state == "healthy" for it in seen)


def _is_checked(task: Task, seen: list[TargetSeen]) -> bool:
    return bool(seen) or task.definition.main.health_check is not None
