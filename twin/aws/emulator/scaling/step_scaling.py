"""Step scaling: how much a breach of an alarm's threshold adds or takes away.

Sources: Application Auto Scaling API reference, StepAdjustment and StepScalingPolicyConfiguration; user guide, "Step
scaling policies" (application-auto-scaling-step-scaling-policies.html).
"""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from twin.aws.emulator.scaling.capacity import Capacity, Direction, Wish

__all__ = ["Step", "StepScaling", "aggregated", "matching", "wish"]

_AGGREGATIONS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Average": statistics.fmean,
    "Maximum": max,
    "Minimum": min,
}


@dataclass(frozen=True)
class Step:
    """An adjustment and the breaches that it is for, counted from the threshold; None is no bound."""

    lower: float | None
    upper: float | None
    adjustment: int


@dataclass(frozen=True)
class StepScaling:
    """A policy's steps. `adjustment_type` and `aggregation` are AWS's words."""

    adjustment_type: str
    steps: tuple[Step, ...]
    minimum_magnitude: int = 0
    aggregation: str = "Average"


def aggregated(datapoints: Sequence[float], aggregation: str) -> float:
    """The value of the metric that is compared with the steps.

    AWS applies the aggregation "to the most recent metric data points"; that these are the ones on which the alarm
    decided is an assumption.
    """
    return _AGGREGATIONS[aggregation](datapoints)


def matching(steps: Sequence[Step], difference: float, is_below: bool) -> Step | None:
    """The step whose interval holds the difference between metric and threshold, None where none does.

    Args:
        is_below: whether the alarm is for values below its threshold, which counts where there is no difference.
    """
    counts_below = difference < 0 or (difference == 0 and is_below)
    return next((it for it in steps if _holds(it, difference, counts_below)), None)


def _holds(step: Step, difference: float, counts_below: bool) -> bool:
    """Above the threshold the lower bound belongs to the interval, below it the upper one."""
    lower = -math.inf if step.lower is None else step.lower
    upper = math.inf if step.upper is None else step.upper
    return lower < difference <= upper if counts_below else lower <= difference < upper


def wish(policy: StepScaling, step: Step, actual: Capacity) -> Wish | None:
    """What the step wants; None where it wants no change.

    An exact capacity scales in or out by whether it is less or more than what is desired.
    """
    if policy.adjustment_type == "ExactCapacity":
        direction = Direction.OUT if step.adjustment >= actual.desired else Direction.IN
        return Wish(step.adjustment, direction)
    count = actual.before if step.adjustment > 0 else actual.running
    change = _change(policy, step, count)
    return Wish(count + change, Direction.OUT if change > 0 else Direction.IN) if change else None


def _change(policy: StepScaling, step: Step, count: int) -> int:
    if policy.adjustment_type == "ChangeInCapacity":
        return step.adjustment
    change = _rounded(count * step.adjustment / 100)
    magnitude = max(abs(change), policy.minimum_magnitude)
    return int(math.copysign(magnitude, step.adjustment)) if step.adjustment else 0


def _rounded(change: float) -> int:
    """To a whole number, towards zero, but away from it where that would be zero.

    Source: user guide, Scaling adjustment types: 12.7 is 12, .67 is 1, -.58 is -1, -6.67 is -6.
    """
    if not change:
        return 0
    return int(change) or int(math.copysign(1, change))
