"""The part of the data plane that is the load balancers: reads what is declared, and has its regions follow."""

import asyncio
import logging
from collections.abc import Mapping

from botocore.exceptions import ClientError

from twin.runtime.control_plane import UNCHANGED_SECONDS
from twin.runtime.envoy.detour import Detours
from twin.runtime.exceptions import ControlPlaneAway
from twin.runtime.ground import Ground
from twin.runtime.load_balancer.reading import load_balancers, target_groups
from twin.runtime.load_balancer.region import RegionBalancer
from twin.runtime.load_balancer.view import BalancerView

__all__ = ["LoadBalancerPart"]

_log = logging.getLogger(__name__)

_SERVICES = ("elbv2",)
_STEP_SECONDS = 0.2
_ADOPTION_SECONDS = 5.0
"""After another emulator was filled, in which tasks register their targets anew. Assumed: not AWS's, the twin's own."""
_LINK_LOOK_SECONDS = 1.0


class LoadBalancerPart:
    """Attributes: problems: what is declared and not done, by where; for the status."""

    name = "load balancer"

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._detours = Detours(ground.zones, ground.addresses)
        self._generation: int | None = None
        self.regions = {
            region.name: RegionBalancer(
                ground, region.name, f"127.{ground.addresses.block}.0.{10 + number}", self._detours
            )
            for number, region in enumerate(ground.settings.regions)
        }
        for region in self.regions.values():
            region.elsewhere = self.regions

    @property
    def problems(self) -> Mapping[str, str]:
        return {
            name: it for region in self.regions.values() for name, it in region.problem_sentences().items()
        }

    def views(self) -> list[BalancerView]:
        """The load balancers as they are now."""
        now = asyncio.get_running_loop().time()
        found = (region.view(now) for region in self.regions.values())
        return [it for it in found if it]

    def ways_in(self, region: str) -> list[tuple[str, int]]:
        """Address and port of each node in the DNS answer, as somebody outside all zones reaches it."""
        found = self.regions.get(region)
        return found.ways_in() if found else []

    def has_targets(self, region: str) -> bool:
        """Every target group that a rule leads to has a healthy target."""
        found = self.regions.get(region)
        return bool(found and found.has_targets())

    async def run(self) -> None:
        """The load balancers do what is declared, until cancelled."""
        for region in self.regions.values():
            region.run_all()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._read())
                group.create_task(self._step())
        finally:
            self._detours.close()

    async def _read(self) -> None:
        plane = self._ground.control_plane
        while True:
            seen = plane.seen
            is_whole = False
            try:
                is_whole = await self._read_once()
            except (ControlPlaneAway, ClientError) as error:
                _log.info("the load balancers go on as they are: %s", error)
            wait = UNCHANGED_SECONDS if is_whole else 0.5
            await plane.changed(_SERVICES, seen.of(_SERVICES), wait)
            await asyncio.sleep(self._ground.profile.seconds("declaration_look"))

    async def _read_once(self) -> bool:
        """Whether everything could be taken in. While another emulator is being filled, nothing is."""
        plane = self._ground.control_plane
        with plane.looking() as seen:
            if not plane.is_up or (not seen.is_settled and self._generation not in (None, seen.generation)):
                return False
            declared = {
                it: (await load_balancers(plane, it), await target_groups(plane, it)) for it in self.regions
            }
        for name, (balancers, groups) in declared.items():
            await self.regions[name].take_in(balancers, groups)
        self._count_absence(seen.generation, is_settled=seen.is_settled)
        return True

    def _count_absence(self, generation: int, *, is_settled: bool) -> None:
        if not is_settled:
            absent_from = float("inf")
        elif self._generation in (None, generation):
            absent_from = float("-inf")
        else:
            absent_from = asyncio.get_running_loop().time() + _ADOPTION_SECONDS
        for region in self.regions.values():
            if absent_from != float("-inf") or region.absence_counts_from == float("inf"):
                region.absence_counts_from = absent_from
        self._generation = generation

    async def _step(self) -> None:
        loop = asyncio.get_running_loop()
        versions, looked_at = self._ground.zones.versions(), float("-inf")
        while True:
            for region in self.regions.values():
                region.step(loop.time())
            if versions != self._ground.zones.versions() or loop.time() - looked_at > _LINK_LOOK_SECONDS:
                versions, looked_at = self._ground.zones.versions(), loop.time()
                self._break_links()
            await asyncio.sleep(_STEP_SECONDS)

    def _break_links(self) -> None:
        for region in self.regions.values():
            region.break_links()
