"""What a node takes a target for while the way to it has just changed.

Envoy knows an endpoint by its address. When the way to a target leads over a detour, or back, it meets a new endpoint,
whose first check would decide at once; a load balancer needs as many checks as are declared. So the target is held:
for healthy while checks fail, for unhealthy until enough have passed. Pure.

Source: Application Load Balancers guide, "Health checks for target groups" (consecutive checks; each ends by its
time-out). The longest time that the checks may need is taken.
"""

from dataclasses import dataclass, replace

from twin.runtime.load_balancer.model import HealthCheck, Target
from twin.runtime.load_balancer.targets import Sight, Verdict

__all__ = ["Hold", "hold"]


@dataclass(frozen=True)
class Hold:
    """Attributes: lead: where the way leads. verdict: what the target is taken for; UNKNOWN leaves it to Envoy."""

    lead: Target
    verdict: Verdict = Verdict.UNKNOWN
    until: float = 0.0


def hold(
    before: Hold | None,
    target: Target,
    lead: Target,
    sight: Sight | None,
    check: HealthCheck,
    factor: float,
    now: float,
) -> Hold:
    """What the target is taken for from now on.

    Args: sight: what its checks say, also while it is held. factor: by which declared times are multiplied.
    """
    if before is None:
        return Hold(lead)
    if before.lead == lead:
        return before if now < before.until else _after(before, sight, check, factor, now)
    if _was_good(before, sight, now):
        return Hold(lead, Verdict.HEALTHY, now + _failing_seconds(check) * factor)
    if lead == target:
        return Hold(lead, Verdict.UNHEALTHY, now + _passing_seconds(check) * factor)
    return Hold(lead)


def _after(before: Hold, sight: Sight | None, check: HealthCheck, factor: float, now: float) -> Hold:
    """Checks that failed meanwhile are not forgotten while Envoy begins with its own."""
    has_failed = sight is not None and sight.verdict is Verdict.UNHEALTHY
    if before.verdict is Verdict.HEALTHY and has_failed:
        return Hold(before.lead, Verdict.UNHEALTHY, now + check.interval_seconds * factor)
    return replace(before, verdict=Verdict.UNKNOWN)


def _was_good(before: Hold, sight: Sight | None, now: float) -> bool:
    if now < before.until:
        return before.verdict is Verdict.HEALTHY
    return sight is not None and sight.verdict is Verdict.HEALTHY


def _failing_seconds(check: HealthCheck) -> float:
    return check.unhealthy_threshold * check.interval_seconds + check.timeout_seconds


def _passing_seconds(check: HealthCheck) -> float:
    return check.healthy_threshold * check.interval_seconds
