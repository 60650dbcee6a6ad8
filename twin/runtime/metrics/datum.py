"""One datum of a metric, as CloudWatch is given it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["HIGH_RESOLUTION", "STANDARD_RESOLUTION", "Datum", "Distribution", "exact", "rounded"]

STANDARD_RESOLUTION = 60
HIGH_RESOLUTION = 1
"""Source: CloudWatch API reference, MetricDatum, StorageResolution."""

_SIGNIFICANT_DIGITS = 3

Distribution = tuple[tuple[float, int], ...]
"""Values with how often each was measured, in order; percentiles can be told from it."""


@dataclass(frozen=True)
class Datum:
    """Attributes: at: when its period began, seconds since the epoch. resolution: 60, or 1 for high resolution."""

    region: str
    namespace: str
    name: str
    unit: str
    dimensions: Mapping[str, str]
    at: float
    values: Distribution
    resolution: int = STANDARD_RESOLUTION

    def document(self) -> dict[str, Any]:
        """What the emulator's endpoint for metrics takes."""
        return {
            "region": self.region,
            "namespace": self.namespace,
            "name": self.name,
            "dimensions": dict(self.dimensions),
            "at": self.at,
            "resolution": self.resolution,
            "unit": self.unit,
            "values": [value for value, _ in self.values],
            "counts": [count for _, count in self.values],
        }


def exact(values: Iterable[float]) -> Distribution:
    """Each value as it was measured."""
    return tuple(sorted(Counter(map(float, values)).items()))


def rounded(counts: Mapping[float, int]) -> Distribution:
    """Values to three significant digits, so that a minute of many requests stays small.

    Args: counts: how often each value was measured.
    """
    found: Counter[float] = Counter()
    for value, count in counts.items():
        found[float(f"{value:.{_SIGNIFICANT_DIGITS}g}")] += count
    return tuple(sorted(found.items()))
