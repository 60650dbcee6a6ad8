"""Whatever fails, in whatever order: never two writers, nothing acknowledged is missing, and it heals. Each law breaks
for a planner that is broken for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.refuted import is_refuted
from tests.twin.runtime.database.world import Planner, World, cluster
from twin.runtime.database.group import Fence, Group, Promote, Record, Rejoin, Seen, Step, Switch, Write
from twin.runtime.database.plan import plan

ZONES = ("eu-west-2a", "eu-west-2b", "eu-west-2c")
KEYS = tuple(f"eu-west-2/core/core-{it}" for it in (1, 2, 3))

Event = Callable[[World], None]


def _switch(world: World, target: str | None) -> None:
    world.switch = Switch(world.record.term, world.now + 5, "eu-west-2/core", target)


def _turn(steps: int | None) -> Event:
    return lambda world: world.turn(steps)


def _of_zone(zone: str) -> list[Event]:
    return [
        lambda world: world.power(zone, False),
        lambda world: world.power(zone, True),
        lambda world: world.frozen.add(zone),
        lambda world: world.frozen.discard(zone),
        lambda world: world.cut.add(zone),
        lambda world: world.cut.discard(zone),
    ]


def _lag(key: str) -> Event:
    """One standby receives a little; the others nothing."""
    return lambda world: world.ship(key, 1)


def _of_server(key: str) -> list[Event]:
    return [
        lambda world: world.kill(key),
        lambda world: _switch(world, key),
    ]


ordinary = st.sampled_from([_turn(None), _turn(None), _turn(1), World.commit, World.connect, World.ship])
faults = st.sampled_from(
    [
        World.crash,
        *(it for zone in ZONES for it in _of_zone(zone)),
        *(it for key in KEYS for it in _of_server(key)),
    ]
)
lags = st.sampled_from([_lag(key) for key in KEYS])
stories = st.lists(st.one_of(ordinary, lags, faults), min_size=30, max_size=60)


def settle(world: World, turns: int = 60) -> None:
    for _ in range(turns):
        if world.is_whole:
            return
        world.turn()
        world.connect()
        world.ship()
        world.commit()
        world.check()


def told(world: World, story: list[Event]) -> None:
    for event in story:
        event(world)
        world.check()


def never_two_writers_and_nothing_acknowledged_is_missing(planner: Planner, story: list[Event]) -> None:
    world = World(cluster(), planner=planner)
    settle(world)
    told(world, story)
    assert world.violations == []


def once_all_is_well_a_writer_accepts_commits_and_all_follow_it(planner: Planner, story: list[Event]) -> None:
    world = World(cluster(), planner=planner)
    told(world, story)
    world.heal()
    settle(world)
    assert world.is_whole
    before = len(world.acknowledged)
    world.commit()
    world.ship()
    world.check()
    assert len(world.acknowledged) > before
    assert world.violations == []


@settings(max_examples=150, deadline=None)
@given(stories)
def test_at_most_one_server_accepts_commits_and_has_all_that_was_acknowledged(story: list[Event]) -> None:
    never_two_writers_and_nothing_acknowledged_is_missing(plan, story)


@settings(max_examples=150, deadline=None)
@given(stories)
def test_once_everything_is_well_again_a_writer_accepts_commits_and_all_follow_it(story: list[Event]) -> None:
    once_all_is_well_a_writer_accepts_commits_and_all_follow_it(plan, story)


@settings(max_examples=60, deadline=None)
@given(stories, st.integers(1, 2))
def test_a_cluster_of_one_or_two_instances_heals_as_well(story: list[Event], instances: int) -> None:
    world = World(cluster(instances))
    keys = set(world.servers)
    told(world, [it for it in story if _names(it) <= keys])
    world.heal()
    settle(world)
    assert (world.is_whole, world.violations) == (True, [])


def _names(event: Event) -> set[str]:
    """Instances that an event is about."""
    cells = getattr(event, "__closure__", None) or ()
    return {it.cell_contents for it in cells if it.cell_contents in KEYS}


# Planners that are broken, each in one way


def _without(kind: type[Step]) -> Planner:
    """Never takes one kind of step."""
    return lambda *facts: tuple(it for it in plan(*facts) if not isinstance(it, kind))


def _without_fences(
    group: Group, record: Record, seen: Mapping[str, Seen], switch: Switch | None, now: float
) -> tuple[Step, ...]:
    """Takes a writer that does not answer for dead, and ends none."""
    believed = {
        key: replace(it, is_running=it.is_running and it.is_reachable and not it.misses, may_write=False)
        if key != record.writer or it.misses
        else it
        for key, it in seen.items()
    }
    return tuple(it for it in plan(group, record, believed, switch, now) if not isinstance(it, Fence))


def _careless(
    group: Group, record: Record, seen: Mapping[str, Seen], switch: Switch | None, now: float
) -> tuple[Step, ...]:
    """Elects whoever has received least."""
    steps = plan(group, record, seen, switch, now)
    standing = [
        (it.received, key) for key, it in seen.items() if key != record.writer and it.received is not None
    ]
    return tuple(
        Write(replace(it.record, writer=min(standing)[1]))
        if isinstance(it, Write) and it.record.term > record.term and standing
        else it
        for it in steps
    )


BROKEN: dict[str, tuple[Callable[..., None], Planner]] = {
    "fences nobody": (never_two_writers_and_nothing_acknowledged_is_missing, _without_fences),
    "elects whoever has least": (never_two_writers_and_nothing_acknowledged_is_missing, _careless),
    "promotes nobody": (once_all_is_well_a_writer_accepts_commits_and_all_follow_it, _without(Promote)),
    "takes nobody back": (once_all_is_well_a_writer_accepts_commits_and_all_follow_it, _without(Rejoin)),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_planner_that_is_broken_breaks_a_law(how: str) -> None:
    law, planner = BROKEN[how]
    assert is_refuted(lambda story: law(planner, story), stories)
