"""CloudWatch: GetMetricData, with metric math."""

from collections.abc import Iterable, Mapping
from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.extensions.cloudwatch_request import SHORT_PERIODS, paged, window_of
from twin.aws.emulator.monitoring.alarms import moment
from twin.aws.emulator.monitoring.exceptions import ExpressionRefused, StatisticUnknown
from twin.aws.emulator.monitoring.expressions import Series, Value
from twin.aws.emulator.monitoring.queries import Expression, MetricStatistic, Query, read_queries

__all__ = ["EXTENSIONS"]

_MOST_DATAPOINTS = 100_800
"""Datapoints of one answer where it is not asked otherwise. Source: API_GetMetricData.html, MaxDatapoints."""


def _data(context: Context) -> Document:
    call, given = context.call, context.call.parameters
    _check_queries(given["MetricDataQueries"])
    try:
        queries = read_queries(given["MetricDataQueries"], call.account, call.region)
        window = window_of(given, _shortest(queries.metrics))
        values = queries.values(context.monitoring.store, window)
    except (ExpressionRefused, StatisticUnknown) as error:
        raise AwsError("ValidationError", str(error)) from None
    by_id = {query.id: query for query in queries.ordered}
    returned = [it for it in given["MetricDataQueries"] if it.get("ReturnData", True)]
    results = [
        _result(it, by_id[it["Id"]], series, given)
        for it in returned
        for series in _several(values[it["Id"]])
    ]
    return _paged(results, given)


def _check_queries(queries: Iterable[Mapping[str, Any]]) -> None:
    for number, query in enumerate(queries, 1):
        if ("MetricStat" in query) == ("Expression" in query):
            where = f"MetricDataQueries.member.{number}"
            message = f"The parameter {where} must have either MetricStat or Expression, and not both."
            raise AwsError("ValidationError", message)


def _shortest(metrics: Iterable[MetricStatistic]) -> int:
    periods = [it.period_seconds for it in metrics]
    for period in periods:
        if period not in SHORT_PERIODS and period % 60:
            return period
    return min(periods, default=60)


def _several(value: Value) -> list[Series]:
    """A number is no time series, and cannot be returned. Source: user guide, using-metric-math.html."""
    match value:
        case Series():
            return [value]
        case list():
            return value
        case _:
            raise AwsError("ValidationError", "A number cannot be returned: use TIME_SERIES on it.")


def _result(asked: Mapping[str, Any], query: Query, series: Series, given: Mapping[str, Any]) -> Document:
    is_ascending = given.get("ScanBy") == "TimestampAscending"
    points = sorted(series.values.items(), reverse=not is_ascending)
    return {
        "Id": asked["Id"],
        "Label": asked.get("Label") or _label(query),
        "Timestamps": [moment(at) for at, _ in points],
        "Values": [value for _, value in points],
        "StatusCode": "Complete",
    }


def _label(query: Query) -> str:
    return query.id if isinstance(query, Expression) else query.metric.name


def _paged(results: list[Document], given: Mapping[str, Any]) -> Document:
    """Pages of datapoints; every page has every result."""
    most = int(given.get("MaxDatapoints") or _MOST_DATAPOINTS)
    total = range(sum(len(it["Values"]) for it in results))
    kept, further = paged(total, given.get("NextToken"), most)
    first = kept[0] if kept else len(total)
    shown: list[Document] = []
    offset = 0
    for result in results:
        shown.append(_part(result, first - offset, first + len(kept) - offset))
        offset += len(result["Values"])
    return {"MetricDataResults": shown, **further}


def _part(result: Document, begin: int, end: int) -> Document:
    """Of the datapoints those from `begin` to `end`, either of which may lie outside."""
    part = slice(max(0, begin), max(0, end))
    is_cut = end < len(result["Values"])
    cut = {name: result[name][part] for name in ("Timestamps", "Values")}
    return {**result, **cut, "StatusCode": "PartialData" if is_cut else "Complete"}


EXTENSIONS = (
    Extension(
        service="cloudwatch",
        topic="metric math",
        stock="adds up everything, whatever the expression",
        aws="evaluates expressions over metrics, in alarms too",
        change="evaluates operators, IF, FILL, METRICS, SUM, AVG, MIN, MAX, ABS, CEIL, FLOOR, RATE, DIFF, RUNNING_SUM, "
        "PERIOD and TIME_SERIES; refuses others, SEARCH and Metrics Insights",
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html",
        operations={"GetMetricData": _data},
    ),
)
