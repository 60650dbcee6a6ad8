"""Whatever fails, in whatever order: never two writers, nothing acknowledged is missing, and it heals."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.runtime.database.world import World, cluster
from twin.runtime.database.group import Switch

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


@settings(max_examples=150, deadline=None)
@given(stories)
def test_at_most_one_server_accepts_commits_and_has_all_that_was_acknowledged(story: list[Event]) -> None:
    world = World(cluster())
    settle(world)
    told(world, story)
    assert world.violations == []


@settings(max_examples=150, deadline=None)
@given(stories)
def test_once_everything_is_well_again_a_writer_accepts_commits_and_all_follow_it(story: list[Event]) -> None:
    world = World(cluster())
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
