"""Tasks share a partner's budget without knowing of each other."""

from hypothesis import given
from hypothesis import strategies as st

from workload.exchange.shared_budget import LEAST_SHARE, SharedBudget

STEPS = st.lists(st.tuples(st.floats(0, 5), st.booleans()), max_size=50)


@given(st.floats(1, 100), STEPS)
def test_a_task_makes_never_more_than_the_whole_and_never_nothing(
    whole: float, steps: list[tuple[float, bool]]
) -> None:
    """Safety, and that no task is starved."""
    budget, now = SharedBudget(whole), 0.0
    for seconds, is_refused in steps:
        now += seconds
        budget.take(now)
        if is_refused:
            budget.refused(now, 1.0)
        assert whole * LEAST_SHARE <= budget.calls_per_second <= whole


@given(st.floats(1, 100), st.integers(1, 20))
def test_a_task_that_is_refused_no_longer_comes_back_to_the_whole(whole: float, refusals: int) -> None:
    """Progress."""
    budget = SharedBudget(whole)
    for _ in range(refusals):
        budget.refused(0.0, 1.0)
    budget.take(20.0)
    assert budget.calls_per_second == whole


def test_a_refusal_halves_the_share_and_keeps_to_the_time_that_was_told() -> None:
    budget = SharedBudget(10)
    budget.refused(0.0, 3.0)
    assert (budget.calls_per_second, budget.take(1.0), budget.take(3.0)) == (5.0, 2.0, 0.0)


def test_tasks_that_are_refused_alike_come_to_equal_shares() -> None:
    """One starts with the whole, one after three refusals; the partner refuses both whenever they exceed it."""
    whole = 40.0
    one, other = SharedBudget(whole), SharedBudget(whole)
    for _ in range(3):
        other.refused(0.0, 0.0)
    now = 0.0
    for _ in range(200):
        now += 1.0
        for budget in (one, other):
            budget.take(now)
        if one.calls_per_second + other.calls_per_second > whole:
            one.refused(now, 0.0)
            other.refused(now, 0.0)
    assert abs(one.calls_per_second - other.calls_per_second) < 1
