"""What the ECS scheduler never does, and what it always comes to, of whichever planner."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from tests.twin.runtime.tasks.sample import ZONES, member, service
from twin.runtime.tasks.health import Condition, Member
from twin.runtime.tasks.plan import Goal, Plan, bounds

__all__ = ["Planner", "World"]

Planner = Callable[[Goal, Iterable[Member], float], Plan]

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
illnesses_ = st.lists(st.booleans(), max_size=10)
desired_ = st.integers(3, 8)
losses_ = st.lists(st.sampled_from(ZONES), min_size=1, max_size=4)
_zones = st.lists(st.sampled_from(ZONES), unique=True).map(sorted).map(tuple)
_percents = st.sampled_from([(100, 200), (50, 200), (50, 100), (100, 150), (0, 100)])


@st.composite
def goals(draw: st.DrawFn, zones: st.SearchStrategy[Sequence[str]] = _zones) -> Goal:
    desired = draw(st.integers(0, 8))
    minimum, maximum = draw(_percents)
    limits = bounds(service(desired, minimum_healthy_percent=minimum, maximum_percent=maximum))
    return Goal(desired, limits, "new", draw(zones), is_rebalanced=draw(st.booleans()))


goals_ = goals()
goals_with_zones_ = goals(st.just(ZONES))


def _wanted(members: Sequence[Member]) -> list[Member]:
    return [it for it in members if it.condition is not LEAVING]


# Safety


def there_are_never_more_tasks_than_the_maximum(planner: Planner, goal: Goal, members: list[Member]) -> None:
    made = planner(goal, members, 0)
    left = len(_wanted(members)) - len(made.stops)
    assert not made.starts or left + len(made.starts) <= goal.bounds.upper


def stopping_never_leaves_fewer_healthy_tasks_than_must_stay(
    planner: Planner, goal: Goal, members: list[Member]
) -> None:
    made = planner(goal, members, 0)
    before = sum(it.condition is HEALTHY for it in members)
    taken = sum(it.member.condition is HEALTHY for it in made.stops)
    assert before - taken >= min(before, goal.bounds.lower)


def what_is_unhealthy_stays_while_too_few_others_serve(
    planner: Planner, goal: Goal, members: list[Member]
) -> None:
    made = planner(goal, members, 0)
    serving = (HEALTHY, UNHEALTHY)
    before = sum(it.condition in serving for it in members)
    taken = sum(it.member.condition in serving for it in made.stops)
    assert before - taken >= min(before, goal.bounds.lower)


def no_task_starts_that_the_service_does_not_want(
    planner: Planner, goal: Goal, members: list[Member]
) -> None:
    """Of the primary deployment there are never more than desired, but for one that takes another's place."""
    made = planner(goal, members, 0)
    stopped = {it.member.id for it in made.stops}
    good = [
        it
        for it in members
        if it.condition in (STARTING, HEALTHY)
        and it.task.deployment_id == goal.deployment_id
        and it.id not in stopped
    ]
    started = [it for it in made.starts if not it.balances]
    assert not started or len(good) + len(started) <= goal.desired_count


def from_nothing_tasks_are_spread_over_the_zones(planner: Planner, goal: Goal) -> None:
    counts = Counter(it.zone for it in planner(goal, [], 0).starts)
    assert max(counts[zone] for zone in ZONES) - min(counts[zone] for zone in ZONES) <= 1


def nothing_starts_in_a_zone_that_cannot_be_used(planner: Planner, goal: Goal, members: list[Member]) -> None:
    assert {it.zone for it in planner(goal, members, 0).starts} <= set(goal.zones)


def only_tasks_that_are_wanted_are_stopped_and_each_once(
    planner: Planner, goal: Goal, members: list[Member]
) -> None:
    ids = [it.member.id for it in planner(goal, members, 0).stops]
    assert len(ids) == len(set(ids))
    assert set(ids) <= {it.id for it in _wanted(members)}


# Progress


@dataclass
class World:
    """Tasks that do what they are told, one step a round."""

    members: list[Member]
    illnesses: list[bool] = field(default_factory=list[bool])
    names: int = 1000

    def settle(self, planner: Planner, goal: Goal) -> None:
        """As many rounds as a service may need; fewer where there is nothing more to do."""
        for _ in range(ROUNDS):
            made = planner(goal, self.members, 0)
            if made.is_steady:
                return
            self._carry_out(made)

    def _carry_out(self, made: Plan) -> None:
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


def the_desired_tasks_and_no_others_run_in_the_end(
    planner: Planner, goal: Goal, members: list[Member], illnesses: list[bool]
) -> None:
    if goal.bounds.lower == goal.bounds.upper and goal.desired_count:
        # Neither a task more nor a task fewer is allowed: AWS's scheduler is stuck there as well.
        goal = replace(goal, bounds=replace(goal.bounds, upper=goal.desired_count + 1))
    world = World(members, list(illnesses))
    world.settle(planner, goal)
    assert len(world.members) == goal.desired_count
    assert all(it.condition is HEALTHY for it in world.members)
    assert {it.task.deployment_id for it in world.members} <= {goal.deployment_id}
    assert planner(goal, world.members, 0).is_steady
    counts = Counter(it.zone for it in world.members)
    if goal.is_rebalanced and goal.bounds.upper > goal.desired_count:
        assert max(counts[zone] for zone in ZONES) - min(counts[zone] for zone in ZONES) <= 1


def a_service_survives_zones_that_go_and_come_back(
    planner: Planner, desired: int, lost: Sequence[str]
) -> None:
    goal = Goal(desired, bounds(service(desired)), "new", ZONES, is_rebalanced=True)
    world = World([])
    for zone in [*lost, None]:
        usable = tuple(it for it in ZONES if it != zone)
        world.members = [replace(it, condition=LEAVING) if it.zone == zone else it for it in world.members]
        world.settle(planner, replace(goal, zones=usable))
        assert len(world.members) == desired
        assert {it.zone for it in world.members} == set(usable)
