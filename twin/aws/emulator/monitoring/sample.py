"""What was measured in some span of time: how often, how much, between which bounds, and how it is distributed."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

__all__ = [
    "DISTINCT_VALUES",
    "Sample",
    "Total",
    "Values",
    "counted",
    "single",
    "statistic_set",
    "with_values",
]

DISTINCT_VALUES = 400
"""So many different values are kept exactly in one span; beyond it, values are kept to 1%. AWS approximates too."""

_STEP = math.log(1.01)

Values = tuple[tuple[float, float], ...]
"""Values, each with how often it occurred."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One datum as it was published. `values` is None where only a set of statistics is known, whose values differ."""

    count: float
    total: float
    minimum: float
    maximum: float
    values: Values | None


def single(value: float) -> Sample:
    """One value, once."""
    return Sample(1.0, value, value, value, ((value, 1.0),))


def counted(values: Iterable[float], counts: Iterable[float]) -> Sample:
    """Each value as often as its count says."""
    pairs = tuple((value, count) for value, count in zip(values, counts, strict=True) if count > 0)
    numbers = [value for value, _ in pairs]
    total = sum(value * count for value, count in pairs)
    return Sample(sum(count for _, count in pairs), total, min(numbers), max(numbers), pairs)


def statistic_set(count: float, total: float, minimum: float, maximum: float) -> Sample:
    """A set of statistics, of which percentiles are known where all its values are the same.

    Source: CloudWatch API reference, PutMetricData: Min and Max equal, and Sum equal to Min times SampleCount.
    """
    is_one_value = minimum == maximum and math.isclose(total, minimum * count)
    return Sample(count, total, minimum, maximum, ((minimum, count),) if is_one_value else None)


@dataclass(slots=True)
class Total:
    """Samples added up.

    Attributes:
        values: how often each value occurred, None once a sample has not said.
    """

    count: float
    total: float
    minimum: float
    maximum: float
    values: dict[float, float] | None

    @classmethod
    def of(cls, sample: Sample) -> "Total":
        values = None if sample.values is None else with_values({}, sample.values)
        return cls(sample.count, sample.total, sample.minimum, sample.maximum, values)

    def add(self, sample: Sample) -> None:
        """The sample counts too."""
        self.count += sample.count
        self.total += sample.total
        self.minimum = min(self.minimum, sample.minimum)
        self.maximum = max(self.maximum, sample.maximum)
        if self.values is not None:
            self.values = None if sample.values is None else with_values(self.values, sample.values)

    def sample(self) -> Sample:
        """What was added up, as one sample."""
        values = None if self.values is None else tuple(self.values.items())
        return Sample(self.count, self.total, self.minimum, self.maximum, values)


def with_values(known: dict[float, float], values: Values) -> dict[float, float]:
    """The values count too; what was known may have been changed in place."""
    for value, count in values:
        known[value] = known.get(value, 0.0) + count
    return known if len(known) <= DISTINCT_VALUES else _coarse(known)


def _coarse(known: Mapping[float, float]) -> dict[float, float]:
    """Values that are within 1% of each other are one."""
    coarse: dict[float, float] = {}
    for value, count in _stepped(known):
        coarse[value] = coarse.get(value, 0.0) + count
    return coarse


def _stepped(known: Mapping[float, float]) -> Iterator[tuple[float, float]]:
    for value, count in known.items():
        steps = round(math.log(abs(value)) / _STEP) if value else 0
        yield (math.copysign(math.exp(steps * _STEP), value) if value else 0.0), count
