"""Target tracking: how many would bring the metric to its target."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from twin.aws.emulator.scaling.capacity import Direction, Wish

__all__ = ["Tracked", "scale_in", "scale_out"]

_ROUNDING = 1e-9
"""So that a quotient that is a whole number but for the last binary digit is not rounded up to the next."""


@dataclass(frozen=True)
class Tracked:
    """A policy's metric, as last seen, beside its target."""

    metric: float
    target: float


def scale_out(tracked: Tracked, before: int) -> Wish:
    """In proportion to the metric, rounded up; the first one from zero.

    Sources: user guide, target tracking: "adding capacity proportional to the metric value as fast as it can", and
    "rounding up or down" so that it does not add "insufficient capacity". A metric that has a ceiling (CPU: 100%) has
    a largest step of its own. ECS developer guide, "Service auto scaling": from zero "it scales out by the minimum
    possible amount as a starting point". That the latest datapoint is the metric's value is an assumption.

    Args:
        before: the capacity from which a scale-out counts.
    """
    return Wish(_in_proportion(tracked, before) if before else 1, Direction.OUT)


def scale_in(policies: Sequence[Tracked], running: int) -> Wish:
    """In proportion to the metric, rounded up: the largest capacity that any of the policies wants.

    Args:
        policies: all of the target's with scale-in enabled, all of them ready to scale in; at least one.

    Sources: user guide, target tracking, Multiple scaling policies: "the policy that provides the largest capacity for
    both scale in and scale out"; "acts conservatively by rounding". That scale-in is gradual is in its alarm (15
    minutes, and 10% below the target); AWS documents no limit of one step, and here there is none.
    """
    return Wish(max(_in_proportion(it, running) for it in policies), Direction.IN)


def _in_proportion(tracked: Tracked, count: int) -> int:
    return math.ceil(count * tracked.metric / tracked.target - _ROUNDING)
