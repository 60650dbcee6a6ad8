"""Utilisation is busy slots over slots, between two looks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.runtime.metrics.utilisation import Reading, memory_percent, reading, utilisation_percent

finite = st.floats(0, 1e6)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(Reading(8, 10.0, 100.0), Reading(8, 90.0, 120.0), 50.0, id="half of eight slots"),
        pytest.param(Reading(8, 10.0, 100.0), Reading(8, 10.0, 120.0), 0.0, id="idle"),
        pytest.param(None, Reading(8, 10.0, 100.0), None, id="the first look"),
        pytest.param(Reading(8, 10.0, 100.0), Reading(8, 4.0, 20.0), None, id="another clock"),
    ],
)
def test_utilisation_between_two_looks(
    before: Reading | None, after: Reading, expected: float | None
) -> None:
    assert utilisation_percent(before, after) == expected


@given(st.integers(1, 64), finite, finite, finite, finite)
def test_it_is_a_percentage_or_not_known(
    slots: int, busy: float, clock: float, busy_then: float, clock_then: float
) -> None:
    found = utilisation_percent(Reading(slots, busy, clock), Reading(slots, busy_then, clock_then))
    assert found is None or 0 <= found <= 100


def test_a_document_without_slots_says_nothing() -> None:
    told = {"slots": 8, "busy_slot_seconds": 1.5, "clock_seconds": 9}
    assert reading(told) == Reading(8, 1.5, 9.0)
    assert reading({**told, "slots": 0}) is None
    assert reading({"slots": 8}) is None


def test_memory_is_in_percent_of_what_is_declared() -> None:
    assert memory_percent(128 * 1024 * 1024, "512") == 25.0
    assert memory_percent(1, "much") is None


def test_a_running_process_holds_memory_and_one_that_is_gone_none() -> None:
    import os

    from twin.runtime.metrics.services import resident_bytes

    held = resident_bytes(os.getpid())
    assert held is not None
    assert held > 1_000_000
    assert resident_bytes(None) is None
