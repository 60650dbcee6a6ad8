"""CloudWatch: what PutMetricData was given, checked as AWS checks it.

Source: CloudWatch API reference, PutMetricData and MetricDatum. The words are AWS's where clients show them.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from twin.aws.emulator.call import Call
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.monitoring.sample import Sample, counted, single, statistic_set
from twin.aws.emulator.monitoring.series import (
    HIGH_RESOLUTION,
    NO_UNIT,
    STANDARD,
    Datum,
    Metric,
    dimensions_of,
)

__all__ = ["read_data"]

_DATA, _VALUES, _DIMENSIONS = 1000, 150, 30
"""The most data of a request, values of a datum, and dimensions of a metric."""

_PAST_SECONDS, _FUTURE_SECONDS = 14 * 86_400, 2 * 3600
_BIGGEST = 2.0**360
_OF_AWS = "AWS/"


def read_data(call: Call, now: float) -> list[Datum]:
    """The data of the request, all of them or none.

    Raises:
        AwsError: AWS would refuse one of them.
    """
    namespace, documents = call.parameters["Namespace"], list(_documents(call.parameters))
    if namespace.startswith(_OF_AWS):
        raise AwsError("InvalidParameterValue", "The value AWS/ for parameter Namespace is invalid.")
    if len(documents) > _DATA:
        message = f"The collection MetricData must not have a size greater than {_DATA}."
        raise AwsError("InvalidParameterValue", message)
    return [_datum(call, namespace, it, number, now) for number, it in enumerate(documents, 1)]


def _documents(given: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from given.get("MetricData") or ()
    for entity in given.get("EntityMetricData") or ():
        yield from entity.get("MetricData") or ()


def _datum(call: Call, namespace: str, given: Mapping[str, Any], number: int, now: float) -> Datum:
    where = f"MetricData.member.{number}"
    resolution = given.get("StorageResolution") or STANDARD
    if resolution not in (HIGH_RESOLUTION, STANDARD):
        message = f"The parameter {where}.StorageResolution must be 1 or 60, got {resolution}."
        raise AwsError("InvalidParameterValue", message)
    dimensions = dimensions_of({it["Name"]: it["Value"] for it in given.get("Dimensions") or ()})
    if len(dimensions) > _DIMENSIONS:
        message = f"The collection {where}.Dimensions must not have a size greater than {_DIMENSIONS}."
        raise AwsError("InvalidParameterValue", message)
    return Datum(
        Metric(call.account, call.region, namespace, given["MetricName"], dimensions),
        _at(given, where, now),
        _sample(given, where),
        given.get("Unit") or NO_UNIT,
        resolution,
    )


def _at(given: Mapping[str, Any], where: str, now: float) -> float:
    if given.get("Timestamp") is None:
        return now
    at = float(given["Timestamp"].timestamp())
    if at < now - _PAST_SECONDS:
        message = f"The parameter {where}.Timestamp must specify a time no more than two weeks in the past."
        raise AwsError("InvalidParameterValue", message)
    if at > now + _FUTURE_SECONDS:
        message = f"The parameter {where}.Timestamp must specify a time within the next two hours."
        raise AwsError("InvalidParameterValue", message)
    return at


_FORMS: Mapping[str, Callable[[Mapping[str, Any], str], Sample]] = {
    "Value": lambda given, where: single(_number(given["Value"], where)),
    "Values": lambda given, where: _counted(given, where),
    "StatisticValues": lambda given, where: _set(given["StatisticValues"], where),
}


def _sample(given: Mapping[str, Any], where: str) -> Sample:
    """Exactly one of the three forms in which a datum may come."""
    found = [name for name in _FORMS if given.get(name) is not None and given[name] != []]
    if len(found) > 1:
        message = f"The parameters {where}.{found[0]} and {where}.{found[1]} are mutually exclusive."
        raise AwsError("InvalidParameterCombination", message)
    if not found:
        message = f"At least one of the parameters must be specified for {where}: {', '.join(_FORMS)}."
        raise AwsError("MissingParameter", message)
    return _FORMS[found[0]](given, where)


def _counted(given: Mapping[str, Any], where: str) -> Sample:
    values = [_number(it, where) for it in given["Values"]]
    counts = [_number(it, where) for it in given.get("Counts") or [1.0] * len(values)]
    if len(values) != len(counts):
        message = f"The parameters {where}.Values and {where}.Counts must be of the same size."
        raise AwsError("InvalidParameterValue", message)
    if len(values) > _VALUES:
        message = f"The collection {where}.Values must not have a size greater than {_VALUES}."
        raise AwsError("InvalidParameterValue", message)
    if min(counts) < 0 or not sum(counts):
        raise AwsError("InvalidParameterValue", f"The collection {where}.Counts must have counts above 0.")
    return counted(values, counts)


def _set(given: Mapping[str, Any], where: str) -> Sample:
    numbers = {name: _number(given[name], where) for name in ("SampleCount", "Sum", "Minimum", "Maximum")}
    if numbers["Minimum"] > numbers["Maximum"] or numbers["SampleCount"] < 0:
        message = f"The parameter {where}.StatisticValues.Maximum must be greater than Minimum."
        raise AwsError("InvalidParameterValue", message)
    return statistic_set(numbers["SampleCount"], numbers["Sum"], numbers["Minimum"], numbers["Maximum"])


def _number(value: Any, where: str) -> float:
    number = float(value)
    if not math.isfinite(number) or abs(number) > _BIGGEST:
        message = f"The value {number} for parameter {where}.Value is invalid."
        raise AwsError("InvalidParameterValue", message)
    return number
