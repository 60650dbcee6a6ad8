"""Health checks and failover records, in the words of Route 53's API."""

from dataclasses import dataclass

__all__ = ["Check", "Failover", "Side"]


@dataclass(frozen=True)
class Check:
    """A health check of an address. Attributes: region: of the load balancer that it asks.

    is_disabled: it is taken to be healthy. is_inverted: healthy counts as unhealthy, also where it is disabled.
    """

    id: str
    region: str
    path: str
    interval_seconds: float
    threshold: int
    is_disabled: bool = False
    is_inverted: bool = False


@dataclass(frozen=True)
class Side:
    """One of two records. Attributes: region: of the load balancer it is an alias of. check: id; None without one."""

    region: str
    check: str | None
    evaluates_targets: bool


@dataclass(frozen=True)
class Failover:
    """A name with a primary and a secondary record."""

    name: str
    primary: Side
    secondary: Side
