import pytest

from twin.aws.emulator.monitoring.exceptions import ExpressionRefused
from twin.aws.emulator.monitoring.expression_grammar import parsed
from twin.aws.emulator.monitoring.expressions import Scope, Series, Value, evaluated

FRAME = Series(60, 0, 300, {})
M1 = Series(60, 0, 300, {0: 1.0, 60: 2.0, 180: 4.0})
M2 = Series(60, 0, 300, {0: 0.0, 60: 4.0, 120: 3.0, 180: 2.0})


def _value(expression: str) -> Value:
    return evaluated(parsed(expression), Scope({"m1": M1, "m2": M2}, ["m1", "m2"], expression, FRAME))


def _points(expression: str) -> dict[int, float]:
    value = _value(expression)
    assert isinstance(value, Series)
    return dict(value.values)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("m1 + m2", {0: 1.0, 60: 6.0, 180: 6.0}),
        ("m1 - 1", {0: 0.0, 60: 1.0, 180: 3.0}),
        ("2 * m1 + 1", {0: 3.0, 60: 5.0, 180: 9.0}),
        ("2 * (m1 + 1)", {0: 4.0, 60: 6.0, 180: 10.0}),
        ("m1 ^ 2", {0: 1.0, 60: 4.0, 180: 16.0}),
        ("-m1 ^ 2", {0: -1.0, 60: -4.0, 180: -16.0}),
        ("8 / m1 / 2", {0: 4.0, 60: 2.0, 180: 1.0}),
        ("m1 / m2", {60: 0.5, 180: 2.0}),
        ("m1 > 1", {0: 0.0, 60: 1.0, 180: 1.0}),
        ("m1 > 1 AND m2 < 3", {0: 0.0, 60: 0.0, 180: 1.0}),
        ("m1 == 1 || m2 == 2", {0: 1.0, 60: 0.0, 180: 1.0}),
        ("IF(m1 > 1, m1, 0)", {0: 0.0, 60: 2.0, 180: 4.0}),
        ("IF(m1 > 1, m2)", {60: 4.0, 180: 2.0}),
        ("FILL(m1, 0)", {0: 1.0, 60: 2.0, 120: 0.0, 180: 4.0, 240: 0.0}),
        ("FILL(m1, REPEAT)", {0: 1.0, 60: 2.0, 120: 2.0, 180: 4.0, 240: 4.0}),
        ("FILL(m1, LINEAR)", {0: 1.0, 60: 2.0, 120: 3.0, 180: 4.0}),
        ("FILL(m1, m2)", {0: 1.0, 60: 2.0, 120: 3.0, 180: 4.0}),
        ("SUM(METRICS())", {0: 1.0, 60: 6.0, 120: 3.0, 180: 6.0}),
        ("MAX([m1, m2])", {0: 1.0, 60: 4.0, 120: 3.0, 180: 4.0}),
        ("AVG(METRICS('m2'))", {0: 0.0, 60: 4.0, 120: 3.0, 180: 2.0}),
        ("m1 / MAX(m1)", {0: 0.25, 60: 0.5, 180: 1.0}),
        ("RATE(m1)", {60: 1 / 60, 180: 2 / 120}),
        ("DIFF(m2)", {60: 4.0, 120: -1.0, 180: -1.0}),
        ("RUNNING_SUM(m1)", {0: 1.0, 60: 3.0, 180: 7.0}),
        ("m2 / PERIOD(m2)", {0: 0.0, 60: 4 / 60, 120: 3 / 60, 180: 2 / 60}),
        ("ABS(m1 - 3)", {0: 2.0, 60: 1.0, 180: 1.0}),
        ("CEIL(m1 / 3) + FLOOR(m1 / 3)", {0: 1.0, 60: 1.0, 180: 3.0}),
        ("(0 - m1) ^ 0.5", {}),
        ("TIME_SERIES(MIN(m1))", dict.fromkeys(range(0, 300, 60), 1.0)),
    ],
)  # fmt: skip
def test_an_expression_comes_to(expression: str, expected: dict[int, float]) -> None:
    assert _points(expression) == pytest.approx(expected)


def test_an_aggregate_of_one_series_is_a_number() -> None:
    assert [_value(f"{name}(m1)") for name in ("SUM", "AVG", "MIN", "MAX")] == [7.0, 7 / 3, 1.0, 4.0]


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("m1 +", "its end is not expected"),
        ("m1 m2", "'m2' is not expected"),
        ("m1 # 2", "'#' is not expected"),
        ("(m1", "its end is not expected"),
        ("m3 + 1", "Undefined variable 'm3'"),
        ("SEARCH('x', 'Sum')", "Unsupported function 'SEARCH'"),
        ("ANOMALY_DETECTION_BAND(m1)", "Unsupported function"),
        ("SELECT AVG(x) FROM y", "Metrics Insights"),
        ("RATE(1)", "takes time series"),
        ("IF(m1)", "does not take 1 arguments"),
        ("METRICS() + METRICS()", "two lists"),
        ("[m1, 1]", "a list holds time series only"),
    ],
)
def test_what_is_no_metric_math_is_refused(expression: str, reason: str) -> None:
    with pytest.raises(ExpressionRefused, match=reason.replace("(", r"\(").replace(")", r"\)")):
        _value(expression)
