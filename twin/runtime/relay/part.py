"""Keeps a relay in every zone, and tells each where the stores are now."""

import asyncio
import contextlib
import json
import logging
import os
import sys
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from twin.runtime.exceptions import ZoneIsOff
from twin.runtime.ground import Ground
from twin.runtime.network.blocked import BlockedWay
from twin.runtime.network.ways import ClosedWays
from twin.runtime.processes import Process
from twin.runtime.relay.judging import Judging, LoginAttempt
from twin.runtime.relay.plan import OWN_HOSTS, Ports, Users, routes
from twin.runtime.relay.route import Route, to_line

__all__ = ["RelayPart"]

_log = logging.getLogger(__name__)

_AGAIN_SECONDS = 0.2
_LOOK_SECONDS = 5.0


class RelayPart:
    """Tasks reach stores through ``directory.store_ports``, and servers each other. Sees to it that security groups
    count: each service that names a store has a listener of its own for it, and its tasks log in there, by what IAM
    grants them.
    """

    name = "relays"

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        judging = Judging(ground.control_plane)
        self._relays = {
            zone: _ZoneRelay(ground, region, zone, judging) for region, zone in ground.settings.zones
        }

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for relay in self._relays.values():
                group.create_task(relay.keep())
            group.create_task(self._follow())

    async def _follow(self) -> None:
        """Every relay knows of every change within the moment."""
        ground = self._ground
        while True:
            tables = (
                ground.directory.stores,
                ground.directory.store_users,
                ground.directory.store_logins,
                ground.directory.closed_ways,
                ground.directory.region_links,
                ground.zones.conditions,
                ground.zones.closed,
            )
            versions = [it.version for it in tables]
            for relay in self._relays.values():
                relay.tell()
            waits = [
                asyncio.create_task(it.wait(version, _LOOK_SECONDS))
                for it, version in zip(tables, versions, strict=True)
            ]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()


class _ZoneRelay:
    """One relay process, started again when it ends."""

    def __init__(self, ground: Ground, region: str, zone: str, judging: Judging) -> None:
        self._ground, self._region, self._zone, self._judging = ground, region, zone, judging
        self._judged: set[asyncio.Task[None]] = set()
        self._ports = Ports()
        self._process: Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._told: dict[int, tuple[Route, ...]] = {}
        self._last: tuple[Route, ...] = ()
        self._number = 0

    def tell(self) -> None:
        """The process has been sent what is so now, if that is not what it was sent last."""
        wanted = self._routes()
        if self._writer is None or wanted == self._last:
            return
        self._number += 1
        self._last = self._told[self._number] = wanted
        self._writer.write(to_line(self._number, wanted))

    async def keep(self) -> None:
        """A relay runs while the zone has power."""
        while True:
            try:
                await self._run()
            except ZoneIsOff:
                await self._ground.zones.conditions.wait(self._ground.zones.conditions.version, _LOOK_SECONDS)
            except OSError as error:
                _log.warning("the relay of %s cannot run: %s", self._zone, error)
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _run(self) -> None:
        if self._process and self._process.is_running:
            await self._process.stop(0)
        address = self._ground.addresses.relay(self._zone)
        self._process = self._ground.processes.start(
            f"relay-{self._zone}",
            [sys.executable, "-m", "twin.runtime.relay", address],
            zone=self._zone,
            log=self._ground.log(f"relay-{self._zone}.log"),
            environment={"PYTHONPATH": os.environ.get("PYTHONPATH", "")},
            pipes=True,
        )
        try:
            answers = await self._connect(self._process)
            self.tell()
            while line := await answers.readline():
                self._hear(json.loads(line))
        finally:
            self._forget()

    async def _connect(self, process: Process) -> asyncio.StreamReader:
        loop = asyncio.get_running_loop()
        answers = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(answers)
        await loop.connect_read_pipe(lambda: protocol, process.popen.stdout)
        flow, _ = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, process.popen.stdin)
        self._writer = asyncio.StreamWriter(flow, protocol, answers, loop)
        return answers

    def _hear(self, said: Mapping[str, Any]) -> None:
        if "blocked" in said:
            service, _, name = str(said["blocked"]).partition("@")
            self._ground.directory.blocked.note(BlockedWay(service, self._zone, name), time.time())
            return
        if "login" not in said:
            self._take(said)
            return
        judged = asyncio.create_task(self._judge(said, self._writer))
        self._judged.add(judged)
        judged.add_done_callback(self._judged.discard)

    async def _judge(self, asked: Mapping[str, Any], writer: asyncio.StreamWriter | None) -> None:
        """The relay knows whether somebody may log in."""
        attempt = self._attempt(asked)
        is_admitted = attempt is not None and await self._judging.is_admitted(attempt)
        answer = {"login": asked["login"], "is_admitted": is_admitted}
        if writer and writer is self._writer:
            writer.write(json.dumps(answer).encode() + b"\n")

    def _attempt(self, asked: Mapping[str, Any]) -> LoginAttempt | None:
        """None where the store is none any more."""
        directory, own = self._ground.directory, str(asked["name"])
        name = own.partition("@")[2]
        login, place = (
            directory.store_logins.get((self._region, name)),
            directory.store_ports.get((self._zone, own)),
        )
        if login is None or place is None:
            return None
        # A task's name for a database is the address of its relay, for which it signs.
        hosts = (
            [login.store_id.lower()]
            if login.kind == "cache"
            else [f"{it}:{place[1]}" for it in (place[0], name)]
        )
        return LoginAttempt(self._region, login, tuple(hosts), str(asked["user"]), str(asked["token"]))

    def _take(self, answer: Mapping[str, Any]) -> None:
        """What it listens for now can be used by tasks."""
        heard = self._told.pop(answer["number"], ())
        self._told = {number: it for number, it in self._told.items() if number > answer["number"]}
        for name, why in answer["failed"].items():
            _log.error("the relay of %s cannot listen for %s: %s", self._zone, name, why)
        for route in heard:
            if route.name not in answer["failed"]:
                self._ground.directory.store_ports.put((self._zone, route.name), (route.address, route.port))

    def _forget(self) -> None:
        self._last, self._told = (), {}
        if self._writer:
            with contextlib.suppress(RuntimeError):
                self._writer.close()
        self._writer = None

    def _routes(self) -> tuple[Route, ...]:
        ground = self._ground
        addresses = ground.addresses
        return routes(
            self._zone,
            self._region,
            {host: addresses.of(self._zone, host) for host in (*OWN_HOSTS, OWN_HOSTS.stop)},
            ground.directory.stores.all(),
            self._ports,
            ground.zones,
            {zone: region for region, zone in ground.settings.zones},
            ground.directory.region_links.all(),
            self._users(),
        )

    def _users(self) -> Users:
        directory = self._ground.directory
        return Users(
            {
                service: names
                for (at, service), names in directory.store_users.all().items()
                if at == self._zone
            },
            partial(self._ground.addresses.for_service, self._zone),
            directory.closed_ways.get(self._region) or ClosedWays(),
            {
                name: login
                for (region, name), login in directory.store_logins.all().items()
                if region == self._region
            },
        )
