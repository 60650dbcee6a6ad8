"""Which tasks of a service to start and to stop next: the ECS service scheduler, as a pure function."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from twin.runtime.tasks.health import Condition, Member
from twin.runtime.tasks.model import Service, Stop, StopCode, TaskStatus
from twin.runtime.tasks.placement import moves, spread

__all__ = ["Bounds", "Goal", "Plan", "Start", "StopTask", "bounds", "plan"]

_IN_GOOD_ORDER = frozenset({Condition.STARTING, Condition.HEALTHY})


@dataclass(frozen=True)
class Bounds:
    """Attributes: lower: tasks that stay healthy while others are replaced; upper: tasks there may be."""

    lower: int
    upper: int


def bounds(service: Service) -> Bounds:
    """Source: ECS API reference, DeploymentConfiguration: the minimum is rounded up, the maximum down."""
    desired = service.desired_count
    lower = math.ceil(desired * service.minimum_healthy_percent / 100)
    upper = math.floor(desired * service.maximum_percent / 100)
    return Bounds(min(lower, desired), max(upper, desired))


@dataclass(frozen=True)
class Goal:
    """Attributes:
    deployment_id: of the primary deployment.
    zones: in which tasks may start now.
    may_start: the primary deployment has not failed and is not throttled.
    may_replace: and has not failed, so that tasks of others give way to its own.
    may_stop: what is declared is known to be all there is.
    """

    desired_count: int
    bounds: Bounds
    deployment_id: str
    zones: Sequence[str]
    may_start: bool = True
    may_replace: bool = True
    may_stop: bool = True
    is_rebalanced: bool = False

    @property
    def floor(self) -> int:
        """Tasks that stay while others are replaced.

        Where there is room for more than are wanted, replacements start first; only where there is none does the
        minimum healthy percentage say how many may go before. Source: ECS API reference, DeploymentConfiguration,
        for unhealthy tasks; that the same holds for a deployment is an assumption.
        """
        return self.desired_count if self.bounds.upper > self.desired_count else self.bounds.lower


@dataclass(frozen=True)
class Start:
    """Attributes: balances: another task will be stopped for it, in a zone that has more."""

    zone: str
    balances: bool = False


@dataclass(frozen=True)
class StopTask:
    """Attributes: balances: to even out the zones."""

    member: Member
    stop: Stop
    balances: bool = False


@dataclass(frozen=True)
class Plan:
    """Attributes:
    unplaced: tasks for which no zone can be used.
    is_steady: the desired tasks are healthy, and no others are left.
    """

    starts: tuple[Start, ...] = ()
    stops: tuple[StopTask, ...] = ()
    unplaced: int = 0
    is_steady: bool = False


def plan(goal: Goal, members: Iterable[Member], now: float) -> Plan:
    """What to do now. Nothing that is healthy stops before enough others are, and never are there too many."""
    round_ = _Round(goal, list(members), now)
    stops = round_.stops() if goal.may_stop else []
    starts, unplaced = round_.starts()
    if not (stops or starts or unplaced):
        starts = round_.rebalancing()
    return Plan(
        tuple(starts), tuple(stops), unplaced, round_.is_steady() and not (stops or starts or unplaced)
    )


class _Round:
    """One round; what it has decided to stop is `_doomed`."""

    def __init__(self, goal: Goal, members: list[Member], now: float) -> None:
        self._goal, self._now = goal, now
        self._members = members
        self._live = [it for it in members if it.condition is not Condition.LEAVING]
        self._doomed: dict[str, StopTask] = {}

    # Stops

    def stops(self) -> list[StopTask]:
        if self._goal.desired_count == 0:
            self._doom(it for it in self._live if it.task.protected_until <= self._now)
        self._doom(it for it in self._left() if self._is_stranded(it))
        if self._goal.may_replace:
            self._doom(it for it in self._old() if it.condition is Condition.STARTING)
        self._stop_unhealthy()
        if self._goal.may_replace:
            self._stop_old()
        self._stop_surplus()
        return list(self._doomed.values())

    def _is_stranded(self, member: Member) -> bool:
        """It waits to start where nothing can start."""
        is_begun = member.task.status in (TaskStatus.RUNNING, TaskStatus.ACTIVATING)
        return not is_begun and member.zone not in self._goal.zones and bool(self._goal.zones)

    def _stop_unhealthy(self) -> None:
        """The oldest first, as far as replacements have become healthy."""
        ill = sorted(self._of(Condition.UNHEALTHY), key=lambda it: it.task.created_at)
        spare = len(ill) + len(self._of(Condition.HEALTHY)) - self._goal.floor
        for member in ill[: max(0, spare)]:
            assert member.why
            self._doomed[member.id] = StopTask(member, member.why)

    def _stop_old(self) -> None:
        """Tasks of deployments that were replaced go as new ones become healthy."""
        spare = len(self._of(Condition.HEALTHY)) - self._goal.floor
        while spare > 0 and (old := self._stoppable(self._old(), Condition.HEALTHY)):
            self._doom([self._from_fullest(old)])
            spare -= 1

    def _stop_surplus(self) -> None:
        """What is more than desired goes: first what has not started, then from the zone with the most tasks."""
        while self._surplus() > 0:
            waiting = self._stoppable(self._settled(), Condition.STARTING)
            healthy = self._stoppable(self._settled(), Condition.HEALTHY)
            if not (candidates := waiting or healthy):
                return
            chosen = self._from_fullest(candidates)
            self._doom([chosen], balances=any(it.task.balances for it in self._current()) and not waiting)

    def _surplus(self) -> int:
        return len(self._settled()) - self._goal.desired_count

    def _doom(self, members: Iterable[Member], balances: bool = False) -> None:
        reason = f"Scaling activity initiated by (deployment {self._goal.deployment_id})"
        for member in members:
            stop = member.why or Stop(StopCode.SCHEDULER, reason)
            self._doomed[member.id] = StopTask(member, stop, balances)

    def _stoppable(self, members: Iterable[Member], condition: Condition) -> list[Member]:
        """Source: ECS API reference, UpdateTaskProtection: neither scaling in nor a deployment stops it meanwhile."""
        return [it for it in members if it.condition is condition and it.task.protected_until <= self._now]

    def _from_fullest(self, candidates: Sequence[Member]) -> Member:
        """The newest of the zone that has most of the service's tasks. That it is the newest is an assumption."""
        counts = Counter(it.zone for it in self._left())
        return max(candidates, key=lambda it: (counts[it.zone], it.task.created_at, it.id))

    # Starts

    def starts(self) -> tuple[list[Start], int]:
        """Also how many could not be placed."""
        missing = self._goal.desired_count - len(self._settled())
        number = min(missing, self._room()) if self._goal.may_start else 0
        current, left = (it.zone for it in self._settled()), (it.zone for it in self._left())
        zones = spread(number, current, left, self._goal.zones)
        return [Start(zone) for zone in zones], max(0, number) - len(zones)

    def rebalancing(self) -> list[Start]:
        """Source: ECS developer guide, "Balancing an Amazon ECS service across Availability Zones": of a service in
        a steady state, a task starts where there are fewest before one stops where there are most."""
        if not (self._goal.is_rebalanced and self._goal.may_start and self.is_steady()):
            return []
        counts = Counter(it.zone for it in self._live)
        return [Start(zone, balances=True) for zone in moves(counts, self._goal.zones, self._room())]

    def _room(self) -> int:
        return self._goal.bounds.upper - len(self._left())

    # What there is

    def is_steady(self) -> bool:
        return len(self._members) == self._goal.desired_count and all(
            it.condition is Condition.HEALTHY and self._is_current(it) for it in self._members
        )

    def _left(self) -> list[Member]:
        return [it for it in self._live if it.id not in self._doomed]

    def _of(self, condition: Condition) -> list[Member]:
        return [it for it in self._left() if it.condition is condition]

    def _old(self) -> list[Member]:
        return [it for it in self._left() if not self._is_current(it)]

    def _current(self) -> list[Member]:
        return [it for it in self._left() if self._is_current(it)]

    def _settled(self) -> list[Member]:
        """Tasks of the primary deployment that count towards the desired ones: those that are to even out the zones
        do once they are healthy, and those that are unhealthy do not, so that replacements start."""
        return [it for it in self._current() if it.condition in _IN_GOOD_ORDER and not _is_extra(it)]

    def _is_current(self, member: Member) -> bool:
        return member.task.deployment_id == self._goal.deployment_id


def _is_extra(member: Member) -> bool:
    return member.task.balances and member.condition is Condition.STARTING
