"""Where people meet a load balancer who come in at the edge of a region that the name leads away from."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.twin.runtime.conftest import PRIMARY, STANDBY
from tests.twin.runtime.load_balancer.test_node import LISTENER, addresses
from twin.runtime.envoy.configuration import Configuration
from twin.runtime.envoy.detour import Detours
from twin.runtime.envoy.process import Envoy
from twin.runtime.ground import Ground
from twin.runtime.load_balancer.model import LoadBalancer
from twin.runtime.load_balancer.nodes import Watched
from twin.runtime.load_balancer.region import RegionBalancer
from twin.runtime.zones import Link

HOME, AWAY = PRIMARY.name, STANDBY.name


class Fronts:
    """A load balancer in each region, without processes. Attributes: wanted: what each Envoy was told last."""

    def __init__(self, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ground = ground
        self.wanted: dict[str, Configuration] = {}
        monkeypatch.setattr(RegionBalancer, "run_all", lambda _: None)
        monkeypatch.setattr(Envoy, "want", lambda envoy, it: self.wanted.update({envoy.name: it}))
        self.detours = Detours(ground.zones, ground.addresses)
        self.regions = {
            it.name: RegionBalancer(ground, it.name, f"127.{ground.addresses.block}.0.{place}", self.detours)
            for place, it in enumerate((PRIMARY, STANDBY), 10)
        }

    async def declare(self) -> None:
        for it in (PRIMARY, STANDBY):
            region = self.regions[it.name]
            region.elsewhere = self.regions
            await region.take_in([LoadBalancer(it.name, "estate", it.name, it.zones, (LISTENER,))], ())

    def step(self, now: float) -> None:
        for region in self.regions.values():
            region.step(now)

    def met(self, region: str) -> list[str]:
        """Nodes that people are led to who come in at the region's edge."""
        return addresses(self.wanted[f"edge-{region}"].endpoints["any"])

    def nodes(self, region: str) -> list[str]:
        return [self.ground.addresses.load_balancer(zone) for zone in self.regions[region].nodes]


def fronts(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, test: Callable[[Fronts], Awaitable[None]]
) -> None:
    async def whole() -> None:
        made = Fronts(ground, monkeypatch)
        try:
            await made.declare()
            await test(made)
        finally:
            made.detours.close()

    asyncio.run(whole())


def test_people_meet_the_nodes_of_the_region_that_the_name_leads_to_and_their_own_again(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(it: Fronts) -> None:
        it.step(1)
        assert it.met(HOME) == it.nodes(HOME)
        ground.directory.led.put(HOME, AWAY)
        it.step(2)
        assert it.met(HOME) == it.nodes(AWAY)
        assert it.met(AWAY) == it.nodes(AWAY)
        assert addresses(it.wanted[f"edge-{HOME}"].endpoints["probe"]) == it.nodes(HOME)
        ground.directory.led.put(HOME, HOME)
        it.step(3)
        assert it.met(HOME) == it.nodes(HOME)

    fronts(ground, monkeypatch, test)


def test_where_the_other_region_has_no_load_balancer_people_stay(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(it: Fronts) -> None:
        await it.regions[AWAY].take_in([], ())
        ground.directory.led.put(HOME, AWAY)
        it.step(1)
        assert it.met(HOME) == it.nodes(HOME)

    fronts(ground, monkeypatch, test)


@pytest.mark.parametrize("leads", [HOME, AWAY])
def test_connections_to_a_node_of_the_other_region_stand_still_when_it_is_cut_off(
    leads: str, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken: dict[str, bool] = {}

    async def test(it: Fronts) -> None:
        node = ground.addresses.load_balancer(STANDBY.zones[0])

        def follow(watched: Watched, is_closed: Callable[[str, int], bool]) -> Any:
            broken[watched.envoy.name] = is_closed(node, 8443)

        monkeypatch.setattr(Watched, "break_links", follow)
        it.step(1)
        ground.directory.led.put(HOME, leads)
        it.step(2)
        ground.zones.change(STANDBY.zones[0], boundary=Link(is_open=False))
        it.regions[HOME].break_links()

    fronts(ground, monkeypatch, test)
    assert broken.get(f"edge-{HOME}", False) is (leads == AWAY)
