"""Rounds: a method over and over, and what failed in each."""

from dataclasses import replace
from typing import Any

import pytest

from chaos.rounds import Promises, Round, bound_on_share, failed_as, last_failure_seconds, repeated
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


def test_an_answer_that_no_retry_may_change_is_no_failed_attempt() -> None:
    """As the client takes it: one definition for all that counts attempts."""
    attempts = tuple(Attempt(100.0, 0.1, status) for status in (404, 409, 429, 500, 501))
    assert failed_as([replace(ASKED, attempts=attempts)], 0) == {"429": 1, "500": 1}


@pytest.mark.parametrize(
    ("promises", "is_waiting"),
    [((0, 0, 0), False), ((100, 0, 9), False), ((100, 0, 10), True), ((100, 100, 0), False)],
    ids=["nobody applied", "stragglers", "a tenth", "lost ones do not wait"],
)
def test_a_round_waits_by_so_many_applications_that_it_is_no_straggler(
    promises: tuple[int, int, int], is_waiting: bool
) -> None:
    assert Promises(*promises).is_waiting is is_waiting


@pytest.mark.parametrize(
    ("changes", "fails"),
    [
        ({}, False),
        ({"operations_failed": 1}, True),
        ({"aborted": "the budget is spent"}, True),
        ({"promises": Promises(10, broken=1)}, True),
        ({"promises": Promises(10, unfinished=10)}, False),
        ({"promises": Promises(10, unfinished=10), "fails_by_waiting": True}, True),
    ],
    ids=["well", "an operation failed", "aborted", "a promise was broken", "all wait", "it fails by that"],
)
def test_a_round_fails_by_what_people_noticed_and_by_its_own_promises(
    changes: dict[str, Any], fails: bool
) -> None:
    assert Round(1, "1/1", **changes).fails is fails
    assert Round(1, "1/1", **changes).to_json()["fails"] is fails
