"""Evaluates composite alarms when an alarm that they name has changed, and holds back actions that are suppressed."""

import datetime
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter

from twin.aws.emulator.monitoring.actions import State
from twin.aws.emulator.monitoring.alarms import COMPOSITE, Alarm, Alarms, Home
from twin.aws.emulator.monitoring.composite import AlarmRule, children, holds, parsed
from twin.aws.emulator.monitoring.reason import stamp
from twin.aws.emulator.monitoring.suppression import Held, Periods, begun, plan
from twin.aws.emulator.monitoring.transitions import Transitions

__all__ = ["Composites", "in_circles"]


@dataclass
class _Tracked:
    """What is known of a composite alarm between looks.

    Attributes:
        seen: the states of its children when it was evaluated last.
        held: its actions, where they wait for the suppressor.
    """

    alarm: Alarm
    rule: AlarmRule
    names: list[str]
    seen: tuple[State | None, ...] | None = None
    held: Held | None = None


class Composites:
    """Composite alarms, those that others are made of first. Those in a circle are not evaluated, as on AWS."""

    def __init__(self, alarms: Alarms, transitions: Transitions) -> None:
        self._alarms, self._transitions = alarms, transitions
        self._version = (-1, -1)
        self._ordered: list[_Tracked] = []

    def tick(self, now: float) -> None:
        """Every composite alarm has the state that its rule gives it, and what waited too long was carried out."""
        version = (self._alarms.definitions, self._alarms.states)
        if version[0] != self._version[0]:
            self._track()
        for tracked in self._ordered:
            if version != self._version or tracked.held:
                self._look(tracked, now)
        self._version = version

    def _look(self, tracked: _Tracked, now: float) -> None:
        try:
            self._evaluate(tracked, now)
            self._release(tracked, now)
        except Exception:
            traceback.print_exc()

    def _track(self) -> None:
        known = {(*it.alarm.home, it.alarm.name): it.held for it in self._ordered}
        found = self._alarms.everywhere(COMPOSITE)
        self._ordered = _ordered([_tracked(alarm, known.get((*alarm.home, alarm.name))) for alarm in found])

    def _evaluate(self, tracked: _Tracked, now: float) -> None:
        """Only where a child has changed: what was set by hand stays until then (SetAlarmState, API reference)."""
        alarm = tracked.alarm
        seen = tuple(self._state(alarm.home, name) for name in tracked.names)
        if seen == tracked.seen or not self._alarms.is_current(alarm):
            return
        tracked.seen = seen
        states = dict(zip(tracked.names, seen, strict=True))
        new = State.ALARM if holds(tracked.rule, states.get) else State.OK
        if new is not alarm.state:
            self._change(tracked, new, now)

    def _change(self, tracked: _Tracked, new: State, now: float) -> None:
        words, data = self._reason(tracked, new, now)
        old = self._transitions.change(tracked.alarm, new, words, data, now)
        self._acted(tracked, old, now)

    def _acted(self, tracked: _Tracked, old: State, now: float) -> None:
        """The actions of the state were carried out, or wait for the suppressor."""
        alarm = tracked.alarm
        if not alarm.document.get("ActionsSuppressor"):
            self._transitions.act(alarm, old, now)
        elif tracked.held is not None and tracked.held.old is alarm.state:
            tracked.held = None
        else:
            first = tracked.held.old if tracked.held else old
            tracked.held = begun(first, self._is_suppressing(alarm), _periods(alarm), now)
        self._alarms.set_suppression(alarm, str(tracked.held.by) if tracked.held else None)

    def _release(self, tracked: _Tracked, now: float) -> None:
        if tracked.held is None:
            return
        alarm, old = tracked.alarm, tracked.held.old
        tracked.held = plan(tracked.held, self._is_suppressing(alarm), _periods(alarm), now)
        self._alarms.set_suppression(alarm, str(tracked.held.by) if tracked.held else None)
        if tracked.held is None:
            self._transitions.act(alarm, old, now)

    def _is_suppressing(self, alarm: Alarm) -> bool:
        name = str(alarm.document["ActionsSuppressor"])
        name = name.rpartition(":alarm:")[2] if name.startswith("arn:") else name
        return self._state(alarm.home, name) is State.ALARM

    def _state(self, home: Home, name: str) -> State | None:
        found = self._alarms.find(home, name)
        return found.state if found else None

    def _reason(self, tracked: _Tracked, new: State, now: float) -> tuple[str, Mapping[str, object]]:
        """Source: Lambda developer guide, "Using CloudWatch alarms": the event of a composite alarm."""
        known = [it for name in tracked.names if (it := self._alarms.find(tracked.alarm.home, name))]
        if not known:
            return f"{tracked.alarm.arn} was created and its alarm rule evaluates to {new}", {}
        latest = max(known, key=_changed_at)
        at = _changed_at(latest)
        words = f"{latest.arn} transitioned to {latest.state} at {at:%A %d %B, %Y %H:%M:%S} UTC"
        ringing = [it for it in known if it.state is State.ALARM] or [latest]
        return words, {"triggeringAlarms": [_triggering(it) for it in ringing]}


def _changed_at(alarm: Alarm) -> datetime.datetime:
    at: datetime.datetime = alarm.document["StateTransitionedTimestamp"]
    return at


def _triggering(alarm: Alarm) -> dict[str, object]:
    return {
        "arn": alarm.arn,
        "state": {"value": str(alarm.state), "timestamp": stamp(_changed_at(alarm).timestamp())},
    }


def _tracked(alarm: Alarm, held: Held | None) -> _Tracked:
    rule = parsed(alarm.document["AlarmRule"])
    return _Tracked(
        alarm, rule, children(rule), held=held if alarm.document.get("ActionsSuppressor") else None
    )


def _periods(alarm: Alarm) -> Periods:
    document = alarm.document
    return Periods(
        float(document.get("ActionsSuppressorWaitPeriod", 0)),
        float(document.get("ActionsSuppressorExtensionPeriod", 0)),
    )


def _ordered(found: list[_Tracked]) -> list[_Tracked]:
    """Children before parents; without those in circles."""
    by_key: dict[tuple[str, ...], _Tracked] = {(*it.alarm.home, it.alarm.name): it for it in found}
    needed = {
        key: {(*key[:2], name) for name in it.names if (*key[:2], name) in by_key}
        for key, it in by_key.items()
    }
    circular = in_circles(needed)
    acyclic = {key: them - circular for key, them in needed.items() if key not in circular}
    return [by_key[key] for key in TopologicalSorter(acyclic).static_order()]


def in_circles(needed: Mapping[tuple[str, ...], Iterable[tuple[str, ...]]]) -> set[tuple[str, ...]]:
    """What needs itself, by way of others or not, and what needs any of that: no order can be had of these."""
    left = {key: set(them) & set(needed) for key, them in needed.items()}
    while settled := [key for key, them in left.items() if not them & set(left)]:
        for key in settled:
            del left[key]
    return set(left)
