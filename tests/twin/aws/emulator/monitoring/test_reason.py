import pytest

from twin.aws.emulator.monitoring.actions import State
from twin.aws.emulator.monitoring.evaluation import Missing, Point, Rule, plan
from twin.aws.emulator.monitoring.reason import reason, reason_data

END = 1_763_780_400  # 22 November 2025, 03:00:00 UTC


def _said(rule: Rule, values: list[float | None], old: State, new: State, is_counted: bool = True) -> str:
    """Of values of the last minutes, the latest last."""
    begins = [END - (len(values) - number) * 60 for number in range(len(values))]
    points = {at: Point(at, it) for at, it in zip(begins, values, strict=True) if it is not None}
    return reason(rule, plan(rule, points, END), old, new, is_counted)


RULE = Rule(60, 3, 3, "GreaterThanThreshold", 80.0)


def test_an_alarm_says_which_datapoints_crossed() -> None:
    assert _said(RULE, [90.0, 91.0, 92.5], State.OK, State.ALARM) == (
        "Threshold Crossed: 3 out of the last 3 datapoints [92.5 (22/11/25 02:59:00), 91.0 (22/11/25 02:58:00), "
        "90.0 (22/11/25 02:57:00)] were greater than the threshold (80.0) "
        "(minimum 3 datapoints for OK -> ALARM transition)."
    )


def test_the_end_of_an_alarm_names_what_did_not_cross() -> None:
    assert _said(RULE, [90.0, 91.0, 12.0], State.ALARM, State.OK) == (
        "Threshold Crossed: 1 out of the last 3 datapoints [12.0 (22/11/25 02:59:00)] was not greater than the "
        "threshold (80.0) (minimum 1 datapoint for ALARM -> OK transition)."
    )


def test_without_datapoints_to_alarm_none_are_counted() -> None:
    rule = Rule(60, 1, 1, "GreaterThanThreshold", 0.0)
    assert _said(rule, [3.0], State.OK, State.ALARM, is_counted=False) == (
        "Threshold Crossed: 1 datapoint [3.0 (22/11/25 02:59:00)] was greater than the threshold (0.0)."
    )


@pytest.mark.parametrize(
    ("rule", "new", "expected"),
    [
        (
            Rule(60, 1, 1, "LessThanThreshold", 1.0, Missing.BREACHING),
            State.ALARM,
            "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as "
            "[Breaching].",
        ),
        (
            Rule(60, 3, 3, "GreaterThanThreshold", 1.0, Missing.NOT_BREACHING),
            State.OK,
            "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as "
            "[NonBreaching].",
        ),
        (RULE, State.INSUFFICIENT_DATA, "Insufficient Data: 3 datapoints were unknown."),
    ],
)
def test_missing_data_are_said_to_be_missing(rule: Rule, new: State, expected: str) -> None:
    assert _said(rule, [], State.OK, new) == expected


def test_reason_data_have_the_oldest_datapoint_first() -> None:
    rule = Rule(60, 2, 2, "GreaterThanThreshold", 80.0, statistic="Average")
    points = {END - 120: Point(END - 120, 90.0, 6.0), END - 60: Point(END - 60, 91.0, 5.0)}
    assert reason_data(rule, plan(rule, points, END), END + 7.25) == {
        "version": "1.0",
        "queryDate": "2025-11-22T03:00:07.250+0000",
        "startDate": "2025-11-22T02:58:00.000+0000",
        "statistic": "Average",
        "period": 60,
        "recentDatapoints": [90.0, 91.0],
        "threshold": 80.0,
        "evaluatedDatapoints": [
            {"timestamp": "2025-11-22T02:58:00.000+0000", "sampleCount": 6.0, "value": 90.0},
            {"timestamp": "2025-11-22T02:59:00.000+0000", "sampleCount": 5.0, "value": 91.0},
        ],
    }
