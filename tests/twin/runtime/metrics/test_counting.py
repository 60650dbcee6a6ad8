"""Counters never give less than nothing, whatever the process that counts goes through."""

from hypothesis import given
from hypothesis import strategies as st

from twin.runtime.metrics.counting import increase

counts = st.lists(st.integers(0, 1000), min_size=1, max_size=20)


@given(st.lists(counts, min_size=1, max_size=5))
def test_what_was_counted_is_never_negative_and_never_more_than_what_happened(lives: list[list[int]]) -> None:
    """Each life of a process counts up from nothing, and is looked at some of the times."""
    total, before, found = 0, 0, 0.0
    for life in lives:
        counted = 0
        for step in life:
            counted += step
            total += step
            grown = increase(before, counted)
            assert grown >= 0
            found += grown
            before = counted
    assert found <= total


@given(counts)
def test_everything_is_counted_of_a_process_that_lives_on(steps: list[int]) -> None:
    before, found = 0.0, 0.0
    for step in steps:
        found += increase(before, before + step)
        before += step
    assert found == sum(steps)
