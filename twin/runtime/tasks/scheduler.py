"""One service, round after round: what is declared, what its tasks do, and so what starts and stops and is said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from twin.runtime.tasks import events
from twin.runtime.tasks.breaker import Throttle, failure_of, threshold
from twin.runtime.tasks.deployment import (
    ALARMED,
    FAILED_TASKS,
    Cause,
    Deployments,
    Rollout,
    adopted,
    begun,
    completed,
    declared,
    failed,
)
from twin.runtime.tasks.deployment_alarms import AlarmSeen, bake_seconds, in_alarm
from twin.runtime.tasks.health import Condition, Member
from twin.runtime.tasks.model import Service, Task
from twin.runtime.tasks.plan import Goal, Plan, bounds, plan

__all__ = ["Decision", "Schedule", "decide", "ended", "observe"]


@dataclass(frozen=True)
class Schedule:
    """What the scheduler remembers of a service.

    Attributes: generation: of the control plane that declared it. is_balancing: tasks move to even out zones.
    """

    deployments: Deployments
    generation: int = 0
    throttle: Throttle = field(default_factory=Throttle)
    is_steady: bool = False
    is_balancing: bool = False


@dataclass(frozen=True)
class Decision:
    """Attributes: messages: events. causes: those that are said once, until the service is steady again."""

    schedule: Schedule
    plan: Plan
    messages: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()


def observe(schedule: Schedule | None, service: Service, is_settled: bool, now: float) -> Schedule:
    """The schedule that follows what is declared.

    Where another control plane declares it anew, nothing changes until all is declared; then tasks with the same
    content go on under the new deployment's id, and others are replaced by a deployment.
    """
    if schedule is None:
        return Schedule(begun(service, now), service.generation)
    deployments = schedule.deployments
    if service.generation == schedule.generation:
        found = declared(deployments, service, now)
    elif not is_settled:
        return schedule
    elif service.definition.fingerprint == deployments.primary.definition.fingerprint:
        found = adopted(deployments, service)
    else:
        found = declared(deployments, service, now)
    is_new = (
        found.primary.id != deployments.primary.id
        and found.primary.definition != deployments.primary.definition
    )
    throttle = Throttle() if is_new else schedule.throttle
    return replace(schedule, deployments=found, generation=service.generation, throttle=throttle)


def ended(schedule: Schedule, task: Task, now: float, first_seconds: float, most_seconds: float) -> Schedule:
    """The schedule, after one of the service's tasks has stopped. Args: …_seconds: of the throttle."""
    failure = failure_of(task)
    primary = schedule.deployments.primary
    if failure is None or task.deployment_id != primary.id:
        return schedule
    primary = replace(primary, failed_tasks=primary.failed_tasks + 1)
    throttle = schedule.throttle.after(failure, now, first_seconds, most_seconds)
    return replace(schedule, deployments=replace(schedule.deployments, primary=primary), throttle=throttle)


def decide(
    schedule: Schedule,
    service: Service,
    members: Sequence[Member],
    zones: Sequence[str],
    now: float,
    may_stop: bool = True,
    alarms: Mapping[str, AlarmSeen] | None = None,
) -> Decision:
    """What to do for the service now.

    Args:
        zones: of its own, those in which tasks can start now.
        alarms: by name, as they were last seen; None where nobody could be asked.
    """
    schedule, failures = _judge(schedule, service, members, now)
    if not failures:
        schedule, failures = _heed_alarms(schedule, service, members, alarms, now)
    goal = _goal(schedule, service, zones, now, may_stop)
    made = plan(goal, members, now)
    schedule, outcomes = _outcome(schedule, made, members, now, _baking(service, alarms))
    messages = (*failures, *events.plan_messages(made), *outcomes)
    return Decision(schedule, made, messages, tuple(_causes(schedule, made, members)))


def _judge(
    schedule: Schedule, service: Service, members: Iterable[Member], now: float
) -> tuple[Schedule, tuple[str, ...]]:
    """A healthy task ends the count of failures; too many fail the deployment.

    Source: ECS API reference, DeploymentCircuitBreaker, resetOnHealthyTask, whose default is true.
    """
    primary = schedule.deployments.primary
    if any(it.condition is Condition.HEALTHY and it.task.deployment_id == primary.id for it in members):
        primary = replace(primary, failed_tasks=0)
        return replace(
            schedule, deployments=replace(schedule.deployments, primary=primary), throttle=Throttle()
        ), ()
    has_failed = primary.failed_tasks >= threshold(service.desired_count)
    if not (service.breaks_circuit and primary.rollout is Rollout.IN_PROGRESS and has_failed):
        return schedule, ()
    return _failed(schedule, FAILED_TASKS, service.rolls_back, now)


def _heed_alarms(
    schedule: Schedule,
    service: Service,
    members: Iterable[Member],
    alarms: Mapping[str, AlarmSeen] | None,
    now: float,
) -> tuple[Schedule, tuple[str, ...]]:
    """Once a task of the deployment runs, an alarm that was not in ALARM before it fails it."""
    primary = schedule.deployments.primary
    if alarms is None or primary.rollout is not Rollout.IN_PROGRESS or not service.alarms.names:
        return schedule, ()
    ringing = in_alarm(service.alarms.names, alarms)
    if primary.ignored_alarms is None:
        primary = replace(primary, ignored_alarms=ringing)
        return replace(schedule, deployments=replace(schedule.deployments, primary=primary)), ()
    is_running = any(it.task.is_running and it.task.deployment_id == primary.id for it in members)
    if not (is_running and ringing - primary.ignored_alarms):
        return schedule, ()
    return _failed(schedule, ALARMED, service.alarms.rolls_back, now)


def _failed(
    schedule: Schedule, cause: Cause, rolls_back: bool, now: float
) -> tuple[Schedule, tuple[str, ...]]:
    deployments = failed(schedule.deployments, now, rolls_back, cause)
    messages = tuple(events.deployment_failed(deployments, cause.what))
    return replace(schedule, deployments=deployments, throttle=Throttle()), messages


def _baking(service: Service, alarms: Mapping[str, AlarmSeen] | None) -> float | None:
    """Seconds for which a deployment is watched once its tasks are there; None: nobody can say."""
    if not service.alarms.names:
        return 0.0
    return None if alarms is None else bake_seconds(service.alarms.names, alarms)


def _goal(schedule: Schedule, service: Service, zones: Sequence[str], now: float, may_stop: bool) -> Goal:
    has_failed = schedule.deployments.primary.rollout is Rollout.FAILED
    return Goal(
        desired_count=service.desired_count,
        bounds=bounds(service),
        deployment_id=schedule.deployments.primary.id,
        zones=zones,
        may_start=not has_failed and now >= schedule.throttle.not_before,
        may_replace=not has_failed,
        may_stop=may_stop,
        is_rebalanced=service.is_rebalanced,
    )


def _outcome(
    schedule: Schedule, made: Plan, members: Sequence[Member], now: float, baking: float | None
) -> tuple[Schedule, list[str]]:
    messages: list[str] = []
    deployments = schedule.deployments
    zones = [it.zone for it in members]
    balancing = schedule.is_balancing or any(it.balances for it in made.starts)
    if balancing and not schedule.is_balancing:
        messages.append(events.balance(zones, is_begun=True))
    if made.is_steady:
        if balancing and not made.starts:
            messages.append(events.balance(zones, is_begun=False))
            balancing = False
        if deployments.primary.rollout is Rollout.IN_PROGRESS:
            deployments = _watched(deployments, now)
            if _is_baked(deployments, now, baking):
                messages.append(events.deployment_completed(deployments.primary.id))
                deployments = completed(deployments, now)
        if not schedule.is_steady:
            messages.append(events.steady())
    else:
        deployments = deployments.without_ended(it.task.deployment_id for it in members)
    is_steady = made.is_steady or any(it.balances for it in made.starts)
    return replace(schedule, deployments=deployments, is_steady=is_steady, is_balancing=balancing), messages


def _watched(deployments: Deployments, now: float) -> Deployments:
    since = deployments.primary.steady_since
    primary = replace(deployments.primary, steady_since=now if since is None else since)
    return replace(deployments, primary=primary)


def _is_baked(deployments: Deployments, now: float, baking: float | None) -> bool:
    since = deployments.primary.steady_since
    return since is not None and baking is not None and now - since >= baking


def _causes(schedule: Schedule, made: Plan, members: Iterable[Member]) -> Iterable[str]:
    if made.unplaced:
        yield events.unplaced()
    if schedule.throttle.is_felt:
        yield events.throttled()
    yield from (it.event for it in members if it.event)
