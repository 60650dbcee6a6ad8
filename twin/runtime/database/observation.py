"""What is known of the servers of a group: looked at from outside their zones, as AWS's own watch does."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from twin.runtime.database.configuration import application_name
from twin.runtime.database.exceptions import SessionFailed
from twin.runtime.database.group import Group, Record, Seen, cluster_of
from twin.runtime.database.plan import MISSES
from twin.runtime.database.server import Server
from twin.runtime.database.session import answers
from twin.runtime.zones import Zones

__all__ = ["Look", "Observer"]

_WRITE_EVERY_SECONDS = 1.0
_BEAT_SECONDS = 0.05
_LATE_SECONDS = 0.2
"""A look during which this process itself was held up for so long says nothing of whoever was looked at."""

_MOST_VOID_LOOKS = 10
"""In a row, after which a silence counts all the same."""

_STANDBY = """
select case when pg_last_wal_receive_lsn() is not null
       then greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0'::pg_lsn end::bigint
"""
"""A standby asks for more only when it has read all that it has itself; before that it does not know how far it is."""

_WRITER = """
select application_name, (flush_lsn - '0/0'::pg_lsn)::bigint,
       coalesce(extract(epoch from replay_lag) * 1000, 0)::float8
from pg_stat_replication where state = 'streaming' and flush_lsn is not null
"""

_WRITE = "select pg_logical_emit_message(true, 'estate', '')"


@dataclass
class Look:
    """What one server was found to be.

    Attributes:
        was_running, was_busy, might_write: before it was looked at, so that positions are from after an end.
        void: looks in a row that say nothing, as this process was late itself.
        lags: milliseconds by key, of whoever follows this writer.
        alone_since, astray_since: times by the clock; None while it is neither.
    """

    was_running: bool = False
    was_busy: bool = False
    might_write: bool = False
    misses: int = 0
    void: int = 0
    received: int | None = None
    streams: Mapping[str, int] = field(default_factory=dict[str, int])
    lags: Mapping[str, float] = field(default_factory=dict[str, float])
    wrote_at: float = 0.0
    alone_since: float | None = None
    astray_since: float | None = None


class Observer:
    """Args: clock: seconds; probe_seconds: after which a look has missed. Attributes: looks: by key."""

    def __init__(self, zones: Zones, clock: Callable[[], float], probe_seconds: float) -> None:
        self.looks: dict[str, Look] = {}
        self._zones, self._clock, self._probe_seconds = zones, clock, probe_seconds
        self._late_seconds = 0.0

    async def look(
        self, group: Group, record: Record, servers: Mapping[str, Server], busy: Collection[str]
    ) -> None:
        """Every server that runs, and to which nothing is being done, has been looked at once."""
        names = {application_name(it.key, record.writer or it.key): it.key for it in group.members}
        for key, server in servers.items():
            look = self.of(key)
            look.was_running, look.was_busy, look.received = server.is_running, key in busy, None
            look.might_write = server.may_write
        beat = asyncio.create_task(self._beat())
        try:
            await asyncio.gather(
                *(self._look(it, self.of(key), names) for key, it in servers.items() if key not in busy)
            )
        finally:
            beat.cancel()
        self._time(record, servers)

    def of(self, key: str) -> Look:
        return self.looks.setdefault(key, Look())

    def seen(self, server: Server, *, is_linked: bool) -> Seen:
        """What the planner is told of the server."""
        look, now = self.of(server.place.key), self._clock()
        return Seen(
            has_data=server.has_data,
            is_standby_data=server.is_standby_data,
            is_busy=look.was_busy,
            is_running=look.was_running,
            is_reachable=self._is_reachable(server, look),
            is_linked=is_linked,
            misses=look.misses,
            may_write=look.might_write,
            received=look.received,
            final=server.final,
            upstream=server.upstream,
            names=server.names if server.waits_from is not None else frozenset({"not known"}),
            names_from=server.waits_from,
            streams=look.streams if look.might_write else {},
            alone_seconds=now - look.alone_since if look.alone_since is not None else 0.0,
            astray_seconds=now - look.astray_since if is_linked and look.astray_since is not None else 0.0,
        )

    def _is_reachable(self, server: Server, look: Look) -> bool:
        """Of a server that runs this becomes known by looking only, which takes its time."""
        zone = server.place.zone
        if zone is None or self._zones.condition(zone).is_usable:
            return True
        return look.was_running and look.misses < MISSES

    async def _look(self, server: Server, look: Look, names: Mapping[str, str]) -> None:
        if not look.was_running:
            look.misses, look.streams, look.lags = 0, {}, {}
        elif await self._answers(server, look, names):
            look.misses = look.void = 0
        elif self._late_seconds > _LATE_SECONDS and look.void < _MOST_VOID_LOOKS:
            look.void += 1
        else:
            look.misses += 1

    async def _beat(self) -> None:
        """Measures how late this process is."""
        self._late_seconds = 0.0
        while True:
            due = self._clock() + _BEAT_SECONDS
            await asyncio.sleep(_BEAT_SECONDS)
            self._late_seconds = max(self._late_seconds, self._clock() - due)

    async def _answers(self, server: Server, look: Look, names: Mapping[str, str]) -> bool:
        zone = server.place.zone
        if zone and not self._zones.condition(zone).boundary.is_open:
            return False
        try:
            if look.might_write:
                await self._ask_writer(server, look, names)
            else:
                look.received = await server.session.value(_STANDBY, self._probe_seconds)
        except SessionFailed:
            return False
        return True

    async def _ask_writer(self, server: Server, look: Look, names: Mapping[str, str]) -> None:
        rows = await server.session.rows(_WRITER, self._probe_seconds)
        look.streams = {names[name]: flushed for name, flushed, _ in rows if name in names}
        look.lags = {names[name]: lag for name, _, lag in rows if name in names}
        if self._clock() - look.wrote_at >= _WRITE_EVERY_SECONDS:
            await self._try(server)
            look.wrote_at = self._clock()

    async def _try(self, server: Server) -> None:
        """It takes new connections, and commits."""
        place = server.place
        if not await answers(place.address, place.port, self._probe_seconds):
            raise SessionFailed(place.key, "it takes no connections")
        await server.session.rows(_WRITE, self._probe_seconds)

    def _time(self, record: Record, servers: Mapping[str, Server]) -> None:
        """Since when a writer is alone, and who is astray."""
        writer = self.looks.get(record.writer or "", Look())
        is_served = writer.was_running and not writer.was_busy and writer.misses == 0
        near = {it for it in writer.streams if cluster_of(it) == cluster_of(record.writer or "")}
        writer.alone_since = self._since(writer.alone_since, is_served and not near)
        for key, server in servers.items():
            look = self.of(key)
            follows = look.was_running and not look.was_busy and server.upstream == record.writer
            is_astray = is_served and follows and key not in writer.streams
            look.astray_since = self._since(look.astray_since, is_astray)

    def _since(self, since: float | None, is_so: bool) -> float | None:
        return (since if since is not None else self._clock()) if is_so else None
