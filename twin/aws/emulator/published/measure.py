"""What was measured of a resource in a minute. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from twin.aws.emulator.published.ledger import Entry, Resource

__all__ = ["MINUTE_SECONDS", "Measure", "measures", "minute_of", "once"]

MINUTE_SECONDS = 60

Values = tuple[tuple[float, int], ...]


@dataclass(frozen=True)
class Measure:
    """Values of one metric, each with how often it was measured. Attributes: at: when the minute began."""

    resource: Resource
    metric: str
    unit: str
    at: float
    values: Values


def minute_of(moment: float) -> float:
    """When its minute began."""
    return float(int(moment // MINUTE_SECONDS) * MINUTE_SECONDS)


def once(resource: Resource, metric: str, unit: str, at: float, value: float) -> Measure:
    return Measure(resource, metric, unit, at, ((float(value), 1),))


def measures(entries: Iterable[Entry]) -> list[Measure]:
    """The entries by metric and minute, in order."""
    found: defaultdict[tuple[Resource, str, str, float], Counter[float]] = defaultdict(Counter)
    for it in entries:
        found[it.resource, it.metric, it.unit, minute_of(it.at)][it.value] += 1
    return [Measure(*key, tuple(sorted(values.items()))) for key, values in sorted(found.items())]
