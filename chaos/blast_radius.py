"""Whether what an experiment leaves standing can carry the load: decided before anything is broken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chaos.exceptions import BlastTooLarge

__all__ = ["FULL_PERCENT", "Stand", "check", "objection"]

FULL_PERCENT = 80.0
"""Of their capacity that tasks may be asked for when others are gone: an assumption, which leaves room for retries."""


@dataclass(frozen=True)
class Stand:
    """Where the healthy tasks of one service stand, and what they carry.

    Attributes: per_second: requests that one task carries. load_per_second: that the service is asked.
    """

    service: str
    tasks_by_zone: Mapping[str, int]
    per_second: float
    load_per_second: float

    def left(self, zones: Sequence[str], tasks: int = 0) -> int:
        """Healthy tasks without those zones, and without so many others."""
        standing = sum(count for zone, count in self.tasks_by_zone.items() if zone not in zones)
        return max(0, standing - tasks)


def check(stands: Sequence[Stand], zones: Sequence[str] = (), tasks: Mapping[str, int] | None = None) -> None:
    """What is left carries the load. Raises: BlastTooLarge."""
    if said := objection(stands, zones, tasks):
        raise BlastTooLarge(said)


def objection(
    stands: Sequence[Stand], zones: Sequence[str] = (), tasks: Mapping[str, int] | None = None
) -> str | None:
    """Why this may not be lost, as a sentence; None where it may. Args: tasks: that are lost of single services."""
    lost = ", ".join(zones) or ", ".join(f"{count} of {name}" for name, count in (tasks or {}).items())
    for stand in stands:
        left = stand.left(zones, (tasks or {}).get(stand.service, 0))
        carried = left * stand.per_second * FULL_PERCENT / 100
        if not left or carried < stand.load_per_second:
            return (
                f"Without {lost} there would be {left} healthy tasks of {stand.service!r}, which carry "
                f"{carried:g} requests a second ({FULL_PERCENT:g}% of what they can), and it is asked "
                f"{stand.load_per_second:g}. Lower the rate, or wait until more tasks stand elsewhere."
            )
    return None
