"""Keeps one group of clusters as it is declared: looks, plans, acts, and says where the names lead."""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from twin.runtime.database.declared import Cluster
from twin.runtime.database.endpoints import endpoints
from twin.runtime.database.exceptions import DatabaseFailure
from twin.runtime.database.fleet import Fleet
from twin.runtime.database.group import Group, Record, Seen, Switch, Write, cluster_of
from twin.runtime.database.login import store_login
from twin.runtime.database.observation import Observer
from twin.runtime.database.plan import is_lost, plan
from twin.runtime.database.records import Records
from twin.runtime.ground import Ground
from twin.runtime.relay.plan import storage_conditions, storage_name

__all__ = ["Controller", "Failover", "State"]

_log = logging.getLogger(__name__)


@dataclass
class Failover:
    """From the loss of a writer, or the wish for another, until the name leads to the new one.

    Attributes: term, writer: of the old one; began_at, ended_at: by the loop's clock.
    """

    term: int
    writer: str | None
    began_at: float
    switch: Switch | None = None
    elected: str | None = None
    ended_at: float | None = None


@dataclass(frozen=True)
class State:
    """What is told about a group."""

    group: Group
    record: Record
    seen: Mapping[str, Seen] = field(default_factory=dict[str, Seen])
    failover: Failover | None = None


class Controller:
    """One group. Attributes: state: as last seen; lags: of those who follow, milliseconds by key."""

    def __init__(
        self, ground: Ground, fleet: Fleet, records: Records, tell: Callable[["Controller"], None]
    ) -> None:
        self.fleet = fleet
        self.lags: Mapping[str, float] = {}
        self._ground, self._records, self._tell = ground, records, tell
        self._clusters: Mapping[str, Cluster] = {}
        self._group = Group("", (), (), None)
        self._nudged = asyncio.Event()
        self._switch: Switch | None = None
        self._failover: Failover | None = None
        self._removable: Collection[str] = ()
        self._observer = Observer(ground.zones, self._now, ground.profile.seconds("database_probe_answer"))
        self.state = State(self._group, Record())

    @property
    def clusters(self) -> Mapping[str, Cluster]:
        return self._clusters

    @property
    def group(self) -> Group:
        return self._group

    @property
    def record(self) -> Record:
        return self._records.of(self._group)

    def declare(
        self,
        group: Group,
        clusters: Iterable[Cluster],
        parameters: Mapping[str, Mapping[str, str]],
        removable: Collection[str],
    ) -> None:
        """This is what there is to be. Args: removable: instances that are gone, and not only not there yet."""
        self._group = group
        self._clusters = {it.key: it for it in clusters}
        self._removable = removable
        self.fleet.equip(self._clusters, group, parameters)
        self.nudge()

    def switch(self, cluster: str, target: str | None, *, is_lossy: bool, seconds: float) -> None:
        """Another writer is wanted, within the time."""
        record = self.record
        self._switch = Switch(record.term, self._now() + seconds, cluster, target, is_lossy)
        self._failover = Failover(record.term, record.writer, self._now(), self._switch)
        self.nudge()

    def nudge(self) -> None:
        """There is something new to look at."""
        self._nudged.set()

    async def run(self) -> None:
        """The group is looked after until this is cancelled."""
        try:
            while True:
                has_acted = await self._round()
                await self._pause(0.02 if has_acted else self._ground.profile.seconds("database_probe"))
        finally:
            await self.fleet.stop()

    async def _round(self) -> bool:
        self._nudged.clear()
        self.fleet.done.clear()
        record = self.record
        self._publish_instances()
        await self._observer.look(self._group, record, self.fleet.servers, self.fleet.busy)
        seen = self._seen(record)
        self._follow_failover(record, seen)
        steps = plan(self._group, record, seen, self._switch, self._now())
        for step in steps:
            try:
                if isinstance(step, Write):
                    _log.info("%s: %s", self._group.name, step.record)
                    await self._records.write(self._group, step.record)
                else:
                    await self.fleet.act(step)
            except DatabaseFailure as error:
                _log.warning("%s: %s", self._group.name, error)
                break
        await self._remove(record)
        self._conclude(seen)
        return bool(steps)

    def _seen(self, record: Record) -> dict[str, Seen]:
        return {
            key: self._observer.seen(it, is_linked=self._is_linked(it.place.zone, record))
            for key, it in self.fleet.servers.items()
        }

    def _is_linked(self, zone: str | None, record: Record) -> bool:
        writer = self.fleet.servers.get(record.writer or "")
        if writer is None or zone is None or writer.place.zone is None:
            return True
        ground = self._ground
        region_of = {name: region for region, name in ground.settings.zones}
        links = ground.directory.region_links.all()
        return storage_conditions(zone, writer.place.zone, ground.zones, region_of, links).is_open

    # Failover, as it is told

    def _follow_failover(self, record: Record, seen: Mapping[str, Seen]) -> None:
        """A loss begins one, the next term's writer is its outcome."""
        writer = seen.get(record.writer or "")
        running = self._failover
        if running and running.ended_at is None:
            if record.term > running.term:
                running.elected = record.writer
            elif running.switch and self._now() > running.switch.until:
                self._failover, self._switch = None, None
        elif record.writer and writer and not writer.is_busy and is_lost(writer) and self.state.seen:
            self._failover = Failover(record.term, record.writer, self._now())

    def _conclude(self, seen: Mapping[str, Seen]) -> None:
        """Names lead where they are to, and whoever wants to know is told."""
        record = self.record
        failover = self._failover
        writer = seen.get(record.writer or "")
        is_well = writer is not None and writer.may_write and not writer.is_busy and not is_lost(writer)
        if failover and failover.ended_at is None and is_well and not self._is_held(record):
            is_over = failover.elected is not None or not failover.switch
            failover.ended_at = self._now() if is_over else None
        self._publish(record, seen)
        self.lags = self._observer.of(record.writer or "").lags
        self.state = State(self._group, record, seen, self._failover)
        self._tell(self)

    def _is_held(self, record: Record) -> bool:
        """AWS would not have moved the name yet."""
        failover = self._failover
        if failover is None or record.term == failover.term:
            return False
        has_moved = cluster_of(record.writer or "") != cluster_of(failover.writer or "")
        timing = "database_region_failover" if has_moved else "database_failover"
        return self._now() < failover.began_at + self._ground.profile.seconds(timing)

    def _publish_instances(self) -> None:
        backends = self.fleet.backends()
        for cluster in self._clusters.values():
            for key, name in cluster.names.items():
                for it in (name, storage_name(name)):
                    self._ground.directory.stores.put((cluster.region, it), (backends[key],))
            for name in (cluster.endpoint, cluster.reader_endpoint, *cluster.names.values()):
                self._ground.directory.store_logins.put((cluster.region, name), store_login(cluster))

    def _publish(self, record: Record, seen: Mapping[str, Seen]) -> None:
        backends, is_held = self.fleet.backends(), self._is_held(record)
        for cluster in self._clusters.values():
            for place, found in endpoints(cluster, record, seen, backends, is_held).items():
                self._ground.directory.stores.put(place, found)

    # Members that left

    async def _remove(self, record: Record) -> None:
        """Who is no member any more, and has nothing that nobody else has, is gone with its data."""
        members = {it.key for it in self._group.members}
        for key in set(self.fleet.servers) - members - self.fleet.busy:
            is_needed = key == record.writer or key in record.partners
            if key in self._removable and not is_needed:
                await self.fleet.discard(key)

    async def _pause(self, seconds: float) -> None:
        """The time is over, or something has happened."""
        exits = [it.process.exited for it in self.fleet.servers.values() if it.process and it.is_running]
        waits = [asyncio.create_task(it.wait()) for it in (self._nudged, self.fleet.done, *exits)]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
