"""Databases: follows what is declared of them, does what is asked for, and tells what is so."""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from botocore.exceptions import ClientError

from twin.runtime.addresses import DATABASES
from twin.runtime.database.accounts import Accounts, make
from twin.runtime.database.backups import Backups
from twin.runtime.database.configuration import declared_parameters
from twin.runtime.database.controller import Controller, Failover
from twin.runtime.database.declared import Cluster, groups
from twin.runtime.database.events import Event, ended, event, started
from twin.runtime.database.exceptions import DatabaseFailure
from twin.runtime.database.fleet import Fleet, Hosts
from twin.runtime.database.group import Group, cluster_of
from twin.runtime.database.programs import Programs
from twin.runtime.database.reading import Declaration, Roles, merged, read
from twin.runtime.database.records import Records
from twin.runtime.database.reports import reports
from twin.runtime.database.requests import Requests
from twin.runtime.database.server import Server
from twin.runtime.database.storage import storage_of
from twin.runtime.database.view import InstanceView
from twin.runtime.exceptions import ControlPlaneAway, RuntimeFailure
from twin.runtime.ground import Ground
from twin.runtime.relay.plan import storage_name

__all__ = ["DatabasePart"]

_log = logging.getLogger(__name__)

_SERVICES = ("rds", "iam")
_LOOK_SECONDS = 30.0
_AGAIN_SECONDS = 0.5
_SETTLED_SECONDS, _UNSETTLED_SECONDS = 0.2, 1.5
_CARE_SECONDS = 2.0
_MOST_EVENTS = 200


class DatabasePart:
    """Attributes: lags: how far everybody who follows is behind its writer, milliseconds by key."""

    name = "databases"

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._storage = storage_of(ground.folder)
        self._programs = Programs(ground, self._storage)
        self._records = Records(self._storage)
        self._hosts = Hosts(ground, DATABASES)
        self.backups = Backups(self._storage, self._programs, ground.addresses.administration)
        self.requests = Requests(ground, self._storage, self)
        self._declaration = Declaration()
        self._declaring = asyncio.Lock()
        self._roles = Roles()
        self._confirmed = frozenset[str]()
        self._controllers: dict[str, Controller] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._told: dict[str, tuple[Failover, bool, bool]] = {}
        self._made: dict[str, tuple[int, Accounts]] = {}
        self._events = itertools.count(1)
        self._noted: set[str] = set()

    @property
    def lags(self) -> dict[str, float]:
        return {key: lag for it in self._controllers.values() for key, lag in it.lags.items()}

    def instances(self) -> list[InstanceView]:
        """Every instance whose server runs, as it is now."""
        return [
            _view(it, server)
            for it in self._controllers.values()
            for server in it.fleet.servers.values()
            if server.is_running
        ]

    async def run(self) -> None:
        self.requests.listen()
        try:
            async with asyncio.TaskGroup() as group:
                for name in self._controllers:
                    self._look_after(name)
                group.create_task(self._follow())
                group.create_task(self._care())
                group.create_task(self.requests.run())
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    # What is declared

    async def _follow(self) -> None:
        plane = self._ground.control_plane
        seen: tuple[int, ...] = ()
        while True:
            await plane.changed(_SERVICES, seen, _LOOK_SECONDS)
            try:
                with plane.looking() as known:
                    now, is_settled = known.of(_SERVICES), known.is_settled
                    found = await read(plane, self._ground.settings, self._roles, known.generation)
            except (ControlPlaneAway, ClientError) as error:
                _log.info("databases stay as they are: %s", error)
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            seen = now
            await self._declare(found, is_settled=is_settled)
            # While everything is being declared, IAM changes all the time.
            await asyncio.sleep(_SETTLED_SECONDS if is_settled else _UNSETTLED_SECONDS)

    async def _declare(self, found: Declaration, *, is_settled: bool) -> None:
        """Every group has a controller that knows what is declared of it."""
        async with self._declaring:
            await self._declare_alone(found, is_settled=is_settled)

    async def _declare_alone(self, found: Declaration, *, is_settled: bool) -> None:
        self._note_parameters(found)
        before = self._declaration
        self._confirm(before, found)
        wanted = found if is_settled else merged(before, found)
        self._declaration = wanted
        by_key = {it.key: it for it in wanted.clusters if it.key not in self.requests.restoring}
        named = {self._name(it): it for it in groups(by_key.values())}
        for name, group in named.items():
            if name not in self._controllers:
                self._controllers[name] = self._controller()
            self._controllers[name].declare(
                group,
                [by_key[it] for it in group.clusters],
                {key: declared_parameters(wanted.parameters.get(key, {}))[0] for key in group.clusters},
                self._confirmed if is_settled else (),
            )
            self._look_after(name)
        for name in set(self._controllers) - set(named):
            await self._end(name, is_settled=is_settled)

    def _name(self, group: Group) -> str:
        """By which its controller is known: a cluster that joins a global database, or leaves it, keeps its own."""
        regions = [it.name for it in self._ground.settings.regions]
        return min(group.clusters, key=lambda it: (regions.index(it.partition("/")[0]), it))

    def _controller(self) -> Controller:
        fleet = Fleet(self._ground, self._storage, self._programs, self._hosts)
        return Controller(self._ground, fleet, self._records, self._tell)

    def _look_after(self, name: str) -> None:
        task = self._tasks.get(name)
        if task is None or task.done():
            self._tasks[name] = asyncio.create_task(self._guarded(self._controllers[name]))

    async def _guarded(self, controller: Controller) -> None:
        """A controller that fails is started again, alone."""
        while True:
            try:
                await controller.run()
            except Exception:
                _log.exception("%s failed and is started again", controller.state.group.name)
            await asyncio.sleep(_AGAIN_SECONDS)

    def _confirm(self, before: Declaration, found: Declaration) -> None:
        """What an emulator has shown once is deleted when it shows it no more; what it never showed is not."""
        if before.generation != found.generation:
            self._confirmed = frozenset()
        members = {member.key for it in found.clusters for member in it.members}
        self._confirmed |= {it.key for it in found.clusters} | members

    async def _end(self, name: str, *, is_settled: bool) -> None:
        """Nobody looks after the group any more; its data is gone where it was deleted, and not only not declared."""
        if task := self._tasks.pop(name, None):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        controller = self._controllers.pop(name)
        gone = (
            self._confirmed - {it.key for it in self._declaration.clusters}
            if is_settled
            else frozenset[str]()
        )
        for key in list(controller.fleet.servers):
            if cluster_of(key) in gone:
                await controller.fleet.discard(key)
            else:
                await controller.fleet.servers[key].retire()
        for cluster in controller.clusters.values():
            self._withdraw(cluster)
            if cluster.key in gone:
                await self._records.forget(cluster.key)
                await asyncio.to_thread(self.backups.drop_cluster, cluster.key)

    def _withdraw(self, cluster: Cluster) -> None:
        storage = [storage_name(it) for it in cluster.names.values()]
        for name in (cluster.endpoint, cluster.reader_endpoint, *cluster.names.values(), *storage):
            if not any(name in (it.endpoint, it.reader_endpoint) for it in self._declaration.clusters):
                self._ground.directory.stores.put((cluster.region, name), ())

    def _note_parameters(self, found: Declaration) -> None:
        for key, parameters in found.parameters.items():
            for name in declared_parameters(parameters)[1]:
                if f"{key} {name}" not in self._noted:
                    self._noted.add(f"{key} {name}")
                    _log.info("%s: parameter %s has no effect here", key, name)

    # What is told

    def _tell(self, controller: Controller) -> None:
        """The API shows it."""
        state = controller.state
        windows = {key: self.backups.window(key) for key in controller.clusters}
        for it in reports(state, controller.clusters, windows):
            document = {**it.document, "AsOfRequest": self.requests.heard(it.kind, it.region, it.key)}
            self._ground.control_plane.report("rds", it.region, it.kind, it.key, document)
        if state.failover:
            self._tell_failover(controller, state.failover)

    def _tell_failover(self, controller: Controller, failover: Failover) -> None:
        name = controller.state.group.name
        known, has_begun, has_ended = self._told.get(name, (None, False, False))
        if known is not failover:
            has_begun = has_ended = False
        if failover.elected and not has_begun:
            has_begun = True
            self.record(started(controller.state.group, failover))
        if failover.ended_at is not None and not has_ended:
            has_ended = True
            self.record(ended(failover))
        self._told[name] = (failover, has_begun, has_ended)

    def record(self, events: Iterable[tuple[str, Event]]) -> None:
        """`DescribeEvents` shows them, and forgets the oldest."""
        for region, it in events:
            number = next(self._events)
            _log.info("%s: %s", it["SourceIdentifier"], it["Message"])
            plane = self._ground.control_plane
            plane.report("rds", region, "event", f"{self._ground.run}-{number}", it)
            if number > _MOST_EVENTS:
                plane.report("rds", region, "event", f"{self._ground.run}-{number - _MOST_EVENTS}", None)

    # What is asked

    def find(self, cluster: str) -> Controller | None:
        """Who looks after the cluster."""
        return next((it for it in self._controllers.values() if cluster in it.clusters), None)

    def find_global(self, name: str) -> Controller | None:
        return next((it for it in self._controllers.values() if it.group.name == name), None)

    def writer(self, cluster: str) -> Server | None:
        """The server that writes for the cluster, while it does."""
        controller = self.find(cluster)
        if controller is None:
            return None
        key = controller.record.writer or ""
        server = controller.fleet.servers.get(key)
        is_ready = server is not None and server.may_write and key not in controller.fleet.busy
        return server if is_ready and cluster_of(key) == cluster else None

    async def declare_again(self) -> None:
        """A cluster that was being restored can be looked after now."""
        await self._declare(self._declaration, is_settled=False)

    def reboot(self, region: str, instance: str) -> bool:
        """The instance restarts; or it cannot now."""
        found = ((it, key) for it in self._controllers.values() for key in it.fleet.servers)
        named = (
            (it, key) for it, key in found if key.startswith(f"{region}/") and key.endswith(f"/{instance}")
        )
        controller, key = next(named, (None, ""))
        task = controller.fleet.reboot(key) if controller else None
        if task is None:
            return False
        self.record([(region, event(key, False, "availability", "DB instance shutdown"))])
        restarted = "DB instance restarted"
        task.add_done_callback(
            lambda _: self.record([(region, event(key, False, "availability", restarted))])
        )
        return True

    # What is cared for

    async def _care(self) -> None:
        """Accounts are there and backups are made, for every cluster that has a writer."""
        while True:
            for cluster in self._declaration.clusters:
                if writer := self.writer(cluster.key):
                    await self._try(cluster.key, lambda it=cluster, on=writer: self._care_for(it, on))
            await asyncio.to_thread(self._programs.shorten_logs)
            await asyncio.sleep(_CARE_SECONDS if self._made else _AGAIN_SECONDS)

    async def _care_for(self, cluster: Cluster, writer: Server) -> None:
        controller = self.find(cluster.key)
        assert controller
        accounts = Accounts.of(cluster, self._declaration.logins.get(cluster.key, ()))
        wanted = (controller.record.term, accounts)
        if self._made.get(cluster.key) != wanted:
            await make(writer, accounts)
            self._made[cluster.key] = wanted
        await self.backups.care(cluster.key, writer, cluster.retention_days)

    async def _try(self, what: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            await work()
        except (DatabaseFailure, RuntimeFailure) as error:
            _log.info("%s: %s", what, error)
            with contextlib.suppress(KeyError):
                del self._made[what]


def _view(controller: Controller, server: Server) -> InstanceView:
    place, writer = server.place, controller.record.writer
    return InstanceView(
        key=place.key,
        zone=place.zone,
        address=place.address,
        port=place.port,
        pid=server.process.pid if server.process else 0,
        is_writer=writer == place.key,
        writes_for=cluster_of(writer) if writer else None,
        lag_ms=controller.lags.get(place.key),
    )
