"""Arrivals follow the rate, whatever it does."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from load_tests.arrivals import Stretch, arrivals, evenly, randomly

STEP = (Stretch("low", 10, 50, 50), Stretch("step", 1, 50, 500), Stretch("high", 10, 500, 500))

rates = st.one_of(st.just(0.0), st.floats(0.01, 30))
stretches = st.lists(
    st.builds(Stretch, st.just("any"), st.floats(0.1, 20), rates, rates), min_size=1, max_size=5
)


def expected_until(given_stretches: list[Stretch], at: float) -> float:
    """How many arrivals are expected until then: the integral of the rate."""
    total = 0.0
    for it in given_stretches:
        inside = min(max(at, 0.0), it.seconds)
        total += inside * (2 * it.first + (it.last - it.first) * inside / it.seconds) / 2
        at -= it.seconds
    return total


def test_even_arrivals_keep_their_distance() -> None:
    found = list(arrivals([Stretch("calm", 2, 5, 5)], evenly()))

    assert [round(it.at, 9) for it in found] == [0.1, 0.3, 0.5, 0.7, 0.9, 1.1, 1.3, 1.5, 1.7, 1.9]


def test_each_stretch_of_a_step_has_what_its_rate_says() -> None:
    found = list(arrivals(STEP, evenly()))

    counts = {name: sum(it.stretch == name for it in found) for name in ("low", "step", "high")}
    assert counts == {"low": 500, "step": 275, "high": 5000}


def test_random_arrivals_are_as_many_as_expected_and_not_even() -> None:
    found = [it.at for it in arrivals([Stretch("busy", 100, 50, 50)], randomly(Random(7)))]
    gaps = [after - before for before, after in pairwise(found)]

    assert abs(len(found) - 5000) < 5 * 5000**0.5
    mean = sum(gaps) / len(gaps)
    spread = (sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) ** 0.5
    assert spread / mean == pytest.approx(1, rel=0.1), "gaps of a Poisson process spread as far as their mean"


@settings(max_examples=50, deadline=None)
@given(stretches)
def test_the_integral_of_the_rate_grows_by_one_from_each_even_arrival_to_the_next(
    chosen: list[Stretch],
) -> None:
    found = [it.at for it in arrivals(chosen, evenly())]

    assert found == sorted(found)
    for number, at in enumerate(found):
        assert expected_until(chosen, at) == pytest.approx(number + 0.5, rel=1e-6, abs=1e-6)
    assert len(found) == pytest.approx(sum(it.expected for it in chosen), abs=0.5 + 1e-6)


@settings(max_examples=50, deadline=None)
@given(stretches, st.integers(0, 2**32))
def test_random_arrivals_lie_in_their_stretch_and_in_order(chosen: list[Stretch], seed: int) -> None:
    found = [it.at for it in arrivals(chosen, randomly(Random(seed)))]

    assert found == sorted(found)
    assert all(0 <= at <= sum(it.seconds for it in chosen) + 1e-9 for at in found)
