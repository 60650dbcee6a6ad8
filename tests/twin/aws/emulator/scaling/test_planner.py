"""What a policy wishes becomes a desired count within bounds, cooldowns and deployments."""

from dataclasses import replace

import pytest

from twin.aws.emulator.scaling.capacity import (
    Bounds,
    Capacity,
    Direction,
    NotScaled,
    Plan,
    Reason,
    ScaleTo,
    Suspension,
    Wish,
)
from twin.aws.emulator.scaling.cooldown import Cooldown
from twin.aws.emulator.scaling.planner import plan, plan_bounds

OUT, IN = Direction.OUT, Direction.IN
FOUR = Capacity(desired=4, running=4, bounds=Bounds(2, 10))
NOW = 1000.0


@pytest.mark.parametrize(
    ("wish", "actual", "expected"),
    [
        pytest.param(Wish(6, OUT), FOUR, ScaleTo(6, OUT), id="out"),
        pytest.param(Wish(60, OUT), FOUR, ScaleTo(10, OUT), id="out, no further than the maximum"),
        pytest.param(
            Wish(12, OUT), replace(FOUR, desired=10), NotScaled(Reason.AT_MAXIMUM), id="at the maximum"
        ),
        pytest.param(
            Wish(13, OUT), replace(FOUR, desired=12), NotScaled(Reason.AT_MAXIMUM), id="over the maximum"
        ),
        pytest.param(
            Wish(1, OUT),
            replace(FOUR, desired=0, running=0),
            ScaleTo(2, OUT),
            id="out from under the minimum",
        ),
        pytest.param(
            Wish(6, OUT), replace(FOUR, desired=6), NotScaled(Reason.AT_DESIRED), id="tasks that start count"
        ),
        pytest.param(
            Wish(6, OUT), replace(FOUR, is_deploying=True), ScaleTo(6, OUT), id="out in a deployment"
        ),
        pytest.param(Wish(3, IN), FOUR, ScaleTo(3, IN), id="in"),
        pytest.param(Wish(0, IN), FOUR, ScaleTo(2, IN), id="in, no further than the minimum"),
        pytest.param(
            Wish(1, IN), replace(FOUR, desired=2), NotScaled(Reason.AT_MINIMUM), id="at the minimum"
        ),
        pytest.param(
            Wish(0, IN), replace(FOUR, desired=1), NotScaled(Reason.AT_MINIMUM), id="under the minimum"
        ),
        pytest.param(Wish(14, IN), replace(FOUR, desired=15), ScaleTo(10, IN), id="in from over the maximum"),
        pytest.param(Wish(4, IN), FOUR, NotScaled(Reason.AT_DESIRED), id="in by nothing"),
        pytest.param(
            Wish(3, IN), replace(FOUR, is_deploying=True), NotScaled(Reason.UNSCALABLE), id="in a deployment"
        ),
        pytest.param(
            Wish(3, IN), replace(FOUR, suspension=Suspension(is_in_suspended=True)), None, id="in suspended"
        ),
        pytest.param(
            Wish(6, OUT),
            replace(FOUR, suspension=Suspension(is_out_suspended=True)),
            None,
            id="out suspended",
        ),
        pytest.param(
            Wish(6, OUT),
            replace(FOUR, suspension=Suspension(is_in_suspended=True)),
            ScaleTo(6, OUT),
            id="out while in is",
        ),
    ],
)
def test_a_wish_becomes_capacity_within_the_bounds(wish: Wish, actual: Capacity, expected: Plan) -> None:
    assert plan(wish, actual, Cooldown(), NOW) == expected


@pytest.mark.parametrize(
    ("running", "added", "before"),
    [
        pytest.param(4, 0, 4, id="no cooldown"),
        pytest.param(6, 0, 6, id="more than are desired, in a deployment"),
        pytest.param(2, 2, 2, id="while the tasks start"),
        pytest.param(4, 2, 2, id="once they run"),
        pytest.param(3, 2, 2, id="once some of them run"),
        pytest.param(1, 2, 1, id="and one has died"),
    ],
)
def test_a_scale_out_counts_from_what_there_was_before_the_last(
    running: int, added: int, before: int
) -> None:
    assert replace(FOUR, running=running, added=added).before == before


def test_within_a_cooldown_more_goes_and_the_same_is_not_told() -> None:
    actual = replace(FOUR, added=2)
    assert plan(Wish(4, OUT), actual, Cooldown(), NOW) is None
    assert plan(Wish(5, OUT), actual, Cooldown(), NOW) == ScaleTo(5, OUT)


def test_what_was_added_counts_until_its_cooldown_is_over() -> None:
    under_way = Cooldown().began(OUT, 2, NOW)
    assert under_way.credit(NOW + 9999) == 2
    cooldown = under_way.ended(OUT, 60, NOW + 30)
    assert [cooldown.credit(NOW + 89), cooldown.credit(NOW + 90)] == [2, 0]
    assert cooldown.began(OUT, 1, NOW + 40).credit(NOW + 40) == 3
    assert cooldown.began(OUT, 1, NOW + 90).credit(NOW + 91) == 1


def test_scale_in_waits_for_its_cooldown_and_scale_out_does_not() -> None:
    cooldown = Cooldown().began(IN, -1, NOW).ended(IN, 300, NOW)
    assert plan(Wish(3, IN), FOUR, cooldown, NOW + 299) is None
    assert plan(Wish(5, OUT), FOUR, cooldown, NOW + 1) == ScaleTo(5, OUT)
    assert plan(Wish(3, IN), FOUR, cooldown, NOW + 300) == ScaleTo(3, IN)


def test_a_scale_out_ends_the_cooldown_of_a_scale_in() -> None:
    cooldown = Cooldown().began(IN, -1, NOW).ended(IN, 300, NOW).began(OUT, 1, NOW + 5)
    assert not cooldown.blocks_in(NOW + 6)


def test_scale_in_waits_while_another_is_under_way() -> None:
    assert plan(Wish(3, IN), FOUR, Cooldown().began(IN, -1, NOW), NOW + 9999) is None


@pytest.mark.parametrize(
    ("desired", "expected"), [(4, None), (1, ScaleTo(2, OUT)), (11, ScaleTo(10, IN)), (2, None), (10, None)]
)
def test_desired_capacity_is_moved_into_the_bounds(desired: int, expected: ScaleTo | None) -> None:
    assert plan_bounds(replace(FOUR, desired=desired)) == expected
