"""What a metric math expression comes to: a number, a time series, or several time series.

Source of the functions: CloudWatch user guide, "Using math expressions with CloudWatch metrics"
(using-metric-math.html). Assumed, because it is silent: two series are combined where both have a datapoint; a
datapoint that has no finite value (a division by zero, a root of a negative number) is none.
"""

import operator
from collections.abc import Sequence

from twin.aws.emulator.monitoring.exceptions import ExpressionRefused
from twin.aws.emulator.monitoring.expression_functions import FUNCTIONS, OPERATORS, combined, each
from twin.aws.emulator.monitoring.expression_grammar import (
    Array,
    Binary,
    Invocation,
    Name,
    Negative,
    Node,
    Number,
    Text,
)
from twin.aws.emulator.monitoring.expression_values import Scope, Series, Value

__all__ = ["Scope", "Series", "Value", "evaluated"]


def evaluated(node: Node, scope: Scope) -> Value:
    """What the expression comes to.

    Raises:
        ExpressionRefused: a function or an argument that is not taken; whatever the data are.
    """
    match node:
        case Number(value):
            return value
        case Name(word):
            return _named(word, scope)
        case Negative(operand):
            return each(evaluated(operand, scope), operator.neg)
        case Binary(sign, left, right):
            return combined(OPERATORS[sign], evaluated(left, scope), evaluated(right, scope), scope)
        case Array(items):
            return _several([evaluated(item, scope) for item in items], scope)
        case Invocation(function, arguments):
            return _invoked(function, arguments, scope)
        case Text():
            raise ExpressionRefused(scope.expression, "a text stands in METRICS() only")


def _named(word: str, scope: Scope) -> Value:
    if word not in scope.values:
        raise ExpressionRefused(scope.expression, f"Undefined variable {word!r}")
    return scope.values[word]


def _several(values: Sequence[Value], scope: Scope) -> list[Series]:
    found: list[Series] = []
    for value in values:
        if isinstance(value, int | float):
            raise ExpressionRefused(scope.expression, "a list holds time series only")
        found += value if isinstance(value, list) else [value]
    return found


def _invoked(function: str, arguments: tuple[Node, ...], scope: Scope) -> Value:
    if function == "METRICS":
        return _metrics(arguments, scope)
    if function == "FILL" and len(arguments) == 2:
        return _filled(evaluated(arguments[0], scope), arguments[1], scope)
    known = FUNCTIONS.get(function)
    if known is None:
        raise ExpressionRefused(scope.expression, f"Unsupported function {function!r}")
    least, most, apply = known
    if not least <= len(arguments) <= most:
        raise ExpressionRefused(scope.expression, f"{function} does not take {len(arguments)} arguments")
    return apply([evaluated(argument, scope) for argument in arguments], scope)


def _metrics(arguments: tuple[Node, ...], scope: Scope) -> list[Series]:
    """All metrics of the request, or those whose id has the text in it."""
    text = ""
    match arguments:
        case ():
            pass
        case (Text(value),):
            text = value
        case _:
            raise ExpressionRefused(scope.expression, "METRICS takes nothing or one text")
    return _several([scope.values[name] for name in scope.metrics if text in name], scope)


def _filled(value: Value, filling: Node, scope: Scope) -> Value:
    match value:
        case Series():
            return _filled_series(value, filling, scope)
        case list():
            return [_filled_series(item, filling, scope) for item in value]
        case _:
            raise ExpressionRefused(scope.expression, "FILL takes time series")


def _filled_series(series: Series, filling: Node, scope: Scope) -> Series:
    """A value in every period: the one given, the one before (REPEAT), or one on the line between (LINEAR)."""
    match filling:
        case Name("REPEAT"):
            return series.with_values((at, _before(series, at)) for at in series.times())
        case Name("LINEAR"):
            return series.with_values((at, _between(series, at)) for at in series.times())
        case _:
            value = evaluated(filling, scope)
    if isinstance(value, list):
        raise ExpressionRefused(
            scope.expression, "FILL fills with REPEAT, LINEAR, a number or one time series"
        )
    given = value.values if isinstance(value, Series) else dict.fromkeys(series.times(), value)
    return series.with_values((at, series.values.get(at, given.get(at))) for at in series.times())


def _before(series: Series, at: int) -> float | None:
    earlier = [it for it in series.values if it <= at]
    return series.values[max(earlier)] if earlier else None


def _between(series: Series, at: int) -> float | None:
    earlier, later = [it for it in series.values if it <= at], [it for it in series.values if it >= at]
    if not earlier or not later:
        return None
    first, last = max(earlier), min(later)
    share = (at - first) / (last - first) if last > first else 0.0
    return series.values[first] + share * (series.values[last] - series.values[first])
