"""Groups of services that are tried together, and what AWS's API tells of them afterwards."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import ceil

from tests.trials.calibration.judgement import Told
from tests.trials.calibration.kinds import FAST, MINUTE, TARGET_PERCENT, Kind
from tests.trials.calibration.load import Load, client
from tests.trials.calibration.service import SERVICE_SECONDS, SLOTS, Trial, TrialService, Wanted
from tests.trials.calibration.shape import Shape, ramp, step
from tests.trials.surroundings import Surroundings

__all__ = ["Group", "Outcome", "comparison", "ramps", "scale_ins", "steps", "tried"]

LOW_PERCENT, HIGH_PERCENT = 25.0, 75.0
"""As far below the target as above it: what the fitting assumes of AWS's test."""

IDLE_PERCENT = 15.0
"""As far below what makes a scale-in, nine tenths of the target, as `HIGH_PERCENT` is above it."""

BEFORE_SECONDS, FAST_BEFORE_SECONDS = 180.0, 60.0
AFTER_SECONDS, FAST_AFTER_SECONDS, IN_AFTER_SECONDS = 460.0, 150.0, 1200.0
"""The longest that documents and fitting allow, with a new task's start and some more."""

RISE_SECONDS, SPIKE_SECONDS = 240.0, 600.0
COMPARED_TASKS, COMPARED_MOST = 2, 4
SPIKE_PERCENT = 200.0
"""Of what the first tasks can do: with twice the tasks all of it is served. An assumption: the published comparison's
load was another, so only the order is compared."""

_LOOK_SECONDS = 2.0


@dataclass(frozen=True)
class Group:
    """Attributes:
    changes_after_seconds: from the begin of each load until it crosses what the alarm compares with.
    direction: ``out`` or ``in``. periods: that must breach.
    phases: seconds after a whole period at which the loads of the services begin.
    """

    name: str
    kind: Kind
    wanted: Sequence[Wanted]
    shape: Shape
    changes_after_seconds: float
    phases: Sequence[float]
    direction: str = "out"
    periods: int = 3


@dataclass
class Outcome:
    """Attributes: succeeded: since the change of the load, by service. failed: requests, of `sent`."""

    group: Group
    told: list[Told] = field(default_factory=list[Told])
    succeeded: dict[str, float | None] = field(default_factory=dict[str, float | None])
    sent: int = 0
    sent_late: int = 0
    failed: int = 0


def _busy(percent: float, tasks: int = 1) -> float:
    return percent / 100 * SLOTS * tasks


def _phases(count: int, period_seconds: float) -> list[float]:
    return [number * period_seconds / count for number in range(count)]


def _named(prefix: str, count: int, kind: Kind | None, **members: int) -> list[Wanted]:
    return [Wanted(f"calibration-{prefix}-{number:02}", kind, **members) for number in range(count)]


def steps(kind: Kind, count: int) -> Group:
    """The load of each service steps up, all of them at different moments of the period."""
    is_fast = kind is FAST
    before = FAST_BEFORE_SECONDS if is_fast else BEFORE_SECONDS
    shape = step(
        before, _busy(LOW_PERCENT), _busy(HIGH_PERCENT), FAST_AFTER_SECONDS if is_fast else AFTER_SECONDS
    )
    services = _named("fast" if is_fast else "minute", count, kind)
    return Group(f"steps {kind.name}", kind, services, shape, before, _phases(count, kind.period_seconds))


def scale_ins(count: int) -> Group:
    """The load of two tasks falls, and one of them goes."""
    shape = step(BEFORE_SECONDS, _busy(HIGH_PERCENT, 2), _busy(IDLE_PERCENT, 2), IN_AFTER_SECONDS)
    services = _named("in", count, MINUTE, desired=2)
    return Group("scale-in", MINUTE, services, shape, BEFORE_SECONDS, _phases(count, 60), "in", 15)


def ramps(count: int) -> Group:
    """The load rises evenly; it crosses the target half-way."""
    assert (LOW_PERCENT + HIGH_PERCENT) / 2 == TARGET_PERCENT
    shape = ramp(BEFORE_SECONDS, _busy(LOW_PERCENT), _busy(HIGH_PERCENT), RISE_SECONDS, AFTER_SECONDS)
    crossing = BEFORE_SECONDS + RISE_SECONDS / 2
    return Group("ramp", MINUTE, _named("ramp", count, MINUTE), shape, crossing, _phases(count, 60))


def comparison() -> Group:
    """The same spike for target tracking and for step scaling."""
    low, high = (_busy(it, COMPARED_TASKS) for it in (LOW_PERCENT, SPIKE_PERCENT))
    bounds = {"desired": COMPARED_TASKS, "least": COMPARED_TASKS, "most": COMPARED_MOST}
    services = [
        Wanted("calibration-tracking", MINUTE, **bounds),
        Wanted("calibration-stepping", None, **bounds),
    ]
    shape = step(BEFORE_SECONDS, low, high, SPIKE_SECONDS)
    return Group("comparison", MINUTE, services, shape, BEFORE_SECONDS, [0.0, 0.0])


async def tried(surroundings: Surroundings, group: Group, say: Callable[[str], None]) -> Outcome:
    """What came of the group; nothing of it is left."""
    say(f"{group.name}: {len(group.wanted)} services are made")
    async with Trial(surroundings, group.wanted) as trial, client() as http:
        loads = [Load(http, SERVICE_SECONDS) for _ in trial.services]
        period = group.kind.period_seconds
        whole = ceil((time.time() + 2 * _LOOK_SECONDS) / period) * float(period)
        begins = [whole + phase for phase in group.phases]
        say(f"{group.name}: loads for {group.shape.seconds + max(group.phases):.0f} s")
        watching = asyncio.create_task(_watch(trial, loads))
        try:
            async with asyncio.TaskGroup() as running:
                for load, begin in zip(loads, begins, strict=True):
                    running.create_task(load.run(group.shape, begin))
        finally:
            watching.cancel()
        await asyncio.to_thread(trial.look)
        outcome = await asyncio.to_thread(_outcome, group, trial, loads, begins)
    say(f"{group.name}: done")
    return outcome


async def _watch(trial: Trial, loads: Sequence[Load]) -> None:
    """New tasks get their share of the load once they run."""
    while True:
        addresses = await asyncio.to_thread(trial.look)
        for service, load in zip(trial.services, loads, strict=True):
            load.addresses = addresses[service.name]
        await asyncio.sleep(_LOOK_SECONDS)


def _outcome(group: Group, trial: Trial, loads: Sequence[Load], begins: Sequence[float]) -> Outcome:
    outcome = Outcome(group)
    for service, load, begin in zip(trial.services, loads, begins, strict=True):
        outcome.told.append(_told(group, trial, service, begin + group.changes_after_seconds))
        outcome.succeeded[service.name] = load.succeeded(group.changes_after_seconds)
        outcome.sent += len(load.answers)
        outcome.sent_late += load.sent_late
        outcome.failed += sum(status != 200 for _, status in load.answers)
    return outcome


def _told(group: Group, trial: Trial, service: TrialService, changed_at: float) -> Told:
    triggered = trial.scaled_at(service, changed_at)
    is_out = group.direction == "out"
    started = trial.started_at(service, triggered - 1) if triggered is not None and is_out else None
    alarmed = trial.alarmed_at(service.alarm_names[group.direction], changed_at)
    return Told(service.name, changed_at, alarmed, triggered, started)
