"""A load is what its shape says."""

import itertools

import pytest

from tests.trials.calibration.shape import Shape, arrivals, ramp, step


def between(found: list[float], begin: float, end: float) -> int:
    return sum(begin <= it < end for it in found)


def test_a_step_changes_the_rate_at_its_moment() -> None:
    found = list(arrivals(step(60, 0.5, 1.5, 60), service_seconds=1.0))
    assert (between(found, 0, 60), between(found, 60, 120)) == (
        pytest.approx(30, abs=1),
        pytest.approx(90, abs=1),
    )
    gaps = [after - before for before, after in itertools.pairwise(found) if before >= 60]
    assert max(gaps) < 0.7


def test_a_ramp_passes_evenly_from_low_to_high() -> None:
    shape = ramp(10, 1.0, 3.0, 20, 10)
    assert [shape.busy_slots(it) for it in (0, 10, 15, 20, 30, 39)] == [1, 1, 1.5, 2, 3, 3]
    assert shape.seconds == 40


def test_a_request_that_keeps_its_slot_longer_comes_less_often() -> None:
    shape = Shape(((0.0, 1.0), (100.0, 1.0)))
    assert len(list(arrivals(shape, 1.0))) == pytest.approx(2 * len(list(arrivals(shape, 2.0))), abs=1)


def test_after_its_end_nothing_comes() -> None:
    assert step(10, 1.0, 1.0, 10).busy_slots(20.0) == 0
