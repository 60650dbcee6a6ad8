"""The store of metrics: what was published, by metric, unit and time.

Standard metrics are kept by the minute, high-resolution ones by the second as well. Times are seconds since the epoch,
and nothing here asks a clock.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from twin.aws.emulator.monitoring.columns import Columns
from twin.aws.emulator.monitoring.sample import Sample, Total
from twin.aws.emulator.monitoring.statistic import Statistic

__all__ = ["HIGH_RESOLUTION", "NO_UNIT", "STANDARD", "Datum", "Metric", "Store", "dimensions_of"]

HIGH_RESOLUTION, STANDARD = 1, 60
"""Seconds. Source: CloudWatch API reference, MetricDatum, StorageResolution."""

NO_UNIT = "None"
"""What a datum without a unit has. Source: CloudWatch API reference, MetricDatum, Unit."""

_HIGH_RESOLUTION_SPANS = 3 * 3600
"""Three hours by the second. Source: CloudWatch user guide, "CloudWatch concepts", metrics retention."""

_STANDARD_SPANS = 3 * 24 * 60
"""Three days by the minute, in 170 kB a metric. AWS keeps 15 days (same page): fewer here, so that
memory is bounded."""

_DISTRIBUTIONS = 360
"""Percentiles are known of the last 360 spans whose values differ: six hours by the minute. AWS keeps all."""


class Metric(NamedTuple):
    """What names a metric. Dimensions are in order, so that equal metrics are equal."""

    account: str
    region: str
    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Datum:
    """One datum of a metric.

    Attributes:
        at: seconds since the epoch.
        resolution_seconds: 1 for a high-resolution metric, else 60.
    """

    metric: Metric
    at: float
    sample: Sample
    unit: str = NO_UNIT
    resolution_seconds: int = STANDARD


def dimensions_of(named: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Dimensions as `Metric` has them."""
    return tuple(sorted(named.items()))


class _Series:
    """One metric in one unit."""

    def __init__(self) -> None:
        self.by_minute = Columns(STANDARD, _STANDARD_SPANS, _DISTRIBUTIONS)
        self.by_second: Columns | None = None

    def add(self, datum: Datum) -> None:
        self.by_minute.add(datum.at, datum.sample)
        if datum.resolution_seconds < STANDARD:
            if self.by_second is None:
                self.by_second = Columns(HIGH_RESOLUTION, _HIGH_RESOLUTION_SPANS, _DISTRIBUTIONS)
            self.by_second.add(datum.at, datum.sample)

    def columns(self, period_seconds: int) -> Columns:
        """A standard metric has one datum a minute, at its beginning, also where it is asked for by the second."""
        return self.by_second if self.by_second is not None and period_seconds % STANDARD else self.by_minute


class Store:
    """Every metric that was published. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._series: dict[Metric, dict[str, _Series]] = {}

    def put(self, data: Iterable[Datum]) -> None:
        """The data count, at once."""
        with self._lock:
            for datum in data:
                units = self._series.setdefault(datum.metric, {})
                series = units.get(datum.unit)
                if series is None:
                    series = units[datum.unit] = _Series()
                series.add(datum)

    def samples(
        self, metric: Metric, period_seconds: int, begin: int, end: int, unit: str | None = None
    ) -> dict[int, Sample]:
        """What was measured in each period from `begin` on, by the period's beginning; empty periods are left out.

        Args:
            end: exclusive.
            unit: of the data that count, None for all.
        """
        with self._lock:
            return _by_period(self._within(metric, period_seconds, begin, end, unit), begin, period_seconds)

    def values(
        self,
        metric: Metric,
        of: Statistic,
        period_seconds: int,
        begin: int,
        end: int,
        unit: str | None = None,
    ) -> dict[int, float]:
        """The statistic in each period that has it, by the period's beginning."""
        found = self.samples(metric, period_seconds, begin, end, unit)
        values = {at: of(sample) for at, sample in found.items()}
        return {at: value for at, value in values.items() if value is not None}

    def metrics(self, account: str, region: str) -> list[tuple[Metric, int]]:
        """Every metric there, in order, with when it was last published: the beginning of that minute."""
        with self._lock:
            return sorted(
                (metric, max(it.by_minute.latest or 0 for it in units.values()))
                for metric, units in self._series.items()
                if (metric.account, metric.region) == (account, region)
            )

    def units(self, metric: Metric) -> list[str]:
        """The units in which the metric was published."""
        with self._lock:
            return sorted(self._series.get(metric, {}))

    def _within(
        self, metric: Metric, period_seconds: int, begin: int, end: int, unit: str | None
    ) -> Iterator[tuple[int, Sample]]:
        for name, series in self._series.get(metric, {}).items():
            if unit in (None, name):
                yield from series.columns(period_seconds).samples(begin, end)


def _by_period(spans: Iterable[tuple[int, Sample]], begin: int, period_seconds: int) -> dict[int, Sample]:
    totals: dict[int, Sample | Total] = {}
    for at, sample in spans:
        period = begin + (at - begin) // period_seconds * period_seconds
        known = totals.get(period)
        if known is None:
            totals[period] = sample
            continue
        total = totals[period] = known if isinstance(known, Total) else Total.of(known)
        total.add(sample)
    return {at: it.sample() if isinstance(it, Total) else it for at, it in sorted(totals.items())}
