"""When scheduled actions run: ``at(...)``, ``rate(...)`` and ``cron(...)``, in a time zone.

Sources: Application Auto Scaling API reference, PutScheduledAction; user guide, "Scheduled scaling"
(application-auto-scaling-scheduled-scaling.html) and scheduled-scaling-using-cron-expressions.html.
"""

import datetime
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from twin.aws.emulator.scaling.cron import Cron, CronInvalid
from twin.aws.emulator.scaling.cron import parse as parse_cron

__all__ = ["At", "Rate", "Recurring", "Schedule", "ScheduleInvalid", "Timing", "next_run", "parse"]

_UNITS: Mapping[str, int] = {"minute": 60, "hour": 3600, "day": 86400}


class ScheduleInvalid(ValueError):
    """Schedule or time zone is none that AWS takes."""


@dataclass(frozen=True)
class At:
    """Once, at seconds since the epoch."""

    at: float


@dataclass(frozen=True)
class Rate:
    every_seconds: int


@dataclass(frozen=True)
class Recurring:
    cron: Cron
    zone: ZoneInfo


Schedule = At | Rate | Recurring


@dataclass(frozen=True)
class Timing:
    """A schedule with its limits, in seconds since the epoch.

    Attributes:
        anchor: from when a rate without a start counts (an assumption: when the action was put).
    """

    schedule: Schedule
    anchor: float
    start: float | None = None
    end: float | None = None


def parse(text: str, timezone: str = "UTC") -> Schedule:
    """The schedule that the text says.

    Raises:
        ScheduleInvalid: with a sentence about what is wrong.
    """
    zone = _zone(timezone)
    kind, _, rest = text.strip().partition("(")
    inner = rest.removesuffix(")")
    if not rest.endswith(")") or kind not in ("at", "rate", "cron"):
        raise ScheduleInvalid(f"A schedule is at(...), rate(...) or cron(...), got {text!r}.")
    if kind == "rate":
        return _rate(inner)
    try:
        return (
            Recurring(parse_cron(inner), zone)
            if kind == "cron"
            else At(_local(inner).replace(tzinfo=zone).timestamp())
        )
    except CronInvalid as error:
        raise ScheduleInvalid(str(error)) from error


def next_run(timing: Timing, after: float) -> float | None:
    """The next moment at which the action runs, None where there is none any more.

    A recurring one runs at its start time too, whatever its schedule says. Source: user guide: "If you specify a start
    time, Application Auto Scaling performs the action at this time, and then performs the action based on the
    specified recurrence. If you specify an end time, the action stops repeating after this time."
    """
    if isinstance(timing.schedule, At):
        return timing.schedule.at if timing.schedule.at > after else None
    if timing.start is not None and timing.start > after:
        return timing.start
    found = _next(timing.schedule, timing, after)
    return None if found is None or (timing.end is not None and found > timing.end) else found


def _next(schedule: Rate | Recurring, timing: Timing, after: float) -> float | None:
    if isinstance(schedule, Rate):
        base = timing.anchor if timing.start is None else timing.start
        passed = max(0, math.floor((after - base) / schedule.every_seconds))
        return base + (passed + 1) * schedule.every_seconds
    return _next_recurring(schedule, after)


def _next_recurring(schedule: Recurring, after: float) -> float | None:
    """The first moment of the local clock that is later.

    What the clock skips in spring comes an hour later by it, and what comes twice in autumn counts the first time:
    AWS says only that the action "automatically adjusts for Daylight Saving Time".
    """
    today = datetime.datetime.fromtimestamp(after, schedule.zone).date()
    for day in schedule.cron.days(today):
        moments = (it.replace(tzinfo=schedule.zone).timestamp() for it in schedule.cron.moments(day))
        later = [it for it in moments if it > after]
        if later:
            return min(later)
    return None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ScheduleInvalid(
            f"There is no time zone {name!r}. Use an IANA name such as Europe/London."
        ) from error


def _local(text: str) -> datetime.datetime:
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S")
    except ValueError as error:
        raise ScheduleInvalid(f"at(...) takes yyyy-mm-ddThh:mm:ss, got {text!r}.") from error


def _rate(inner: str) -> Rate:
    found = re.fullmatch(r"\s*([1-9]\d*)\s+(minute|hour|day)s?\s*", inner)
    if not found:
        raise ScheduleInvalid(f"rate(...) takes a number and minutes, hours or days, got {inner!r}.")
    return Rate(int(found[1]) * _UNITS[found[2]])
