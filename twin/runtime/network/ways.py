"""Ways that are closed to new connections, beyond what a pair of places tells."""

from dataclasses import dataclass, field

__all__ = ["ClosedWays"]


@dataclass(frozen=True)
class ClosedWays:
    """What security groups, endpoints and routes of a region let nobody begin. What is not named here is open.

    Attributes:
        mesh: service that calls, its zone, and the discovery name that it calls.
        aws: service, zone, and AWS's service as its endpoint is named (``sqs``, ``ecr.api``).
        internet: service and zone: what is no host of AWS's, or one that has no endpoint.
        stores: service, zone, and DNS name of a database or a cache.
        targets: zone of the load balancer's node, name of the target group, port of the target.
        listeners: zone of the load balancer's node, and the listener's port.
    """

    mesh: frozenset[tuple[str, str, str]] = field(default_factory=frozenset[tuple[str, str, str]])
    aws: frozenset[tuple[str, str, str]] = field(default_factory=frozenset[tuple[str, str, str]])
    internet: frozenset[tuple[str, str]] = field(default_factory=frozenset[tuple[str, str]])
    stores: frozenset[tuple[str, str, str]] = field(default_factory=frozenset[tuple[str, str, str]])
    targets: frozenset[tuple[str, str, int]] = field(default_factory=frozenset[tuple[str, str, int]])
    listeners: frozenset[tuple[str, int]] = field(default_factory=frozenset[tuple[str, int]])
