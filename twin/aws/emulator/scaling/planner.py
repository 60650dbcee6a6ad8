"""What becomes of a policy's wish: the new desired capacity, or why there is none."""

from twin.aws.emulator.scaling.capacity import Capacity, Direction, NotScaled, Plan, Reason, ScaleTo, Wish
from twin.aws.emulator.scaling.cooldown import Cooldown

__all__ = ["plan", "plan_bounds"]


def plan(wish: Wish, actual: Capacity, cooldown: Cooldown, now: float) -> Plan:
    """What the target's desired capacity becomes. It is never outside of the bounds.

    Args:
        now: seconds since the epoch.
    """
    return _out(wish, actual) if wish.direction is Direction.OUT else _in(wish, actual, cooldown, now)


def plan_bounds(actual: Capacity) -> ScaleTo | None:
    """Desired capacity is moved into the bounds, which neither cooldowns nor suspended policies hold back.

    Source: API reference, RegisterScalableTarget: "If it's below the minimum capacity or above the maximum capacity,
    Application Auto Scaling adjusts the capacity of the scalable target to place it within these bounds".
    """
    within = actual.bounds.within(actual.desired)
    if within == actual.desired:
        return None
    return ScaleTo(within, Direction.OUT if within > actual.desired else Direction.IN)


def _out(wish: Wish, actual: Capacity) -> Plan:
    """Never below what is desired: a desired capacity above the maximum stays as it is.

    Source: ECS developer guide, "Service auto scaling": a desired count below the minimum is scaled "up to the minimum
    capacity value and then continues to scale out as required"; above the maximum "a scale-out activity does not adjust
    the desired count".
    """
    if actual.suspension.is_out_suspended:
        return None
    to = actual.bounds.within(wish.wanted)
    if to > actual.desired:
        return ScaleTo(to, Direction.OUT)
    if actual.desired >= actual.bounds.maximum:
        return NotScaled(Reason.AT_MAXIMUM)
    return None if actual.added else NotScaled(Reason.AT_DESIRED)


def _in(wish: Wish, actual: Capacity, cooldown: Cooldown, now: float) -> Plan:
    """Never above what is desired: a desired capacity below the minimum stays as it is.

    Source: ECS developer guide, "Service auto scaling and deployments": "Application Auto Scaling turns off scale-in
    processes while Amazon ECS deployments are in progress". That it tells so by this reason is an assumption.
    """
    if actual.suspension.is_in_suspended or cooldown.blocks_in(now):
        return None
    if actual.is_deploying:
        return NotScaled(Reason.UNSCALABLE)
    to = actual.bounds.within(wish.wanted)
    if to < actual.desired:
        return ScaleTo(to, Direction.IN)
    return NotScaled(Reason.AT_MINIMUM if actual.desired <= actual.bounds.minimum else Reason.AT_DESIRED)
