"""What holds of every alarm and all data. Each law breaks for a planner that is broken for it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.refuted import is_refuted
from tests.twin.aws.emulator.monitoring import laws
from tests.twin.aws.emulator.monitoring.laws import PERIOD, Drawn, Planner
from twin.aws.emulator.monitoring.actions import State
from twin.aws.emulator.monitoring.evaluation import Missing, Point, Rule, Verdict, plan

_RULES = laws.rules_by_treatment
_SPARSE = (
    st.one_of(laws.rules_, _RULES[Missing.MISSING]),
    st.one_of(laws.drawings_, laws.sparse_),
    laws.ages_,
)


@given(rule=_RULES[Missing.NOT_BREACHING], drawn=laws.drawings_)
@settings(max_examples=100)
def test_fewer_than_m_breaching_datapoints_never_ring(rule: Rule, drawn: Drawn) -> None:
    laws.fewer_than_m_breaching_datapoints_never_ring(plan, rule, drawn)


@given(rule=laws.rules_, drawn=laws.drawings_)
@settings(max_examples=100)
def test_m_breaching_datapoints_among_the_latest_n_always_ring(rule: Rule, drawn: Drawn) -> None:
    laws.m_breaching_datapoints_among_the_latest_n_always_ring(plan, rule, drawn)


@given(*_SPARSE)
@settings(max_examples=150)
@example(Rule(PERIOD, 3, 3, "GreaterThanThreshold", 1.0), {3: True}, 5)
def test_a_datapoint_that_breaches_never_ends_an_alarm(rule: Rule, drawn: Drawn, age: int) -> None:
    laws.a_datapoint_that_breaches_never_ends_an_alarm(plan, rule, drawn, age)


@given(rule=_RULES[Missing.IGNORE])
@settings(max_examples=50)
def test_with_no_data_at_all_an_alarm_that_ignores_stays_as_it_is(rule: Rule) -> None:
    laws.with_no_data_at_all_an_alarm_that_ignores_stays_as_it_is(plan, rule)


@given(rule=_RULES[Missing.MISSING], drawn=laws.drawings_)
@settings(max_examples=100)
def test_insufficient_data_is_said_of_no_data_only(rule: Rule, drawn: Drawn) -> None:
    laws.insufficient_data_is_said_of_no_data_only(plan, rule, drawn)


@given(rule=laws.rules_, drawn=laws.drawings_)
@settings(max_examples=100)
def test_enough_good_datapoints_end_every_alarm(rule: Rule, drawn: Drawn) -> None:
    laws.enough_good_datapoints_end_every_alarm(plan, rule, drawn)


# Planners that are broken, each in one way


def _breaching(rule: Rule, points: Mapping[int, Point]) -> int:
    return sum(rule.breaches(it.value) for it in points.values())


def _jumpy(rule: Rule, points: Mapping[int, Point], end: int) -> Verdict:
    return plan(replace(rule, datapoints_to_alarm=1), points, end)


def _deaf(rule: Rule, points: Mapping[int, Point], end: int) -> Verdict:
    """All of N must breach."""
    return plan(replace(rule, datapoints_to_alarm=rule.evaluation_periods), points, end)


def _exact(rule: Rule, points: Mapping[int, Point], end: int) -> Verdict:
    """Rings for M datapoints, and not for more."""
    made = plan(rule, points, end)
    is_more = _breaching(rule, points) > rule.datapoints_to_alarm
    return replace(made, state=State.OK) if made.state is State.ALARM and is_more else made


def _treating(missing: Missing) -> Planner:
    return lambda rule, points, end: plan(replace(rule, missing=missing), points, end)


def _fussy(rule: Rule, points: Mapping[int, Point], end: int) -> Verdict:
    """Says that data do not suffice where any is missing."""
    made = plan(rule, points, end)
    return replace(made, state=State.INSUFFICIENT_DATA) if made.filled else made


def _latched(rule: Rule, points: Mapping[int, Point], end: int) -> Verdict:
    """Rings on for as long as anything in its range breaches."""
    made = plan(rule, points, end)
    return replace(made, state=State.ALARM) if _breaching(rule, points) else made


BROKEN: dict[str, tuple[Callable[..., None], Planner, tuple[st.SearchStrategy[Any], ...]]] = {
    "rings for one datapoint": (
        laws.fewer_than_m_breaching_datapoints_never_ring,
        _jumpy,
        (_RULES[Missing.NOT_BREACHING], laws.drawings_),
    ),
    "waits for all datapoints": (
        laws.m_breaching_datapoints_among_the_latest_n_always_ring,
        _deaf,
        (laws.rules_, laws.drawings_),
    ),
    "rings for no more than M": (laws.a_datapoint_that_breaches_never_ends_an_alarm, _exact, _SPARSE),
    "takes missing data for good": (
        laws.with_no_data_at_all_an_alarm_that_ignores_stays_as_it_is,
        _treating(Missing.NOT_BREACHING),
        (_RULES[Missing.IGNORE],),
    ),
    "says too soon that data are missing": (
        laws.insufficient_data_is_said_of_no_data_only,
        _fussy,
        (_RULES[Missing.MISSING], laws.drawings_),
    ),
    "never says that data are missing": (
        laws.insufficient_data_is_said_of_no_data_only,
        _treating(Missing.NOT_BREACHING),
        (_RULES[Missing.MISSING], laws.drawings_),
    ),
    "rings on": (
        laws.enough_good_datapoints_end_every_alarm,
        _latched,
        (laws.rules_, laws.drawings_),
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
    assert {law for law, _, _ in BROKEN.values()} == {it for it in stated if not it.__name__.startswith("_")}
