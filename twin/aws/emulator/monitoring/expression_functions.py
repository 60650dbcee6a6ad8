"""Operators and functions of metric math, on values.

Source: CloudWatch user guide, "Using math expressions with CloudWatch metrics" (using-metric-math.html).
"""

import itertools
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence

from twin.aws.emulator.monitoring.exceptions import ExpressionRefused
from twin.aws.emulator.monitoring.expression_values import Scope, Series, Value

__all__ = ["FUNCTIONS", "OPERATORS", "Function", "combined", "each"]


def _power(base: float, exponent: float) -> float:
    result = base**exponent
    return result if isinstance(result, float) else math.nan


OPERATORS: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": _power,
    "==": lambda a, b: float(a == b),
    "!=": lambda a, b: float(a != b),
    "<": lambda a, b: float(a < b),
    "<=": lambda a, b: float(a <= b),
    ">": lambda a, b: float(a > b),
    ">=": lambda a, b: float(a >= b),
    "&&": lambda a, b: float(bool(a) and bool(b)),
    "||": lambda a, b: float(bool(a) or bool(b)),
}


def _finite(function: Callable[..., float], *arguments: float) -> float:
    try:
        return float(function(*arguments))
    except (ArithmeticError, ValueError):
        return math.nan


def each(value: Value, function: Callable[[float], float]) -> Value:
    """The function of the number, or of each datapoint."""
    match value:
        case Series():
            return value.with_values((at, _finite(function, it)) for at, it in value.values.items())
        case list():
            return [it.with_values((at, _finite(function, x)) for at, x in it.values.items()) for it in value]
        case _:
            return _finite(function, value)


def combined(function: Callable[[float, float], float], left: Value, right: Value, scope: Scope) -> Value:
    """The operation on two numbers, or on the datapoints of series that have both."""
    match left, right:
        case list(), list():
            raise ExpressionRefused(scope.expression, "two lists of time series cannot be combined")
        case list(), _:
            return [_one(combined(function, item, right, scope)) for item in left]
        case _, list():
            return [_one(combined(function, left, item, scope)) for item in right]
        case Series(), Series():
            both = ((at, right.values[at]) for at in left.values if at in right.values)
            return left.with_values((at, _finite(function, left.values[at], other)) for at, other in both)
        case Series(), _:
            return left.with_values((at, _finite(function, it, right)) for at, it in left.values.items())
        case _, Series():
            return right.with_values((at, _finite(function, left, it)) for at, it in right.values.items())
        case _:
            return _finite(function, left, right)


def _one(value: Value) -> Series:
    assert isinstance(value, Series)
    return value


def _reduced(function: Callable[[Sequence[float]], float]) -> "Function":
    """Of one series its datapoints; of several those of a time, a series."""

    def reduce(arguments: list[Value], scope: Scope) -> Value:
        (value,) = arguments
        match value:
            case Series():
                return function(list(value.values.values())) if value.values else math.nan
            case list():
                return _across(function, value, scope)
            case _:
                raise ExpressionRefused(scope.expression, "it takes time series, not a number")

    return 1, 1, reduce


def _across(function: Callable[[Sequence[float]], float], several: list[Series], scope: Scope) -> Series:
    times = sorted({at for series in several for at in series.values})
    frame = several[0] if several else scope.frame
    return frame.with_values(
        (at, function([it.values[at] for it in several if at in it.values])) for at in times
    )


def _mapped(function: Callable[[Series], Iterable[tuple[int, float]]]) -> "Function":
    def apply(arguments: list[Value], scope: Scope) -> Value:
        (value,) = arguments
        match value:
            case Series():
                return value.with_values(function(value))
            case list():
                return [it.with_values(function(it)) for it in value]
            case _:
                raise ExpressionRefused(scope.expression, "it takes time series, not a number")

    return 1, 1, apply


def _steps(series: Series) -> list[tuple[int, int, float]]:
    """Each datapoint after the first: its time, the seconds since the one before, and the change."""
    points = sorted(series.values.items())
    return [(at, at - before, value - last) for (before, last), (at, value) in itertools.pairwise(points)]


def _running_sum(series: Series) -> Iterable[tuple[int, float]]:
    total = 0.0
    for at, value in sorted(series.values.items()):
        total += value
        yield at, total


def _period(arguments: list[Value], scope: Scope) -> Value:
    (value,) = arguments
    if not isinstance(value, Series):
        raise ExpressionRefused(scope.expression, "PERIOD takes one time series")
    return float(value.period_seconds)


def _if(arguments: list[Value], scope: Scope) -> Value:
    """Of each time the second argument where the first is not zero, else the third, or nothing."""
    condition, then, *rest = arguments
    if any(isinstance(it, list) for it in arguments):
        raise ExpressionRefused(scope.expression, "IF takes numbers and single time series")
    if not isinstance(condition, Series):
        return then if condition else rest[0] if rest else scope.frame
    otherwise = rest[0] if rest else math.nan
    return condition.with_values(
        (at, _at(then if holds else otherwise, at)) for at, holds in condition.values.items()
    )


def _at(value: Value, at: int) -> float | None:
    assert not isinstance(value, list)
    return value.values.get(at) if isinstance(value, Series) else value


def _time_series(arguments: list[Value], scope: Scope) -> Value:
    (value,) = arguments
    if isinstance(value, list | Series):
        raise ExpressionRefused(scope.expression, "TIME_SERIES takes a number")
    return scope.frame.with_values((at, value) for at in scope.frame.times())


Function = tuple[int, int, Callable[[list[Value], Scope], Value]]
"""The least and the most arguments, and what it does with them."""

FUNCTIONS: Mapping[str, Function] = {
    "ABS": (1, 1, lambda arguments, _: each(arguments[0], abs)),
    "CEIL": (1, 1, lambda arguments, _: each(arguments[0], math.ceil)),
    "FLOOR": (1, 1, lambda arguments, _: each(arguments[0], math.floor)),
    "SUM": _reduced(math.fsum),
    "AVG": _reduced(lambda values: math.fsum(values) / len(values)),
    "MIN": _reduced(min),
    "MAX": _reduced(max),
    "RATE": _mapped(lambda series: [(at, change / seconds) for at, seconds, change in _steps(series)]),
    "DIFF": _mapped(lambda series: [(at, change) for at, _, change in _steps(series)]),
    "RUNNING_SUM": _mapped(_running_sum),
    "PERIOD": (1, 1, _period),
    "IF": (2, 3, _if),
    "TIME_SERIES": (1, 1, _time_series),
}
