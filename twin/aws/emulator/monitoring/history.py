"""What became of alarms: their states, their configurations and their actions, for DescribeAlarmHistory."""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from twin.aws.emulator.monitoring.actions import State
from twin.aws.emulator.monitoring.reason import as_json, stamp

__all__ = [
    "Asked",
    "Entry",
    "History",
    "Kind",
    "action_entry",
    "configuration_entry",
    "state_data",
    "state_entry",
]

_KEPT = 100
"""Entries of an alarm. AWS keeps 30 days (API_DescribeAlarmHistory.html): fewer here, so that memory is bounded."""

_SUMMARY, _DATA = 255, 4095
"""Characters. Source: API_AlarmHistoryItem.html."""


class Kind(StrEnum):
    """Source: API_DescribeAlarmHistory.html, HistoryItemType."""

    CONFIGURATION = "ConfigurationUpdate"
    STATE = "StateUpdate"
    ACTION = "Action"


@dataclass(frozen=True)
class Entry:
    """One thing that became of an alarm. `at` is seconds since the epoch; `data` is JSON."""

    alarm_name: str
    alarm_type: str
    at: float
    kind: Kind
    summary: str
    data: str


@dataclass(frozen=True)
class Asked:
    """Which entries are asked for; None is any."""

    alarm_name: str | None = None
    alarm_types: frozenset[str] = frozenset({"MetricAlarm"})
    kind: str | None = None
    begin: float | None = None
    end: float | None = None
    is_oldest_first: bool = False

    def has(self, entry: Entry) -> bool:
        return (
            self.alarm_name in (None, entry.alarm_name)
            and entry.alarm_type in self.alarm_types
            and self.kind in (None, entry.kind)
            and (self.begin is None or entry.at >= self.begin)
            and (self.end is None or entry.at <= self.end)
        )


class History:
    """Entries by account, region and alarm; those of a deleted alarm stay, as on AWS. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[tuple[str, str, str], deque[tuple[int, Entry]]] = {}
        self._written = 0

    def write(self, account: str, region: str, entry: Entry) -> None:
        """The entry is shown from now on."""
        with self._lock:
            self._written += 1
            kept = self._entries.setdefault((account, region, entry.alarm_name), deque(maxlen=_KEPT))
            kept.append((self._written, entry))

    def read(self, account: str, region: str, asked: Asked) -> list[Entry]:
        """The entries that are asked for, the newest first unless asked otherwise."""
        with self._lock:
            found = [
                (entry.at, number, entry)
                for place, entries in self._entries.items()
                if place[:2] == (account, region)
                for number, entry in entries
                if asked.has(entry)
            ]
        found.sort(key=lambda it: it[:2], reverse=not asked.is_oldest_first)
        return [entry for _, _, entry in found]


def state_entry(
    name: str, alarm_type: str, at: float, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Entry:
    """The alarm went from one state to another.

    Args:
        old, new: AWS's history data of a state: stateValue, stateReason, stateReasonData.
    """
    summary = f"Alarm updated from {old['stateValue']} to {new['stateValue']}"
    data = as_json({"version": "1.0", "oldState": old, "newState": new})
    return Entry(name, alarm_type, at, Kind.STATE, summary, data[:_DATA])


def configuration_entry(name: str, alarm_type: str, at: float, what: str, alarm: Mapping[str, Any]) -> Entry:
    """The alarm was created, updated or deleted, as `what` says."""
    noun = "Alarm" if alarm_type == "MetricAlarm" else "Composite alarm"
    data = as_json({"version": "1.0", "type": what, "updatedAlarm": dict(alarm)})
    summary = f'{noun} "{name}" {what.lower()}d' if what != "Delete" else f'{noun} "{name}" deleted'
    return Entry(name, alarm_type, at, Kind.CONFIGURATION, summary, data[:_DATA])


def action_entry(
    name: str, alarm_type: str, at: float, arn: str, state_updated_at: float, error: str | None
) -> Entry:
    """The alarm's action was carried out, or was not, for the error."""
    summary = (
        f"Successfully executed action {arn}"
        if error is None
        else f'Failed to execute action {arn}. Received error: "{error}"'
    )
    data = {
        "actionState": "Succeeded" if error is None else "Failed",
        "stateUpdateTimestamp": stamp(state_updated_at),
        "notificationResource": arn,
        **({} if error is None else {"error": error}),
    }
    return Entry(name, alarm_type, at, Kind.ACTION, summary[:_SUMMARY], as_json(data)[:_DATA])


def state_data(state: State, reason: str, reason_data: Mapping[str, Any]) -> dict[str, Any]:
    """A state as history data has it."""
    shown = {"stateReasonData": dict(reason_data)} if reason_data else {}
    return {"stateValue": str(state), "stateReason": reason, **shown}
