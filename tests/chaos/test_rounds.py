"""Rounds: a method over and over, and what failed in each."""

import pytest

from chaos.rounds import bound_on_share, failed_as, last_failure_seconds, repeated
from evidence.ledger import Attempt, Operation

ASKED = Operation(
    "k",
    "save",
    "b",
    100.0,
    attempts=(
        Attempt(100.0, 0.5, 200),
        Attempt(109.0, 2.0, 503),
        Attempt(112.0, 8.0, None, "timeout"),
        Attempt(121.0, 0.1, 201),
    ),
)


def test_one_round_keeps_the_names_and_several_are_told_apart() -> None:
    method = [{"name": "break", "provider": {"arguments": {}}}]
    assert repeated(method, 1) == method
    assert [it["name"] for it in repeated(method, 2)] == ["break (1 of 2)", "break (2 of 2)"]


def test_failed_attempts_are_told_as_they_ended() -> None:
    assert failed_as([ASKED], 0) == {"503": 1, "timeout": 1}
    assert failed_as([ASKED], 101) == {}


def test_recovery_is_when_the_last_failed_attempt_was_over() -> None:
    assert last_failure_seconds([ASKED], 110.0) == 10.0
    assert last_failure_seconds([ASKED], 120.0) == 0.0


@pytest.mark.parametrize(
    ("rounds", "failing", "bound"), [(30, 0, 0.1), (1, 0, 1.0), (30, 1, None), (0, 0, None)]
)
def test_the_bound_is_the_rule_of_three(rounds: int, failing: int, bound: float | None) -> None:
    assert bound_on_share(rounds, failing) == bound
