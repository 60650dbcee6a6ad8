"""How long people were not served is told by their attempts alone."""

import pytest

from evidence.ledger import Account, Acknowledgement, Attempt, Operation, Outcome
from runbooks.outage import outage, rpo_seconds

SECONDS = 60


def operations(refused: tuple[float, ...], silent: tuple[float, ...] = ()) -> list[Operation]:
    """One each half second, answered within a tenth."""
    return [
        Operation(
            str(at),
            "submit",
            "any",
            at,
            at,
            (Attempt(at, 0.1, 503 if at in refused else 201),),
            Outcome.FAILED if at in refused else Outcome.ACKNOWLEDGED,
            at + 0.1,
        )
        for half in range(2 * SECONDS)
        if (at := half / 2) not in silent
    ]


@pytest.mark.parametrize(
    ("refused", "seconds"),
    [
        ((), 0.0),
        ((5.0,), 0.0),
        ((10.0, 10.5, 14.0), 4.1),
        ((12.0, 21.5), 11.6),
        ((12.0, 23.0), 2.1),
        ((10.0, 40.0), 0.1),
    ],
    ids=[
        "never",
        "before-only",
        "until-the-last",
        "calm-is-ten-seconds",
        "calm-came",
        "a-later-one-is-another",
    ],
)
def test_people_are_served_again_after_the_last_failure_before_ten_calm_seconds(
    refused: tuple[float, ...], seconds: float
) -> None:
    found = outage(operations(refused), onset=10.0)
    assert found
    assert found.seconds == pytest.approx(seconds)


def test_trouble_that_reaches_people_late_counts_until_the_resource_is_back() -> None:
    late = operations((25.0, 28.0))
    assert [found.seconds for back in (None, 22.0) if (found := outage(late, 10.0, back))] == [
        0.0,
        pytest.approx(18.1),
    ]


def test_silence_is_not_service() -> None:
    assert outage(operations((11.0,), silent=(15.0, 15.5)), onset=10.0) is None
    assert outage(operations((11.0,), silent=(35.0, 35.5)), onset=10.0) is not None
    assert outage([], onset=10.0) is None


def test_an_outage_that_does_not_end_has_no_length() -> None:
    assert outage(operations(tuple(half / 2 for half in range(20, 120))), onset=10.0) is None


def test_what_failed_is_counted_from_the_onset_on() -> None:
    found = outage(operations((3.0, 10.0, 50.0)), onset=10.0)
    assert found
    assert (found.attempts_failed, found.operations_failed) == (2, 2)


def test_the_recovery_point_is_as_old_as_the_oldest_promise_that_was_not_kept() -> None:
    promises = [Acknowledgement(str(at), "a", "submit", "any", at, at, 201) for at in (1.0, 4.0, 9.0, 11.0)]
    assert rpo_seconds(Account(4), promises, 10.0) == 0.0
    assert rpo_seconds(Account(4, lost=("4.0", "9.0")), promises, 10.0) == 6.0
    assert rpo_seconds(Account(4, lost=("11.0",)), promises, 10.0) == 0.0
    assert rpo_seconds(Account(4, unknown=("4.0",)), promises, 10.0) is None
    assert rpo_seconds(Account(0), promises, 10.0) is None
