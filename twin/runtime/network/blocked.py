"""Connections that somebody tried to open, and that security groups, endpoints or routes let nobody begin.

On AWS flow logs tell of them as REJECT. Source: VPC user guide, "Flow log records",
https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
"""

from dataclasses import dataclass
from typing import Any

__all__ = ["MOST_WAYS", "Blocked", "BlockedWay"]

MOST_WAYS = 1_000
"""Kept; the oldest go first."""


@dataclass(frozen=True)
class BlockedWay:
    """Attributes: destination: a host as the caller names it."""

    service: str
    zone: str
    destination: str


@dataclass
class _Tries:
    count: int = 0
    at: float = 0.0


class Blocked:
    """Counts since the supervisor began."""

    def __init__(self) -> None:
        self._tries: dict[BlockedWay, _Tries] = {}

    def note(self, way: BlockedWay, at: float) -> None:
        """It was tried once more. Args: at: seconds since the epoch."""
        tries = self._tries.pop(way, _Tries())
        tries.count, tries.at = tries.count + 1, at
        self._tries[way] = tries
        while len(self._tries) > MOST_WAYS:
            del self._tries[next(iter(self._tries))]

    def document(self) -> list[dict[str, Any]]:
        """The latest first."""
        return [
            {
                "service": way.service,
                "zone": way.zone,
                "destination": way.destination,
                "count": tries.count,
                "at": tries.at,
            }
            for way, tries in reversed(self._tries.items())
        ]
