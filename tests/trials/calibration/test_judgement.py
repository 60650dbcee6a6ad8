"""What the calibration makes of times, without a twin."""

from dataclasses import replace

import pytest

from tests.trials.calibration.judgement import (
    Told,
    beside_published,
    compared,
    expected_at,
    window,
    within_windows,
)
from tests.trials.calibration.kinds import FAST, MINUTE

BEGIN = 1_790_000_040.0
"""A whole minute."""


def told(changed: float, seconds: float | None) -> Told:
    at = BEGIN + changed
    return Told(
        "one",
        at,
        None,
        None if seconds is None else at + seconds,
        None if seconds is None else at + seconds + 23,
    )


@pytest.mark.parametrize(
    ("phase", "third_ends"), [(0, 180), (29, 180), (31, 240), (59, 240)], ids=lambda it: f"{it}"
)
def test_a_period_counts_once_half_of_it_lies_behind_the_step(phase: float, third_ends: float) -> None:
    assert expected_at(BEGIN + phase, MINUTE, 3) == BEGIN + third_ends


def test_a_window_is_as_long_as_the_time_between_two_evaluations() -> None:
    earliest, latest = window(BEGIN + 10, MINUTE, 3)
    assert (earliest - BEGIN, latest - BEGIN) == (180 + 153, 180 + 153 + 60 + 5)


def test_at_the_half_of_a_period_both_periods_may_be_the_first() -> None:
    earliest, latest = window(BEGIN + 30, MINUTE, 3)
    assert (earliest - BEGIN, latest - BEGIN) == (180 + 153, 240 + 153 + 60 + 5)


def test_means_near_the_published_ones_hold() -> None:
    found = beside_published([told(0, 350), told(3, 380)], MINUTE)
    assert found["holds"]
    assert found["trigger"]["seconds"] == {
        "count": 2,
        "missing": 0,
        "mean": 365.0,
        "least": 350.0,
        "most": 380.0,
    }
    assert found["fitted"]["basis"] == "fitted"


@pytest.mark.parametrize("seconds", [363 * 1.16, 363 * 0.84])
def test_a_mean_that_is_more_than_15_percent_off_does_not_hold(seconds: float) -> None:
    assert not beside_published([told(0, seconds)], MINUTE)["holds"]


def test_a_service_that_never_scaled_does_not_hold() -> None:
    found = beside_published([told(0, 363), told(3, None)], MINUTE)
    assert (found["trigger"]["seconds"]["missing"], found["holds"]) == (1, False)


def test_no_services_prove_nothing() -> None:
    assert not beside_published([], FAST)["holds"]
    assert not within_windows([], FAST, 3)["holds"]


def test_new_tasks_that_take_twice_as_long_do_not_hold() -> None:
    slow = replace(told(0, 86), provisioned_at=BEGIN + 2 * 109)
    assert not beside_published([slow], FAST)["holds"]


def test_a_trigger_outside_its_window_is_named() -> None:
    early = replace(told(10, 200), service="early")
    found = within_windows([told(10, 360), early], MINUTE, 3)
    assert (found["outside_their_window"], found["holds"]) == (["early"], False)
    assert found["spread_seconds"] == 160


PUBLISHED = {"target tracking": 0.7476, "step scaling": 0.8558}


@pytest.mark.parametrize(
    ("shares", "holds"),
    [
        ({"target tracking": 0.6, "step scaling": 0.7}, True),
        ({"target tracking": 0.7, "step scaling": 0.6}, False),
        ({"target tracking": None, "step scaling": 0.6}, False),
    ],
    ids=["the published order", "the other way round", "not measured"],
)
def test_of_a_comparison_the_order_counts(shares: dict[str, float | None], holds: bool) -> None:
    assert compared(shares, PUBLISHED)["holds"] is holds
