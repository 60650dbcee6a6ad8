"""Whom people are led to."""

from hypothesis import given
from hypothesis import strategies as st

from twin.runtime.load_balancer.dns_answer import NodeSight, answer, lanes

TIMES = st.none() | st.floats(min_value=0, max_value=200)
SIGHTS = st.dictionaries(st.sampled_from("abc"), st.builds(NodeSight, TIMES, TIMES), min_size=1)


@given(SIGHTS, st.floats(min_value=200, max_value=400))
def test_somebody_is_always_answered_and_a_good_node_never_left_out(
    sights: dict[str, NodeSight], now: float
) -> None:
    found = answer(sights, now, 90, 180)
    assert found
    assert {zone for zone, it in sights.items() if it == NodeSight()} <= set(found)


@given(SIGHTS)
def test_where_a_good_node_is_left_silent_and_shifted_ones_come_to_be_left_out(
    sights: dict[str, NodeSight],
) -> None:
    found = answer({**sights, "good": NodeSight()}, 1_000, 90, 180)
    assert set(found) == {"good"} | {zone for zone, it in sights.items() if it == NodeSight()}


def test_a_silent_node_is_left_out_when_the_time_is_over() -> None:
    sights = {"a": NodeSight(silent_since=10), "b": NodeSight(), "c": NodeSight(shifted_since=10)}
    assert [answer(sights, now, 90, 180) for now in (99.9, 100, 190)] == [
        ("a", "b", "c"),
        ("b", "c"),
        ("b",),
    ]


def test_each_lane_begins_with_another_address() -> None:
    assert lanes("abc") == [("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b")]
