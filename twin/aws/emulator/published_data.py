"""What the data plane measures for AWS's own namespaces, as it posts it."""

from collections.abc import Mapping
from typing import Any

from twin.aws.emulator.environment import ACCOUNT_ID
from twin.aws.emulator.monitoring.sample import Sample, counted, single, statistic_set
from twin.aws.emulator.monitoring.series import NO_UNIT, STANDARD, Datum, Metric, dimensions_of

__all__ = ["FORM", "read_datum"]

FORM = (
    'The body must be {"data": [{"region", "namespace", "name", "dimensions": {...}, "at": <seconds since the epoch>, '
    '"resolution": 1 or 60, "unit", and "value", or "values" and "counts", or "sum", "minimum", "maximum" and '
    '"count"}]}.'
)


def read_datum(given: Mapping[str, Any]) -> Datum:
    """One datum of the body.

    Raises:
        KeyError, TypeError, ValueError: it is not of that form.
    """
    dimensions: Mapping[str, Any] = given.get("dimensions") or {}
    named = dimensions_of({str(name): str(value) for name, value in dimensions.items()})
    return Datum(
        Metric(ACCOUNT_ID, str(given["region"]), str(given["namespace"]), str(given["name"]), named),
        float(given["at"]),
        _sample(given),
        str(given.get("unit") or NO_UNIT),
        int(given.get("resolution", STANDARD)),
    )


def _sample(given: Mapping[str, Any]) -> Sample:
    if "value" in given:
        return single(float(given["value"]))
    if "values" in given:
        values = [float(it) for it in given["values"]]
        return counted(values, [float(it) for it in given.get("counts") or [1] * len(values)])
    count, total = float(given["count"]), float(given["sum"])
    return statistic_set(count, total, float(given["minimum"]), float(given["maximum"]))
