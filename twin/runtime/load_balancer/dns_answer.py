"""Which load-balancer nodes people are led to: the answer to the name of the load balancer.

Source: Route 53 developer guide, "How Amazon Route 53 chooses records when health checking is configured": where every
record is unhealthy, all are given. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["NodeSight", "answer", "lanes"]


@dataclass(frozen=True)
class NodeSight:
    """Times in seconds of one clock; None where it is not so.

    Attributes: silent_since: it does not answer. shifted_since: a zonal shift leads past its zone.
    """

    silent_since: float | None = None
    shifted_since: float | None = None


def answer(
    sights: Mapping[str, NodeSight], now: float, dns_seconds: float, shift_seconds: float
) -> tuple[str, ...]:
    """The zones whose nodes are in the answer, in order; all where none would be left."""
    zones = sorted(sights)
    left = [
        zone
        for zone in zones
        if not _is_over(sights[zone].silent_since, dns_seconds, now)
        and not _is_over(sights[zone].shifted_since, shift_seconds, now)
    ]
    return tuple(left or zones)


def _is_over(since: float | None, seconds: float, now: float) -> bool:
    return since is not None and now - since >= seconds


def lanes(zones: Sequence[str]) -> list[tuple[str, ...]]:
    """The orders in which clients try the addresses of an answer: each begins with another one."""
    return [(*zones[start:], *zones[:start]) for start in range(len(zones))]
