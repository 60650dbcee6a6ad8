"""Marks at round places, and values that stay on the paper."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.report.axis import TimeAxis, ValueAxis, elapsed, number


@pytest.mark.parametrize(
    ("values", "unit", "marks"),
    [
        ([3.0, 15.0], "tasks", (0, 5, 10, 15)),
        ([0.0, 173.0], "requests/s", (0, 50, 100, 150, 200)),
        ([99.62, 100.0], "%", (99.6, 99.7, 99.8, 99.9, 100)),
        ([100.0], "%", (99.9, 99.92, 99.94, 99.96, 99.98, 100)),
        ([90.2, 100.0], "%", (90, 92, 94, 96, 98, 100)),
        ([12.0, 100.0], "%", (0, 20, 40, 60, 80, 100)),
        ([-4.0, 4.0], "degrees", (-4, -2, 0, 2, 4)),
        ([0.0], "errors", (0, 0.2, 0.4, 0.6, 0.8, 1)),
        ([], "errors", (0, 0.2, 0.4, 0.6, 0.8, 1)),
    ],
)
def test_marks_stand_at_round_values(values: list[float], unit: str, marks: tuple[float, ...]) -> None:
    found = ValueAxis.over(values, unit).marks

    assert found == marks


def test_only_a_share_may_begin_above_zero() -> None:
    assert not ValueAxis.over([99.0, 100.0], "%").begins_at_zero
    assert ValueAxis.over([99.0, 100.0], "ms").begins_at_zero


@settings(deadline=None)
@given(st.lists(st.floats(-1e9, 1e9), max_size=9), st.sampled_from(["%", "ms"]))
def test_no_value_leaves_the_paper(values: list[float], unit: str) -> None:
    axis = ValueAxis.over(values, unit)

    assert all(-1e-6 <= axis.share(it) <= 1 + 1e-6 for it in values)
    assert 2 <= len(axis.marks) <= 8


@settings(deadline=None)
@given(st.floats(0, 1e6), st.integers(2, 12))
def test_times_have_marks_from_the_begin_and_not_too_many(seconds: float, at_most: int) -> None:
    axis = TimeAxis(0.0, seconds)
    marks = axis.marks(at_most)

    assert marks[0] == 0
    assert marks[-1] <= axis.seconds
    assert len(marks) <= at_most or axis.seconds > 86400


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s"),
        (0.25, "0.2 s"),
        (12.34, "12.3 s"),
        (60, "1 min"),
        (90.4, "1 min 30 s"),
        (3600, "1 h"),
        (7325, "2 h 2 min 5 s"),
    ],
)
def test_a_time_reads_as_people_say_it(seconds: float, told: str) -> None:
    assert elapsed(seconds) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0, "0"),
        (12, "12"),
        (1234567, "1,234,567"),
        (99.995, "100"),
        (99.99, "99.99"),
        (0.0125, "0.0125"),
        (412.26, "412.3"),
        (-0.00001, "-0"),
    ],
)
def test_a_number_has_the_digits_that_tell_something(value: float, told: str) -> None:
    assert number(value) == told
