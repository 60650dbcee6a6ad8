"""How much of a scalable target there is, and what it is to become."""

from dataclasses import dataclass, field
from enum import Enum, StrEnum

__all__ = ["Bounds", "Capacity", "Direction", "NotScaled", "Plan", "Reason", "ScaleTo", "Suspension", "Wish"]


class Direction(Enum):
    OUT = "out"
    IN = "in"


class Reason(StrEnum):
    """Why capacity stays as it is. Source: Application Auto Scaling API reference, NotScaledReason, Code.

    AWS has `AutoScalingAnticipatedFlapping` too. What would flap never gets so far here: scale-in is rounded up, so
    that the metric stays at or below its target.
    """

    UNSCALABLE = "TargetServicePutResourceAsUnscalable"
    AT_MAXIMUM = "AlreadyAtMaxCapacity"
    AT_MINIMUM = "AlreadyAtMinCapacity"
    AT_DESIRED = "AlreadyAtDesiredCapacity"


@dataclass(frozen=True)
class Bounds:
    """Capacity of a scalable target at least and at most."""

    minimum: int
    maximum: int

    def within(self, capacity: int) -> int:
        """The nearest capacity that the bounds allow."""
        return max(self.minimum, min(self.maximum, capacity))


@dataclass(frozen=True)
class Suspension:
    """What a target's policies and schedules may not do. Source: API reference, SuspendedState."""

    is_in_suspended: bool = False
    is_out_suspended: bool = False
    is_schedule_suspended: bool = False


@dataclass(frozen=True)
class Capacity:
    """What a scalable target has.

    Attributes:
        running: what works now, from which policies count. Source: ECS developer guide, "Service auto scaling": "the
            actual running task count in a service is the value that Service Auto Scaling uses as its starting point,
            as opposed to the desired count".
        is_deploying: whether a deployment is in progress.
        added: what scale-outs have added whose cooldown is not over.
    """

    desired: int
    running: int
    bounds: Bounds
    is_deploying: bool = False
    suspension: Suspension = field(default_factory=Suspension)
    added: int = 0

    @property
    def before(self) -> int:
        """What a scale-out counts from: within a cooldown, what there was before the scale-out that began it.

        So "the capacity added by the initiating scale-out activity is calculated as part of the desired capacity for
        the next scale-out activity" (user guide, Define cooldown period): after 2 more than 10, a step of 3 leads to
        13. That a share or a metric counts from there too is an assumption; from what runs, the metric of tasks that
        are there no longer alone would add them a second time.
        """
        return min(self.running, self.desired - self.added) if self.added else self.running


@dataclass(frozen=True)
class Wish:
    """The capacity that a policy wants."""

    wanted: int
    direction: Direction


@dataclass(frozen=True)
class ScaleTo:
    """Desired capacity becomes this."""

    capacity: int
    direction: Direction


@dataclass(frozen=True)
class NotScaled:
    """Nothing changes, for a reason that AWS tells."""

    reason: Reason


Plan = ScaleTo | NotScaled | None
"""None: nothing changes, and nothing is told (a cooldown, a suspension)."""
