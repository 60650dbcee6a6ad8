"""What DescribeTargetHealth says of a target.

Source: Application Load Balancers guide, "Health checks for your Application Load Balancer target groups", reason codes
and their descriptions,
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html. What is said of
codes is as seen by users.
"""

from collections.abc import Sequence
from typing import Any

from twin.runtime.directory import TargetHealth
from twin.runtime.envoy.health_events import Cause, Failure
from twin.runtime.load_balancer.model import Target, TargetGroup
from twin.runtime.load_balancer.targets import Known, Phase, Sight, Verdict, verdict

__all__ = ["document", "target_health"]

_DRAINING = TargetHealth(
    "draining", "Target.DeregistrationInProgress", "Target deregistration is in progress"
)
_NOT_IN_USE = TargetHealth(
    "unused", "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"
)
_REGISTERING = TargetHealth("initial", "Elb.RegistrationInProgress", "Target registration is in progress")
_CHECKING = TargetHealth("initial", "Elb.InitialHealthChecking", "Initial health checks in progress")
_UNCHECKED = TargetHealth("unavailable", "Target.HealthCheckDisabled", "Health checks are disabled")
_HEALTHY = TargetHealth("healthy")


def target_health(
    group: TargetGroup,
    known: Known,
    sights: Sequence[Sight],
    before: TargetHealth | None,
    *,
    trial_is_over: bool,
) -> TargetHealth:
    """The state of the target.

    Args:
        before: what was said last; it stands where no node that could know does.
        trial_is_over: a target that has failed from the start has failed often enough.
    """
    if known.phase is Phase.DRAINING:
        return _DRAINING
    if not group.is_in_use:
        return _NOT_IN_USE
    if group.health_check is None:
        return _UNCHECKED
    found = verdict(sights)
    if known.phase is Phase.PROBATION:
        return _on_probation(found, sights, trial_is_over=trial_is_over)
    if found is Verdict.UNKNOWN:
        return before if before and before.state in ("healthy", "unhealthy") else _HEALTHY
    return _HEALTHY if found is Verdict.HEALTHY else _unhealthy(sights)


def _on_probation(found: Verdict, sights: Sequence[Sight], *, trial_is_over: bool) -> TargetHealth:
    if found is Verdict.UNKNOWN:
        return _REGISTERING
    if found is Verdict.UNHEALTHY and trial_is_over:
        return _unhealthy(sights)
    return _CHECKING


def _unhealthy(sights: Sequence[Sight]) -> TargetHealth:
    """The reason that most nodes give."""
    causes = [it.cause or Cause(Failure.NETWORK) for it in sights if it.verdict is Verdict.UNHEALTHY]
    cause = max(causes, key=causes.count)
    if cause.failure is Failure.TIMEOUT:
        return TargetHealth("unhealthy", "Target.Timeout", "Request timed out")
    if cause.failure is Failure.NETWORK:
        return TargetHealth("unhealthy", "Target.FailedHealthChecks", "Health checks failed")
    said = f"Health checks failed with these codes: [{cause.status}]"
    return TargetHealth("unhealthy", "Target.ResponseCodeMismatch", said)


def document(
    target: Target, zone: str | None, health: TargetHealth, check_port: int, *, is_overridden: bool
) -> dict[str, Any]:
    """A TargetHealthDescription. Source: Elastic Load Balancing API reference."""
    said = {"State": health.state, "Reason": health.reason, "Description": health.description}
    shifted = {
        "State": "zonal_shift_active",
        "Reason": "AdministrativeOverride.ZonalShiftActive",
        "Description": "Zonal shift is active",
    }
    free = {
        "State": "no_override",
        "Reason": "AdministrativeOverride.NoOverride",
        "Description": "No override is currently active on target",
    }
    place = {"AvailabilityZone": zone} if zone else {}
    return {
        "Target": {"Id": target.address, "Port": target.port, **place},
        "HealthCheckPort": str(check_port),
        "TargetHealth": {name: it for name, it in said.items() if it},
        "AdministrativeOverride": shifted if is_overridden else free,
    }
