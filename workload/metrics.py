"""Counters, and how full the task is, told to CloudWatch. Failing to tell never disturbs the work."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from botocore.exceptions import ClientError

from workload.clock import monotonic
from workload.exceptions import DependencyAway
from workload.logs import Log
from workload.slots import Slots

__all__ = ["Metrics"]

PERIOD_SECONDS = 10.0
"""The shortest period of an alarm on such a metric. Source: CloudWatch API reference, PutMetricAlarm."""

HIGH_RESOLUTION_SECONDS = 1
"""Source: CloudWatch API reference, MetricDatum, StorageResolution."""

MOST_DATA = 1000
MOST_VALUES = 150
"""Source: CloudWatch API reference, PutMetricData (metrics in a request), MetricDatum (values of a metric)."""

Dimensions = tuple[tuple[str, str], ...]


class _Caller(Protocol):
    async def call(
        self, service: str, operation: str, *, dependency: str, **arguments: Any
    ) -> dict[str, Any]: ...


class Metrics:
    """What happened since the last report, and in all."""

    def __init__(self, namespace: str, service: str, aws: _Caller, slots: Slots, log: Log) -> None:
        self._namespace = namespace
        self._service = service
        self._aws = aws
        self._slots = slots
        self._log = log
        self._period: Counter[tuple[str, Dimensions]] = Counter()
        self._values: dict[tuple[str, Dimensions], Counter[int]] = {}
        self.totals: Counter[str] = Counter()
        self.utilisation_percent = 0.0

    def count(self, name: str, by: int = 1, **dimensions: str) -> None:
        """So many more happened. Without dimensions it is only told by the task itself."""
        self.totals[_label(name, dimensions)] += by
        if dimensions:
            self._period[name, tuple(sorted(dimensions.items()))] += by

    def observe_milliseconds(self, name: str, milliseconds: float, **dimensions: str) -> None:
        """One more took so long; kept to about 5%, so that a report stays small."""
        values = self._values.setdefault((name, tuple(sorted(dimensions.items()))), Counter())
        values[_rounded(milliseconds)] += 1

    def operation(self, benefit: str, milliseconds: float, failed: bool) -> None:
        """One operation of a benefit, as its objectives count them (see stacks/benefit.py)."""
        self.count("Operations", Benefit=benefit)
        self.count("FailedOperations", int(failed), Benefit=benefit)
        self.observe_milliseconds("OperationMilliseconds", milliseconds, Benefit=benefit)

    def document(self) -> dict[str, Any]:
        """What `/metrics.json` shows. Utilisation between two looks follows from their busy and clock seconds."""
        return {
            "busy_slots": self._slots.busy,
            "slots": self._slots.count,
            "waiting": self._slots.waiting,
            "utilisation_percent": round(self.utilisation_percent, 1),
            "busy_slot_seconds": round(self._slots.busy_slot_seconds(), 3),
            "clock_seconds": round(monotonic(), 3),
            "shed": {priority.word: count for priority, count in self._slots.shed.items()},
            "totals": dict(self.totals),
        }

    async def run(self) -> None:
        """Reports at the end of every period."""
        self._slots.take_utilisation()
        while True:
            await asyncio.sleep(PERIOD_SECONDS)
            await self.report()

    async def report(self) -> None:
        """The period is over and was told to CloudWatch, if that answers."""
        data = list(self._take())
        try:
            for start in range(0, len(data), MOST_DATA):
                await self._aws.call(
                    "cloudwatch",
                    "put_metric_data",
                    dependency="metrics",
                    Namespace=self._namespace,
                    MetricData=data[start : start + MOST_DATA],
                )
        except (DependencyAway, ClientError) as error:
            self._log.warn("metrics-not-told", why=str(error))

    def _take(self) -> Iterator[dict[str, Any]]:
        at = datetime.now(UTC)
        self.utilisation_percent = self._slots.take_utilisation()
        yield {
            "MetricName": "Utilisation",
            "Dimensions": _named({"Service": self._service}),
            "Timestamp": at,
            "Value": self.utilisation_percent,
            "Unit": "Percent",
            "StorageResolution": HIGH_RESOLUTION_SECONDS,
        }
        counts, self._period = self._period, Counter()
        for (name, dimensions), count in counts.items():
            yield _datum(name, dimensions, at) | {"Value": float(count), "Unit": "Count"}
        observed, self._values = self._values, {}
        for (name, dimensions), values in observed.items():
            yield from _distribution(name, dimensions, at, values)


def _distribution(
    name: str, dimensions: Dimensions, at: datetime, values: Counter[int]
) -> Iterator[dict[str, Any]]:
    pairs = sorted(values.items())
    for start in range(0, len(pairs), MOST_VALUES):
        part = pairs[start : start + MOST_VALUES]
        yield _datum(name, dimensions, at) | {
            "Values": [float(value) for value, _ in part],
            "Counts": [float(count) for _, count in part],
            "Unit": "Milliseconds",
        }


def _datum(name: str, dimensions: Dimensions, at: datetime) -> dict[str, Any]:
    return {"MetricName": name, "Dimensions": _named(dict(dimensions)), "Timestamp": at}


def _named(dimensions: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


def _rounded(milliseconds: float) -> int:
    """To two significant figures."""
    whole = max(0, round(milliseconds))
    digits = len(str(whole)) - 2
    return whole if digits <= 0 else round(whole, -digits)


def _label(name: str, dimensions: Mapping[str, str]) -> str:
    return name + "".join(f"{{{key}={value}}}" for key, value in sorted(dimensions.items()))
