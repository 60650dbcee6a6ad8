"""What holds of every alarm and all data, of whichever planner."""

from collections.abc import Callable, Mapping

from hypothesis import strategies as st

from twin.aws.emulator.monitoring.actions import State
from twin.aws.emulator.monitoring.evaluation import Missing, Point, Rule, Verdict, evaluation_range

__all__ = ["Drawn", "Planner"]

PERIOD = 60
END = 60_000

Planner = Callable[[Rule, Mapping[int, Point], int], Verdict]
Drawn = dict[int, bool]
"""Whether the datapoint of so many periods ago breaches; ages without one are missing."""


@st.composite
def rules(draw: st.DrawFn, missing: Missing | None = None) -> Rule:
    periods = draw(st.integers(1, 6))
    treated = missing or draw(st.sampled_from(Missing))
    return Rule(PERIOD, periods, draw(st.integers(1, periods)), "GreaterThanThreshold", 1.0, treated)


rules_ = rules()
rules_by_treatment = {it: rules(it) for it in Missing}
drawings_ = st.dictionaries(st.integers(1, 12), st.booleans(), max_size=12)
sparse_ = st.dictionaries(st.integers(1, 9), st.just(True), min_size=1, max_size=3)
ages_ = st.integers(1, 12)


def _state(planner: Planner, rule: Rule, drawn: Drawn) -> State | None:
    points = {END - age * PERIOD: Point(END - age * PERIOD, 2.0 if x else 0.0) for age, x in drawn.items()}
    return planner(rule, points, END).state


def _within(rule: Rule, drawn: Drawn) -> Drawn:
    return {age: x for age, x in drawn.items() if age <= evaluation_range(rule)}


# Safety


def fewer_than_m_breaching_datapoints_never_ring(planner: Planner, rule: Rule, drawn: Drawn) -> None:
    """Of an alarm for which missing data are good."""
    breaching = sum(_within(rule, drawn).values())
    assert breaching >= rule.datapoints_to_alarm or _state(planner, rule, drawn) is State.OK


def a_datapoint_that_breaches_never_ends_an_alarm(
    planner: Planner, rule: Rule, drawn: Drawn, age: int
) -> None:
    if _state(planner, rule, drawn) is State.ALARM:
        assert _state(planner, rule, {**drawn, age: True}) in (State.ALARM, None)


def with_no_data_at_all_an_alarm_that_ignores_stays_as_it_is(planner: Planner, rule: Rule) -> None:
    assert _state(planner, rule, {}) is None


def insufficient_data_is_said_of_no_data_only(planner: Planner, rule: Rule, drawn: Drawn) -> None:
    """Of an alarm for which missing data are missing."""
    assert (_state(planner, rule, drawn) is State.INSUFFICIENT_DATA) == (not _within(rule, drawn))


# Progress


def m_breaching_datapoints_among_the_latest_n_always_ring(planner: Planner, rule: Rule, drawn: Drawn) -> None:
    latest = sorted(_within(rule, drawn).items())[: rule.evaluation_periods]
    if sum(x for _, x in latest) >= rule.datapoints_to_alarm:
        assert _state(planner, rule, drawn) is State.ALARM


def enough_good_datapoints_end_every_alarm(planner: Planner, rule: Rule, drawn: Drawn) -> None:
    good = dict.fromkeys(range(1, rule.evaluation_periods + 1), False)
    assert _state(planner, rule, {**drawn, **good}) is State.OK
