"""Measures what tasks write: the declared metric filters, over the files that stand for the tasks' log streams.

Nothing is put into the log groups themselves.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from botocore.exceptions import ClientError

from twin.runtime.exceptions import ControlPlaneAway
from twin.runtime.ground import Ground
from twin.runtime.metrics.datum import Datum
from twin.runtime.metrics.metric_filter import Counts, MetricFilter, filters_of
from twin.runtime.metrics.periods import Tick
from twin.runtime.metrics.tail import Tail
from twin.runtime.tasks.model import Staffing, Task

__all__ = ["Logged"]

_READ = ("logs",)

Group = tuple[str, str]
"""Region, and name of a log group."""


@dataclass
class _Stream:
    group: Group
    tail: Tail


class Logged:
    """Args: staffing: every service with its tasks, as they are now."""

    name = "logs"

    def __init__(self, ground: Ground, staffing: Callable[[], Sequence[Staffing]]) -> None:
        self._ground, self._staffing = ground, staffing
        self._filters: dict[Group, list[MetricFilter]] = {}
        self._problems: dict[str, str] = {}
        self._seen: tuple[int, ...] = ()
        self._streams: dict[str, _Stream] = {}
        self._counts: defaultdict[MetricFilter, Counts] = defaultdict(Counts)

    @property
    def problems(self) -> Mapping[str, str]:
        return self._problems

    async def look(self, now: float) -> None:
        await self._follow()
        tasks = [task for it in self._staffing() for task in it.tasks]
        for task in tasks:
            self._listen(task)
        for id_, stream in list(self._streams.items()):
            await self._note(stream)
            if id_ not in {task.id for task in tasks}:
                # It has ended, and all that it wrote is read.
                self._streams.pop(id_).tail.close()

    async def read(self, tick: Tick) -> Sequence[Datum]:
        if tick.minute_began_at is None:
            return ()
        counts, self._counts = self._counts, defaultdict(Counts)
        found = (it.datum(which, tick.minute_began_at) for which, it in counts.items())
        return [it for it in found if it]

    async def _follow(self) -> None:
        """The declared filters are known, as far as the control plane answers."""
        plane = self._ground.control_plane
        seen = plane.seen.of(_READ)
        if seen == self._seen or not plane.is_up:
            return
        filters: defaultdict[Group, list[MetricFilter]] = defaultdict(list)
        problems: dict[str, str] = {}
        with contextlib.suppress(ControlPlaneAway, ClientError):
            for region in self._ground.settings.regions:
                described = await plane.call("logs", region.name, "describe_metric_filters")
                found, failed = filters_of(region.name, described.get("metricFilters", ()))
                problems |= failed
                for it in found:
                    filters[region.name, it.group].append(it)
            self._filters, self._problems, self._seen = dict(filters), problems, seen

    def _listen(self, task: Task) -> None:
        group = task.definition.main.log_group
        if task.id not in self._streams and task.service and group:
            path = self._ground.log("tasks", task.service.name, f"{task.id}.log")
            self._streams[task.id] = _Stream((task.region, group), Tail(path))

    async def _note(self, stream: _Stream) -> None:
        filters = self._filters.get(stream.group, ())
        while lines := stream.tail.read():
            for line in lines:
                event = line.decode(errors="replace")
                for it in filters:
                    self._counts[it].note(it, event)
            await asyncio.sleep(0)
