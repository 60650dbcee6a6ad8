"""All tasks there are, and those that stopped within the hour, each told of as it changes."""

import asyncio
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from twin.runtime.control_plane import Document
from twin.runtime.tasks.hosting import Hosting
from twin.runtime.tasks.lifecycle import TaskRun
from twin.runtime.tasks.model import Service, ServiceKey, Task, TaskDefinition
from twin.runtime.tasks.reports import task_document

__all__ = ["Fleet"]

_KEPT_SECONDS = 3600.0
"""Source: ECS API reference, DescribeTasks: stopped tasks appear for at least one hour."""


class Fleet:
    """Args: changed: called after every change of a task. say: with what a task has its service say."""

    def __init__(
        self,
        hosting: Hosting,
        changed: Callable[[Task], None],
        say: Callable[[Task, str, bool], None],
    ) -> None:
        self._hosting = hosting
        self._changed, self._say = changed, say
        self._runs: dict[str, TaskRun] = {}
        self._lives: dict[str, asyncio.Task[None]] = {}
        self._stopped: dict[str, Task] = {}

    def of(self, key: ServiceKey) -> list[TaskRun]:
        """Those of the service that have not stopped."""
        return [run for run in self._runs.values() if run.task.service == key]

    def find(self, identifier: str) -> TaskRun | None:
        """Args: identifier: a task's ARN or id."""
        return self._runs.get(identifier.rpartition("/")[2])

    def all(self) -> Iterator[TaskRun]:
        yield from self._runs.values()

    def now(self) -> float:
        return self._hosting.clock()

    def start_for(
        self, service: Service, definition: TaskDefinition, deployment_id: str, zone: str, *, balances: bool
    ) -> str | None:
        """The id of a new task of the service; None where the zone has no address left."""
        id_ = uuid.uuid4().hex
        return self._start(
            service,
            id=id_,
            arn=f"{service.cluster_arn.replace(':cluster/', ':task/')}/{id_}",
            cluster_arn=service.cluster_arn,
            definition=definition,
            zone=zone,
            subnet_id=service.subnets.get(zone, ""),
            service=service.key,
            deployment_id=deployment_id,
            group=f"service:{service.key.name}",
            started_by=deployment_id,
            capacity=service.capacity,
            platform_version=service.platform_version,
            tags=service.tags,
            balances=balances,
        )

    def start_alone(
        self, asked: Document, definition: TaskDefinition, zone: str, subnet_id: str
    ) -> str | None:
        """A task of no service. Args: asked: the task as RunTask answered it."""
        capacity = {name: asked[name] for name in ("launchType", "capacityProviderName") if name in asked}
        return self._start(
            None,
            id=asked["taskArn"].rpartition("/")[2],
            arn=asked["taskArn"],
            cluster_arn=asked["clusterArn"],
            definition=definition,
            zone=zone,
            subnet_id=subnet_id,
            group=asked.get("group", ""),
            started_by=asked.get("startedBy"),
            capacity=capacity,
            platform_version=asked.get("platformVersion", "LATEST"),
            tags=tuple(asked.get("tags", ())),
        )

    def _start(self, declared: Service | None, *, zone: str, **members: Any) -> str | None:
        address = self._hosting.addresses.take(zone)
        if address is None:
            return None
        task = Task(zone=zone, address=address, created_at=self._hosting.clock(), **members)
        run = TaskRun(self._hosting, task, declared, self._told, self._said)
        self._runs[task.id] = run
        life = self._lives[task.id] = asyncio.create_task(run.run(), name=f"task {task.id}")
        life.add_done_callback(lambda _: self._lives.pop(task.id, None))
        self._report(task)
        return task.id

    def forget_old(self) -> None:
        """Tasks that stopped an hour ago are shown no more."""
        horizon = self._hosting.clock() - _KEPT_SECONDS
        for task in [it for it in self._stopped.values() if (it.stopped_at or 0) < horizon]:
            del self._stopped[task.id]
            self._hosting.ground.control_plane.report("ecs", task.region, "task", task.arn, None)

    async def abandon(self) -> None:
        """Nobody attends to the tasks any more; what still runs ends with its host."""
        lives = list(self._lives.values())
        for it in lives:
            it.cancel()
        await asyncio.gather(*lives, return_exceptions=True)

    def _told(self, run: TaskRun) -> None:
        task = run.task
        if task.is_ended and task.id in self._runs:
            del self._runs[task.id]
            self._stopped[task.id] = task
            self._hosting.addresses.give_back(task.zone, task.address)
        self._report(task)
        self._changed(task)

    def _said(self, run: TaskRun, message: str, of_deployment: bool) -> None:
        self._say(run.task, message, of_deployment)

    def _report(self, task: Task) -> None:
        self._hosting.ground.control_plane.report("ecs", task.region, "task", task.arn, task_document(task))
