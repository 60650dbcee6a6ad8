"""A load balancer as declared: what the Elastic Load Balancing API says, in the words of its guide."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["HealthCheck", "Listener", "LoadBalancer", "Rule", "Target", "TargetGroup"]


@dataclass(frozen=True)
class Rule:
    """Conditions and actions are as the API has them. Attributes: priority: the default rule's is after all others."""

    priority: int
    conditions: tuple[Mapping[str, Any], ...]
    actions: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Listener:
    """Attributes: rules: by priority; the default rule last. attributes: as DescribeListenerAttributes has them."""

    arn: str
    port: int
    protocol: str
    rules: tuple[Rule, ...]
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class LoadBalancer:
    """Attributes: zones: in which it has nodes. attributes: as DescribeLoadBalancerAttributes has them."""

    arn: str
    name: str
    region: str
    zones: tuple[str, ...]
    listeners: tuple[Listener, ...]
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def idle_timeout_seconds(self) -> float:
        """Source: Application Load Balancers guide, "Load balancer attributes": 60 s by default."""
        return float(self.attributes.get("idle_timeout.timeout_seconds", "60"))


@dataclass(frozen=True)
class HealthCheck:
    """Attributes:
    port: None for the one that requests go to.
    statuses: first and last of each good range.
    """

    path: str
    port: int | None
    statuses: tuple[tuple[int, int], ...]
    interval_seconds: float
    timeout_seconds: float
    healthy_threshold: int
    unhealthy_threshold: int


@dataclass(frozen=True)
class Target:
    address: str
    port: int


@dataclass(frozen=True)
class TargetGroup:
    """Attributes:
    is_in_use: a load balancer's rule leads to it.
    crosses_zones: nodes send to targets in other zones, too.
    health_check: None where checks are switched off.
    """

    arn: str
    name: str
    region: str
    is_in_use: bool
    algorithm: str
    slow_start_seconds: float
    deregistration_delay_seconds: float
    crosses_zones: bool
    health_check: HealthCheck | None
    targets: frozenset[Target] = frozenset()

    @property
    def cluster(self) -> str:
        """Its name in Envoy. Of a region, names are unique."""
        return f"group-{self.name}"

    @property
    def probation(self) -> str:
        """Name in Envoy of those of its targets that have not been healthy yet."""
        return f"probation-{self.name}"
