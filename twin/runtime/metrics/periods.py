"""When metrics are measured, and which periods are over then. Pure.

Periods are aligned to the clock, as CloudWatch's are. Source: CloudWatch user guide, "Metrics concepts", Periods.
"""

from dataclasses import dataclass
from math import floor

__all__ = ["LOOK_SECONDS", "MINUTE_SECONDS", "SHORT_SECONDS", "Tick", "next_look", "tick"]

MINUTE_SECONDS = 60
SHORT_SECONDS = 20
"""Source: ECS API reference, MetricConfiguration, resolutionSeconds: 20 or 60."""

LOOK_SECONDS = 5
"""Between two looks at what changes within a period. Divides both."""


@dataclass(frozen=True)
class Tick:
    """A moment at which a short period has ended, and maybe a minute.

    Attributes:
        now: when it is looked at. ended_at: the end of the last short period.
        minute_began_at: of the minute that ended since the last tick; None where none did.
    """

    now: float
    ended_at: float
    minute_began_at: float | None

    @property
    def began_at(self) -> float:
        """Of the last short period."""
        return self.ended_at - SHORT_SECONDS


def next_look(now: float) -> float:
    """The next moment to look."""
    return (floor(now / LOOK_SECONDS) + 1) * float(LOOK_SECONDS)


def tick(last: float, now: float) -> Tick | None:
    """What has ended since `last`; None where nothing has. After a pause only the latest periods count."""
    ended_at = _aligned(now, SHORT_SECONDS)
    if ended_at <= last:
        return None
    minute_ended_at = _aligned(now, MINUTE_SECONDS)
    has_ended = minute_ended_at > last
    return Tick(now, ended_at, minute_ended_at - MINUTE_SECONDS if has_ended else None)


def _aligned(moment: float, seconds: int) -> float:
    return float(floor(moment / seconds) * seconds)
