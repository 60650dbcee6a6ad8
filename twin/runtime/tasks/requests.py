"""What the API is asked to have done with tasks: to run some, to stop one, to protect some."""

import asyncio
import logging
from collections.abc import Iterable
from datetime import timedelta
from itertools import zip_longest

from botocore.exceptions import ClientError

from twin.runtime.control_plane import Document, Request
from twin.runtime.exceptions import ControlPlaneAway
from twin.runtime.ground import Ground
from twin.runtime.tasks.declared import Declarations, overridden
from twin.runtime.tasks.events import NO_CAPACITY
from twin.runtime.tasks.fleet import Fleet
from twin.runtime.tasks.model import Stop, StopCode
from twin.runtime.tasks.placement import spread

__all__ = ["Requests"]

_log = logging.getLogger(__name__)

_PROTECTED_MINUTES = 120
"""Source: ECS API reference, UpdateTaskProtection, expiresInMinutes."""


class Requests:
    """Carries out what was asked for."""

    def __init__(self, ground: Ground, fleet: Fleet, declarations: Declarations) -> None:
        self._ground, self._fleet, self._declarations = ground, fleet, declarations
        self._running: set[asyncio.Task[None]] = set()

    def attend(self) -> None:
        """Requests come here from now on."""
        takers = {
            "StopTask": self._stop,
            "RunTask": self._run,
            "UpdateTaskProtection": self._protect,
        }
        for operation, taker in takers.items():
            self._ground.control_plane.take("ecs", [operation], taker)

    def _stop(self, request: Request) -> None:
        asked = request.answer
        identifier = asked.get("taskArn") or request.parameters["task"]
        reason = asked.get("stoppedReason") or request.parameters.get("reason") or "Task stopped by user"
        if run := self._fleet.find(identifier):
            run.stop(Stop(StopCode.USER, reason))

    def _protect(self, request: Request) -> None:
        """Source: ECS API reference, UpdateTaskProtection."""
        given = request.parameters
        minutes = given.get("expiresInMinutes", _PROTECTED_MINUTES) if given["protectionEnabled"] else 0
        until = self._fleet.now() + timedelta(minutes=minutes).total_seconds() if minutes else 0.0
        for identifier in request.answer.get("taskArns") or given["tasks"]:
            if run := self._fleet.find(identifier):
                run.change(protected_until=until)

    def _run(self, request: Request) -> None:
        work = asyncio.create_task(self._start_all(request))
        self._running.add(work)
        work.add_done_callback(self._running.discard)

    async def _start_all(self, request: Request) -> None:
        asked: list[Document] = request.answer.get("tasks", [])
        network = request.parameters.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
        try:
            subnets = await self._declarations.zones(request.region, network.get("subnets", ()))
            zones = spread(len(asked), (), self._zones_in_use(), self._ground.zones.usable(subnets))
            for task, zone in zip_longest(asked, zones):
                if zone is None or not await self._start(request.region, task, zone, subnets[zone]):
                    self._refuse(request.region, task)
        except (ControlPlaneAway, ClientError) as error:
            _log.warning("RunTask: %s", error)

    async def _start(self, region: str, task: Document, zone: str, subnet_id: str) -> bool:
        definition = await self._declarations.definition(region, task["taskDefinitionArn"], None)
        given = overridden(definition, task.get("overrides", {}))
        return self._fleet.start_alone(task, given, zone, subnet_id) is not None

    def _refuse(self, region: str, task: Document) -> None:
        """No zone can take the task, which the API has promised already."""
        now = self._fleet.now()
        stopped = {
            "lastStatus": "STOPPED",
            "desiredStatus": "STOPPED",
            "stopCode": StopCode.FAILED_TO_START.value,
            "stoppedReason": NO_CAPACITY,
            "stoppingAt": now,
            "stoppedAt": now,
        }
        self._ground.control_plane.report("ecs", region, "task", task["taskArn"], {**task, **stopped})

    def _zones_in_use(self) -> Iterable[str]:
        return [run.task.zone for run in self._fleet.all()]
