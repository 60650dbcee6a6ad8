"""What lasted, out of events that say when something began and when it ended."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from evidence.facts import Event, EventKind

__all__ = ["Span", "alarms", "faults", "phases"]

IN_ALARM = "ALARM"
"""Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html, StateValue."""


@dataclass(frozen=True)
class Span:
    """Attributes: ended_at: None where nothing said that it ended."""

    kind: EventKind
    title: str
    began_at: float
    ended_at: float | None


def faults(events: Sequence[Event]) -> list[Span]:
    """Each fault until it was undone."""
    return _spans(events, EventKind.FAULT, _undoes)


def alarms(events: Sequence[Event]) -> list[Span]:
    """Each alarm from ALARM until it was in another state."""
    return _spans(events, EventKind.ALARM, _clears, _is_raised)


def phases(events: Sequence[Event]) -> list[Span]:
    """Each phase until the next."""
    return _spans(events, EventKind.PHASE, lambda _, later: later.kind is EventKind.PHASE)


def _spans(
    events: Sequence[Event],
    kind: EventKind,
    ends: Callable[[Event, Event], bool],
    begins: Callable[[Event], bool] = lambda _: True,
) -> list[Span]:
    """Args: ends: whether the second event ends the first. Each event ends one only."""
    used: set[int] = set()
    found = []
    for index, event in enumerate(events):
        if event.kind is not kind or not begins(event):
            continue
        end = next(_ends_of(events, index, ends, used), None)
        if end is not None and kind is not EventKind.PHASE:
            used.add(end)
        found.append(Span(kind, event.title, event.at, None if end is None else events[end].at))
    return found


def _ends_of(
    events: Sequence[Event], index: int, ends: Callable[[Event, Event], bool], used: set[int]
) -> Iterator[int]:
    for later in range(index + 1, len(events)):
        if later not in used and ends(events[index], events[later]):
            yield later


def _undoes(fault: Event, later: Event) -> bool:
    if later.kind is not EventKind.UNDO:
        return False
    if "fault" in later.details and "id" in fault.details:
        return later.details["fault"] == fault.details["id"]
    return later.title == fault.title


def _is_raised(event: Event) -> bool:
    return event.details.get("state", IN_ALARM) == IN_ALARM


def _clears(alarm: Event, later: Event) -> bool:
    return later.kind is EventKind.ALARM and later.title == alarm.title and not _is_raised(later)
