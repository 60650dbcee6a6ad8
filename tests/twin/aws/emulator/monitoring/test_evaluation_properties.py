"""What holds of every alarm and all data. Each was seen to fail against a planner that was broken for it."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from twin.aws.emulator.monitoring.actions import State
from twin.aws.emulator.monitoring.evaluation import Missing, Point, Rule, evaluation_range, plan

PERIOD = 60
END = 60_000

Drawn = dict[int, bool]
"""Whether the datapoint of so many periods ago breaches; ages without one are missing."""


@st.composite
def rules(draw: st.DrawFn, missing: Missing | None = None) -> Rule:
    periods = draw(st.integers(1, 6))
    treated = missing or draw(st.sampled_from(Missing))
    return Rule(PERIOD, periods, draw(st.integers(1, periods)), "GreaterThanThreshold", 1.0, treated)


drawings = st.dictionaries(st.integers(1, 12), st.booleans(), max_size=12)
sparse = st.dictionaries(st.integers(1, 9), st.just(True), min_size=1, max_size=3)


def _state(rule: Rule, drawn: Drawn) -> State | None:
    points = {END - age * PERIOD: Point(END - age * PERIOD, 2.0 if x else 0.0) for age, x in drawn.items()}
    return plan(rule, points, END).state


def _within(rule: Rule, drawn: Drawn) -> Drawn:
    return {age: x for age, x in drawn.items() if age <= evaluation_range(rule)}


@given(rule=rules(Missing.NOT_BREACHING), drawn=drawings)
@settings(max_examples=100)
def test_fewer_than_m_breaching_datapoints_never_ring(rule: Rule, drawn: Drawn) -> None:
    breaching = sum(_within(rule, drawn).values())
    assert breaching >= rule.datapoints_to_alarm or _state(rule, drawn) is State.OK


@given(rule=rules(), drawn=drawings)
@settings(max_examples=100)
def test_m_breaching_datapoints_among_the_latest_n_always_ring(rule: Rule, drawn: Drawn) -> None:
    latest = sorted(_within(rule, drawn).items())[: rule.evaluation_periods]
    if sum(x for _, x in latest) >= rule.datapoints_to_alarm:
        assert _state(rule, drawn) is State.ALARM


@given(
    rule=st.one_of(rules(), rules(Missing.MISSING)), drawn=st.one_of(drawings, sparse), age=st.integers(1, 12)
)
@settings(max_examples=150)
@example(rule=Rule(PERIOD, 3, 3, "GreaterThanThreshold", 1.0), drawn={3: True}, age=5)
def test_a_datapoint_that_breaches_never_ends_an_alarm(rule: Rule, drawn: Drawn, age: int) -> None:
    if _state(rule, drawn) is State.ALARM:
        assert _state(rule, {**drawn, age: True}) in (State.ALARM, None)


@given(rule=rules(Missing.IGNORE))
@settings(max_examples=50)
def test_with_no_data_at_all_an_alarm_that_ignores_stays_as_it_is(rule: Rule) -> None:
    assert _state(rule, {}) is None


@given(rule=rules(Missing.MISSING), drawn=drawings)
@settings(max_examples=100)
def test_insufficient_data_is_said_of_no_data_only(rule: Rule, drawn: Drawn) -> None:
    assert (_state(rule, drawn) is State.INSUFFICIENT_DATA) == (not _within(rule, drawn))


@given(rule=rules(), drawn=drawings)
@settings(max_examples=100)
def test_enough_good_datapoints_end_every_alarm(rule: Rule, drawn: Drawn) -> None:
    good = dict.fromkeys(range(1, rule.evaluation_periods + 1), False)
    assert _state(rule, {**drawn, **good}) is State.OK
