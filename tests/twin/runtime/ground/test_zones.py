"""What a connection between two places meets."""

import asyncio

from twin.runtime.zones import OPEN, OUTSIDE, Link, Place, Tier, Zones

A, B = Place("a", Tier.PRIVATE), Place("b", Tier.DATA)


def _zones() -> Zones:
    return Zones(("a", "b"))


def test_between_zones_in_order_everything_passes() -> None:
    assert _zones().link(A, B) == OPEN


def test_a_cut_boundary_closes_what_crosses_it_and_nothing_within() -> None:
    zones = _zones()
    zones.change("b", boundary=Link(is_open=False))
    assert not zones.link(A, B).is_open
    assert not zones.link(OUTSIDE, B).is_open
    assert zones.link(B, Place("b", Tier.PRIVATE)).is_open
    assert zones.usable(["a", "b"]) == ["a"]


def test_latency_of_both_boundaries_adds_up_and_loss_multiplies() -> None:
    zones = _zones()
    zones.change("a", boundary=Link(latency_ms=10, loss_percent=50))
    zones.change("b", boundary=Link(latency_ms=5, loss_percent=50))
    assert zones.link(A, B) == Link(True, 15, 75)


def test_a_network_acl_closes_one_pair_of_places() -> None:
    zones = _zones()
    zones.closed.put((A, B), Link(is_open=False))
    assert not zones.link(A, B).is_open
    assert zones.link(A, Place("b", Tier.PRIVATE)).is_open


def test_a_reader_of_a_table_sees_a_change_that_came_while_it_waited() -> None:
    async def scenario() -> int:
        zones = _zones()
        waiting = asyncio.create_task(zones.conditions.wait(zones.conditions.version, 5))
        await asyncio.sleep(0)
        zones.change("a", has_power=False)
        return await waiting

    assert asyncio.run(scenario()) == 1


def test_the_same_fact_twice_is_no_change() -> None:
    zones = _zones()
    zones.change("a", has_power=False)
    version = zones.versions()
    zones.change("a", has_power=False)
    assert zones.versions() == version
