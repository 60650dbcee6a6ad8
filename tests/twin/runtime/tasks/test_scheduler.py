"""Deployments over many rounds: complete, fail, are gone back from, and go on under another control plane."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tests.twin.runtime.tasks.sample import ZONES, definition, member, service, task
from twin.runtime.tasks.deployment import Rollout
from twin.runtime.tasks.deployment_alarms import AlarmSeen
from twin.runtime.tasks.health import Condition, Member
from twin.runtime.tasks.model import DeploymentAlarms, Service, Stop, StopCode, TaskStatus
from twin.runtime.tasks.scheduler import Decision, Schedule, decide, ended, observe

FIRST = service(3, "one")
SECOND = service(3, "two", definition=definition(2))
NO_IMAGE = Stop(StopCode.FAILED_TO_START, "CannotPullContainerError: …")


def healthy(deployment: str, number: int = 3) -> list[Member]:
    return [member(f"{deployment}{zone}", zone, deployment=deployment) for zone in ZONES[:number]]


def round_of(
    schedule: Schedule,
    it: Service,
    members: Sequence[Member],
    now: float = 0,
    alarms: Mapping[str, AlarmSeen] | None = None,
) -> Decision:
    return decide(schedule, it, members, ZONES, now, alarms=alarms)


def completed() -> Schedule:
    """The first deployment has completed."""
    return round_of(observe(None, FIRST, True, 0), FIRST, healthy("one")).schedule


def after_failures(schedule: Schedule, deployment: str, number: int) -> Schedule:
    for index in range(number):
        stopped = task(str(index), deployment=deployment, stop=NO_IMAGE)
        schedule = ended(schedule, stopped, 100.0 * index, 10, 1620)
    return schedule


def test_a_deployment_is_complete_when_the_service_is_steady() -> None:
    decision = round_of(observe(None, FIRST, True, 0), FIRST, healthy("one"), now=7)
    primary = decision.schedule.deployments.primary
    assert (primary.rollout, primary.reason, primary.updated_at) == (
        Rollout.COMPLETED,
        "ECS deployment one completed.",
        7,
    )
    assert decision.messages == ("(deployment one) deployment completed.", "has reached a steady state.")
    assert round_of(decision.schedule, FIRST, healthy("one")).messages == ()


def test_a_service_that_wants_no_tasks_is_complete_at_once() -> None:
    none = replace(FIRST, desired_count=0)
    decision = round_of(observe(None, none, True, 0), none, [])
    assert decision.schedule.deployments.primary.rollout is Rollout.COMPLETED


def test_another_deployment_id_is_another_deployment_even_of_the_same_definition() -> None:
    schedule = observe(completed(), service(3, "forced"), True, 5)
    assert [(it.id, it.rollout) for it in schedule.deployments.all()] == [
        ("forced", Rollout.IN_PROGRESS),
        ("one", Rollout.COMPLETED),
    ]


def test_too_many_failures_put_the_last_completed_deployment_back() -> None:
    schedule = after_failures(observe(completed(), SECOND, True, 5), "two", 3)
    late = member("late", condition=Condition.STARTING, deployment="two")
    decision = round_of(schedule, SECOND, [*healthy("one"), late], now=9)
    deployments = decision.schedule.deployments
    assert [(it.id, it.rollout, it.reason) for it in deployments.all()] == [
        ("one", Rollout.IN_PROGRESS, "ECS deployment circuit breaker: rolling back to deploymentId one."),
        ("two", Rollout.FAILED, "ECS deployment circuit breaker: tasks failed to start."),
    ]
    assert deployments.went_back == ("two", "one")
    assert decision.messages[:2] == (
        "(deployment two) deployment failed: tasks failed to start.",
        "rolling back to deployment one.",
    )
    # What is declared is still the failed one, until the API has taken the rollback.
    assert observe(decision.schedule, SECOND, True, 9).deployments.primary.id == "one"
    assert observe(decision.schedule, FIRST, True, 9).deployments.primary.id == "one"


def test_fewer_failures_do_not() -> None:
    schedule = after_failures(observe(completed(), SECOND, True, 5), "two", 2)
    assert round_of(schedule, SECOND, healthy("one")).schedule.deployments.primary.id == "two"


def test_a_healthy_task_begins_the_count_anew() -> None:
    schedule = after_failures(observe(completed(), SECOND, True, 5), "two", 2)
    members = [*healthy("one"), *healthy("two", 1)]
    schedule = round_of(schedule, SECOND, members).schedule
    assert schedule.deployments.primary.failed_tasks == 0
    assert schedule.throttle.failures == 0


def test_without_a_completed_deployment_a_failed_one_is_stalled() -> None:
    schedule = after_failures(observe(None, FIRST, True, 0), "one", 3)
    decision = round_of(schedule, FIRST, [], now=9999)
    assert decision.schedule.deployments.primary.rollout is Rollout.FAILED
    assert decision.plan.starts == ()


def test_what_was_gone_back_to_is_not_gone_back_to_again_before_it_completes() -> None:
    schedule = after_failures(observe(completed(), SECOND, True, 5), "two", 3)
    schedule = round_of(schedule, SECOND, healthy("one", 2), now=9).schedule
    third = service(3, "three", definition=definition(3))
    schedule = after_failures(observe(schedule, third, True, 10), "three", 3)
    deployments = round_of(schedule, third, healthy("one", 2), now=999).schedule.deployments
    assert (deployments.primary.id, deployments.primary.rollout) == ("three", Rollout.FAILED)


def test_without_rollback_a_failed_deployment_stays_and_starts_nothing() -> None:
    stays = replace(SECOND, rolls_back=False)
    schedule = after_failures(observe(completed(), stays, True, 5), "two", 3)
    decision = round_of(schedule, stays, healthy("one"), now=9999)
    assert decision.schedule.deployments.primary.rollout is Rollout.FAILED
    assert (decision.plan.starts, decision.plan.stops) == ((), ())


def test_without_circuit_breaker_it_is_tried_for_ever() -> None:
    goes_on = replace(SECOND, breaks_circuit=False)
    schedule = after_failures(observe(completed(), goes_on, True, 5), "two", 9)
    assert len(round_of(schedule, goes_on, healthy("one"), now=99999).plan.starts) == 3


def test_tasks_that_fail_to_start_are_tried_again_later_and_it_is_told() -> None:
    schedule = after_failures(observe(completed(), SECOND, True, 5), "two", 2)
    early = round_of(schedule, SECOND, healthy("one"), now=schedule.throttle.not_before - 1)
    assert early.plan.starts == ()
    assert early.causes == ("is unable to consistently start tasks successfully.",)
    assert len(round_of(schedule, SECOND, healthy("one"), now=schedule.throttle.not_before).plan.starts) == 3


def test_another_definition_ends_the_throttle() -> None:
    schedule = after_failures(observe(None, FIRST, True, 0), "one", 2)
    assert observe(schedule, SECOND, True, 101).throttle.not_before == 0


def test_a_new_control_plane_changes_nothing_until_all_is_declared() -> None:
    other = replace(SECOND, generation=2)
    assert observe(completed(), other, False, 5) == completed()


def test_the_same_content_goes_on_under_the_new_id() -> None:
    again = service(3, "other", definition=definition(9, fingerprint="content 1"), generation=2)
    deployments = observe(completed(), again, True, 5).deployments
    assert [(it.id, it.rollout) for it in deployments.all()] == [("other", Rollout.COMPLETED)]
    assert deployments.primary.definition == again.definition


def test_other_content_is_deployed_once_all_is_declared() -> None:
    deployments = observe(completed(), replace(SECOND, generation=2), True, 5).deployments
    assert [(it.id, it.rollout) for it in deployments.all()] == [
        ("two", Rollout.IN_PROGRESS),
        ("one", Rollout.COMPLETED),
    ]


def test_balancing_is_told_when_it_begins_and_when_it_is_done() -> None:
    two = replace(FIRST, desired_count=2)
    schedule = round_of(observe(None, two, True, 0), two, healthy("one", 2)).schedule
    uneven = [member("1", "a", deployment="one"), member("2", "a", deployment="one")]
    begun = round_of(schedule, two, uneven)
    assert begun.messages == ("is not AZ balanced with 2 tasks in a. AZ Rebalancing in progress.",)
    moving = [*uneven, member("3", "b", Condition.HEALTHY, "one", balances=True)]
    moved = round_of(begun.schedule, two, moving)
    assert moved.messages == ("has stopped 1 running tasks in a due to AZ rebalancing: (task 2).",)
    done = round_of(moved.schedule, two, [uneven[0], member("3", "b", deployment="one")])
    assert done.messages[0] == "is AZ balanced with 1 tasks in a, and 1 tasks in b."


# Alarms that watch a deployment

QUIET = {"errors": AlarmSeen(False, 180), "latency": AlarmSeen(False, 300)}
RINGING = {**QUIET, "errors": AlarmSeen(True, 180)}
WATCHED = replace(SECOND, alarms=DeploymentAlarms(("errors", "latency"), rolls_back=True))


def begun_quietly() -> Schedule:
    """The second deployment was seen while no alarm rang."""
    return round_of(observe(completed(), WATCHED, True, 5), WATCHED, healthy("one"), 6, QUIET).schedule


def test_a_deployment_is_complete_after_the_longest_time_over_which_one_of_its_alarms_is_evaluated() -> None:
    steady = round_of(begun_quietly(), WATCHED, healthy("two"), 100, QUIET)
    assert steady.messages == ("has reached a steady state.",)
    before = round_of(steady.schedule, WATCHED, healthy("two"), 399, QUIET)
    assert before.schedule.deployments.primary.rollout is Rollout.IN_PROGRESS
    after = round_of(before.schedule, WATCHED, healthy("two"), 400, QUIET)
    assert after.schedule.deployments.primary.rollout is Rollout.COMPLETED
    assert after.messages == ("(deployment two) deployment completed.",)


def test_while_nobody_can_say_how_alarms_are_a_deployment_is_not_complete() -> None:
    steady = round_of(begun_quietly(), WATCHED, healthy("two"), 100, QUIET).schedule
    late = round_of(steady, WATCHED, healthy("two"), 9999, None)
    assert late.schedule.deployments.primary.rollout is Rollout.IN_PROGRESS
    assert late.plan.stops == ()


def test_an_alarm_puts_the_last_completed_deployment_back() -> None:
    decision = round_of(begun_quietly(), WATCHED, [*healthy("one"), *healthy("two", 1)], 20, RINGING)
    assert [(it.id, it.rollout, it.reason) for it in decision.schedule.deployments.all()] == [
        ("one", Rollout.IN_PROGRESS, "ECS deployment alarms: rolling back to deploymentId one."),
        ("two", Rollout.FAILED, "ECS deployment alarms: alarm detected."),
    ]
    assert decision.messages[:2] == (
        "(deployment two) deployment failed: alarm detected.",
        "rolling back to deployment one.",
    )


def test_an_alarm_puts_back_what_was_replaced_while_the_new_tasks_are_watched() -> None:
    steady = round_of(begun_quietly(), WATCHED, healthy("two"), 100, QUIET).schedule
    decision = round_of(steady, WATCHED, healthy("two"), 200, RINGING)
    assert decision.schedule.deployments.went_back == ("two", "one")
    assert len(decision.plan.starts) == 3


def test_alarms_do_not_count_before_a_task_of_the_deployment_runs() -> None:
    starting = replace(task("t", deployment="two"), status=TaskStatus.PENDING)
    early = replace(member("t", condition=Condition.STARTING, deployment="two"), task=starting)
    decision = round_of(begun_quietly(), WATCHED, [*healthy("one"), early], 20, RINGING)
    assert decision.schedule.deployments.primary.id == "two"


def test_an_alarm_that_rang_when_the_deployment_began_is_ignored() -> None:
    schedule = observe(completed(), WATCHED, True, 5)
    schedule = round_of(schedule, WATCHED, healthy("one"), 6, RINGING).schedule
    decision = round_of(schedule, WATCHED, [*healthy("one"), *healthy("two", 1)], 20, RINGING)
    assert decision.schedule.deployments.primary.id == "two"
    both = {**RINGING, "latency": AlarmSeen(True, 300)}
    assert round_of(schedule, WATCHED, [*healthy("one"), *healthy("two", 1)], 20, both).messages


def test_without_rollback_an_alarm_stalls_the_deployment() -> None:
    stays = replace(WATCHED, alarms=replace(WATCHED.alarms, rolls_back=False))
    decision = round_of(begun_quietly(), stays, [*healthy("one"), *healthy("two", 1)], 20, RINGING)
    assert decision.schedule.deployments.primary.rollout is Rollout.FAILED
    assert (decision.plan.starts, decision.plan.stops) == ((), ())
