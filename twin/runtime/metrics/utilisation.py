"""How busy a task was between two looks. Pure.

CPU utilisation is busy slots over slots: capacity is a model here (slots times service time), so the processor that a
task really uses says nothing of how much more it could serve.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twin.runtime.metrics.counting import increase

__all__ = ["Reading", "memory_percent", "reading", "utilisation_percent"]

_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Reading:
    """What a task says of itself. Attributes: clock_seconds: by its own clock, from any beginning."""

    slots: int
    busy_slot_seconds: float
    clock_seconds: float


def reading(document: Mapping[str, Any]) -> Reading | None:
    """Of what the task's ``/metrics.json`` shows; None where that says nothing of slots."""
    try:
        found = Reading(
            int(document["slots"]), float(document["busy_slot_seconds"]), float(document["clock_seconds"])
        )
    except (KeyError, TypeError, ValueError):
        return None
    return found if found.slots > 0 else None


def utilisation_percent(before: Reading | None, after: Reading) -> float | None:
    """Busy slots in percent of all, on average in between; None where that is not known."""
    if before is None or after.clock_seconds <= before.clock_seconds:
        return None
    seconds = after.clock_seconds - before.clock_seconds
    busy = increase(before.busy_slot_seconds, after.busy_slot_seconds)
    return min(100.0, 100 * busy / (seconds * after.slots))


def memory_percent(resident_bytes: int, declared_mebibytes: str) -> float | None:
    """Resident memory in percent of what the task definition declares."""
    try:
        declared = int(declared_mebibytes) * _MEBIBYTE
    except ValueError:
        return None
    return 100 * resident_bytes / declared if declared > 0 else None
