"""Measures services: asks every running task how busy it was, and the kernel how much memory it holds."""

import asyncio
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import httpx
from botocore.exceptions import ClientError

from twin.runtime.exceptions import ControlPlaneAway
from twin.runtime.ground import Ground
from twin.runtime.metrics.datum import Datum
from twin.runtime.metrics.periods import Tick
from twin.runtime.metrics.service_settings import Monitoring, read
from twin.runtime.metrics.staffing import Sample, Samples, insights, short_utilisation, utilisation
from twin.runtime.metrics.utilisation import Reading, memory_percent, reading, utilisation_percent
from twin.runtime.tasks.model import Staffing, Task

__all__ = ["Services", "resident_bytes"]

_log = logging.getLogger(__name__)

_READ = ("ecs",)
_ANSWER_SECONDS = 2.0
_AT_ONCE = 8
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Services:
    """Args: staffing: every service with its tasks, as they are now."""

    name = "services"

    def __init__(self, ground: Ground, staffing: Callable[[], Sequence[Staffing]]) -> None:
        self._ground, self._staffing = ground, staffing
        self._monitoring = Monitoring({}, frozenset())
        self._seen: tuple[int, ...] = ()
        self._readings: dict[str, Reading] = {}
        self._minute = Samples()
        self._http = httpx.AsyncClient(timeout=_ANSWER_SECONDS, trust_env=False)
        self._gate = asyncio.Semaphore(_AT_ONCE)

    @property
    def problems(self) -> Mapping[str, str]:
        return {}

    async def look(self, now: float) -> None:
        pass

    async def read(self, tick: Tick) -> Sequence[Datum]:
        staffing = list(self._staffing())
        await self._follow(staffing)
        samples = await self._sample(staffing)
        self._minute.tasks += samples
        self._minute.staffing.append(staffing)
        data = list(short_utilisation(samples, self._monitoring, tick.began_at))
        if tick.minute_began_at is not None:
            minute, self._minute = self._minute, Samples()
            data += utilisation(minute.tasks, self._monitoring, tick.minute_began_at)
            data += insights(minute.staffing, self._monitoring, tick.minute_began_at)
        return data

    async def _follow(self, staffing: Sequence[Staffing]) -> None:
        """How services are monitored is known, as far as the control plane answers."""
        plane = self._ground.control_plane
        seen = plane.seen.of(_READ)
        if seen == self._seen or not plane.is_up:
            return
        regions = [it.name for it in self._ground.settings.regions]
        try:
            self._monitoring = await read(plane, regions, [it.service.key for it in staffing])
            self._seen = seen
        except (ControlPlaneAway, ClientError) as error:
            _log.info("how services are monitored is not known anew: %s", error)

    async def _sample(self, staffing: Sequence[Staffing]) -> list[Sample]:
        running = [(it, task) for it in staffing for task in it.tasks if self._is_heard(task)]
        found = await asyncio.gather(*(self._sampled(it, task) for it, task in running))
        ids = {task.id for _, task in running}
        self._readings = {id_: it for id_, it in self._readings.items() if id_ in ids}
        return found

    def _is_heard(self, task: Task) -> bool:
        """It runs, and its host can tell AWS."""
        condition = self._ground.zones.condition(task.zone)
        return task.is_running and task.lost_at is None and condition.is_usable

    async def _sampled(self, staffing: Staffing, task: Task) -> Sample:
        """Of a task that does not answer nothing is known."""
        now = await self._ask(task)
        if now is None:
            self._readings.pop(task.id, None)
            return Sample(staffing.service.key, None, None)
        cpu = utilisation_percent(self._readings.get(task.id), now)
        self._readings[task.id] = now
        resident = resident_bytes(task.pid)
        memory = memory_percent(resident, task.definition.memory) if resident is not None else None
        return Sample(staffing.service.key, cpu, memory)

    async def _ask(self, task: Task) -> Reading | None:
        port = task.definition.main.port
        if port is None:
            return None
        async with self._gate:
            try:
                answer = await self._http.get(f"http://{task.address}:{port}/metrics.json")
                return reading(answer.json()) if answer.is_success else None
            except (httpx.HTTPError, ValueError):
                return None


def resident_bytes(pid: int | None) -> int | None:
    """Memory that the process holds, pages shared with other tasks included: on AWS each has its own.

    Source: proc_pid_statm(5).
    """
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
    except (OSError, IndexError, ValueError):
        return None
