"""The guard aborts as soon as a tier's promise can no longer be kept, and when nobody says how it goes."""

import pytest

from chaos.guard import SILENT_SECONDS, Budget, Guard, breach
from load_tests.generator_process import Progress


class Course:
    """What a guard sees and does, in virtual time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.seen: Progress | None = None
        self.aborts: list[str] = []
        budget = Budget("critical", 99.95, 9750)
        self.guard = Guard(lambda: self.seen, budget, self.aborts.append, lambda: self.now)

    def at(self, now: float, seen: Progress | None) -> None:
        self.now, self.seen = now, seen
        self.guard.step()


@pytest.mark.parametrize(
    ("expected", "allowed"), [(9750, 4), (1000, 0), (2000, 1), (0, 0)], ids=lambda it: str(it)
)
def test_a_budget_is_what_the_tier_allows_to_fail(expected: float, allowed: int) -> None:
    assert Budget("critical", 99.95, expected).operations == allowed


@pytest.mark.parametrize(
    "progress",
    [Progress(1, failed=5), Progress(1, shed=5), Progress(1, timed_out=5), Progress(1, failed=3, shed=2)],
    ids=["failed", "shed", "timed out", "together"],
)
def test_one_operation_more_than_the_budget_is_a_breach(progress: Progress) -> None:
    budget = Budget("critical", 99.95, 9750)
    assert breach(progress, budget)
    assert breach(Progress(1, failed=4), budget) is None


def test_it_aborts_once_and_says_why() -> None:
    course = Course()
    course.at(1, Progress(1, sent=10))
    course.at(2, Progress(2, sent=20, failed=5))
    course.at(3, Progress(3, sent=30, failed=9))
    assert len(course.aborts) == 1
    assert course.guard.breached
    assert "tier 'critical' (99.95%) allows 4" in course.guard.breached
    assert course.guard.aborted.is_set()
    assert not course.guard.silent


def test_a_generator_that_says_nothing_is_aborted_and_is_not_a_breach() -> None:
    course = Course()
    course.at(1, Progress(1, sent=10))
    course.at(1 + SILENT_SECONDS, Progress(1, sent=10))
    assert not course.aborts
    course.at(1.1 + SILENT_SECONDS, Progress(1, sent=10))
    assert len(course.aborts) == 1
    assert course.guard.silent
    assert course.guard.breached is None


def test_one_that_goes_on_is_left_alone() -> None:
    course = Course()
    for second in range(100):
        course.at(second, Progress(second, sent=second, failed=4))
    assert not course.aborts
