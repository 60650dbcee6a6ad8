"""CloudWatch: metrics are taken, aggregated and read as AWS does."""

import time
from collections.abc import Iterable, Mapping
from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.extensions.cloudwatch_data import read_data
from twin.aws.emulator.extensions.cloudwatch_request import paged, window_of
from twin.aws.emulator.monitoring.alarms import moment
from twin.aws.emulator.monitoring.exceptions import StatisticUnknown
from twin.aws.emulator.monitoring.queries import metric_of
from twin.aws.emulator.monitoring.sample import Sample
from twin.aws.emulator.monitoring.series import Metric
from twin.aws.emulator.monitoring.statistic import PLAIN, statistic

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/"

_LISTED = 500
"""Metrics a page. Source: API_ListMetrics.html."""

_LISTED_SECONDS, _RECENT_SECONDS = 14 * 86_400, 3 * 3600
"""A metric is listed for two weeks after its last datum (API_ListMetrics.html), and recently active for three hours."""

_DATAPOINTS = 1440
"""Datapoints of one answer. Source: API_GetMetricStatistics.html."""


def _put(context: Context) -> Document:
    context.monitoring.put(read_data(context.call, time.time()))
    return {}


def _statistics(context: Context) -> Document:
    call, given = context.call, context.call.parameters
    names = [*(given.get("Statistics") or ()), *(given.get("ExtendedStatistics") or ())]
    if bool(given.get("Statistics")) == bool(given.get("ExtendedStatistics")):
        message = "Must specify either Statistics or ExtendedStatistics"
        raise AwsError("InvalidParameterCombination", message)
    window = window_of(given, given["Period"])
    metric, period = metric_of(given, call.account, call.region), int(given["Period"])
    if (window.end - window.begin) / period > _DATAPOINTS:
        asked = -(-(window.end - window.begin) // period)
        message = (
            f"You have requested up to {asked:,} datapoints, which exceeds the limit of {_DATAPOINTS:,}. "
            "You may reduce the datapoints requested by increasing Period, or decreasing the time range."
        )
        raise AwsError("InvalidParameterCombination", message)
    units = [given["Unit"]] if given.get("Unit") else context.monitoring.store.units(metric)
    points = [
        _datapoint(at, sample, names, unit)
        for unit in units
        for at, sample in context.monitoring.store.samples(
            metric, period, window.begin, window.end, unit
        ).items()
    ]
    return {"Label": metric.name, "Datapoints": points}


def _datapoint(at: int, sample: Sample, names: Iterable[str], unit: str) -> Document:
    values = {name: _value(sample, name) for name in names}
    known = {name: value for name, value in values.items() if value is not None}
    extended = {name: value for name, value in known.items() if name not in PLAIN}
    plain = {name: value for name, value in known.items() if name in PLAIN}
    return {
        "Timestamp": moment(at),
        "Unit": unit,
        **plain,
        **({"ExtendedStatistics": extended} if extended else {}),
    }


def _value(sample: Sample, name: str) -> float | None:
    try:
        return statistic(name)(sample)
    except StatisticUnknown as error:
        raise AwsError("InvalidParameterValue", str(error)) from None


def _list(context: Context) -> Document:
    call, given, now = context.call, context.call.parameters, time.time()
    age = _RECENT_SECONDS if given.get("RecentlyActive") == "PT3H" else _LISTED_SECONDS
    found = [
        metric
        for metric, latest in context.monitoring.store.metrics(call.account, call.region)
        if now - latest <= age and _is_listed(metric, given)
    ]
    shown, further = paged(found, given.get("NextToken"), _LISTED)
    return {"Metrics": [_named(metric) for metric in shown], **further}


def _is_listed(metric: Metric, given: Mapping[str, Any]) -> bool:
    named = dict(metric.dimensions)
    return (
        given.get("Namespace") in (None, metric.namespace)
        and given.get("MetricName") in (None, metric.name)
        and all(
            it["Name"] in named and it.get("Value") in (None, named[it["Name"]])
            for it in given.get("Dimensions") or ()
        )
    )


def _named(metric: Metric) -> Document:
    dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions]
    return {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}


def _keep_nothing() -> None:
    """What moto's Kinesis says of itself is not kept: the list that it goes to would grow without end."""
    from moto.cloudwatch.models import CloudWatchBackend

    backend: Any = CloudWatchBackend
    backend.put_metric_data = lambda self, namespace, metric_data: None


EXTENSIONS = (
    Extension(
        service="cloudwatch",
        topic="metrics",
        stock="keeps every value in one list for ever, reads all of it at every question, and knows no percentiles",
        aws="keeps metrics by the second for three hours and by the minute for fifteen days, with percentiles",
        change="keeps them by the second for three hours and by the minute for three days, with percentiles of the "
        "last 360 periods; takes AWS's own namespaces from the data plane only",
        source=_API + "API_PutMetricData.html",
        patch=_keep_nothing,
        operations={"PutMetricData": _put, "GetMetricStatistics": _statistics, "ListMetrics": _list},
    ),
)
