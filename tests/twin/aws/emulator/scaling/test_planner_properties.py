"""What holds of scaling whatever happens: bounds and missing data (safety), the count that a load needs (progress)."""

from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from twin.aws.emulator.scaling.capacity import Bounds, Capacity, Direction, ScaleTo, Wish
from twin.aws.emulator.scaling.cooldown import Cooldown
from twin.aws.emulator.scaling.planner import plan
from twin.aws.emulator.scaling.target_tracking import Tracked, scale_in, scale_out

OUT, IN = Direction.OUT, Direction.IN
COUNTS = st.integers(0, 60)
BOUNDS = st.tuples(COUNTS, COUNTS).map(lambda it: Bounds(min(it), max(it)))
CAPACITIES = st.builds(Capacity, desired=COUNTS, running=COUNTS, bounds=BOUNDS, is_deploying=st.booleans())
WISHES = st.builds(Wish, wanted=st.integers(-50, 200), direction=st.sampled_from(Direction))
NOW = 1000.0
MOMENTS = st.floats(0, 1000)
COOLDOWNS = st.builds(Cooldown, added=st.integers(0, 50), out_ends_at=MOMENTS, in_ends_at=MOMENTS)


@given(WISHES, CAPACITIES, COOLDOWNS, MOMENTS)
def test_a_plan_is_within_the_bounds_and_in_its_direction(
    wish: Wish, actual: Capacity, cooldown: Cooldown, now: float
) -> None:
    made = plan(wish, actual, cooldown, now)
    if isinstance(made, ScaleTo):
        assert actual.bounds.minimum <= made.capacity <= actual.bounds.maximum
        assert made.direction is wish.direction
        assert (made.capacity > actual.desired) is (wish.direction is OUT)


@given(WISHES, CAPACITIES, st.integers(1, 600))
def test_nothing_scales_in_within_a_cooldown(wish: Wish, actual: Capacity, remaining: int) -> None:
    made = plan(wish, replace(actual, is_deploying=False), Cooldown(in_ends_at=NOW + remaining), NOW)
    assert not isinstance(made, ScaleTo) or made.direction is OUT


@given(WISHES, CAPACITIES, COOLDOWNS, MOMENTS)
def test_nothing_scales_in_within_a_deployment(
    wish: Wish, actual: Capacity, cooldown: Cooldown, now: float
) -> None:
    made = plan(wish, replace(actual, is_deploying=True), cooldown, now)
    assert not isinstance(made, ScaleTo) or made.direction is OUT


@given(CAPACITIES, COOLDOWNS, MOMENTS, st.integers(1, 50), st.integers(0, 50))
def test_a_cooldown_does_not_hold_back_a_larger_need(
    capacity: Capacity, cooldown: Cooldown, now: float, more: int, added: int
) -> None:
    """Whoever wants more than is desired gets it, as far as the maximum goes."""
    actual = replace(capacity, added=added)
    made = plan(Wish(actual.desired + more, OUT), actual, cooldown, now)
    if actual.desired < actual.bounds.maximum:
        assert made == ScaleTo(actual.bounds.within(actual.desired + more), OUT)


@dataclass
class _Service:
    """A service under a load, with tasks that are there after a minute, and the two alarms of its policy."""

    load: float
    target: float
    actual: Capacity
    cooldown: Cooldown = field(default_factory=Cooldown)
    history: list[int] = field(default_factory=list[int])

    def minute(self, now: float, cooldown_seconds: float) -> None:
        metric = self.load / self.actual.running
        self.actual = replace(self.actual, added=self.cooldown.credit(now))
        wish = self._wish(metric)
        made = plan(wish, self.actual, self.cooldown, now) if wish else None
        if isinstance(made, ScaleTo):
            change = made.capacity - self.actual.desired
            self.cooldown = self.cooldown.began(made.direction, change, now)
            self.cooldown = self.cooldown.ended(made.direction, cooldown_seconds, now + 60)
            self.actual = replace(self.actual, desired=made.capacity)
        else:
            self.actual = replace(self.actual, running=self.actual.desired)
        self.history.append(self.actual.desired)

    def _wish(self, metric: float) -> Wish | None:
        tracked = Tracked(metric, self.target)
        if metric > self.target:
            return scale_out(tracked, self.actual.before)
        return scale_in([tracked], self.actual.running) if metric < 0.9 * self.target else None


@given(
    load=st.floats(0, 3000),
    target=st.floats(1, 100),
    begin=st.integers(1, 60),
    cooldown_seconds=st.sampled_from([0, 60, 300]),
)
def test_a_constant_load_gets_the_tasks_that_it_needs_and_keeps_them(
    load: float, target: float, begin: int, cooldown_seconds: int
) -> None:
    service = _Service(load, target, Capacity(begin, begin, Bounds(1, 60)))
    for minute in range(60):
        service.minute(minute * 60.0, cooldown_seconds)
    (count,) = set(service.history[-20:])
    assert count == 60 or load / count <= target * (1 + 1e-6)
    # Not one task more than keeps the metric over nine tenths, or than the load needs at all.
    assert count == 1 or load / count >= 0.9 * target - 1e-6 or load / (count - 1) > target * (1 - 1e-6)
