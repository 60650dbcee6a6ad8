"""What load a service is offered over time, and when its requests come. Pure."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Shape", "arrivals", "ramp", "step"]

_STEP_SECONDS = 0.02


@dataclass(frozen=True)
class Shape:
    """Attributes:
    points: seconds from the begin, and how many slots the requests keep busy then; straight lines in between. Two
        points at one moment are a step.
    """

    points: tuple[tuple[float, float], ...]

    @property
    def seconds(self) -> float:
        return self.points[-1][0]

    def busy_slots(self, at: float) -> float:
        for (begin, before), (end, after) in itertools.pairwise(self.points):
            if begin <= at < end:
                return before + (after - before) * (at - begin) / (end - begin)
        return 0.0


def step(before_seconds: float, low: float, high: float, after_seconds: float) -> Shape:
    """The load changes at once. Args: low, high: busy slots before and after."""
    end = before_seconds + after_seconds
    return Shape(((0.0, low), (before_seconds, low), (before_seconds, high), (end, high)))


def ramp(before_seconds: float, low: float, high: float, rise_seconds: float, after_seconds: float) -> Shape:
    """The load changes evenly for a while."""
    risen = before_seconds + rise_seconds
    return Shape(((0.0, low), (before_seconds, low), (risen, high), (risen + after_seconds, high)))


def arrivals(shape: Shape, service_seconds: float) -> Iterator[float]:
    """When requests come, seconds from the begin: evenly, so that a service's load is what the shape says.

    Args: service_seconds: for which a request keeps its slot.
    """
    due, number = 0.0, 0
    while (at := number * _STEP_SECONDS) < shape.seconds:
        due += shape.busy_slots(at) / service_seconds * _STEP_SECONDS
        if due >= 1.0:
            due -= 1.0
            yield at
        number += 1
