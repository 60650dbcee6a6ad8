"""When people come: a rate that changes over time, and the moments that are drawn from it.

Moments are those of a process of rate 1, stretched by the inverse of the cumulative rate. For random ones that is the
time-change theorem of Poisson processes; for even ones it puts arrival n where n - 1/2 are expected.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random

__all__ = ["Arrival", "Stretch", "arrivals", "evenly", "randomly"]


@dataclass(frozen=True)
class Stretch:
    """A rate that changes evenly. Attributes: first, last: arrivals a second at its begin and end."""

    name: str
    seconds: float
    first: float
    last: float

    @property
    def expected(self) -> float:
        return self.seconds * (self.first + self.last) / 2

    def moment(self, expected: float) -> float:
        """Seconds from its begin until so many have come, on average; at most `self.expected`."""
        slope = (self.last - self.first) / self.seconds
        return 2 * expected / (self.first + math.sqrt(max(0.0, self.first**2 + 2 * slope * expected)))


@dataclass(frozen=True)
class Arrival:
    """Attributes: at: seconds from the begin of the first stretch. stretch: its name."""

    at: float
    stretch: str


def randomly(source: Random) -> Iterator[float]:
    """How many were expected when each came, for arrivals at random."""
    expected = 0.0
    while True:
        expected += source.expovariate(1)
        yield expected


def evenly() -> Iterator[float]:
    """The same for arrivals that keep their distance."""
    return (number + 0.5 for number in count())


def arrivals(stretches: Sequence[Stretch], moments: Iterator[float]) -> Iterator[Arrival]:
    """Every arrival in order, until the last stretch is over. Args: moments: of a process of rate 1."""
    before, began = 0.0, 0.0
    expected = next(moments)
    for stretch in stretches:
        while expected - before < stretch.expected:
            yield Arrival(began + stretch.moment(expected - before), stretch.name)
            expected = next(moments)
        before += stretch.expected
        began += stretch.seconds
