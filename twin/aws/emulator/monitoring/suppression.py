"""Whether the actions of a composite alarm wait for its suppressor, and until when. Pure.

Source: CloudWatch API reference, PutCompositeAlarm (ActionsSuppressor, its wait and extension periods) and
CompositeAlarm (ActionsSuppressedBy). Assumed: an alarm that comes back to the state whose actions were carried out
last, while those of another state wait, carries out nothing.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from twin.aws.emulator.monitoring.actions import State

__all__ = ["Held", "Periods", "Suppressor", "begun", "plan"]


class Suppressor(StrEnum):
    """What holds actions back, as ActionsSuppressedBy shows it."""

    ALARM = "Alarm"
    WAIT = "WaitPeriod"
    EXTENSION = "ExtensionPeriod"


@dataclass(frozen=True)
class Periods:
    wait_seconds: float
    extension_seconds: float


@dataclass(frozen=True)
class Held:
    """Actions that wait.

    Attributes:
        old: the state whose actions were carried out last.
        until: when they are carried out, unless the suppressor goes into ALARM; None while it is there.
    """

    old: State
    by: Suppressor
    until: float | None


def begun(old: State, is_suppressing: bool, periods: Periods, now: float) -> Held:
    """The alarm went from `old` to another state: its actions wait."""
    if is_suppressing:
        return Held(old, Suppressor.ALARM, None)
    return Held(old, Suppressor.WAIT, now + periods.wait_seconds)


def plan(held: Held, is_suppressing: bool, periods: Periods, now: float) -> Held | None:
    """How the actions wait from now on; None where they are to be carried out."""
    if is_suppressing:
        return replace(held, by=Suppressor.ALARM, until=None)
    if held.until is None:
        extended = Held(held.old, Suppressor.EXTENSION, now + periods.extension_seconds)
        return extended if periods.extension_seconds > 0 else None
    return held if now < held.until else None
