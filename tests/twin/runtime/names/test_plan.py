"""Where a name leads, by Route 53's rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.runtime.names.model import Check, Failover, Side
from twin.runtime.names.plan import Lead, Sight, after, chosen, follow, is_well

HOME, AWAY = "eu-west-2", "eu-west-1"
CHECK = Check("check", HOME, "/health", 10, 3)
NAME = Failover("benefits.example", Side(HOME, "check", True), Side(AWAY, None, True))
BOTH = {HOME: True, AWAY: True}


def looked(*good: int, of: int = 3, threshold: int = 3) -> Sight:
    sight = Sight()
    for it in good:
        sight = after(sight, it, of, threshold)
    return sight


def test_three_rounds_in_a_row_turn_a_check_and_three_turn_it_back() -> None:
    assert looked(0, 0).is_healthy
    assert not looked(0, 0, 0).is_healthy
    assert looked(0, 0, 3, 0, 0).is_healthy
    assert not looked(0, 0, 0, 3, 3).is_healthy
    assert looked(0, 0, 0, 3, 3, 3).is_healthy


def test_one_of_three_addresses_that_answers_is_enough_and_nobody_to_ask_is_not() -> None:
    assert looked(1, 1, 1).is_healthy
    assert not looked(0, 0, 0, of=0).is_healthy
    assert not looked(1, 1, 1, of=6).is_healthy, "17% of the checkers are too few"


@pytest.mark.parametrize(
    ("is_healthy", "is_disabled", "is_inverted", "expected"),
    [
        (True, False, False, True),
        (False, False, False, False),
        (True, False, True, False),
        (False, False, True, True),
        (False, True, False, True),
        (True, True, True, False),
        (False, True, True, False),
    ],
)
def test_one_that_is_disabled_counts_as_healthy_and_inverted_the_other_way_round(
    is_healthy: bool, is_disabled: bool, is_inverted: bool, expected: bool
) -> None:
    check = Check("check", HOME, "/", 10, 3, is_disabled, is_inverted)
    assert is_well(check, Sight(is_healthy)) is expected


@pytest.mark.parametrize(
    ("check", "targets", "expected"),
    [
        pytest.param(True, BOTH, HOME, id="all is well"),
        pytest.param(False, BOTH, AWAY, id="the check fails"),
        pytest.param(True, {HOME: False, AWAY: True}, AWAY, id="a group without healthy target"),
        pytest.param(False, {HOME: True, AWAY: False}, HOME, id="neither is healthy"),
        pytest.param(True, {HOME: True, AWAY: False}, HOME, id="only the secondary is ill"),
        pytest.param(False, {HOME: True}, HOME, id="nothing known of the other region"),
    ],
)
def test_the_secondary_is_answered_where_it_is_healthy_and_the_primary_is_not(
    check: bool, targets: dict[str, bool], expected: str
) -> None:
    assert chosen(NAME, {"check": check}, targets) == expected


@given(st.lists(st.sampled_from([HOME, AWAY]), min_size=1), st.integers(1, 5))
def test_nobody_is_led_where_the_record_did_not_lead_for_a_whole_time_to_live(
    wanted: list[str], ttl: int
) -> None:
    lead: Lead | None = None
    for now, it in enumerate(wanted):
        lead = follow(lead, it, now, ttl)
        constant = len(set(wanted[max(0, now - ttl) : now + 1])) == 1 and now >= ttl
        assert not constant or lead.region == it
        if now and lead.region != wanted[0]:
            assert any(set(wanted[begin : begin + ttl + 1]) == {lead.region} for begin in range(now))
