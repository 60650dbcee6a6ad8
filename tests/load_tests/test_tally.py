"""What is counted, and from where."""

import pytest

from evidence.ledger import Attempt, Operation, Outcome
from load_tests.tally import LATE_SECONDS, buckets, percentile, tally


def done(
    key: str,
    outcome: Outcome | None,
    seconds: float = 0.1,
    late: float = 0.0,
    *attempts: Attempt,
    kind: str = "save",
) -> Operation:
    """An operation that was scheduled at 100 s."""
    given = attempts or (Attempt(100 + late, seconds - late, 200),)
    ended = None if outcome is None else 100 + seconds
    return Operation(key, kind, "x", 100, 100 + late, given, outcome, ended, 200)


def test_the_schedule_is_the_measure_and_not_what_was_sent() -> None:
    schedule = {"a": "save", "b": "save", "c": "submit"}
    seen = tally(schedule, [done("a", Outcome.ACKNOWLEDGED), done("elsewhere", Outcome.FAILED)])

    assert (seen.scheduled, seen.sent, seen.operations_failed) == (3, 1, 2)
    assert seen.unserved == {"failed": 0, "shed": 0, "timed-out": 0, "not-ended": 2}
    assert seen.sent_percent == pytest.approx(33.33, abs=0.01)
    assert seen.success_percent(["submit"]) == 0
    assert seen.success_percent(["submit", "save"]) == pytest.approx(33.33, abs=0.01)
    assert seen.success_percent(["evidence"]) is None


def test_how_operations_ended_is_told_apart() -> None:
    outcomes = {
        "a": Outcome.FAILED,
        "b": Outcome.SHED,
        "c": Outcome.TIMED_OUT,
        "d": None,
        "e": Outcome.ACKNOWLEDGED,
    }
    seen = tally(dict.fromkeys(outcomes, "save"), [done(key, it) for key, it in outcomes.items()])

    assert seen.unserved == {"failed": 1, "shed": 1, "timed-out": 1, "not-ended": 1}
    assert seen.operations_failed == 4


def test_what_began_late_was_not_sent_as_scheduled() -> None:
    seen = tally(
        {"a": "save", "b": "save"},
        [
            done("a", Outcome.ACKNOWLEDGED, 1, LATE_SECONDS),
            done("b", Outcome.ACKNOWLEDGED, 1, LATE_SECONDS + 0.01),
        ],
    )

    assert seen.sent == 1
    assert seen.latest_ms == pytest.approx(260)


def test_latency_counts_from_the_scheduled_time() -> None:
    seen = tally({"a": "save"}, [done("a", Outcome.ACKNOWLEDGED, 2.0, 1.5)])

    assert seen.p50_ms == seen.p99_ms == pytest.approx(2000)


def test_what_was_refused_on_purpose_is_counted_with_how_fast_that_was_said() -> None:
    attempts = (
        Attempt(100, 0.004, 503, "shed"),
        Attempt(101, 0.006, 503, "waiting-room"),
        Attempt(102, 0.1, 200),
    )
    seen = tally({"a": "save"}, [done("a", Outcome.ACKNOWLEDGED, 2.1, 0.0, *attempts)])

    assert (seen.shed, seen.attempts, seen.attempts_failed, seen.operations_failed) == (2, 3, 2, 0)
    assert (seen.shed_p50_ms, seen.shed_p99_ms) == (pytest.approx(4), pytest.approx(6))


def test_of_nothing_nothing_is_measured() -> None:
    seen = tally({"a": "save"}, [])

    assert (seen.sent, seen.p50_ms, seen.p99_ms, seen.latest_ms, seen.shed_p50_ms) == (
        0,
        None,
        None,
        None,
        None,
    )
    assert tally({}, []).sent_percent == 0


@pytest.mark.parametrize(
    ("values", "percent", "found"),
    [([], 99, None), ([5], 99, 5), (range(1, 101), 99, 99), (range(1, 101), 50, 50), ([3, 1, 2], 100, 3)],
)
def test_a_percentile_is_the_nearest_rank(values: list[float], percent: float, found: float | None) -> None:
    assert percentile(list(values), percent) == found


def test_operations_are_put_into_the_stretch_of_time_they_were_scheduled_in() -> None:
    operations = [Operation(str(at), "save", "x", at) for at in (100.0, 101.9, 102.0, 105.9, 106.0, 99.0)]
    found = [(at, [it.scheduled_at for it in held]) for at, held in buckets(operations, 100, 106, 2)]

    assert found == [(100, [100.0, 101.9]), (102, [102.0]), (104, [105.9])]
