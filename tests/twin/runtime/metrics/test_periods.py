"""Periods are those of the clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.runtime.metrics.periods import LOOK_SECONDS, SHORT_SECONDS, Tick, next_look, tick


@pytest.mark.parametrize(
    ("last", "now", "expected"),
    [
        pytest.param(120.0, 125.0, None, id="nothing has ended"),
        pytest.param(120.0, 140.1, Tick(140.1, 140.0, None), id="twenty seconds"),
        pytest.param(160.0, 180.0, Tick(180.0, 180.0, 120.0), id="a minute"),
        pytest.param(130.0, 190.0, Tick(190.0, 180.0, 120.0), id="a minute whose own tick was missed"),
        pytest.param(130.0, 500.0, Tick(500.0, 500.0, 420.0), id="only the latest after a pause"),
    ],
)
def test_a_tick_says_which_periods_have_ended(last: float, now: float, expected: Tick | None) -> None:
    assert tick(last, now) == expected


@given(st.lists(st.floats(0.1, 30.0), min_size=1, max_size=60))
def test_no_period_ends_twice_and_none_before_it_is_over(pauses: list[float]) -> None:
    now = last = 1_000.0
    ended: list[float] = []
    minutes: list[float] = []
    for pause in pauses:
        now += pause
        if it := tick(last, now):
            assert it.ended_at <= now
            last = it.ended_at
            ended.append(it.ended_at)
            minutes += [it.minute_began_at] if it.minute_began_at is not None else []
    assert len(set(ended)) == len(ended)
    assert len(set(minutes)) == len(minutes)
    if max(pauses) < SHORT_SECONDS:
        # Nobody slept through one: none is left out.
        assert ended == [1_020.0 + SHORT_SECONDS * number for number in range(len(ended))]


@given(st.floats(0, 2e9))
def test_looks_are_at_round_moments(now: float) -> None:
    assert now < next_look(now) <= now + LOOK_SECONDS
    assert next_look(now) % LOOK_SECONDS == 0
