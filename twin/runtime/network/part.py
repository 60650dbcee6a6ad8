"""Keeps what passes between places as the API has it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from twin.runtime.control_plane import ControlPlane, Seen
from twin.runtime.exceptions import ControlPlaneAway
from twin.runtime.ground import Ground
from twin.runtime.network.declared import Balancer, Declared, Firewall, Service, Store, TargetGroup
from twin.runtime.network.evaluator import closed_links
from twin.runtime.network.model import Traffic, Vpc
from twin.runtime.network.reachability import closed_ways, endpoints_passed
from twin.runtime.network.reading import NETWORK_SERVICES, TRAFFIC_SERVICES, read_traffic, read_vpcs
from twin.runtime.network.reading_declared import (
    BALANCER_SERVICES,
    FIREWALL_SERVICES,
    STORE_SERVICES,
    read_balancers,
    read_firewall,
    read_stores,
)
from twin.runtime.network.reading_services import SERVICE_SERVICES, ServiceReading
from twin.runtime.network.zonal_shift import (
    SHIFT_SERVICES,
    next_expiry_seconds,
    read_shifts,
    shifted_zones,
)
from twin.runtime.zones import Link, Place

__all__ = ["NetworkPart"]

_log = logging.getLogger(__name__)

_LOOK_SECONDS = 5.0
_AGAIN_SECONDS = 0.5
_FILLING_SECONDS = 2.0
"""Between two looks at an emulator that is being filled, which has enough to do."""
_TASKS_SERVICE = "ecs"


class NetworkPart:
    """Keeps four things as declared: between which places nothing passes (`zones.closed`, by network ACLs and
    routes), what nobody may begin (`directory.closed_ways`, by security groups and endpoints), by which endpoint AWS is
    reached (`directory.endpoints`), and which zones people are led past (`is_shifted_away`, by zonal shifts).
    """

    name = "network"

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._vpcs: dict[str, tuple[Vpc, ...]] = {}
        self._traffic: dict[str, Traffic] = {}
        self._firewalls: dict[str, Firewall] = {}
        self._services: dict[str, tuple[Service, ...]] = {}
        self._stores: dict[str, tuple[Store, ...]] = {}
        self._balancers: dict[str, tuple[tuple[Balancer, ...], tuple[TargetGroup, ...]]] = {}
        self._was_settled = False
        self._reading = ServiceReading(ground.control_plane)

    async def run(self) -> None:
        plane = self._plane
        async with asyncio.TaskGroup() as tasks:
            for services, read, known in (
                (NETWORK_SERVICES, read_vpcs, self._vpcs),
                (TRAFFIC_SERVICES, read_traffic, self._traffic),
                (FIREWALL_SERVICES, read_firewall, self._firewalls),
                (STORE_SERVICES, read_stores, self._stores),
                (BALANCER_SERVICES, read_balancers, self._balancers),
                (SERVICE_SERVICES, self._services_of, self._services),
            ):
                tasks.create_task(self._keep(services, partial(read, plane), known))
            tasks.create_task(self._keep_shifts())
            tasks.create_task(self._keep_to_zones())

    @property
    def _regions(self) -> list[str]:
        return [region.name for region in self._ground.settings.regions]

    # What is declared

    async def _keep(
        self, services: tuple[str, ...], read: Callable[[str], Any], known: dict[str, Any]
    ) -> None:
        """What is known of each region is what the services say, for as long as they may be asked."""
        seen: tuple[int, ...] = ()
        while True:
            with self._plane.looking() as now:
                is_to_read = now.of(services) != seen and self._may_read(now)
                found = await self._of_regions({it: read(it) for it in self._regions}) if is_to_read else None
            if is_to_read:
                if found is not None:
                    seen = now.of(services)
                    self._was_settled |= now.is_settled
                    known.update(found)
                    self._evaluate()
            elif not now.is_settled:
                seen = now.of(services)
            await self._plane.changed(services, seen, _LOOK_SECONDS)
            if self._may_read(now) and not now.is_settled:
                await asyncio.sleep(_FILLING_SECONDS)

    def _may_read(self, now: Seen) -> bool:
        """While another emulator is being filled, what was so goes on: what is absent is not there yet.

        While the first one is, tasks start already, and meet what is there, as on AWS.
        """
        has_cluster = bool(now.versions.get(_TASKS_SERVICE))
        return now.is_settled or (has_cluster and not self._was_settled)

    async def _services_of(self, plane: ControlPlane, region: str) -> tuple[Service, ...]:
        return await self._reading.services(region)

    async def _keep_to_zones(self) -> None:
        """A NAT gateway serves nobody while its zone is dead or cut off."""
        version = self._ground.zones.conditions.version
        while True:
            version = await self._ground.zones.conditions.wait(version)
            self._evaluate()

    def _evaluate(self) -> None:
        closed: dict[tuple[Place, Place], Link] = {}
        zones = self._ground.zones
        unusable = [zone for zone in zones.names if not zones.condition(zone).is_usable]
        for region, vpcs in self._vpcs.items():
            for vpc in vpcs:
                closed |= closed_links(vpc, self._traffic.get(region, Traffic({})), unusable)
        if self._was_settled:
            zones.closed.replace(closed)
        for region in self._vpcs:
            if declared := self._declared(region):
                self._ground.directory.closed_ways.put(region, closed_ways(declared, unusable))
                self._ground.directory.endpoints.put(region, endpoints_passed(declared))

    def _declared(self, region: str) -> Declared | None:
        """None before all of it has been read once."""
        if any(region not in it for it in (self._firewalls, self._services, self._stores, self._balancers)):
            return None
        balancers, groups = self._balancers[region]
        return Declared(
            self._vpcs[region],
            self._firewalls[region],
            self._services[region],
            self._stores[region],
            balancers,
            groups,
        )

    # Zonal shifts

    async def _keep_shifts(self) -> None:
        seen: tuple[int, ...] = ()
        shifts: dict[str, Any] = {}
        while True:
            now = self._ground.control_plane.seen
            if now.of(SHIFT_SERVICES) != seen and now.is_settled:
                with self._plane.looking() as now:
                    found = await self._of_regions({it: read_shifts(self._plane, it) for it in self._regions})
                if found is not None:
                    shifts, seen = found, now.of(SHIFT_SERVICES)
            elif not now.is_settled:
                seen = now.of(SHIFT_SERVICES)
            wait_seconds = self._shift(shifts)
            await self._plane.changed(SHIFT_SERVICES, seen, wait_seconds)

    def _shift(self, shifts: Mapping[str, Any]) -> float:
        """The zones are as the shifts have them now. Returns: seconds until that may change by itself."""
        now, away, waits = datetime.now(UTC), set[str](), [_LOOK_SECONDS]
        for items, names in shifts.values():
            away |= shifted_zones(items, names, now)
            waits.append(next_expiry_seconds(items, now) or _LOOK_SECONDS)
        zones = self._ground.zones
        for zone in zones.names:
            if zones.condition(zone).is_shifted_away != (zone in away):
                zones.change(zone, is_shifted_away=zone in away)
        return min(waits)

    # Reading

    @property
    def _plane(self) -> Any:
        return self._ground.control_plane

    async def _of_regions(self, reads: Mapping[str, Coroutine[Any, Any, Any]]) -> dict[str, Any] | None:
        """What each region's reading gives; None, a moment later, where one of them cannot be had now."""
        answers = await asyncio.gather(*reads.values(), return_exceptions=True)
        failed = [answer for answer in answers if isinstance(answer, BaseException)]
        for error in failed:
            if not isinstance(error, ControlPlaneAway | ClientError):
                raise error
            _log.info("the network cannot be read now: %s", error)
        if failed:
            await asyncio.sleep(_AGAIN_SECONDS)
            return None
        return dict(zip(reads, answers, strict=True))
