"""Keeps what passes between places as the API has it."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from twin.runtime.exceptions import ControlPlaneAway
from twin.runtime.ground import Ground
from twin.runtime.network.evaluator import closed_links
from twin.runtime.network.model import Traffic, Vpc
from twin.runtime.network.reading import NETWORK_SERVICES, TRAFFIC_SERVICES, read_traffic, read_vpcs
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


class NetworkPart:
    """Writes `zones.closed` from network ACLs and routes, and `is_shifted_away` from zonal shifts."""

    name = "network"

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._vpcs: dict[str, tuple[Vpc, ...]] = {}
        self._traffic: dict[str, Traffic] = {}

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_vpcs())
            tasks.create_task(self._keep_traffic())
            tasks.create_task(self._keep_shifts())
            tasks.create_task(self._keep_to_zones())

    @property
    def _regions(self) -> list[str]:
        return [region.name for region in self._ground.settings.regions]

    # Routes and network ACLs

    async def _keep_vpcs(self) -> None:
        """While the emulator is being filled, what was so goes on: what is absent is not there yet."""
        seen: tuple[int, ...] = ()
        while True:
            now = self._ground.control_plane.seen
            if now.of(NETWORK_SERVICES) != seen and now.is_settled:
                found = await self._of_regions({it: read_vpcs(self._plane, it) for it in self._regions})
                if found is not None:
                    self._vpcs, seen = found, now.of(NETWORK_SERVICES)
                    self._evaluate()
            elif not now.is_settled:
                seen = now.of(NETWORK_SERVICES)
            await self._plane.changed(NETWORK_SERVICES, seen, _LOOK_SECONDS)

    async def _keep_traffic(self) -> None:
        seen: tuple[int, ...] = ()
        while True:
            now = self._ground.control_plane.seen
            if now.of(TRAFFIC_SERVICES) != seen and now.is_settled:
                found = await self._of_regions({it: read_traffic(self._plane, it) for it in self._regions})
                if found is not None:
                    self._traffic, seen = found, now.of(TRAFFIC_SERVICES)
                    self._evaluate()
            elif not now.is_settled:
                seen = now.of(TRAFFIC_SERVICES)
            await self._plane.changed(TRAFFIC_SERVICES, seen, _LOOK_SECONDS)

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
        zones.closed.replace(closed)

    # Zonal shifts

    async def _keep_shifts(self) -> None:
        seen: tuple[int, ...] = ()
        shifts: dict[str, Any] = {}
        while True:
            now = self._ground.control_plane.seen
            if now.of(SHIFT_SERVICES) != seen and now.is_settled:
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
