"""Whatever happens to tasks: what the scheduler never does, and what it always comes to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.runtime.tasks.sample import ZONES, member, service
from twin.runtime.tasks.health import Condition, Member
from twin.runtime.tasks.plan import Goal, Plan, bounds, plan

STARTING, HEALTHY = Condition.STARTING, Condition.HEALTHY
UNHEALTHY, LEAVING = Condition.UNHEALTHY, Condition.LEAVING
ROUNDS = 120

members_ = st.lists(
    st.tuples(st.sampled_from(ZONES), st.sampled_from(list(Condition)), st.sampled_from(["old", "new"])),
    max_size=12,
).map(
    lambda facts: [
        member(f"{index}", zone, condition, deployment, created_at=index)
        for index, (zone, condition, deployment) in enumerate(facts)
    ]
)
zones_ = st.lists(st.sampled_from(ZONES), unique=True).map(sorted).map(tuple)
percents = st.sampled_from([(100, 200), (50, 200), (50, 100), (100, 150), (0, 100)])


@st.composite
def goals(draw: st.DrawFn, zones: st.SearchStrategy[Sequence[str]] = zones_) -> Goal:
    desired = draw(st.integers(0, 8))
    minimum, maximum = draw(percents)
    limits = bounds(service(desired, minimum_healthy_percent=minimum, maximum_percent=maximum))
    return Goal(desired, limits, "new", draw(zones), is_rebalanced=draw(st.booleans()))


def _wanted(members: Sequence[Member]) -> list[Member]:
    return [it for it in members if it.condition is not LEAVING]


@given(goals(), members_)
def test_there_are_never_more_tasks_than_the_maximum(goal: Goal, members: list[Member]) -> None:
    made = plan(goal, members, 0)
    left = len(_wanted(members)) - len(made.stops)
    assert not made.starts or left + len(made.starts) <= goal.bounds.upper


@given(goals(), members_)
def test_stopping_never_leaves_fewer_healthy_tasks_than_must_stay(goal: Goal, members: list[Member]) -> None:
    made = plan(goal, members, 0)
    before = sum(it.condition is HEALTHY for it in members)
    taken = sum(it.member.condition is HEALTHY for it in made.stops)
    assert before - taken >= min(before, goal.bounds.lower)


@given(goals(), members_)
def test_what_is_unhealthy_stays_while_too_few_others_serve(goal: Goal, members: list[Member]) -> None:
    made = plan(goal, members, 0)
    serving = (HEALTHY, UNHEALTHY)
    before = sum(it.condition in serving for it in members)
    taken = sum(it.member.condition in serving for it in made.stops)
    assert before - taken >= min(before, goal.bounds.lower)


@given(goals(st.just(ZONES)))
def test_from_nothing_tasks_are_spread_over_the_zones(goal: Goal) -> None:
    counts = Counter(it.zone for it in plan(goal, [], 0).starts)
    assert max(counts[zone] for zone in ZONES) - min(counts[zone] for zone in ZONES) <= 1


@given(goals(), members_)
def test_nothing_starts_in_a_zone_that_cannot_be_used(goal: Goal, members: list[Member]) -> None:
    assert {it.zone for it in plan(goal, members, 0).starts} <= set(goal.zones)


@given(goals(), members_)
def test_only_tasks_that_are_wanted_are_stopped_and_each_once(goal: Goal, members: list[Member]) -> None:
    ids = [it.member.id for it in plan(goal, members, 0).stops]
    assert len(ids) == len(set(ids))
    assert set(ids) <= {it.id for it in _wanted(members)}


@dataclass
class World:
    """Tasks that do what they are told, one step a round."""

    members: list[Member]
    illnesses: list[bool] = field(default_factory=list)
    names: int = 1000

    def carry_out(self, made: Plan) -> None:
        stopped = {it.member.id for it in made.stops}
        remaining = [it for it in self.members if it.condition is not LEAVING]
        self.members = [self._next(it, it.id in stopped) for it in remaining]
        for start in made.starts:
            self.names += 1
            self.members.append(
                member(str(self.names), start.zone, STARTING, created_at=self.names, balances=start.balances)
            )

    def _next(self, it: Member, is_stopped: bool) -> Member:
        if is_stopped:
            return replace(it, condition=LEAVING)
        if it.condition is STARTING:
            is_ill = bool(self.illnesses and self.illnesses.pop())
            started = member(it.id, it.zone, UNHEALTHY if is_ill else HEALTHY, it.task.deployment_id)
            return replace(
                started, task=replace(started.task, created_at=it.task.created_at, balances=it.task.balances)
            )
        if it.condition is HEALTHY and it.task.balances:
            return replace(it, task=replace(it.task, balances=False))
        return it


@settings(deadline=None)
@given(goals(st.just(ZONES)), members_, st.lists(st.booleans(), max_size=10))
def test_the_service_becomes_steady(goal: Goal, members: list[Member], illnesses: list[bool]) -> None:
    if goal.bounds.lower == goal.bounds.upper and goal.desired_count:
        # Neither a task more nor a task fewer is allowed: AWS's scheduler is stuck there as well.
        goal = replace(goal, bounds=replace(goal.bounds, upper=goal.desired_count + 1))
    world = World(members, illnesses)
    for _ in range(ROUNDS):
        made = plan(goal, world.members, 0)
        if made.is_steady:
            break
        world.carry_out(made)
    assert plan(goal, world.members, 0).is_steady
    counts = Counter(it.zone for it in world.members)
    if goal.is_rebalanced and goal.bounds.upper > goal.desired_count:
        assert max(counts[zone] for zone in ZONES) - min(counts[zone] for zone in ZONES) <= 1


@settings(deadline=None)
@given(st.integers(3, 8), st.lists(st.sampled_from(ZONES), min_size=1, max_size=4))
def test_a_service_survives_zones_that_go_and_come_back(desired: int, lost: list[str]) -> None:
    goal = Goal(desired, bounds(service(desired)), "new", ZONES, is_rebalanced=True)
    world = World([])
    for zone in [*lost, None]:
        usable = tuple(it for it in ZONES if it != zone)
        world.members = [replace(it, condition=LEAVING) if it.zone == zone else it for it in world.members]
        for _ in range(ROUNDS):
            made = plan(replace(goal, zones=usable), world.members, 0)
            if made.is_steady:
                break
            world.carry_out(made)
        assert len(world.members) == desired
        assert {it.zone for it in world.members} == set(usable)
