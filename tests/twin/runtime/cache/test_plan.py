"""A replication group keeps one primary through every loss, and comes back from each."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.runtime.cache.world import FAILOVER_SECONDS, GROUP, ZONES, World
from twin.runtime.cache.model import Event, Role
from twin.runtime.cache.plan import NOWHERE, Kill, Promote, Start

ONE, TWO, THREE = GROUP.names


def running() -> World:
    world = World()
    world.steps(4)
    return world


def test_the_first_node_is_the_primary_and_the_others_follow_it() -> None:
    world = running()
    assert world.primaries() == [ONE]
    assert {world.servers[name].upstream for name in (TWO, THREE)} == {(ONE, 6379)}
    assert world.known.endpoint == ONE
    assert world.events == []


def test_nodes_are_started_at_once_and_once() -> None:
    world = World()
    world.step()
    assert world.actions == [Start(ONE, None), Start(TWO, (ONE, 6379)), Start(THREE, (ONE, 6379))]
    world.step()
    assert world.actions == []


def test_a_dead_primary_is_succeeded_by_the_most_advanced_replica() -> None:
    world = running()
    world.servers[TWO].held, world.servers[THREE].held = (1,), (1, 2)
    world.lose(ONE)
    world.step()
    assert Promote(THREE) in world.actions
    assert world.known.primary == THREE


def test_the_endpoint_leads_to_nobody_until_aws_would_have_moved_it() -> None:
    world = running()
    world.lose(ONE)
    lost_at = world.now
    while world.known.endpoint is None or world.known.endpoint == ONE:
        world.step()
        assert world.now < lost_at + 60
    assert world.known.endpoint in (TWO, THREE)
    assert world.now - lost_at >= FAILOVER_SECONDS


def test_a_silent_primary_is_killed_before_another_is_promoted() -> None:
    world = running()
    world.freeze("a")
    world.step()
    assert world.actions == [], "one miss is no loss"
    world.step()
    assert Kill(ONE) in world.actions
    assert not any(isinstance(action, Promote) for action in world.actions)
    world.step()
    assert any(isinstance(action, Promote) for action in world.actions)


def test_the_old_primary_comes_back_as_a_replica() -> None:
    world = running()
    world.lose_power("a")
    world.steps(10)
    world.restore()
    world.steps(3)
    assert world.servers[ONE].role is Role.REPLICA
    assert world.servers[ONE].upstream == (world.known.primary, 6379)


def test_a_primary_that_answers_again_before_anybody_could_succeed_it_stays() -> None:
    world = running()
    for zone in ZONES:
        world.freeze(zone)
    world.steps(3)
    assert world.known.endpoint is None
    world.write()
    world.restore()
    world.steps(2)
    assert world.known.endpoint == ONE
    assert world.primaries() == [ONE]


def test_a_test_failover_fences_a_healthy_primary_and_says_so() -> None:
    world = running()
    world.known = replace(world.known, is_test_wanted=True)
    world.steps(12)
    primary = world.known.primary
    assert primary in (TWO, THREE)
    assert world.known.endpoint == primary
    completed = f"Failover from primary node {ONE} to replica node {primary} completed"
    assert world.events == [
        Event("replication-group", "sessions", "Test Failover API called for node group 0001"),
        Event("cache-cluster", ONE, completed),
        Event("replication-group", "sessions", completed),
        Event("cache-cluster", ONE, "Recovering cache nodes 0001"),
        Event("cache-cluster", ONE, "Finished recovery for cache nodes 0001"),
    ]


def test_a_lost_node_is_told_of_and_its_recovery_too() -> None:
    world = running()
    world.lose_power("c")
    world.steps(4)
    world.restore()
    world.steps(4)
    assert world.events == [
        Event("cache-cluster", THREE, "Recovering cache nodes 0001"),
        Event("cache-cluster", THREE, "Finished recovery for cache nodes 0001"),
    ]


def test_when_all_nodes_die_the_group_goes_on_empty() -> None:
    world = running()
    world.write()
    for name in GROUP.names:
        world.lose(name)
    world.steps(4)
    assert len(world.primaries()) == 1
    assert world.known.endpoint == world.primaries()[0]
    assert world.servers[world.primaries()[0]].held == ()


def test_a_dead_primary_waits_for_replicas_that_are_silent_and_hold_the_data() -> None:
    world = running()
    world.write()
    world.step()
    for zone in ("b", "c"):
        world.freeze(zone)
    world.lose(ONE)
    world.steps(5)
    assert world.primaries() == []
    world.restore()
    world.steps(10)
    assert world.servers[str(world.known.endpoint)].held == (1,)


def test_a_cut_zone_loses_the_primary_and_its_replica_follows_nobody_until_the_cut_ends() -> None:
    world = running()
    world.cut.add("c")
    world.step()
    assert world.servers[THREE].upstream == NOWHERE
    world.cut.add("a")
    world.steps(12)
    assert world.known.endpoint == TWO
    world.restore()
    world.steps(4)
    assert world.servers[THREE].upstream == (TWO, 6379)


def test_without_automatic_failover_the_primary_comes_back_empty() -> None:
    world = World(group=replace(GROUP, fails_over=False))
    world.steps(4)
    world.write()
    world.lose(ONE)
    world.steps(4)
    assert (world.known.endpoint, world.servers[ONE].held) == (ONE, ())


HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(("lose", "power", "freeze", "cut", "hold", "restore", "write", "test")),
        st.integers(0, 2),
        st.integers(1, 4),
    ),
    max_size=12,
)


def befall(world: World, what: str, index: int) -> None:
    match what:
        case "lose":
            world.lose(GROUP.names[index])
        case "power":
            world.lose_power(ZONES[index])
        case "freeze":
            world.freeze(ZONES[index])
        case "cut":
            world.cut.add(ZONES[index])
        case "hold":
            world.held.add(ZONES[index])
        case "restore":
            world.restore()
        case "write":
            world.write()
        case _:
            world.known = replace(world.known, is_test_wanted=True)


@given(HAPPENINGS)
@settings(max_examples=300, deadline=None)
def test_there_are_never_two_primaries_and_the_endpoint_leads_to_no_other(
    happenings: list[tuple[str, int, int]],
) -> None:
    world = World()
    for what, index, steps in happenings:
        befall(world, what, index)
        for _ in range(steps):
            world.step()
            assert len(world.primaries()) <= 1
            assert world.known.endpoint in (None, world.known.primary)


@given(HAPPENINGS)
@settings(max_examples=300, deadline=None)
def test_whatever_happened_the_group_is_whole_again_once_it_can_be(
    happenings: list[tuple[str, int, int]],
) -> None:
    world = World()
    for what, index, steps in happenings:
        befall(world, what, index)
        world.steps(steps)
    world.restore()
    world.steps(30)
    assert world.primaries() == [world.known.primary]
    assert world.known.endpoint == world.known.primary
    others = [server for name, server in world.servers.items() if name != world.known.primary]
    assert [server.upstream for server in others] == [(world.known.primary, 6379)] * 2


@given(
    st.lists(st.sampled_from(("lose", "power", "freeze", "cut", "hold")), min_size=1, max_size=1),
    st.integers(0, 2),
)
@settings(deadline=None)
def test_one_fault_loses_no_write_that_had_reached_a_replica(faults: list[str], index: int) -> None:
    world = running()
    written = sum(world.write() for _ in range(3))
    world.step()
    befall(world, faults[0], index)
    world.steps(20)
    assert world.known.endpoint is not None
    assert world.servers[world.known.endpoint].held == tuple(range(1, written + 1))


@pytest.mark.parametrize("zone", ZONES)
def test_the_loss_of_any_zone_leaves_a_primary(zone: str) -> None:
    world = running()
    world.lose_power(zone)
    world.steps(10)
    assert world.known.endpoint in world.servers
