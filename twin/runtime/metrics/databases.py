"""Measures the databases: asks each PostgreSQL server, and the kernel about its processes."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping, Sequence

from botocore.exceptions import ClientError

from twin.runtime.database.exceptions import SessionFailed
from twin.runtime.database.session import Session
from twin.runtime.database.view import InstanceView
from twin.runtime.exceptions import ControlPlaneAway
from twin.runtime.ground import Ground
from twin.runtime.metrics.datum import Datum
from twin.runtime.metrics.instances import Counted, InstanceMinute, class_bytes, data, rates
from twin.runtime.metrics.periods import Tick
from twin.runtime.metrics.process_table import ProcessTable, resident_bytes

__all__ = ["Databases"]

_log = logging.getLogger(__name__)

_READ = ("rds",)
_ANSWER_SECONDS = 2.0

_ASKED = """
select (select count(*) from pg_stat_activity
        where backend_type = 'client backend' and application_name <> 'estate')::int,
       coalesce(sum(deadlocks), 0)::float8, coalesce(sum(xact_commit), 0)::float8
from pg_stat_database
"""
"""Without the connections of the twin itself."""

Processes = Mapping[str, tuple[float | None, int]]
"""Processor seconds, and memory in bytes, by instance."""


class Databases:
    """Args: instances: every instance whose server runs, as it is now."""

    name = "databases"

    def __init__(self, ground: Ground, instances: Callable[[], Sequence[InstanceView]]) -> None:
        self._ground, self._instances = ground, instances
        self._sessions: dict[str, Session] = {}
        self._minutes: dict[str, InstanceMinute] = {}
        self._counted: dict[str, Counted] = {}
        self._classes: dict[str, str] = {}
        self._seen: tuple[int, ...] = ()

    @property
    def problems(self) -> Mapping[str, str]:
        return {
            f"metrics of {key}": f"FreeableMemory is not published: the memory of {name} is not known here."
            for key, name in self._classes.items()
            if class_bytes(name) is None
        }

    async def look(self, now: float) -> None:
        pass

    async def read(self, tick: Tick) -> Sequence[Datum]:
        await self._follow()
        heard = [it for it in self._instances() if self._is_heard(it)]
        self._keep_sessions({it.key for it in heard})
        ends_minute = tick.minute_began_at is not None
        processes = await asyncio.to_thread(_processes, heard) if ends_minute else {}
        await asyncio.gather(*(self._sample(it, processes) for it in heard))
        self._note_lags(heard)
        if tick.minute_began_at is None:
            return ()
        minutes, self._minutes = self._minutes, {}
        return list(data(list(minutes.values()), tick.minute_began_at))

    def _is_heard(self, instance: InstanceView) -> bool:
        return instance.zone is None or self._ground.zones.condition(instance.zone).is_usable

    async def _follow(self) -> None:
        """The instances' classes are known, as far as the control plane answers."""
        plane = self._ground.control_plane
        seen = plane.seen.of(_READ)
        if seen == self._seen or not plane.is_up:
            return
        with contextlib.suppress(ControlPlaneAway, ClientError):
            for region in self._ground.settings.regions:
                described = await plane.call("rds", region.name, "describe_db_instances")
                for it in described.get("DBInstances", ()):
                    key = f"{region.name}/{it.get('DBClusterIdentifier')}/{it['DBInstanceIdentifier']}"
                    self._classes[key] = it["DBInstanceClass"]
            self._seen = seen

    def _keep_sessions(self, wanted: set[str]) -> None:
        for key in self._sessions.keys() - wanted:
            self._sessions.pop(key).close()
        self._counted = {key: it for key, it in self._counted.items() if key in wanted}

    async def _sample(self, instance: InstanceView, processes: Processes) -> None:
        key = instance.key
        session = self._sessions.setdefault(key, Session(key, instance.address, instance.port))
        try:
            rows = await session.rows(_ASKED, _ANSWER_SECONDS)
        except SessionFailed as error:
            _log.info("nothing is known of %s: %s", key, error)
            return
        connections, deadlocks, commits = rows[0]
        minute = self._minute(instance)
        minute.note("DatabaseConnections", connections)
        if key in processes:
            cpu_seconds, memory = processes[key]
            self._count(minute, Counted(time.monotonic(), deadlocks, commits, cpu_seconds))
            whole = class_bytes(self._classes.get(key, ""))
            if whole is not None:
                minute.note("FreeableMemory", max(0, whole - memory))

    def _count(self, minute: InstanceMinute, now: Counted) -> None:
        key = minute.instance.key
        for metric, value in rates(self._counted.get(key), now).items():
            minute.note(metric, value)
        self._counted[key] = now

    def _minute(self, instance: InstanceView) -> InstanceMinute:
        minute = self._minutes.setdefault(instance.key, InstanceMinute(instance))
        minute.instance = instance
        return minute

    def _note_lags(self, heard: Sequence[InstanceView]) -> None:
        """Of each who follows; the writer has the largest and smallest of its cluster."""
        for it in heard:
            if it.lag_ms is None:
                continue
            name = "AuroraGlobalDBReplicationLag" if it.is_secondary else "AuroraReplicaLag"
            self._minute(it).note(name, it.lag_ms)
        for writer in (it for it in heard if it.is_writer):
            lags = [it.lag_ms for it in heard if _follows(it, writer) and it.lag_ms is not None]
            if lags:
                self._minute(writer).note("AuroraReplicaLagMaximum", max(lags))
                self._minute(writer).note("AuroraReplicaLagMinimum", min(lags))


def _follows(instance: InstanceView, writer: InstanceView) -> bool:
    return (instance.region, instance.cluster) == (writer.region, writer.cluster) and instance != writer


def _processes(instances: Sequence[InstanceView]) -> Processes:
    table = ProcessTable.read()
    return {it.key: (table.cpu_seconds(it.pid), resident_bytes(table.tree(it.pid))) for it in instances}
