"""The life of one task, from PROVISIONING to STOPPED."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from twin.niceness import NICENESS
from twin.runtime.exceptions import ZoneIsOff
from twin.runtime.network.ways import ClosedWays
from twin.runtime.tasks import events
from twin.runtime.tasks.environment import environment_of, store_names
from twin.runtime.tasks.exceptions import CannotAssume, CannotStart, HostLost
from twin.runtime.tasks.health import ContainerHealth, after
from twin.runtime.tasks.hosting import Hosting
from twin.runtime.tasks.log_stream import begin_log
from twin.runtime.tasks.model import (
    Health,
    HealthCheck,
    Service,
    Stop,
    StopCode,
    Target,
    Task,
    TaskStatus,
)
from twin.runtime.tasks.registration import mesh_endpoint
from twin.runtime.tasks.secrets import fetch_secrets
from twin.runtime.tasks.start_calls import StartPlace, refusal
from twin.runtime.tasks.wiring import wired
from twin.runtime.tasks.zone_host import KILLED, Forked

__all__ = ["TaskRun"]

_log = logging.getLogger(__name__)

_PROVISIONING_SHARE = 0.6
"""Of the time that a task takes to start; the rest is PENDING. An assumption, which nothing depends on."""

_WIRED_SECONDS = 20.0
_DEREGISTERED_SECONDS = 5.0
_KILLED_SECONDS = 10.0
_LEAST_CHECK_SECONDS = 1.5
_LEAST_STOP_SECONDS = 1.0
"""What takes real time on this machine is not scaled below these."""

_NICENESS_BEHIND = NICENESS
"""Of tasks of services that no load balancer sends to, above that of all else of the twin."""

_HOST_LOST = Stop(StopCode.HOST, "The host of the task was lost.")
"""Words of this project: none are documented for Fargate."""


class TaskRun:
    """Carries one task through its life, and tells of every change.

    Attributes:
        task: as it is now.
        service: as it is declared now; None for a task of no service.
    """

    def __init__(
        self,
        hosting: Hosting,
        task: Task,
        service: Service | None,
        tell: Callable[["TaskRun"], None],
        say: Callable[["TaskRun", str, bool], None],
    ) -> None:
        self._hosting, self._ground = hosting, hosting.ground
        self.task, self.service = task, service
        self._tell, self._say = tell, say
        self._asked = asyncio.Event()
        self._redeclared = asyncio.Event()
        self._forked: Forked | None = None
        self._environment: dict[str, str] = {}
        self._registered: dict[Target, int] = {}

    def stop(self, stop: Stop) -> None:
        """The task is wanted no more, and goes the way of one that stops."""
        if self.task.is_wanted:
            self.change(is_wanted=False, stop=stop)
        self._asked.set()

    def redeclare(self, service: Service) -> None:
        """The service is declared so now; its target groups may be other ones."""
        if self.service != service:
            self.service = service
            self._redeclared.set()

    def change(self, **members: Any) -> None:
        self.task = replace(self.task, version=self.task.version + 1, **members)
        self._offer()
        self._tell(self)

    async def run(self) -> None:
        """The task has started, run and ended."""
        try:
            await self._until_asked(self._start())
            if self._forked:
                await self._until_asked(self._live(self._forked))
        except CannotStart as error:
            if isinstance(error, CannotAssume):
                self._say(self, events.not_launched(error.reason), False)
            self.stop(Stop(StopCode.FAILED_TO_START, error.reason))
        except (HostLost, ZoneIsOff) as error:
            self.stop(Stop(StopCode.FAILED_TO_START, f"Task failed to start: {error}"))
        except Exception as error:
            _log.exception("task %s", self.task.id)
            self.stop(Stop(StopCode.FAILED_TO_START, f"Task failed to start: {error}"))
        await self._end()

    async def _until_asked(self, work: Coroutine[Any, Any, None]) -> None:
        """The work is done, or given up because the task is to stop."""
        tasks = [asyncio.create_task(work), asyncio.create_task(self._asked.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if tasks[0].done():
                tasks[0].result()
        finally:
            for it in tasks:
                it.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    # Start

    async def _start(self) -> None:
        wait_seconds = self._ground.profile.seconds("task_start")
        await asyncio.sleep(wait_seconds * _PROVISIONING_SHARE)
        self.change(status=TaskStatus.PENDING)
        await asyncio.sleep(self._hosting.launch_wait_seconds(self.task.region))
        self._environment = await self._prepare()
        await asyncio.sleep(wait_seconds * (1 - _PROVISIONING_SHARE))
        main = self.task.definition.main
        arguments = main.arguments or self._hosting.workload.arguments
        host = self._hosting.hosts[self.task.zone]
        self.change(status=TaskStatus.ACTIVATING)
        self._forked = await host.start(
            self.task.id, arguments, self._environment, self._log_file(), self._niceness()
        )
        self._ground.directory.task_pids.put(self.task.arn, self._forked.pid)
        self.change(status=TaskStatus.RUNNING, started_at=self._hosting.clock(), pid=self._forked.pid)

    def _niceness(self) -> int:
        """Who serves people goes first: on AWS tasks do not share cores, here all of them share this machine's."""
        return 0 if self.service is None or self.service.targets else _NICENESS_BEHIND

    async def _prepare(self) -> dict[str, str]:
        definition, region = self.task.definition, self.task.region
        main = definition.main
        service = self.task.service.name if self.task.service else main.name
        self._require_ways(service)
        credentials = await self._hosting.credentials.begin(self.task)
        execution = await self._hosting.credentials.execution(self.task)
        await self._hosting.images.require(main.image, execution)
        await begin_log(self._ground.control_plane, self.task, execution)
        secrets = await fetch_secrets(self._ground.control_plane, main.secrets, region, execution)
        declared = {**main.environment, **secrets}
        names = store_names(declared.values())
        wiring = await wired(self._ground.directory, self.task.zone, service, names, _WIRED_SECONDS)
        return environment_of(
            declared,
            region=region,
            address=self.task.address,
            proxy=wiring.proxy,
            stores=wiring.stores,
            credentials=credentials,
            path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        )

    def _require_ways(self, service: str) -> None:
        closed = self._ground.directory.closed_ways.get(self.task.region) or ClosedWays()
        place = StartPlace(service, self.task.zone, self.task.region, closed)
        if reason := refusal(self.task.definition, place):
            raise CannotStart(reason)

    def _log_file(self) -> Path:
        name = self.task.service.name if self.task.service else self.task.definition.family
        return self._ground.log("tasks", name, f"{self.task.id}.log")

    # Life

    async def _live(self, forked: Forked) -> None:
        """Until its process has ended by itself, and that is known."""
        watching = [asyncio.create_task(self._keep_registered())]
        if check := self.task.definition.main.health_check:
            watching.append(asyncio.create_task(self._keep_checked(check, forked)))
        try:
            await forked.ended.wait()
        finally:
            for it in watching:
                it.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
        if forked.is_host_lost:
            await self._miss_host()
            self.stop(_HOST_LOST)
        else:
            self.stop(Stop(StopCode.EXITED, "Essential container in task exited"))

    async def _miss_host(self) -> None:
        """A host without power is silent: what was last heard of its tasks is shown until it is taken for lost."""
        self.change(lost_at=self._hosting.clock())
        conditions = self._ground.zones.conditions
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._ground.profile.seconds("host_loss")):
                while not self._hosting.hosts[self.task.zone].has_power:
                    await conditions.wait(conditions.version)

    async def _keep_checked(self, check: HealthCheck, forked: Forked) -> None:
        host, profile = self._hosting.hosts[self.task.zone], self._ground.profile
        scaled = replace(check, start_period_seconds=profile.declared(check.start_period_seconds))
        timeout_seconds = max(profile.declared(check.timeout_seconds), _LEAST_CHECK_SECONDS)
        health, began_at = ContainerHealth(), asyncio.get_running_loop().time()
        while True:
            await asyncio.sleep(profile.declared(check.interval_seconds))
            passed = await _passes(
                host.check(_arguments(check), self._environment, Path(os.devnull), timeout_seconds)
            )
            if forked.ended.is_set():
                return
            health = after(health, scaled, passed, asyncio.get_running_loop().time() - began_at)
            if health.status is not self.task.health:
                self.change(health=health.status)

    async def _keep_registered(self) -> None:
        """A target once in each target group: one that somebody takes out stays out.

        That ECS does not put it back is an assumption. Another control plane's groups are other ones.
        """
        while self.service:
            service = self.service
            self._redeclared.clear()
            self._registered = {it: at for it, at in self._registered.items() if at == service.generation}
            for target in service.targets:
                if target not in self._registered:
                    await self._hosting.target_groups.register(self.task, target)
                    self._registered[target] = service.generation
                    self._say(self, events.registered(target.target_group_arn), False)
            await self._redeclared.wait()

    def _offer(self) -> None:
        """The mesh has the task's endpoint while it runs and is not unhealthy, from its first healthy check on.

        That Service Connect goes by the health of the container is an assumption: aws/containers-roadmap#2334 asks
        for it and is closed. For service discovery, which has the same registry, it is documented.
        """
        task, mesh = self.task, self.service.mesh if self.service else None
        check = task.definition.main.health_check
        is_offered = task.is_running and task.is_wanted and (check is None or task.health is Health.HEALTHY)
        if mesh and is_offered:
            self._ground.directory.mesh.put(task.arn, mesh_endpoint(task, mesh))
        else:
            self._ground.directory.mesh.drop(task.arn)

    # End

    async def _end(self) -> None:
        """Out of the load balancer and the mesh first, then asked to stop, then killed."""
        if self.task.started_at is not None:
            self.change(status=TaskStatus.DEACTIVATING, stopping_at=self._hosting.clock())
            await self._withdraw()
        if self._forked:
            await self._stop_process(self._forked)
        self._hosting.credentials.end(self.task.id)
        self._ground.directory.task_pids.drop(self.task.arn)
        code = self._forked.code if self._forked else None
        self.change(status=TaskStatus.DEPROVISIONING, exit_code=code)
        self.change(
            status=TaskStatus.STOPPED,
            stopped_at=self._hosting.clock(),
            stopping_at=self.task.stopping_at or self._hosting.clock(),
        )

    async def _withdraw(self) -> None:
        """Nobody is led to it any more, and what is under way has had the declared time."""
        groups, seconds = self._hosting.target_groups, [0.0]
        for target in self._registered:
            if await groups.deregister(self.task, target, _DEREGISTERED_SECONDS):
                self._say(self, events.deregistered(target.target_group_arn), False)
            seconds.append(self._ground.profile.declared(groups.delay_seconds(target.target_group_arn)))
        if self._registered:
            self._say(self, events.draining(), True)
        if self.service and self.service.mesh:
            seconds.append(self._ground.profile.seconds("mesh_withdrawal"))
        if self._forked:
            await _ended_within(self._forked, max(seconds))

    async def _stop_process(self, forked: Forked) -> None:
        self.change(status=TaskStatus.STOPPING)
        main = self.task.definition.main
        forked.signal(signal.SIGTERM)
        grace_seconds = max(self._ground.profile.declared(main.stop_timeout_seconds), _LEAST_STOP_SECONDS)
        if not await _ended_within(forked, grace_seconds):
            forked.signal(signal.SIGKILL)
            if not await _ended_within(forked, _KILLED_SECONDS):
                _log.error("the process %s of task %s does not end", forked.pid, self.task.id)
                forked.code = KILLED


async def _ended_within(forked: Forked, seconds: float) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await forked.ended.wait()
    return forked.ended.is_set()


async def _passes(check: Coroutine[Any, Any, bool]) -> bool:
    try:
        return await check
    except HostLost:
        return False


def _arguments(check: HealthCheck) -> list[str]:
    """Source: ECS API reference, HealthCheck, command."""
    kind, *arguments = check.command
    return ["/bin/sh", "-c", *arguments] if kind == "CMD-SHELL" else arguments
