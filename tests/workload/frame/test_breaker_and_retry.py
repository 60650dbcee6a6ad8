"""What fails is left alone for a while, and what is tried again is bounded."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from workload.breaker import Breaker
from workload.retry import RetryBudget, full_jitter_seconds


def test_failures_in_a_row_open_it_and_a_success_between_them_does_not() -> None:
    breaker = Breaker(3, 10)
    for _ in range(2):
        breaker.failed(0)
    breaker.succeeded()
    breaker.failed(0)
    breaker.failed(0)
    assert not breaker.is_open
    breaker.failed(0)
    assert breaker.is_open
    assert breaker.wait_seconds(4) == 6


def test_after_its_time_one_call_is_let_through_and_its_success_closes_it() -> None:
    breaker = Breaker(1, 10)
    breaker.failed(0)
    assert [breaker.admit(9.9), breaker.admit(10), breaker.admit(10.1)] == [False, True, False]
    breaker.succeeded()
    assert breaker.admit(10.2)


@given(st.lists(st.tuples(st.floats(0, 5), st.booleans()), max_size=80), st.integers(1, 4))
def test_an_open_breaker_lets_no_two_calls_through_within_its_time(steps: list, failures: int) -> None:
    breaker, now, let_through = Breaker(failures, 10), 0.0, []
    for pause, succeeds in steps:
        now += pause
        was_open = breaker.is_open
        if not breaker.admit(now):
            continue
        if was_open:
            assert not let_through or now - let_through[-1] >= 10
            let_through.append(now)
        breaker.succeeded() if succeeds else breaker.failed(now)
        if succeeds:
            let_through.clear()


@given(st.lists(st.floats(0, 0.2), max_size=300))
def test_retries_are_at_most_a_fifth_of_calls_and_ten_a_second(pauses: list[float]) -> None:
    budget, now, calls, retries = RetryBudget(), 0.0, 0, 0
    for pause in pauses:
        now += pause
        budget.call(now)
        calls += 1
        retries += budget.take(now)
    assert retries <= 0.2 * calls + 10 * now + 10


def test_at_one_moment_a_hundred_failing_calls_get_no_more_than_thirty_retries() -> None:
    budget, retries = RetryBudget(), 0
    for _ in range(100):
        budget.call(0)
        retries += budget.take(0)
    assert retries in (29, 30)


def test_pauses_are_anything_up_to_a_bound_that_doubles() -> None:
    random = Random(1)
    for attempt, bound in ((1, 0.1), (2, 0.2), (3, 0.4), (9, 1.0)):
        pauses = [full_jitter_seconds(attempt, random) for _ in range(200)]
        assert 0 <= min(pauses) < 0.1 * bound
        assert 0.9 * bound < max(pauses) <= bound
