"""The caches of all regions: as many controllers as replication groups are declared."""

import asyncio
import logging
import secrets
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from twin.runtime.addresses import CACHES
from twin.runtime.cache.controller import Controller
from twin.runtime.cache.declaration import read
from twin.runtime.cache.exceptions import NoCacheAddressLeft
from twin.runtime.cache.model import Group
from twin.runtime.control_plane import Request
from twin.runtime.exceptions import ControlPlaneAway
from twin.runtime.ground import Ground

__all__ = ["CachePart"]

_log = logging.getLogger(__name__)

_SERVICES = ("elasticache",)
_READ_AGAIN_SECONDS = 5.0


class CachePart:
    """Runs every declared replication group. Its servers run on when it is started again."""

    name = "cache"

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._password = secrets.token_hex(16)
        self._controllers: dict[tuple[str, str], Controller] = {}
        self._hosts: dict[tuple[str, str], int] = {}

    async def run(self) -> None:
        self._ground.control_plane.take("elasticache", ("TestFailover",), self._fail_over)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._follow_the_declaration())
                tasks.create_task(self._control())
        finally:
            for controller in self._controllers.values():
                await controller.leave()

    async def information(self) -> Mapping[tuple[str, str], Mapping[str, Any]]:
        """What each node says of itself, by region and node's name; those that do not answer are left out."""
        found: dict[tuple[str, str], Mapping[str, Any]] = {}
        for (region, _), controller in list(self._controllers.items()):
            found |= {(region, name): it for name, it in (await controller.information()).items()}
        return found

    def _fail_over(self, request: Request) -> None:
        group = self._controllers.get((request.region, request.parameters["ReplicationGroupId"]))
        if group is None:
            _log.warning("no cache %s runs that could fail over", request.parameters["ReplicationGroupId"])
            return
        group.fail_over(request.id)

    async def _follow_the_declaration(self) -> None:
        seen: tuple[int, ...] = ()
        while True:
            if self._ground.control_plane.seen.of(_SERVICES) != seen:
                seen = await self._read() or seen
            await self._ground.control_plane.changed(_SERVICES, seen, _READ_AGAIN_SECONDS)
            if self._ground.control_plane.seen.of(_SERVICES) != seen:
                # What is being declared comes in several calls.
                await asyncio.sleep(0.05)

    async def _read(self) -> tuple[int, ...] | None:
        """As of when the caches are known; None where a region did not answer."""
        plane, names = self._ground.control_plane, [it.name for it in self._ground.settings.regions]
        try:
            with plane.looking() as known:
                found = {it: await read(plane, it) for it in names}
        except (ControlPlaneAway, ClientError) as error:
            _log.info("the caches cannot be read now: %s", error)
            await asyncio.sleep(0.5)
            return None
        for region, groups in found.items():
            await self._declare(region, groups, is_settled=known.is_settled)
        return known.of(_SERVICES)

    async def _declare(self, region: str, found: tuple[Group, ...], *, is_settled: bool) -> None:
        for group in found:
            controller = self._controllers.get((region, group.name))
            if controller is None:
                self._controllers[region, group.name] = Controller(
                    self._ground, group, self._address, self._password
                )
            elif controller.group != group:
                await controller.change(group)
        gone = {key for key in self._controllers if key[0] == region} - {(region, it.name) for it in found}
        for key in gone if is_settled else ():
            await self._controllers.pop(key).end()

    def _address(self, node: str, zone: str) -> str:
        """The same for as long as the supervisor runs."""
        taken = {host for (other, _), host in self._hosts.items() if other == zone}
        if (zone, node) not in self._hosts:
            free = next((host for host in CACHES if host not in taken), None)
            if free is None:
                raise NoCacheAddressLeft(node, zone, len(CACHES))
            self._hosts[zone, node] = free
        return self._ground.addresses.of(zone, self._hosts[zone, node])

    async def _control(self) -> None:
        interval_seconds = self._ground.profile.seconds("cache_probe")
        while True:
            await asyncio.gather(*(it.step() for it in list(self._controllers.values())))
            await asyncio.sleep(interval_seconds)
