"""What scaling never does, and what it always comes to, of whichever planner."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from twin.aws.emulator.scaling.capacity import Bounds, Capacity, Direction, Plan, ScaleTo, Wish
from twin.aws.emulator.scaling.cooldown import Cooldown
from twin.aws.emulator.scaling.target_tracking import Tracked, scale_in, scale_out

__all__ = ["Load", "Planner"]

Planner = Callable[[Wish, Capacity, Cooldown, float], Plan]

OUT, IN = Direction.OUT, Direction.IN
_counts = st.integers(0, 60)
bounds_ = st.tuples(_counts, _counts).map(lambda it: Bounds(min(it), max(it)))
capacities_ = st.builds(
    Capacity, desired=_counts, running=_counts, bounds=bounds_, is_deploying=st.booleans()
)
wishes_ = st.builds(Wish, wanted=st.integers(-50, 200), direction=st.sampled_from(Direction))
moments_ = st.floats(0, 1000)
cooldowns_ = st.builds(Cooldown, added=st.integers(0, 50), out_ends_at=moments_, in_ends_at=moments_)
remaining_ = st.integers(1, 600)
needs_ = st.tuples(st.integers(1, 50), st.integers(0, 50))
NOW = 1000.0


@dataclass(frozen=True)
class Load:
    """A load that stays, on a service that begins with so many tasks."""

    requests: float
    target: float
    begin: int
    cooldown_seconds: int


loads_ = st.builds(
    Load,
    requests=st.floats(0, 3000),
    target=st.floats(1, 100),
    begin=st.integers(1, 60),
    cooldown_seconds=st.sampled_from([0, 60, 300]),
)


# Safety


def a_plan_is_within_the_bounds_and_in_its_direction(
    planner: Planner, wish: Wish, actual: Capacity, cooldown: Cooldown, now: float
) -> None:
    made = planner(wish, actual, cooldown, now)
    if isinstance(made, ScaleTo):
        assert actual.bounds.minimum <= made.capacity <= actual.bounds.maximum
        assert made.direction is wish.direction
        assert (made.capacity > actual.desired) is (wish.direction is OUT)


def nothing_scales_in_within_a_cooldown(
    planner: Planner, wish: Wish, actual: Capacity, remaining: int
) -> None:
    made = planner(wish, replace(actual, is_deploying=False), Cooldown(in_ends_at=NOW + remaining), NOW)
    assert not isinstance(made, ScaleTo) or made.direction is OUT


def nothing_scales_in_within_a_deployment(
    planner: Planner, wish: Wish, actual: Capacity, cooldown: Cooldown, now: float
) -> None:
    made = planner(wish, replace(actual, is_deploying=True), cooldown, now)
    assert not isinstance(made, ScaleTo) or made.direction is OUT


# Progress


def a_cooldown_does_not_hold_back_a_larger_need(
    planner: Planner, capacity: Capacity, cooldown: Cooldown, now: float, need: tuple[int, int]
) -> None:
    """Whoever wants more than is desired gets it, as far as the maximum goes."""
    more, added = need
    actual = replace(capacity, added=added)
    made = planner(Wish(actual.desired + more, OUT), actual, cooldown, now)
    if actual.desired < actual.bounds.maximum:
        assert made == ScaleTo(actual.bounds.within(actual.desired + more), OUT)


@dataclass
class _Service:
    """A service under a load, with tasks that are there after a minute, and the two alarms of its policy."""

    load: Load
    actual: Capacity
    cooldown: Cooldown = field(default_factory=Cooldown)
    history: list[int] = field(default_factory=list[int])

    def minute(self, planner: Planner, now: float) -> None:
        metric = self.load.requests / self.actual.running
        self.actual = replace(self.actual, added=self.cooldown.credit(now))
        wish = self._wish(metric)
        made = planner(wish, self.actual, self.cooldown, now) if wish else None
        if isinstance(made, ScaleTo):
            change = made.capacity - self.actual.desired
            self.cooldown = self.cooldown.began(made.direction, change, now)
            self.cooldown = self.cooldown.ended(made.direction, self.load.cooldown_seconds, now + 60)
            self.actual = replace(self.actual, desired=made.capacity)
        else:
            self.actual = replace(self.actual, running=self.actual.desired)
        self.history.append(self.actual.desired)

    def _wish(self, metric: float) -> Wish | None:
        tracked = Tracked(metric, self.load.target)
        if metric > self.load.target:
            return scale_out(tracked, self.actual.before)
        return scale_in([tracked], self.actual.running) if metric < 0.9 * self.load.target else None


def a_constant_load_gets_the_tasks_that_it_needs_and_keeps_them(planner: Planner, load: Load) -> None:
    service = _Service(load, Capacity(load.begin, load.begin, Bounds(1, 60)))
    for minute in range(60):
        service.minute(planner, minute * 60.0)
    assert len(set(service.history[-20:])) == 1
    count, requests, target = service.history[-1], load.requests, load.target
    assert count == 60 or requests / count <= target * (1 + 1e-6)
    # Not one task more than keeps the metric over nine tenths, or than the load needs at all.
    assert (
        count == 1 or requests / count >= 0.9 * target - 1e-6 or requests / (count - 1) > target * (1 - 1e-6)
    )
