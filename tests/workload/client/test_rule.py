"""An operation is tried at most four times, within a minute."""

from hypothesis import given
from hypothesis import strategies as st

from workload.client import OperationRule

DRAWS = st.lists(st.floats(0, 1), min_size=3, max_size=3)
SECONDS = st.lists(st.floats(0, 90, allow_nan=False), min_size=4, max_size=4)


def test_retries_follow_after_one_five_and_fifteen_seconds() -> None:
    rule = OperationRule()
    waits = [rule.wait_seconds(attempts, 0, draw=lambda: 0.5) for attempts in (1, 2, 3, 4)]
    assert waits == [1.0, 5.0, 15.0, None]


def test_waits_vary_by_a_fifth() -> None:
    rule = OperationRule()
    extremes = [rule.wait_seconds(1, 0, draw=lambda at=at: at) for at in (0.0, 1.0)]
    assert extremes == [0.8, 1.2]


def test_a_longer_wait_that_was_asked_for_is_kept() -> None:
    assert OperationRule().wait_seconds(1, 0, 30.0) == 30.0


def test_a_wait_beyond_the_minute_ends_the_operation() -> None:
    rule = OperationRule()
    assert rule.wait_seconds(1, 10.0, 50.0) is None
    assert rule.wait_seconds(1, 59.5) is None


def test_an_attempt_ends_with_the_operation() -> None:
    rule = OperationRule()
    assert [rule.attempt_timeout(it) for it in (0, 55)] == [8.0, 5.0]


@given(SECONDS, st.lists(st.floats(0, 90, allow_nan=False), min_size=4, max_size=4), DRAWS)
def test_no_attempt_begins_after_the_minute_and_none_is_a_fifth(
    took: list[float], asked: list[float], draws: list[float]
) -> None:
    """Safety. Attempts take their time up to their timeout, and servers ask for any wait."""
    rule, now, attempts = OperationRule(), 0.0, 0
    while True:
        assert now < rule.within_seconds
        assert attempts < 4
        now += min(took[attempts], rule.attempt_timeout(now))
        attempts += 1
        wait = rule.wait_seconds(attempts, now, asked[attempts - 1], lambda n=attempts: draws[min(n - 1, 2)])
        if wait is None:
            break
        now += wait
    assert now <= rule.within_seconds


@given(SECONDS, DRAWS)
def test_all_four_attempts_fit_where_nobody_asks_for_more(took: list[float], draws: list[float]) -> None:
    """Progress: backoff and timeouts at their longest are still less than a minute."""
    rule, now = OperationRule(), 0.0
    for attempts in (1, 2, 3):
        now += min(took[attempts], rule.attempt_timeout(now))
        wait = rule.wait_seconds(attempts, now, draw=lambda n=attempts: draws[n - 1])
        assert wait is not None
        now += wait
