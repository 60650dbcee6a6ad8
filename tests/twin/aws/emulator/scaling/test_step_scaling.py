"""Which step a breach takes, and what it wants. The numbers are AWS's own examples."""

from dataclasses import replace

import pytest

from twin.aws.emulator.scaling.capacity import Bounds, Capacity, Direction, Wish
from twin.aws.emulator.scaling.step_scaling import Step, StepScaling, aggregated, matching, wish

OUT = (Step(0, 10, 0), Step(10, 20, 10), Step(20, None, 30))
IN = (Step(-10, 0, 0), Step(-20, -10, -10), Step(None, -20, -30))


def _capacity(count: int) -> Capacity:
    return Capacity(count, count, Bounds(0, 100))


@pytest.mark.parametrize(
    ("steps", "difference", "is_below", "adjustment"),
    [
        pytest.param(OUT, 0, False, 0, id="at the threshold"),
        pytest.param(OUT, 10, False, 10, id="the lower bound belongs to it above the threshold"),
        pytest.param(OUT, 19.9, False, 10, id="below the upper bound"),
        pytest.param(OUT, 20, False, 30, id="the upper bound does not"),
        pytest.param(OUT, 999, False, 30, id="no upper bound"),
        pytest.param(IN, 0, True, 0, id="at the threshold, from below"),
        pytest.param(IN, -10, True, -10, id="the upper bound belongs to it below the threshold"),
        pytest.param(IN, -20, True, -30, id="the lower bound does not"),
        pytest.param(IN, -99, True, -30, id="no lower bound"),
        pytest.param((Step(None, 0, 1),), 0, True, 1, id="an empty queue, with an alarm for at most zero"),
        pytest.param(OUT, -1, False, None, id="a difference that no step is for"),
    ],
)
def test_a_step_is_chosen_by_the_difference_from_the_threshold(
    steps: tuple[Step, ...], difference: float, is_below: bool, adjustment: int | None
) -> None:
    found = matching(steps, difference, is_below)
    assert (found.adjustment if found else None) == adjustment


@pytest.mark.parametrize(
    ("kind", "adjustment", "count", "minimum", "expected"),
    [
        pytest.param("ChangeInCapacity", 5, 3, 0, Wish(8, Direction.OUT), id="3 and 5"),
        pytest.param("ChangeInCapacity", -2, 3, 0, Wish(1, Direction.IN), id="3 less 2"),
        pytest.param("ChangeInCapacity", 0, 3, 0, None, id="no change"),
        pytest.param("ExactCapacity", 5, 3, 0, Wish(5, Direction.OUT), id="exactly 5 from 3"),
        pytest.param("ExactCapacity", 0, 3, 0, Wish(0, Direction.IN), id="exactly none"),
        pytest.param("PercentChangeInCapacity", 10, 10, 0, Wish(11, Direction.OUT), id="10% of 10"),
        pytest.param("PercentChangeInCapacity", 30, 11, 0, Wish(14, Direction.OUT), id="3.3 is 3"),
        pytest.param("PercentChangeInCapacity", 10, 6, 0, Wish(7, Direction.OUT), id=".6 is 1"),
        pytest.param("PercentChangeInCapacity", -10, 14, 0, Wish(13, Direction.IN), id="-1.4 is -1"),
        pytest.param("PercentChangeInCapacity", -30, 13, 0, Wish(10, Direction.IN), id="-3.9 is -3"),
        pytest.param("PercentChangeInCapacity", -10, 5, 0, Wish(4, Direction.IN), id="-.5 is -1"),
        pytest.param("PercentChangeInCapacity", 25, 4, 2, Wish(6, Direction.OUT), id="25% of 4, at least 2"),
        pytest.param(
            "PercentChangeInCapacity", -25, 4, 2, Wish(2, Direction.IN), id="25% of 4 less, at least 2"
        ),
        pytest.param("PercentChangeInCapacity", 0, 4, 2, None, id="0% is no change"),
        pytest.param("PercentChangeInCapacity", 50, 0, 0, None, id="50% of none"),
        pytest.param(
            "PercentChangeInCapacity", 50, 0, 1, Wish(1, Direction.OUT), id="50% of none, at least 1"
        ),
    ],
)
def test_what_a_step_wants(
    kind: str, adjustment: int, count: int, minimum: int, expected: Wish | None
) -> None:
    policy = StepScaling(kind, (), minimum)
    assert wish(policy, Step(0, None, adjustment), _capacity(count)) == expected


@pytest.mark.parametrize(
    ("kind", "adjustment", "wanted"),
    [
        pytest.param("ChangeInCapacity", 2, 12, id="the same step again"),
        pytest.param("ChangeInCapacity", 3, 13, id="3, of which 2 are there"),
        pytest.param("PercentChangeInCapacity", 30, 13, id="30% of what there was"),
        pytest.param("ExactCapacity", 20, 20, id="an exact capacity"),
        pytest.param("ChangeInCapacity", -2, 10, id="2 less than there are"),
    ],
)
def test_within_a_cooldown_what_was_added_is_part_of_the_next_scale_out(
    kind: str, adjustment: int, wanted: int
) -> None:
    made = wish(StepScaling(kind, ()), Step(0, None, adjustment), replace(_capacity(12), added=2))
    assert made is not None
    assert made.wanted == wanted


@pytest.mark.parametrize(("kind", "value"), [("Average", 4), ("Maximum", 7), ("Minimum", 1)])
def test_datapoints_are_aggregated_as_the_policy_says(kind: str, value: float) -> None:
    assert aggregated([1, 7, 4], kind) == value
