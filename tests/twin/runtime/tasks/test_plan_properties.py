"""Whatever happens to tasks: what the scheduler never does, and what it always comes to. Each law breaks for a planner
that is broken for it."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.refuted import is_refuted
from tests.twin.runtime.tasks import laws
from tests.twin.runtime.tasks.laws import Planner
from tests.twin.runtime.tasks.sample import ZONES
from twin.runtime.tasks.health import Condition, Member
from twin.runtime.tasks.plan import Bounds, Goal, Plan, Start, StopTask, plan

_DRAWN: tuple[Any, ...] = (laws.goals_, laws.members_)


@given(*_DRAWN)
def test_there_are_never_more_tasks_than_the_maximum(goal: Goal, members: list[Member]) -> None:
    laws.there_are_never_more_tasks_than_the_maximum(plan, goal, members)


@given(*_DRAWN)
def test_stopping_never_leaves_fewer_healthy_tasks_than_must_stay(goal: Goal, members: list[Member]) -> None:
    laws.stopping_never_leaves_fewer_healthy_tasks_than_must_stay(plan, goal, members)


@given(*_DRAWN)
def test_what_is_unhealthy_stays_while_too_few_others_serve(goal: Goal, members: list[Member]) -> None:
    laws.what_is_unhealthy_stays_while_too_few_others_serve(plan, goal, members)


@given(*_DRAWN)
def test_no_task_starts_that_the_service_does_not_want(goal: Goal, members: list[Member]) -> None:
    laws.no_task_starts_that_the_service_does_not_want(plan, goal, members)


@given(laws.goals_with_zones_)
def test_from_nothing_tasks_are_spread_over_the_zones(goal: Goal) -> None:
    laws.from_nothing_tasks_are_spread_over_the_zones(plan, goal)


@given(*_DRAWN)
def test_nothing_starts_in_a_zone_that_cannot_be_used(goal: Goal, members: list[Member]) -> None:
    laws.nothing_starts_in_a_zone_that_cannot_be_used(plan, goal, members)


@given(*_DRAWN)
def test_only_tasks_that_are_wanted_are_stopped_and_each_once(goal: Goal, members: list[Member]) -> None:
    laws.only_tasks_that_are_wanted_are_stopped_and_each_once(plan, goal, members)


@settings(deadline=None)
@given(laws.goals_with_zones_, laws.members_, laws.illnesses_)
def test_the_desired_tasks_and_no_others_run_in_the_end(
    goal: Goal, members: list[Member], illnesses: list[bool]
) -> None:
    laws.the_desired_tasks_and_no_others_run_in_the_end(plan, goal, members, illnesses)


@settings(deadline=None)
@given(laws.desired_, laws.losses_)
def test_a_service_survives_zones_that_go_and_come_back(desired: int, lost: list[str]) -> None:
    laws.a_service_survives_zones_that_go_and_come_back(plan, desired, lost)


# Planners that are broken, each in one way


def _starting(change: Callable[[Goal, tuple[Start, ...]], tuple[Start, ...]]) -> Planner:
    """Starts other tasks than it should."""

    def broken(goal: Goal, members: Iterable[Member], now: float) -> Plan:
        made = plan(goal, members, now)
        return replace(made, starts=change(goal, made.starts))

    return broken


def _stopping(change: Callable[[tuple[StopTask, ...]], tuple[StopTask, ...]]) -> Planner:
    """Stops other tasks than it should."""

    def broken(goal: Goal, members: Iterable[Member], now: float) -> Plan:
        made = plan(goal, members, now)
        return replace(made, stops=change(made.stops))

    return broken


def _of(**goal_members: Any) -> Planner:
    """Takes no notice of a part of its goal."""
    return lambda goal, members, now: plan(replace(goal, **goal_members), members, now)


def _without_minimum(goal: Goal, members: Iterable[Member], now: float) -> Plan:
    return plan(replace(goal, bounds=Bounds(0, goal.desired_count)), members, now)


def _impatient(goal: Goal, members: Iterable[Member], now: float) -> Plan:
    """Stops all that is ill at once."""
    known = list(members)
    made = plan(goal, known, now)
    ill = [StopTask(it, it.why) for it in known if it.condition is Condition.UNHEALTHY and it.why]
    return replace(made, stops=tuple({it.member.id: it for it in (*ill, *made.stops)}.values()))


BROKEN: dict[str, tuple[Callable[..., None], Planner, tuple[st.SearchStrategy[Any], ...]]] = {
    "starts every task twice": (
        laws.there_are_never_more_tasks_than_the_maximum,
        _starting(lambda goal, starts: starts * 2),
        _DRAWN,
    ),
    "knows no minimum": (
        laws.stopping_never_leaves_fewer_healthy_tasks_than_must_stay,
        _without_minimum,
        _DRAWN,
    ),
    "stops all that is ill": (
        laws.what_is_unhealthy_stays_while_too_few_others_serve,
        _impatient,
        _DRAWN,
    ),
    "starts one task more": (
        laws.no_task_starts_that_the_service_does_not_want,
        _starting(lambda goal, starts: (*starts, Start(goal.zones[0])) if starts else starts),
        _DRAWN,
    ),
    "starts in the first zone": (
        laws.from_nothing_tasks_are_spread_over_the_zones,
        _starting(lambda goal, starts: tuple(Start(goal.zones[0], it.balances) for it in starts)),
        (laws.goals_with_zones_,),
    ),
    "does not ask which zones can be used": (
        laws.nothing_starts_in_a_zone_that_cannot_be_used,
        _of(zones=ZONES),
        _DRAWN,
    ),
    "stops a task twice": (
        laws.only_tasks_that_are_wanted_are_stopped_and_each_once,
        _stopping(lambda stops: stops * 2),
        _DRAWN,
    ),
    "never starts": (
        laws.the_desired_tasks_and_no_others_run_in_the_end,
        _of(may_start=False),
        (laws.goals_with_zones_, laws.members_, laws.illnesses_),
    ),
    "never stops": (
        laws.the_desired_tasks_and_no_others_run_in_the_end,
        _of(may_stop=False),
        (laws.goals_with_zones_, laws.members_, laws.illnesses_),
    ),
    "leaves old tasks": (
        laws.the_desired_tasks_and_no_others_run_in_the_end,
        _of(may_replace=False),
        (laws.goals_with_zones_, laws.members_, laws.illnesses_),
    ),
    "never goes back to a zone": (
        laws.a_service_survives_zones_that_go_and_come_back,
        _of(is_rebalanced=False),
        (laws.desired_, laws.losses_),
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_planner_that_is_broken_breaks_a_law(how: str) -> None:
    law, planner, drawn = BROKEN[how]
    assert is_refuted(lambda *given: law(planner, *given), *drawn)
    assert not is_refuted(lambda *given: law(plan, *given), *drawn, examples=20)


def test_every_law_is_broken_by_some_planner() -> None:
    every = {
        it
        for name, it in vars(laws).items()
        if callable(it) and getattr(it, "__module__", "") == laws.__name__
    }
    stated = {it for it in every if "planner" in getattr(it, "__annotations__", {})}
    assert {law for law, _, _ in BROKEN.values()} == stated
