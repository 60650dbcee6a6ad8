"""Makes what the effects of all faults say come true, and does what is done once."""

import logging
import os
import signal
from collections.abc import Collection, Iterable
from typing import TypeVar

import psutil

from twin.aws.emulator.process import RECORD
from twin.record import RecordFile, process_of
from twin.runtime.egress.faults import EgressFaults
from twin.runtime.faults.effect import (
    ControlPlaneFrozen,
    Effect,
    TaskFrozen,
    egress_faults,
    region_links,
    zone_condition,
)
from twin.runtime.faults.exceptions import FaultRefused, Objection
from twin.runtime.faults.kinds import AnyKind, ControlPlaneLoss, ProcessKill, TaskFreeze, TaskKill
from twin.runtime.ground import Ground
from twin.runtime.processes import signal_trees, trees
from twin.runtime.undertaker import start_time

__all__ = ["Works"]

_log = logging.getLogger(__name__)

T = TypeVar("T")


class Works:
    """The hands of the faults."""

    def __init__(self, ground: Ground, egress: EgressFaults) -> None:
        self._ground, self._egress = ground, egress
        self._effects: tuple[Effect, ...] = ()

    # What lasts

    def effects_of(self, kind: AnyKind) -> tuple[Effect, ...]:
        """What the fault will do while it lasts, to what runs now. Raises: FaultRefused: it runs no more."""
        match kind:
            case TaskFreeze():
                return (TaskFrozen(self._task(kind.task)),)
            case ControlPlaneLoss(how="freeze"):
                emulator = self._emulator()
                return (ControlPlaneFrozen(emulator.pid, start_time(emulator.pid) or 0),)
            case _:
                return kind.effects()

    def settle(self, effects: Iterable[Effect]) -> None:
        """These effects are there, and none that was there before and is not among them."""
        before, self._effects = self._effects, tuple(effects)
        for zone in self._ground.zones.names:
            self._settle_zone(zone)
        self._settle_tasks(_of(before, TaskFrozen), _of(self._effects, TaskFrozen))
        self._settle_egress(before)
        self._settle_links(before)
        self._settle_control_plane(_of(before, ControlPlaneFrozen), _of(self._effects, ControlPlaneFrozen))

    def _settle_zone(self, zone: str) -> None:
        """The condition is said first, so that nobody starts anything while it is being made true."""
        zones, processes = self._ground.zones, self._ground.processes
        before = zones.condition(zone)
        after = zone_condition(zone, self._effects, before)
        if after == before:
            return
        zones.change(zone, has_power=after.has_power, is_frozen=after.is_frozen, boundary=after.boundary)
        _log.info("zone %s: %s", zone, after)
        if not after.has_power:
            processes.cut_power(zone)
        elif after.is_frozen:
            # Twice: what was being started during the first pass stands still after the second.
            processes.freeze(zone)
            processes.freeze(zone)
        elif before.is_frozen:
            processes.thaw(zone)

    def _settle_tasks(self, before: Collection[TaskFrozen], after: Collection[TaskFrozen]) -> None:
        """After the zones: one that thawed has thawed its frozen tasks along."""
        for effect in set(before) - set(after):
            if not self._is_in_frozen_zone(effect.task):
                self._signal_task(effect.task, signal.SIGCONT)
        for effect in after:
            self._signal_task(effect.task, signal.SIGSTOP)

    def _settle_egress(self, before: Iterable[Effect]) -> None:
        wanted = egress_faults(self._effects)
        for caller, destination in set(egress_faults(before)) - set(wanted):
            self._egress.clear(caller, destination)
        for (caller, destination), fault in wanted.items():
            self._egress.put(caller, destination, fault)

    def _settle_links(self, before: Iterable[Effect]) -> None:
        links, wanted = self._ground.directory.region_links, region_links(self._effects)
        for regions in set(region_links(before)) - set(wanted):
            links.drop(regions)
        for regions, link in wanted.items():
            links.put(regions, link)

    def _settle_control_plane(
        self, before: Collection[ControlPlaneFrozen], after: Collection[ControlPlaneFrozen]
    ) -> None:
        for effect in set(before) ^ set(after):
            if start_time(effect.pid) == effect.started:
                os.kill(effect.pid, signal.SIGSTOP if effect in after else signal.SIGCONT)

    # What is done once

    def do(self, kind: AnyKind) -> bool:
        """Whether that was all of it, so that nothing lasts. Raises: FaultRefused: there is nothing to do it to."""
        match kind:
            case TaskKill():
                self._signal_task(self._task(kind.task), signal.SIGKILL)
            case ProcessKill():
                self._kill(kind)
            case ControlPlaneLoss(how="kill"):
                self._emulator().kill()
            case _:
                return False
        return True

    def _kill(self, kind: ProcessKill) -> None:
        running = self._ground.processes.running()
        found = [it for it in running if it.name == kind.name and kind.zone in (None, it.zone)]
        if not found:
            names = sorted({it.name for it in running})
            raise FaultRefused(Objection("name", f"No such process runs, got {kind.name!r}.", names))
        for process in found:
            process.kill()

    # Whom

    def _task(self, given: str) -> str:
        """Its ARN. Raises: FaultRefused"""
        tasks = self._ground.directory.task_pids.all()
        found = next((arn for arn in tasks if given in (arn, arn.rpartition("/")[2])), None)
        if found is None:
            raise FaultRefused(Objection("task", f"No such task runs, got {given!r}.", sorted(tasks)))
        return found

    def _signal_task(self, arn: str, number: int) -> None:
        """The task's process and all that it started have been sent the signal; nothing, where it has ended."""
        pid = self._ground.directory.task_pids.get(arn)
        signal_trees([pid] if pid else [], number)

    def _is_in_frozen_zone(self, arn: str) -> bool:
        pid = self._ground.directory.task_pids.get(arn)
        if pid is None:
            return False
        zones = self._ground.zones
        frozen = [zone for zone in zones.names if zones.condition(zone).is_frozen]
        return pid in set(trees(root for zone in frozen for root in self._ground.processes.of_zone(zone)))

    def _emulator(self) -> psutil.Process:
        """Raises: FaultRefused: none runs."""
        recorded = RecordFile(self._ground.settings.emulator_dir, RECORD).read()
        process = process_of(recorded) if recorded else None
        if process is None:
            raise FaultRefused(Objection("kind", "The control plane is not running, so it cannot be lost."))
        return process


def _of(effects: Iterable[Effect], kind: type[T]) -> list[T]:
    return [effect for effect in effects if isinstance(effect, kind)]
