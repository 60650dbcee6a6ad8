"""What a service says of itself, in the words of ECS.

Source: ECS developer guide, "Amazon ECS service event messages" and "Amazon ECS Availability Zone service rebalancing
service event messages". Those of targets, draining and rollback are not listed there; they are as services show them.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twin.runtime.tasks.deployment import Deployments
from twin.runtime.tasks.model import TaskStatus
from twin.runtime.tasks.plan import Plan

__all__ = [
    "NO_CAPACITY",
    "EventLog",
    "balance",
    "deployment_completed",
    "deployment_failed",
    "deregistered",
    "draining",
    "not_launched",
    "plan_messages",
    "registered",
    "started",
    "steady",
    "throttled",
    "unplaced",
]

_SHOWN = 100
"""Source: ECS API reference, Service, events."""

_REPEATED_SECONDS = 6 * 3600.0
"""Source: ECS developer guide, "Viewing Amazon ECS service event messages": duplicates are left out until the cause is
resolved or six hours have passed."""

NO_CAPACITY = (
    "Capacity is unavailable at this time. Please try again later or in a different availability zone"
)
"""Source: ECS developer guide, "Amazon ECS service event messages", for Fargate."""


@dataclass(frozen=True)
class Event:
    id: str
    created_at: float
    message: str

    def document(self) -> Mapping[str, Any]:
        return {"id": self.id, "createdAt": self.created_at, "message": self.message}


class EventLog:
    """The latest events of one service, newest first."""

    def __init__(self, service_name: str) -> None:
        self._name = service_name
        self._events: list[Event] = []
        self._causes: dict[str, float] = {}

    def add(self, message: str, now: float, deployment_id: str | None = None) -> None:
        """The service says so. Args: deployment_id: where it says it of one of its deployments."""
        subject = f"(service {self._name}{f', taskSet {deployment_id}' if deployment_id else ''})"
        self._events = [Event(str(uuid.uuid4()), now, f"{subject} {message}"), *self._events][:_SHOWN]

    def add_cause(self, message: str, now: float) -> None:
        """As `add`, but said once until `resolve` or for six hours."""
        if now - self._causes.get(message, now - _REPEATED_SECONDS) >= _REPEATED_SECONDS:
            self._causes[message] = now
            self.add(message, now)

    def resolve(self) -> None:
        self._causes = {}

    def documents(self) -> list[Mapping[str, Any]]:
        return [it.document() for it in self._events]


def plan_messages(plan: Plan) -> Iterable[str]:
    """What is said of stops, and of balancing that ends; of starts see `started`."""
    waiting = [it for it in plan.stops if it.member.task.started_at is None]
    running = [it for it in plan.stops if it.member.task.status is TaskStatus.RUNNING]
    if waiting:
        yield f"has stopped {len(waiting)} pending tasks."
    ordinary = [it.member.id for it in running if not it.balances]
    if ordinary:
        yield f"has stopped {len(ordinary)} running tasks: {_tasks(ordinary)}."
    for zone, ids in _by_zone((it.member.zone, it.member.id) for it in running if it.balances):
        yield f"has stopped {len(ids)} running tasks in {zone} due to AZ rebalancing: {_tasks(ids)}."


def started(tasks: Sequence[tuple[str, str]], balances: bool) -> Iterable[str]:
    """Args: tasks: zone and id of each."""
    if tasks and not balances:
        yield f"has started {len(tasks)} tasks: {_tasks(id_ for _, id_ in tasks)}."
    for zone, ids in _by_zone(tasks) if balances else ():
        yield f"has started {len(ids)} tasks in {zone} to AZ Rebalance: {_tasks(ids)}."


def balance(zones: Iterable[str], is_begun: bool) -> str:
    counts = sorted(Counter(zones).items())
    told = [f"{count} tasks in {zone}" for zone, count in counts]
    listed = ", ".join(told[:-1]) + (", and " if told[:-1] else "") + told[-1] if told else "no tasks"
    if is_begun:
        return f"is not AZ balanced with {listed}. AZ Rebalancing in progress."
    return f"is AZ balanced with {listed}."


def unplaced() -> str:
    return f"was unable to place a task. Reason: {NO_CAPACITY}."


def not_launched(reason: str) -> str:
    """Source: AWS re:Post knowledge center, https://repost.aws/knowledge-center/ecs-unable-to-assume-role"""
    return f"failed to launch a task with (error {reason})."


def throttled() -> str:
    return "is unable to consistently start tasks successfully."


def steady() -> str:
    return "has reached a steady state."


def deployment_completed(deployment_id: str) -> str:
    return f"(deployment {deployment_id}) deployment completed."


def deployment_failed(deployments: Deployments, what: str) -> Iterable[str]:
    failed_id = deployments.went_back[0] if deployments.went_back else deployments.primary.id
    yield f"(deployment {failed_id}) deployment failed: {what}."
    if deployments.went_back:
        yield f"rolling back to deployment {deployments.went_back[1]}."


def registered(target_group_arn: str) -> str:
    return f"registered 1 targets in (target-group {target_group_arn})"


def deregistered(target_group_arn: str) -> str:
    return f"deregistered 1 targets in (target-group {target_group_arn})"


def draining() -> str:
    return "has begun draining connections on 1 tasks."


def _tasks(ids: Iterable[str]) -> str:
    return " ".join(f"(task {it})" for it in ids)


def _by_zone(tasks: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    zones: dict[str, list[str]] = {}
    for zone, id_ in tasks:
        zones.setdefault(zone, []).append(id_)
    return sorted(zones.items())
