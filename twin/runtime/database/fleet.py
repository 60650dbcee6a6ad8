"""The servers of one group, and what is done to them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from twin.runtime.database.declared import Cluster
from twin.runtime.database.exceptions import DatabaseFailure, ZoneFull
from twin.runtime.database.group import (
    Build,
    Fence,
    Follow,
    Group,
    Initialise,
    Promote,
    Rejoin,
    Retire,
    SetPartners,
    Start,
    Step,
    cluster_of,
)
from twin.runtime.database.programs import Programs
from twin.runtime.database.server import Place, Server
from twin.runtime.database.session import answers
from twin.runtime.database.storage import Storage
from twin.runtime.directory import Backend, Directory
from twin.runtime.exceptions import RuntimeFailure
from twin.runtime.ground import Ground
from twin.runtime.relay.plan import storage_name

__all__ = ["Fleet", "Hosts"]

_log = logging.getLogger(__name__)

_AGAIN_SECONDS = 0.5


class Hosts:
    """Which address every instance has, for as long as the supervisor lives."""

    def __init__(self, ground: Ground, hosts: range) -> None:
        self._ground, self._hosts = ground, hosts
        self._taken: dict[tuple[str, int], str] = {}

    def address(self, key: str, zone: str) -> str:
        """Raises: ZoneFull"""
        own = (host for (place, host), it in self._taken.items() if (place, it) == (zone, key))
        free = (host for host in self._hosts if (zone, host) not in self._taken)
        host = next(own, None) or next(free, None)
        if host is None:
            raise ZoneFull(zone, len(self._hosts))
        self._taken[zone, host] = key
        return self._ground.addresses.of(zone, host)

    def release(self, key: str) -> None:
        self._taken = {place: it for place, it in self._taken.items() if it != key}


class Fleet:
    """Attributes: servers: by key. done: is set whenever something that took its time has ended."""

    def __init__(self, ground: Ground, storage: Storage, programs: Programs, hosts: Hosts) -> None:
        self.servers: dict[str, Server] = {}
        self.done = asyncio.Event()
        self._names: dict[str, str] = {}
        self._directory: Directory = ground.directory
        self._storage, self._programs, self._hosts = storage, programs, hosts
        self._busy: dict[str, asyncio.Task[None]] = {}

    @property
    def busy(self) -> frozenset[str]:
        return frozenset(self._busy)

    def equip(
        self, clusters: Mapping[str, Cluster], group: Group, parameters: Mapping[str, Mapping[str, str]]
    ) -> None:
        """There is a server for every member, running or not. Args: parameters: by cluster."""
        for member in group.members:
            cluster = clusters[cluster_of(member.key)]
            self._names[member.key] = cluster.names[member.key]
            if member.key not in self.servers:
                address = self._hosts.address(member.key, member.zone)
                self.servers[member.key] = self._server(Place(member.key, member.zone, address, cluster.port))
            self.servers[member.key].configure(parameters.get(cluster.key, {}))

    def backends(self) -> dict[str, Backend]:
        return {
            key: Backend(it.place.address, it.place.port, it.place.zone) for key, it in self.servers.items()
        }

    async def act(self, step: Step) -> None:
        """The step is done, or under way. What fails is logged, and planned again.

        Raises: DatabaseFailure: what could not be done at once.
        """
        match step:
            case Fence(key):
                _log.info("fencing %s", key)
                await self.servers[key].kill()
            case Follow(key, upstream):
                if source := self._source(key, upstream):
                    self.servers[key].follow(upstream, source)
            case SetPartners(key, names):
                await self.servers[key].wait_for(names)
            case Initialise(key):
                self._begin(key, step, lambda: self._initialise(key))
            case Start(key, upstream, names):
                self._begin(key, step, lambda: self._start(key, upstream, names))
            case Retire(key):
                self._begin(key, step, self.servers[key].retire)
            case Promote(key, names):
                self._begin(key, step, lambda: self.servers[key].promote(names))
            case Build(key, upstream):
                self._begin(key, step, lambda: self._build(key, upstream))
            case Rejoin(key, upstream):
                self._begin(key, step, lambda: self._rejoin(key, upstream))
            case _:
                raise AssertionError(step)

    def reboot(self, key: str) -> asyncio.Task[None] | None:
        """The server restarts as what it was; None where it cannot now."""
        server = self.servers.get(key)
        if server is None or key in self._busy or not server.is_running:
            return None
        upstream, names = server.upstream, server.names

        async def again() -> None:
            await server.retire()
            await self._start(key, upstream, names)

        return self._begin(key, "reboot", again)

    async def discard(self, key: str) -> None:
        """The instance is no more, nor its data."""
        server = self.servers.pop(key)
        await server.kill()
        await asyncio.to_thread(server.discard)
        self._hosts.release(key)

    async def stop(self) -> None:
        """Nothing is under way; the servers run on, for the next run to take over."""
        for task in self._busy.values():
            task.cancel()
        await asyncio.gather(*self._busy.values(), return_exceptions=True)

    # What takes its time

    def _begin(
        self, key: str, what: object, work: Callable[[], Awaitable[object]]
    ) -> asyncio.Task[None] | None:
        if key in self._busy:
            return None
        task = asyncio.create_task(self._do(key, what, work))
        self._busy[key] = task
        return task

    async def _do(self, key: str, what: object, work: Callable[[], Awaitable[object]]) -> None:
        _log.info("%s: %s", key, what)
        try:
            await work()
        except RuntimeFailure as error:
            _log.warning("%s: %s", key, error)
            await asyncio.sleep(_AGAIN_SECONDS)
        finally:
            del self._busy[key]
            self.done.set()

    async def _initialise(self, key: str) -> None:
        server = self.servers[key]
        volume = self._storage.volume(cluster_of(key))
        if server.has_data:
            pass
        elif volume.exists():
            await asyncio.to_thread(server.adopt, volume)
        else:
            await server.initialise()
        await server.start(None, None)

    async def _start(self, key: str, upstream: str | None, names: frozenset[str]) -> None:
        source = self._source(key, upstream) if upstream else None
        if upstream and source is None:
            await asyncio.sleep(_AGAIN_SECONDS / 10)
            return
        await self._settled(key, self.servers[key].start(upstream, source, names))

    async def _build(self, key: str, upstream: str) -> None:
        source = await self._answering(key, upstream)
        if source is None:
            return
        await self.servers[key].copy(source)
        await self._settled(key, self.servers[key].start(upstream, source))

    async def _rejoin(self, key: str, upstream: str) -> None:
        """A former writer is rewound; where that fails, or it only followed, all is copied."""
        source = await self._answering(key, upstream)
        server = self.servers[key]
        if source is None:
            return
        if server.is_standby_data:
            await self._build(key, upstream)
            return
        try:
            await server.rewind(source)
        except DatabaseFailure as error:
            _log.info("%s is copied anew: %s", key, error)
            await server.copy(source)
        await self._settled(key, server.start(upstream, source))

    async def _settled(self, key: str, start: Awaitable[None]) -> None:
        """A server that does not start is not left half started."""
        try:
            await start
        except DatabaseFailure:
            await self.servers[key].kill()
            raise

    # Where

    def _source(self, key: str, upstream: str) -> tuple[str, int] | None:
        """Where an instance reaches another: at its own zone's relay."""
        zone = self.servers[key].place.zone
        return self._directory.store_ports.get((zone, storage_name(self._names[upstream]))) if zone else None

    async def _answering(self, key: str, upstream: str) -> tuple[str, int] | None:
        """The same, once it leads there; None, after a while, where it does not yet."""
        source = self._source(key, upstream)
        if source and await answers(*source, _AGAIN_SECONDS):
            return source
        await asyncio.sleep(_AGAIN_SECONDS / 5)
        return None

    def _server(self, place: Place) -> Server:
        return Server(
            place,
            self._storage.instance(place.key),
            self._storage.archive(cluster_of(place.key)),
            self._storage,
            self._programs,
        )
