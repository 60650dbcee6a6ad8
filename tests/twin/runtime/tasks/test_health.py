"""When a container is healthy by its own check, and when a task counts for its service."""

from dataclasses import replace
from typing import Any

import pytest

from tests.twin.runtime.tasks.sample import CHECK, GROUP, RUNNING, TARGET, definition, task
from twin.runtime.directory import TargetHealth
from twin.runtime.tasks.health import Condition, ContainerHealth, TargetSeen, after, assess
from twin.runtime.tasks.model import Health, StopCode

GRACE, SETTLING = 30.0, 40.0
FAILING = TargetHealth("unhealthy", "Target.Timeout", "Request timed out")


def health_after(*results: tuple[bool, float]) -> Health:
    """Args: results: whether each check passed, at which age of the container."""
    health = ContainerHealth()
    for passed, age in results:
        health = after(health, CHECK, passed, age)
    return health.status


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        pytest.param([], Health.UNKNOWN, id="not-yet-checked"),
        pytest.param([(True, 10)], Health.HEALTHY, id="one-success"),
        pytest.param([(False, 40), (False, 50)], Health.UNKNOWN, id="fewer-failures-than-retries"),
        pytest.param(
            [(False, 40), (False, 50), (False, 60)], Health.UNHEALTHY, id="as-many-failures-as-retries"
        ),
        pytest.param(
            [(False, 10), (False, 20), (False, 29), (False, 31)], Health.UNKNOWN, id="failures-at-the-start"
        ),
        pytest.param(
            [(True, 5), (False, 10), (False, 15), (False, 20)], Health.UNHEALTHY, id="after-an-early-success"
        ),
        pytest.param([(False, 40), (False, 50), (True, 60), (False, 70)], Health.HEALTHY, id="not-in-a-row"),
        pytest.param([*[(False, 40)] * 3, (True, 60)], Health.HEALTHY, id="recovered"),
    ],
)
def test_container_health_follows_its_checks(results: list[tuple[bool, float]], expected: Health) -> None:
    assert health_after(*results) is expected


def condition(now: float, *targets: TargetHealth | None, **members: Any) -> Condition:
    seen = [TargetSeen(TARGET, it) for it in targets]
    return assess(task("1", **{**RUNNING, **members}), seen, now, GRACE, SETTLING).condition


@pytest.mark.parametrize(
    ("health", "target", "now", "expected"),
    [
        pytest.param(Health.HEALTHY, TargetHealth("healthy"), 1, Condition.HEALTHY, id="both-pass"),
        pytest.param(
            Health.UNKNOWN, TargetHealth("healthy"), 99, Condition.STARTING, id="own-check-yet-to-pass"
        ),
        pytest.param(
            Health.HEALTHY, TargetHealth("initial"), 99, Condition.STARTING, id="target-yet-to-pass"
        ),
        pytest.param(Health.HEALTHY, None, 99, Condition.STARTING, id="nobody-says"),
        pytest.param(
            Health.HEALTHY, TargetHealth("draining"), 99, Condition.STARTING, id="taken-out-by-hand"
        ),
        pytest.param(Health.HEALTHY, FAILING, 31, Condition.UNHEALTHY, id="target-fails"),
        pytest.param(
            Health.UNHEALTHY, TargetHealth("healthy"), 31, Condition.UNHEALTHY, id="own-check-fails"
        ),
        pytest.param(Health.UNHEALTHY, FAILING, 29, Condition.STARTING, id="failing-within-the-grace"),
    ],
)
def test_a_task_is_healthy_when_all_that_checks_it_says_so(
    health: Health, target: TargetHealth | None, now: float, expected: Condition
) -> None:
    assert condition(now, target, health=health) is expected


def test_a_task_that_nothing_checks_is_healthy_after_a_while() -> None:
    unchecked = definition(check=None)
    assert condition(39, definition=unchecked) is Condition.STARTING
    assert condition(40, definition=unchecked) is Condition.HEALTHY


def test_a_task_that_is_not_wanted_is_leaving_whatever_it_says() -> None:
    assert condition(99, TargetHealth("healthy"), health=Health.HEALTHY, is_wanted=False) is Condition.LEAVING


def test_what_is_unhealthy_is_stopped_in_the_words_of_ecs() -> None:
    failing = replace(task("1", **RUNNING), health=Health.HEALTHY)
    member = assess(failing, [TargetSeen(TARGET, FAILING)], 99, GRACE, SETTLING)
    assert member.why
    assert (member.why.code, member.why.reason) == (
        StopCode.SCHEDULER,
        f"Task failed ELB health checks in (target-group {GROUP})",
    )
    assert member.event == (
        f"(task 1) (port 8080) is unhealthy in (target-group {GROUP}) due to (reason Request timed out)."
    )
    ill = assess(replace(failing, health=Health.UNHEALTHY), [], 99, GRACE, SETTLING)
    assert ill.why
    assert ill.why.reason == "Task failed container health checks"
    assert ill.event == "(task 1) failed container health checks."
