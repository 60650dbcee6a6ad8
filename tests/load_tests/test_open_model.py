"""A stall of the estate shows in latency as the schedule says that it must, and stops nobody from coming."""

import pytest

from evidence.ledger import Attempt, Operation, Outcome
from load_tests.dispatcher import Dispatcher
from load_tests.operation import Request
from load_tests.schedule import ScheduledOperation
from load_tests.tally import Tally, percentile, tally
from tests.load_tests.plans import launch_of, schedule_of
from tests.load_tests.virtual_time import StallingWire, VirtualTime

STALL_SECONDS, SERVICE_SECONDS, PER_SECOND, SECONDS = 5.0, 0.01, 20, 60
SCHEDULE = schedule_of(launch_of(("steady", SECONDS, PER_SECOND, PER_SECOND)))


def sent_open(held_up: tuple[float, float] | None = None) -> list[Operation]:
    """Operations of the schedule against a server that stalls for five seconds. Args: held_up: the generator itself."""
    time = VirtualTime()
    begin_at = time.now() + 1
    wire = StallingWire(time, SERVICE_SECONDS, (begin_at + 20, begin_at + 20 + STALL_SECONDS))
    done: list[Operation] = []

    def operate(operation: ScheduledOperation, at: float) -> None:
        sent_at = time.now()
        wire.send(Request("any", "GET", "/"), 0, 8)
        attempt = Attempt(sent_at, time.now() - sent_at, 200)
        done.append(
            Operation(
                operation.key, "status", "x", at, sent_at, (attempt,), Outcome.ACKNOWLEDGED, time.now(), 200
            )
        )

    def sleep(seconds: float) -> None:
        time.sleep(seconds)
        if held_up and begin_at + held_up[0] <= time.now() < begin_at + held_up[1]:
            time.sleep(begin_at + held_up[1] - time.now())

    dispatcher = Dispatcher(begin_at, time.now, sleep, time.spawn, operate)
    time.run(lambda: dispatcher.run(SCHEDULE.operations()))
    return done


def sent_closed(users: int) -> list[float]:
    """Latencies as users see them who come again only when they were answered: the same rate, the same stall."""
    time = VirtualTime()
    wire = StallingWire(time, SERVICE_SECONDS, (time.now() + 20, time.now() + 20 + STALL_SECONDS))
    taken: list[float] = []
    end_at = time.now() + SECONDS

    def user() -> None:
        while time.now() < end_at:
            began = time.now()
            wire.send(Request("any", "GET", "/"), 0, 8)
            taken.append(time.now() - began)
            time.sleep(max(0.0, users / PER_SECOND - taken[-1]))

    def all_users() -> None:
        for _ in range(users):
            time.spawn(user)

    time.run(all_users)
    return taken


def must_be(percent: float) -> float:
    """Milliseconds, worked out from the schedule alone."""
    begins = 20.0
    waits = [
        max(0.0, begins + STALL_SECONDS - it.at) if it.at >= begins else 0.0 for it in SCHEDULE.operations()
    ]
    found = percentile([1000 * (wait + SERVICE_SECONDS) for wait in waits], percent)
    assert found is not None
    return found


def counted(done: list[Operation]) -> Tally:
    return tally({it.key: str(it.kind) for it in SCHEDULE.operations()}, done)


def test_a_stall_shows_in_the_percentiles_as_the_schedule_says() -> None:
    seen = counted(sent_open())

    assert must_be(99) == pytest.approx(4375 + 10)
    assert seen.p99_ms == pytest.approx(must_be(99))
    assert seen.p50_ms == pytest.approx(must_be(50))


def test_nobody_waits_for_the_stall_to_be_sent() -> None:
    done = sent_open()
    stalled = [it for it in done if (it.seconds or 0) > 0.1]

    assert len(done) == PER_SECOND * SECONDS
    assert len(stalled) == pytest.approx(PER_SECOND * STALL_SECONDS, abs=2)
    assert counted(done).sent_percent == 100


def test_users_who_wait_for_answers_would_have_hidden_it() -> None:
    taken = sent_closed(users=5)
    found = percentile([1000 * it for it in taken], 99)

    assert found is not None
    assert found < 100, "that is the mistake that is avoided here: p99 without the people who did not come"


def test_a_generator_that_is_held_up_leaves_nothing_out_and_says_that_it_was_late() -> None:
    seen = counted(sent_open(held_up=(40, 43)))

    assert seen.scheduled == seen.attempts == PER_SECOND * SECONDS
    assert seen.sent == PER_SECOND * SECONDS - 55, "those of 3 s, but for the last quarter of a second"
    assert seen.latest_ms == pytest.approx(2975)
    assert seen.sent_percent < 99.9
