"""How fast tasks may be launched."""

from hypothesis import given
from hypothesis import strategies as st

from twin.runtime.tasks.quota import LaunchQuota


def test_a_hundred_may_start_at_once_and_then_twenty_a_second() -> None:
    quota = LaunchQuota(at=50.0)
    assert [quota.take(50.0) for _ in range(100)] == [0.0] * 100
    assert [round(quota.take(50.0), 2) for _ in range(3)] == [0.05, 0.1, 0.15]


def test_a_rest_fills_it_up_again_but_no_further() -> None:
    quota = LaunchQuota(at=0.0)
    for _ in range(100):
        quota.take(0.0)
    assert [quota.take(1000.0) for _ in range(100)] == [0.0] * 100
    assert quota.take(1000.0) > 0


@given(st.lists(st.floats(0, 3), min_size=1, max_size=300))
def test_no_second_ever_sees_more_than_a_burst_and_twenty(gaps: list[float]) -> None:
    quota, now, launches = LaunchQuota(), 0.0, []
    for gap in gaps:
        now += gap
        launches.append(now + quota.take(now))
    for first in launches:
        assert sum(first <= it < first + 1 for it in launches) <= 100 + 20 + 1
