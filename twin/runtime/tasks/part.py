"""ECS's service scheduler over this machine's zones: declared services have their tasks, and it is told of them."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from twin.runtime.directory import Table, TargetKey
from twin.runtime.exceptions import ControlPlaneAway
from twin.runtime.ground import Ground
from twin.runtime.tasks import events
from twin.runtime.tasks.declared import Declarations
from twin.runtime.tasks.deployment import Rollout
from twin.runtime.tasks.deployment_alarms import AlarmWatch
from twin.runtime.tasks.events import EventLog
from twin.runtime.tasks.fleet import Fleet
from twin.runtime.tasks.health import Condition, Member, TargetSeen, assess
from twin.runtime.tasks.hosting import Hosting, Workload
from twin.runtime.tasks.lifecycle import TaskRun
from twin.runtime.tasks.model import Service, ServiceKey, Staffing, Task
from twin.runtime.tasks.plan import Start
from twin.runtime.tasks.reports import service_document
from twin.runtime.tasks.requests import Requests
from twin.runtime.tasks.scheduler import Decision, Schedule, decide, ended, observe

__all__ = ["TaskPart"]

_log = logging.getLogger(__name__)

_READ = ("ecs",)
_READ_SECONDS = 5.0
_AGAIN_SECONDS = 0.2
_ROUND_SECONDS = 1.0
"""The longest between two rounds, for what only the clock brings about."""


@dataclass
class _Scheduled:
    """A service with what is remembered of it. Attributes: is_declared: it still is."""

    service: Service
    schedule: Schedule
    events: EventLog
    is_declared: bool = True


class TaskPart:
    """Args: workload: what stands for the image. clock: seconds since the epoch."""

    name = "tasks"

    def __init__(
        self,
        ground: Ground,
        workload: Workload | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._ground, self._clock = ground, clock
        self._plane = ground.control_plane
        self._hosting = Hosting.of(ground, workload or Workload(), clock)
        self._declarations = Declarations(self._plane)
        self._fleet = Fleet(self._hosting, self._task_changed, self._task_says)
        self._requests = Requests(ground, self._fleet, self._declarations)
        self._requests.attend()
        self._scheduled: dict[ServiceKey, _Scheduled] = {}
        self._wanted = asyncio.Event()
        self._alarms = AlarmWatch(
            self._plane, self._watched_alarms, ground.profile.declared, self._wanted.set
        )

    async def run(self) -> None:
        """Schedules until cancelled. After a failure it goes on with the tasks there are."""
        try:
            async with asyncio.TaskGroup() as group:
                for work in (
                    self._read_on(),
                    self._rounds(),
                    self._hosting.credentials.run(),
                    self._alarms.run(),
                    *self._watches(),
                ):
                    group.create_task(work)
        except asyncio.CancelledError:
            await self._fleet.abandon()
            raise

    def staffing(self) -> list[Staffing]:
        """Every declared service with its tasks, as they are now."""
        return [self._staffed(it) for it in self._scheduled.values() if it.is_declared]

    def _staffed(self, scheduled: _Scheduled) -> Staffing:
        service = scheduled.service
        tasks = tuple(run.task for run in self._fleet.of(service.key))
        shown = service_document(service, scheduled.schedule.deployments, tasks, ())
        return Staffing(
            service, tasks, shown["runningCount"], shown["pendingCount"], len(shown["deployments"])
        )

    # What is declared

    async def _read_on(self) -> None:
        read: tuple[int, ...] = ()
        while True:
            seen = self._plane.seen.of(_READ)
            if self._plane.is_up and seen != read:
                try:
                    await self._read()
                    read = seen
                except (ControlPlaneAway, ClientError, KeyError) as error:
                    # A service may go between being listed and being described.
                    _log.warning("what is declared could not be read: %r", error)
                    await asyncio.sleep(_AGAIN_SECONDS)
                    continue
            await self._plane.changed(_READ, seen, _READ_SECONDS)

    async def _read(self) -> None:
        found: dict[ServiceKey, Service] = {}
        with self._plane.looking() as seen:
            # As it is before the services are read: what is declared meanwhile is not taken for gone.
            is_settled = seen.is_settled
            for region in self._ground.settings.regions:
                found |= await self._declarations.services(region.name)
        for service in found.values():
            if service.key not in self._scheduled:
                await self._clear(service)
            self._observe(service, is_settled)
        if is_settled:
            for key in self._scheduled.keys() - found.keys():
                self._scheduled[key].is_declared = False
        self._wanted.set()

    async def _clear(self, service: Service) -> None:
        """Its target groups have no targets of an earlier supervisor, whose tasks ended with it."""
        own = frozenset(run.task.address for run in self._fleet.of(service.key))
        for target in service.targets:
            await self._hosting.target_groups.release_strangers(service.key.region, target, own)

    def _observe(self, service: Service, is_settled: bool) -> None:
        known = self._scheduled.get(service.key)
        schedule = observe(known.schedule if known else None, service, is_settled, self._clock())
        log = known.events if known else EventLog(service.key.name)
        self._scheduled[service.key] = _Scheduled(service, schedule, log)
        for run in self._fleet.of(service.key):
            run.redeclare(service)
            if known:
                _follow(run, known.schedule, schedule, service)

    # Rounds

    async def _rounds(self) -> None:
        while True:
            self._wanted.clear()
            for scheduled in list(self._scheduled.values()):
                self._round(scheduled)
            self._fleet.forget_old()
            await asyncio.sleep(self._ground.profile.seconds("scheduler"))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_ROUND_SECONDS):
                    await self._wanted.wait()

    def _round(self, scheduled: _Scheduled) -> None:
        service = scheduled.service
        if not scheduled.is_declared:
            service = replace(service, desired_count=0)
        members = [self._assess(run, service) for run in self._fleet.of(service.key)]
        if not scheduled.is_declared and not members:
            self._forget(service)
            return
        zones = self._ground.zones.usable(service.subnets)
        now = self._clock()
        is_up = self._plane.is_up
        alarms = self._alarms.seen(service.key.region, service.alarms.names) if is_up else None
        decision = decide(
            scheduled.schedule, service, members, zones, now, self._plane.seen.is_settled, alarms
        )
        scheduled.schedule = decision.schedule
        self._speak(scheduled.events, decision, now)
        self._carry_out(scheduled, decision, now)
        self._report(scheduled, service)

    def _watched_alarms(self) -> dict[str, set[str]]:
        """Names by region of the alarms of deployments that are in progress."""
        names: dict[str, set[str]] = {}
        for it in self._scheduled.values():
            if it.schedule.deployments.primary.rollout is Rollout.IN_PROGRESS and it.service.alarms.names:
                names.setdefault(it.service.key.region, set()).update(it.service.alarms.names)
        return names

    def _assess(self, run: TaskRun, service: Service) -> Member:
        key = run.task.address
        targets = [
            TargetSeen(
                it, self._ground.directory.target_health.get(TargetKey(it.target_group_arn, key, it.port))
            )
            for it in service.targets
        ]
        profile = self._ground.profile
        member = assess(
            run.task,
            targets,
            self._clock(),
            profile.declared(service.grace_seconds),
            profile.seconds("unchecked_task"),
        )
        if member.condition is Condition.HEALTHY and not run.task.was_ready:
            run.change(was_ready=True)
        return replace(member, task=run.task)

    def _speak(self, log: EventLog, decision: Decision, now: float) -> None:
        for message in decision.messages:
            log.add(message, now)
        for cause in decision.causes:
            log.add_cause(cause, now)
        if decision.plan.is_steady:
            log.resolve()

    def _carry_out(self, scheduled: _Scheduled, decision: Decision, now: float) -> None:
        for it in decision.plan.stops:
            if run := self._fleet.find(it.member.id):
                run.stop(it.stop)
        self._start(scheduled, [it for it in decision.plan.starts if not it.balances], now)
        self._start(scheduled, [it for it in decision.plan.starts if it.balances], now)
        for run in self._fleet.of(scheduled.service.key):
            if run.task.balances and run.task.was_ready:
                # It is one like the others now.
                run.change(balances=False)

    def _start(self, scheduled: _Scheduled, starts: Iterable[Start], now: float) -> None:
        primary, service = scheduled.schedule.deployments.primary, scheduled.service
        started: list[tuple[str, str]] = []
        balances = False
        for it in starts:
            balances = it.balances
            id_ = self._fleet.start_for(service, primary.definition, primary.id, it.zone, balances=balances)
            if id_ is None:
                scheduled.events.add_cause(events.unplaced(), now)
            else:
                started.append((it.zone, id_))
        for message in events.started(started, balances):
            scheduled.events.add(message, now)

    def _report(self, scheduled: _Scheduled, service: Service) -> None:
        tasks = [run.task for run in self._fleet.of(service.key)]
        document = service_document(
            service, scheduled.schedule.deployments, tasks, scheduled.events.documents()
        )
        self._plane.report("ecs", service.key.region, "service", service.arn, document)

    def _forget(self, service: Service) -> None:
        """It is gone, and so are its tasks."""
        del self._scheduled[service.key]
        self._plane.report("ecs", service.key.region, "service", service.arn, None)

    # What tasks tell

    def _task_changed(self, task: Task) -> None:
        if task.is_ended and task.service in self._scheduled:
            scheduled, profile = self._scheduled[task.service], self._ground.profile
            scheduled.schedule = ended(
                scheduled.schedule,
                task,
                self._clock(),
                profile.seconds("restart_throttle"),
                profile.seconds("restart_throttle_most"),
            )
        self._wanted.set()

    def _task_says(self, task: Task, message: str, of_deployment: bool) -> None:
        if task.service in self._scheduled:
            log = self._scheduled[task.service].events
            log.add(message, self._clock(), task.deployment_id if of_deployment else None)

    def _watches(self) -> Iterable[Coroutine[Any, Any, None]]:
        yield self._watch(self._ground.directory.target_health)
        yield self._watch(self._ground.zones.conditions)

    async def _watch(self, table: Table[Any, Any]) -> None:
        version = table.version
        while True:
            version = await table.wait(version)
            self._wanted.set()


def _follow(run: TaskRun, before: Schedule, now: Schedule, service: Service) -> None:
    """A task of a deployment that goes on under another id is that one's, as it is declared now."""
    old, new = before.deployments.primary, now.deployments.primary
    was_adopted = now.deployments.of(old.id) is None
    if was_adopted and run.task.deployment_id == old.id:
        run.change(
            deployment_id=new.id,
            definition=service.definition,
            started_by=new.id,
            subnet_id=service.subnets.get(run.task.zone, run.task.subnet_id),
        )
