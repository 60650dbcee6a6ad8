"""Statistics of what was measured: the five plain ones, percentiles, and the mean between two percentiles."""

import re
from collections.abc import Callable, Mapping
from functools import cache

from twin.aws.emulator.monitoring.exceptions import StatisticUnknown
from twin.aws.emulator.monitoring.sample import Sample, Values

__all__ = ["PLAIN", "Statistic", "percentile_of", "statistic"]

Statistic = Callable[[Sample], float | None]
"""The statistic of a sample; None where the sample does not tell."""

PLAIN: Mapping[str, Statistic] = {
    "SampleCount": lambda sample: sample.count,
    "Sum": lambda sample: sample.total,
    "Average": lambda sample: sample.total / sample.count if sample.count else None,
    "Minimum": lambda sample: sample.minimum,
    "Maximum": lambda sample: sample.maximum,
}

_PERCENTILE = re.compile(r"p(\d{1,3}(?:\.\d{1,10})?)$")
"""Source: CloudWatch user guide, "CloudWatch statistics definitions" (Statistics-definitions.html), percentile: up to
ten decimal places, p0 to p100."""

_TRIMMED_BELOW = re.compile(r"tm(\d{1,2}(?:\.\d{1,10})?)$")
_TRIMMED_BETWEEN = re.compile(r"TM\((?:(\d{1,2}(?:\.\d{1,10})?)%)?:(?:(\d{1,3}(?:\.\d{1,10})?)%)?\)$")


@cache
def statistic(name: str) -> Statistic:
    """The statistic of that name.

    Raises:
        StatisticUnknown: it is none of CloudWatch's, or one that the twin does not have (tc, ts, wm, PR).
    """
    if name in PLAIN:
        return PLAIN[name]
    if (percent := percentile_of(name)) is not None:
        return lambda sample: _percentile(sample, percent)
    if (bounds := _bounds(name)) is not None:
        return lambda sample: _trimmed_mean(sample, *bounds)
    raise StatisticUnknown(name)


def percentile_of(name: str) -> float | None:
    """99.9 for ``p99.9``, None for what is no percentile."""
    match = _PERCENTILE.match(name)
    percent = float(match[1]) if match else None
    return percent if percent is not None and percent <= 100 else None


def _bounds(name: str) -> tuple[float, float] | None:
    """Between which percentiles the mean is taken. Source: as above: IQM is TM(25%:75%), tm99 is TM(0%:99%)."""
    if name == "IQM":
        return 25.0, 75.0
    if match := _TRIMMED_BELOW.match(name):
        return 0.0, float(match[1])
    match = _TRIMMED_BETWEEN.match(name)
    return (float(match[1] or 0), float(match[2] or 100)) if match else None


def _percentile(sample: Sample, percent: float) -> float | None:
    """The smallest value that so many percent of all values do not exceed.

    AWS does not document how it places a percentile between two values: that it takes the nearest is assumed.
    """
    if not sample.values or sample.minimum < 0:
        # Source: as above: percentiles are not there where values are negative, or the distribution is not known.
        return None
    wanted, below = sample.count * percent / 100, 0.0
    for value, count in sorted(sample.values):
        below += count
        if below >= wanted - 1e-9:
            return value
    return sample.maximum


def _trimmed_mean(sample: Sample, low: float, high: float) -> float | None:
    if not sample.values:
        return None
    first, last = sample.count * low / 100, sample.count * high / 100
    kept = [(value, share) for value, share in _shares(sample.values, first, last) if share > 0]
    counted = sum(share for _, share in kept)
    return sum(value * share for value, share in kept) / counted if counted else None


def _shares(values: Values, first: float, last: float) -> list[tuple[float, float]]:
    """How many of each value lie between two ranks."""
    shares: list[tuple[float, float]] = []
    begin = 0.0
    for value, count in sorted(values):
        shares.append((value, min(begin + count, last) - max(begin, first)))
        begin += count
    return shares
