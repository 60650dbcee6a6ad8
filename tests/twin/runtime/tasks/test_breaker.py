"""When a deployment has failed, and how long tasks that fail are not tried again."""

import pytest

from tests.twin.runtime.tasks.sample import task
from twin.runtime.tasks.breaker import Failure, Throttle, failure_of, threshold
from twin.runtime.tasks.model import Stop, StopCode, Task

FIRST, MOST = 10.0, 1620.0
NEVER_RAN = Failure(ran=False)


@pytest.mark.parametrize(
    ("desired", "expected"), [(0, 3), (1, 3), (6, 3), (7, 4), (25, 13), (400, 200), (800, 200)]
)
def test_the_threshold_is_half_the_desired_tasks_from_3_to_200(desired: int, expected: int) -> None:
    assert threshold(desired) == expected


def ended(code: StopCode, *, started: bool = True, ready: bool = False, ill: bool = False) -> Task:
    stop = Stop(code, "", is_unhealthy=ill)
    return task("1", stop=stop, started_at=1.0 if started else None, was_ready=ready)


@pytest.mark.parametrize(
    ("it", "expected"),
    [
        pytest.param(ended(StopCode.FAILED_TO_START, started=False), NEVER_RAN, id="cannot-start"),
        pytest.param(ended(StopCode.EXITED), Failure(ran=True), id="exits-before-it-was-healthy"),
        pytest.param(ended(StopCode.EXITED, ready=True), None, id="exits-after-it-was-healthy"),
        pytest.param(
            ended(StopCode.SCHEDULER, ready=True, ill=True), Failure(ran=True), id="fails-its-check"
        ),
        pytest.param(ended(StopCode.SCHEDULER), None, id="scaled-in"),
        pytest.param(ended(StopCode.USER), None, id="stopped-by-somebody"),
        pytest.param(ended(StopCode.HOST), None, id="lost-with-its-host"),
    ],
)
def test_only_a_task_that_failed_by_itself_counts(it: Task, expected: Failure | None) -> None:
    assert failure_of(it) == expected


def test_the_time_between_attempts_doubles_up_to_27_minutes() -> None:
    throttle, waits, now = Throttle(), [], 0.0
    for _ in range(10):
        throttle = throttle.after(NEVER_RAN, now, FIRST, MOST)
        waits.append(throttle.not_before - now)
        now = throttle.not_before
    assert waits == [10, 20, 40, 80, 160, 320, 640, 1280, 1620, 1620]


def test_tasks_of_one_attempt_count_once() -> None:
    once = Throttle().after(NEVER_RAN, 0, FIRST, MOST)
    assert once.after(NEVER_RAN, 1, FIRST, MOST) == once


def test_a_task_that_ran_does_not_make_the_delay_grow() -> None:
    throttle = Throttle()
    for now in (0.0, 20.0, 40.0):
        throttle = throttle.after(Failure(ran=True), now, FIRST, MOST)
        assert throttle.not_before == now + FIRST
    assert not throttle.is_felt
