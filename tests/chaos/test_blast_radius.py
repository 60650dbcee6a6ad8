"""A zone is taken only where those that are left carry the load."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos.blast_radius import FULL_PERCENT, Stand, check, objection
from chaos.exceptions import BlastTooLarge

ZONES = ("a", "b", "c")


def portal(per_zone: tuple[int, int, int], load: float = 150.0, carries: float = 400.0) -> Stand:
    return Stand("portal", dict(zip(ZONES, per_zone, strict=True)), carries, load)


@pytest.mark.parametrize(
    ("per_zone", "load", "may"),
    [
        pytest.param((1, 1, 1), 150, True, id="two of three carry it"),
        pytest.param((1, 1, 1), 640, True, id="just"),
        pytest.param((1, 1, 1), 641, False, id="not any more"),
        pytest.param((3, 0, 0), 1, False, id="all stand in the zone"),
        pytest.param((0, 1, 0), 1, True, id="none stands in it"),
    ],
)
def test_a_zone_may_be_lost_where_the_others_carry_the_load(
    per_zone: tuple[int, int, int], load: float, may: bool
) -> None:
    assert (objection([portal(per_zone, load)], ("a",)) is None) is may


def test_the_refusal_says_what_would_be_left_and_what_is_asked_of_it() -> None:
    with pytest.raises(BlastTooLarge) as refused:
        check([portal((2, 1, 0), 500)], ("a",))
    assert str(refused.value) == (
        "Without a there would be 1 healthy tasks of 'portal', which carry 320 requests a second (80% of what they "
        "can), and it is asked 500. Lower the rate, or wait until more tasks stand elsewhere."
    )


def test_the_last_task_of_a_service_is_not_taken() -> None:
    assert objection([portal((1, 0, 0), 1)], (), {"portal": 1})
    assert objection([portal((1, 1, 0), 1)], (), {"portal": 1}) is None


def test_where_nobody_knows_what_a_task_carries_one_must_be_left() -> None:
    assert objection([portal((1, 1, 0), carries=float("inf"))], ("a",)) is None
    assert objection([portal((1, 0, 0), carries=float("inf"))], ("a",))


@given(st.tuples(*[st.integers(0, 5)] * 3), st.floats(0.1, 3000), st.sampled_from(ZONES))
def test_what_is_let_through_is_carried_by_what_is_left(
    per_zone: tuple[int, int, int], load: float, zone: str
) -> None:
    stand = portal(per_zone, load)
    if objection([stand], (zone,)) is None:
        left = sum(count for name, count in stand.tasks_by_zone.items() if name != zone)
        assert left * 400 * FULL_PERCENT / 100 >= load
        assert left > 0
