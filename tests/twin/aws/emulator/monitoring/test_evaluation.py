"""The tables of the CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data", row by row."""

import pytest

from twin.aws.emulator.monitoring.actions import State
from twin.aws.emulator.monitoring.evaluation import Missing, Point, Rule, evaluation_range, plan

PERIOD = 300
RANGE = 5
END = 3000
KEEPS = None


def _rule(datapoints: int, missing: Missing = Missing.MISSING, periods: int = 3) -> Rule:
    return Rule(PERIOD, periods, datapoints, "GreaterThanThreshold", 1.0, missing)


def _points(drawn: str) -> dict[int, Point]:
    """``0`` is within the threshold, ``X`` beyond it, ``-`` missing; the latest is on the right."""
    begins = [END - (len(drawn.split()) - number) * PERIOD for number in range(len(drawn.split()))]
    values = {"0": 0.0, "X": 2.0}
    return {
        at: Point(at, values[sign]) for at, sign in zip(begins, drawn.split(), strict=True) if sign in values
    }


THREE_OF_THREE = [
    ("0 - X - X", 0, ["OK", "OK", "OK", "OK"]),
    ("0 - - - -", 2, ["OK", "OK", "OK", "OK"]),
    ("- - - - -", 3, ["INSUFFICIENT_DATA", KEEPS, "ALARM", "OK"]),
    ("0 X X - X", 0, ["ALARM", "ALARM", "ALARM", "ALARM"]),
    ("- - X - -", 2, ["ALARM", KEEPS, "ALARM", "OK"]),
]
TWO_OF_THREE = [
    ("0 - X - X", 0, ["ALARM", "ALARM", "ALARM", "ALARM"]),
    ("0 0 X 0 X", 0, ["ALARM", "ALARM", "ALARM", "ALARM"]),
    ("0 - X - -", 1, ["OK", "OK", "ALARM", "OK"]),
    ("- - - - 0", 2, ["OK", "OK", "ALARM", "OK"]),
    ("- - - X -", 2, ["ALARM", KEEPS, "ALARM", "OK"]),
]
TREATMENTS = [Missing.MISSING, Missing.IGNORE, Missing.BREACHING, Missing.NOT_BREACHING]


@pytest.mark.parametrize("treatment", range(4), ids=[str(it) for it in TREATMENTS])
@pytest.mark.parametrize(
    ("datapoints", "drawn", "filled", "expected"),
    [(3, *row) for row in THREE_OF_THREE] + [(2, *row) for row in TWO_OF_THREE],
)
def test_a_state_is_as_the_guide_s_tables_have_it(
    datapoints: int, drawn: str, filled: int, expected: list[str | None], treatment: int
) -> None:
    verdict = plan(_rule(datapoints, TREATMENTS[treatment]), _points(drawn), END, RANGE)
    assert (verdict.state, verdict.filled) == (expected[treatment], filled)


@pytest.mark.parametrize("drawn", ["- - - - X", "- - - X -"])
def test_a_young_breaching_datapoint_alone_is_no_alarm(drawn: str) -> None:
    assert plan(_rule(3), _points(drawn), END, RANGE).state is not State.ALARM


def test_no_more_than_the_latest_datapoints_count() -> None:
    assert plan(_rule(3), _points("X X X X 0"), END, RANGE).state is State.OK


def test_what_is_older_than_the_range_does_not_count() -> None:
    assert plan(_rule(1, periods=1), _points("X - - - - - -"), END, RANGE).state is State.INSUFFICIENT_DATA


@pytest.mark.parametrize(
    ("comparison", "value", "is_breaching"),
    [
        ("GreaterThanThreshold", 1.0, False),
        ("GreaterThanOrEqualToThreshold", 1.0, True),
        ("LessThanThreshold", 1.0, False),
        ("LessThanOrEqualToThreshold", 1.0, True),
    ],
)
def test_the_threshold_itself_breaches_only_where_equal_does(
    comparison: str, value: float, is_breaching: bool
) -> None:
    assert Rule(60, 1, 1, comparison, 1.0).breaches(value) is is_breaching


@pytest.mark.parametrize(
    ("period", "periods", "expected"),
    [(300, 3, 5), (3600, 1, 3), (60, 3, 6), (60, 1, 4), (10, 1, 4), (20, 3, 5)],
)
def test_more_periods_are_looked_at_than_are_evaluated(period: int, periods: int, expected: int) -> None:
    assert evaluation_range(Rule(period, periods, periods, "GreaterThanThreshold", 1.0)) == expected


@pytest.mark.parametrize(
    ("statistic", "samples", "expected"),
    [
        ("p99", 999, None),
        ("p99", 1000, State.ALARM),
        ("p50", 19, None),
        ("p50", 20, State.ALARM),
        ("p10", 100, State.ALARM),
    ],
)
def test_a_percentile_of_few_samples_leaves_the_state(
    statistic: str, samples: float, expected: State | None
) -> None:
    """Source: "Percentile-based CloudWatch alarms and low data samples": 1,000 samples are enough for p99."""
    rule = Rule(60, 1, 1, "GreaterThanThreshold", 1.0, statistic=statistic, ignores_few_samples=True)
    points = {END - 60: Point(END - 60, 2.0, samples)}
    assert plan(rule, points, END).state is expected
