"""Deployments of a service: which one is primary, how far it has come, and what is gone back to where it fails."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from twin.runtime.tasks.model import Service, TaskDefinition

__all__ = [
    "ALARMED",
    "FAILED_TASKS",
    "Cause",
    "Deployment",
    "Deployments",
    "Rollout",
    "adopted",
    "begun",
    "completed",
    "declared",
    "failed",
]


class Rollout(StrEnum):
    """Source: ECS API reference, Deployment, rolloutState."""

    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Cause:
    """Why a deployment failed, in words. Those of alarms are after those of the circuit breaker: an assumption."""

    found_by: str
    what: str


FAILED_TASKS = Cause("circuit breaker", "tasks failed to start")
ALARMED = Cause("alarms", "alarm detected")


@dataclass(frozen=True)
class Deployment:
    """Attributes:
    declared: the deployment as the API shows it, for members that only it knows.
    failed_tasks: in a row. has_completed: once, so that it can be gone back to.
    ignored_alarms: those that were in ALARM when it began; None before they were first looked at.
    steady_since: when all its tasks were there, from when on its alarms are watched for the bake time.
    """

    id: str
    definition: TaskDefinition
    declared: Mapping[str, Any]
    created_at: float
    updated_at: float
    rollout: Rollout = Rollout.IN_PROGRESS
    reason: str = ""
    failed_tasks: int = 0
    has_completed: bool = False
    ignored_alarms: frozenset[str] | None = None
    steady_since: float | None = None


@dataclass(frozen=True)
class Deployments:
    """Of one service, never without a primary one.

    Attributes:
        others: newest first: those whose tasks are being replaced, and the last that completed.
        declared_id: the primary one's id that the API last told.
        went_back: ids of the deployment that failed and of the one that took its place, since the last declaration.
    """

    primary: Deployment
    declared_id: str
    others: tuple[Deployment, ...] = ()
    went_back: tuple[str, str] | None = None

    def all(self) -> Iterable[Deployment]:
        yield self.primary
        yield from self.others

    def of(self, deployment_id: str) -> Deployment | None:
        return next((it for it in self.all() if it.id == deployment_id), None)

    def without_ended(self, with_tasks: Iterable[str]) -> "Deployments":
        """Only what still has tasks, or can be gone back to."""
        kept = set(with_tasks)
        fallback = self.fallback()
        if fallback:
            kept.add(fallback.id)
        others = tuple(it for it in self.others if it.id in kept)
        return self if len(others) == len(self.others) else replace(self, others=others)

    def fallback(self) -> Deployment | None:
        """The most recent deployment that completed, of those that the primary one replaces."""
        return next((it for it in self.others if it.has_completed), None)


def begun(service: Service, now: float) -> Deployments:
    """The first deployment of a service."""
    return Deployments(_new(service, now), service.deployment_id)


def declared(deployments: Deployments, service: Service, now: float) -> Deployments:
    """What is declared is primary; what was is being replaced."""
    if service.deployment_id in (deployments.declared_id, deployments.primary.id):
        return replace(deployments, declared_id=service.deployment_id)
    others = (deployments.primary, *deployments.others)
    return Deployments(_new(service, now), service.deployment_id, others)


def adopted(deployments: Deployments, service: Service) -> Deployments:
    """The primary deployment, whose content is what is declared anew, goes on under its new id."""
    primary = replace(
        deployments.primary,
        id=service.deployment_id,
        definition=service.definition,
        declared=service.deployment,
    )
    return Deployments(primary, service.deployment_id, deployments.others)


def completed(deployments: Deployments, now: float) -> Deployments:
    """All tasks are the primary deployment's, and healthy."""
    primary = replace(
        deployments.primary,
        rollout=Rollout.COMPLETED,
        reason=f"ECS deployment {deployments.primary.id} completed.",
        updated_at=now,
        failed_tasks=0,
        has_completed=True,
    )
    return replace(deployments, primary=primary, others=())


def failed(deployments: Deployments, now: float, rolls_back: bool, cause: Cause) -> Deployments:
    """The primary deployment has failed. Where one completed before, that is primary again.

    Source: ECS developer guide, "How the Amazon ECS deployment circuit breaker detects failures": without one that
    completed no tasks are launched and the deployment is stalled; one that is gone back to is in progress again.
    """
    given_up = replace(
        deployments.primary,
        rollout=Rollout.FAILED,
        reason=f"ECS deployment {cause.found_by}: {cause.what}.",
        updated_at=now,
    )
    back = deployments.fallback() if rolls_back else None
    if back is None:
        return replace(deployments, primary=given_up)
    restored = replace(
        back,
        rollout=Rollout.IN_PROGRESS,
        reason=f"ECS deployment {cause.found_by}: rolling back to deploymentId {back.id}.",
        updated_at=now,
        failed_tasks=0,
        has_completed=False,
        ignored_alarms=None,
        steady_since=None,
    )
    others = (given_up, *(it for it in deployments.others if it is not back))
    return Deployments(restored, deployments.declared_id, others, (given_up.id, restored.id))


def _new(service: Service, now: float) -> Deployment:
    return Deployment(
        id=service.deployment_id,
        definition=service.definition,
        declared=service.deployment,
        created_at=now,
        updated_at=now,
        reason=f"ECS deployment {service.deployment_id} in progress.",
    )
