"""How long what scaling did holds back what it would do next.

Sources, in the Application Auto Scaling user guide: "Target tracking scaling policies", Define cooldown periods, and
"Step scaling policies", Cooldown period (application-auto-scaling-target-tracking.html and
application-auto-scaling-step-scaling-policies.html).
"""

import math
from dataclasses import dataclass, replace

from twin.aws.emulator.scaling.capacity import Direction

__all__ = ["DEFAULT_SECONDS", "Cooldown"]

DEFAULT_SECONDS = 300
"""Of ECS services, both ways, for both kinds of policy. Source: API reference, TargetTrackingScalingPolicyConfiguration
and StepScalingPolicyConfiguration."""

_NEVER = -math.inf
_UNDER_WAY = math.inf


@dataclass(frozen=True)
class Cooldown:
    """Of one scalable target, whichever of its policies scaled. It counts from the end of an activity.

    That policies of one target share it is an assumption: AWS says "the scaling policy won't increase the desired
    capacity again", and that another policy's alarm ends a scale-in cooldown.

    Attributes:
        added: capacity that scale-outs added whose cooldown is not over, while they are.
    """

    added: int = 0
    out_ends_at: float = _NEVER
    in_ends_at: float = _NEVER

    def began(self, direction: Direction, change: int, now: float) -> "Cooldown":
        """A policy's activity is under way.

        A scale-out ends the cooldown of a scale-in. Scale-outs within a cooldown add up (an assumption: AWS speaks
        of "the initiating scale-out activity" only).
        """
        if direction is Direction.IN:
            return Cooldown(in_ends_at=_UNDER_WAY)
        return Cooldown(added=self.credit(now) + change, out_ends_at=_UNDER_WAY)

    def ended(self, direction: Direction, cooldown_seconds: float, now: float) -> "Cooldown":
        """The activity has completed, and the cooldown runs."""
        if direction is Direction.IN:
            return replace(self, in_ends_at=now + cooldown_seconds)
        return replace(self, out_ends_at=now + cooldown_seconds)

    def credit(self, now: float) -> int:
        """What was added already counts as part of the next scale-out."""
        return self.added if now < self.out_ends_at else 0

    def blocks_in(self, now: float) -> bool:
        return now < self.in_ends_at
