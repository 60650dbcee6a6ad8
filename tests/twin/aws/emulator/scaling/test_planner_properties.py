"""What holds of scaling whatever happens: bounds and missing data (safety), the count that a load needs (progress).
Each law breaks for a planner that is broken for it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.refuted import is_refuted
from tests.twin.aws.emulator.scaling import laws
from tests.twin.aws.emulator.scaling.laws import IN, OUT, Load, Planner
from twin.aws.emulator.scaling.capacity import Capacity, NotScaled, Plan, Reason, ScaleTo, Wish
from twin.aws.emulator.scaling.cooldown import Cooldown
from twin.aws.emulator.scaling.planner import plan


@given(laws.wishes_, laws.capacities_, laws.cooldowns_, laws.moments_)
def test_a_plan_is_within_the_bounds_and_in_its_direction(
    wish: Wish, actual: Capacity, cooldown: Cooldown, now: float
) -> None:
    laws.a_plan_is_within_the_bounds_and_in_its_direction(plan, wish, actual, cooldown, now)


@given(laws.wishes_, laws.capacities_, laws.remaining_)
def test_nothing_scales_in_within_a_cooldown(wish: Wish, actual: Capacity, remaining: int) -> None:
    laws.nothing_scales_in_within_a_cooldown(plan, wish, actual, remaining)


@given(laws.wishes_, laws.capacities_, laws.cooldowns_, laws.moments_)
def test_nothing_scales_in_within_a_deployment(
    wish: Wish, actual: Capacity, cooldown: Cooldown, now: float
) -> None:
    laws.nothing_scales_in_within_a_deployment(plan, wish, actual, cooldown, now)


@given(laws.capacities_, laws.cooldowns_, laws.moments_, laws.needs_)
def test_a_cooldown_does_not_hold_back_a_larger_need(
    capacity: Capacity, cooldown: Cooldown, now: float, need: tuple[int, int]
) -> None:
    laws.a_cooldown_does_not_hold_back_a_larger_need(plan, capacity, cooldown, now, need)


@given(laws.loads_)
def test_a_constant_load_gets_the_tasks_that_it_needs_and_keeps_them(load: Load) -> None:
    laws.a_constant_load_gets_the_tasks_that_it_needs_and_keeps_them(plan, load)


# Planners that are broken, each in one way


def _without_bounds(wish: Wish, actual: Capacity, cooldown: Cooldown, now: float) -> Plan:
    made = plan(wish, actual, cooldown, now)
    return ScaleTo(wish.wanted, made.direction) if isinstance(made, ScaleTo) else made


def _below_the_minimum(wish: Wish, actual: Capacity, cooldown: Cooldown, now: float) -> Plan:
    return plan(wish, replace(actual, bounds=replace(actual.bounds, minimum=0)), cooldown, now)


def _without_cooldown(wish: Wish, actual: Capacity, cooldown: Cooldown, now: float) -> Plan:
    return plan(wish, actual, Cooldown(), now)


def _unaware_of_deployments(wish: Wish, actual: Capacity, cooldown: Cooldown, now: float) -> Plan:
    return plan(wish, replace(actual, is_deploying=False), cooldown, now)


def _slow(wish: Wish, actual: Capacity, cooldown: Cooldown, now: float) -> Plan:
    """Waits for a scale-out's cooldown before the next one."""
    waits = wish.direction is OUT and now < cooldown.out_ends_at
    return NotScaled(Reason.AT_DESIRED) if waits else plan(wish, actual, cooldown, now)


def _only(wish: Wish, actual: Capacity, cooldown: Cooldown, now: float, direction: Any) -> Plan:
    return plan(wish, actual, cooldown, now) if wish.direction is direction else None


def _short(wish: Wish, actual: Capacity, cooldown: Cooldown, now: float) -> Plan:
    """Gives one task fewer than is wanted."""
    made = plan(wish, actual, cooldown, now)
    return (
        replace(made, capacity=actual.bounds.within(made.capacity - 1)) if isinstance(made, ScaleTo) else made
    )


_DRAWN: tuple[Any, ...] = (laws.wishes_, laws.capacities_, laws.cooldowns_, laws.moments_)

BROKEN: dict[str, tuple[Callable[..., None], Planner, tuple[st.SearchStrategy[Any], ...]]] = {
    "knows no bounds": (laws.a_plan_is_within_the_bounds_and_in_its_direction, _without_bounds, _DRAWN),
    "knows no minimum": (laws.a_plan_is_within_the_bounds_and_in_its_direction, _below_the_minimum, _DRAWN),
    "knows no cooldown": (
        laws.nothing_scales_in_within_a_cooldown,
        _without_cooldown,
        (laws.wishes_, laws.capacities_, laws.remaining_),
    ),
    "knows no deployments": (laws.nothing_scales_in_within_a_deployment, _unaware_of_deployments, _DRAWN),
    "waits before it scales out again": (
        laws.a_cooldown_does_not_hold_back_a_larger_need,
        _slow,
        (laws.capacities_, laws.cooldowns_, laws.moments_, laws.needs_),
    ),
    "never scales out": (
        laws.a_constant_load_gets_the_tasks_that_it_needs_and_keeps_them,
        lambda *given: _only(*given, direction=IN),
        (laws.loads_,),
    ),
    "never scales in": (
        laws.a_constant_load_gets_the_tasks_that_it_needs_and_keeps_them,
        lambda *given: _only(*given, direction=OUT),
        (laws.loads_,),
    ),
    "has one task too few": (
        laws.a_constant_load_gets_the_tasks_that_it_needs_and_keeps_them,
        _short,
        (laws.loads_,),
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_planner_that_is_broken_breaks_a_law(how: str) -> None:
    law, planner, drawn = BROKEN[how]
    assert is_refuted(lambda *given: law(planner, *given), *drawn)
    assert not is_refuted(lambda *given: law(plan, *given), *drawn, examples=20)


def test_every_law_is_broken_by_some_planner() -> None:
    every = [it for it in vars(laws).values() if getattr(it, "__module__", "") == laws.__name__]
    stated = {it for it in every if "planner" in getattr(it, "__annotations__", {})}
    assert {law for law, _, _ in BROKEN.values()} == stated
