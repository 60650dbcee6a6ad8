"""Where a name leads, from what is declared and what checkers saw. Pure.

Sources, below docs.aws.amazon.com/Route53/latest/DeveloperGuide/: dns-failover-determining-health-of-endpoints.html
(threshold; more than 18% of the checkers), dns-failover-types.html (active-passive failover),
dns-failover-how-route-53-chooses-records.html (where no record is healthy, all count as healthy, so the primary is
answered). docs.aws.amazon.com/Route53/latest/APIReference/API_UpdateHealthCheck.html (Disabled, Inverted) and
API_AliasTarget.html (EvaluateTargetHealth).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from twin.runtime.names.model import Check, Failover, Side

__all__ = ["Lead", "Sight", "after", "chosen", "follow", "is_well"]

HEALTHY_SHARE = 0.18
"""More than this share of the checkers has to find an endpoint healthy."""


@dataclass(frozen=True)
class Sight:
    """Attributes: contrary: looks in a row that speak against `is_healthy`."""

    is_healthy: bool = True
    contrary: int = 0


@dataclass(frozen=True)
class Lead:
    """Attributes: region: where everybody is led. wanted: where it changes to, which was first so at `since`."""

    region: str
    wanted: str
    since: float


def after(sight: Sight, good: int, looks: int, threshold: int) -> Sight:
    """What is known after another round. Args: good: of so many looks. threshold: rounds in a row that turn it."""
    is_good = looks > 0 and good / looks > HEALTHY_SHARE
    if is_good is sight.is_healthy:
        return Sight(sight.is_healthy)
    contrary = sight.contrary + 1
    return Sight(is_good) if contrary >= threshold else Sight(sight.is_healthy, contrary)


def is_well(check: Check, sight: Sight) -> bool:
    """The status of a health check."""
    return (check.is_disabled or sight.is_healthy) is not check.is_inverted


def chosen(failover: Failover, checks: Mapping[str, bool], targets: Mapping[str, bool]) -> str:
    """The region that the name leads to.

    Args:
        checks: whether a health check is well, by id; one that there is not does not count.
        targets: by region, whether every target group of its load balancer has a healthy target.
    """
    if _is_healthy(failover.secondary, checks, targets) and not _is_healthy(
        failover.primary, checks, targets
    ):
        return failover.secondary.region
    return failover.primary.region


def _is_healthy(side: Side, checks: Mapping[str, bool], targets: Mapping[str, bool]) -> bool:
    if side.check is not None and not checks.get(side.check, True):
        return False
    return not side.evaluates_targets or targets.get(side.region, False)


def follow(lead: Lead | None, wanted: str, now: float, ttl_seconds: float) -> Lead:
    """Resolvers keep an answer for its time to live; all are taken to keep it to the end."""
    if lead is None:
        return Lead(wanted, wanted, now)
    if wanted == lead.region:
        return Lead(wanted, wanted, now)
    if wanted != lead.wanted:
        return Lead(lead.region, wanted, now)
    return Lead(wanted, wanted, now) if now - lead.since >= ttl_seconds else lead
