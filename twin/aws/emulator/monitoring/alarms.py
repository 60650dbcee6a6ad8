"""The alarms that there are: documents as DescribeAlarms shows them, in the emulator's memory, their one place."""

import datetime
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.memory import Collection, Document, Memory
from twin.aws.emulator.monitoring.actions import State
from twin.aws.emulator.monitoring.composite import children, parsed
from twin.aws.emulator.monitoring.history import History, configuration_entry
from twin.aws.emulator.monitoring.reason import INITIAL

__all__ = ["COMPOSITE", "KINDS", "METRIC", "Alarm", "Alarms", "Home", "Kind", "moment", "state_of"]


@dataclass(frozen=True)
class Kind:
    """A kind of alarm: what the emulator's memory calls it, and what AWS does."""

    memory: str
    aws: str


METRIC, COMPOSITE = Kind("metric alarm", "MetricAlarm"), Kind("composite alarm", "CompositeAlarm")
KINDS = (METRIC, COMPOSITE)

_STATE = frozenset(
    {
        "StateValue",
        "StateReason",
        "StateReasonData",
        "StateUpdatedTimestamp",
        "StateTransitionedTimestamp",
        "ActionsSuppressedBy",
        "ActionsSuppressedReason",
    }
)


class Home(NamedTuple):
    """Where an alarm is."""

    account: str
    region: str


class Alarm(NamedTuple):
    """One alarm. `document` is as DescribeAlarms shows it, and changes in place with the state only."""

    home: Home
    kind: Kind
    name: str
    document: Document

    @property
    def state(self) -> State:
        return State(self.document["StateValue"])

    @property
    def arn(self) -> str:
        return str(self.document["AlarmArn"])


class Alarms:
    """Puts, finds and deletes alarms. Thread-safe.

    Attributes:
        definitions: rises whenever an alarm is put or deleted.
        states: rises whenever an alarm's state changes.
    """

    def __init__(self, memory: Memory, history: History) -> None:
        self._memory = memory
        self._history = history
        self.definitions, self.states = 0, 0

    def put(self, home: Home, kind: Kind, given: Mapping[str, Any], now: float) -> Alarm:
        """The alarm is as given, and keeps the state that it had; a new one is INSUFFICIENT_DATA.

        Source: CloudWatch API reference, PutMetricAlarm.
        """
        name = str(given["AlarmName"])
        with self._memory.lock:
            known = self._collection(home, kind).get(name)
            document = {
                "ActionsEnabled": True,
                **{member: value for member, value in given.items() if member != "Tags"},
                **(_state(known) if known else _initial(now)),
                "AlarmArn": f"arn:aws:cloudwatch:{home.region}:{home.account}:alarm:{name}",
                "AlarmConfigurationUpdatedTimestamp": moment(now),
            }
            self._collection(home, kind)[name] = document
            self.definitions += 1
        self._write(home, kind, document, "Update" if known else "Create", now)
        return Alarm(home, kind, name, document)

    def enable_actions(self, home: Home, name: str, is_enabled: bool, now: float) -> None:
        """The alarm's actions are carried out from now on, or not."""
        found = self.find(home, name)
        if found is not None and found.document["ActionsEnabled"] is not is_enabled:
            self.put(home, found.kind, _configured({**found.document, "ActionsEnabled": is_enabled}), now)

    def delete(self, home: Home, names: list[str], now: float) -> None:
        """None of the alarms is there any more; names of none are passed over, as on AWS.

        Raises:
            AwsError: more than one is composite, or a composite alarm that stays depends on one.
        """
        with self._memory.lock:
            found = [alarm for name in dict.fromkeys(names) if (alarm := self.find(home, name))]
            if sum(alarm.kind is COMPOSITE for alarm in found) > 1:
                raise AwsError("ValidationError", "Cannot delete more than one composite alarm at a time.")
            self._refuse_if_needed(home, [alarm.name for alarm in found])
            for alarm in found:
                del self._collection(home, alarm.kind)[alarm.name]
            self.definitions += 1
        for alarm in found:
            self._write(home, alarm.kind, alarm.document, "Delete", now)

    def find(self, home: Home, name: str) -> Alarm | None:
        """The alarm of that name, of whichever kind."""
        for kind in KINDS:
            if document := self._collection(home, kind).get(name):
                return Alarm(home, kind, name, document)
        return None

    def of(self, home: Home, kind: Kind) -> list[Alarm]:
        """All of the kind, in order of their names."""
        with self._memory.lock:
            documents = sorted(self._collection(home, kind).items())
        return [Alarm(home, kind, name, document) for name, document in documents]

    def everywhere(self, kind: Kind) -> Iterator[Alarm]:
        """All of the kind, in every account and region."""
        with self._memory.lock:
            found = [
                Alarm(Home(place.account, place.region), kind, name, document)
                for place, collection in self._memory.collections()
                if (place.service, place.kind) == ("cloudwatch", kind.memory)
                for name, document in collection.items()
            ]
        yield from found

    def parents(self, home: Home, name: str) -> list[str]:
        """The composite alarms whose rules name the alarm."""
        return [
            it.name for it in self.of(home, COMPOSITE) if name in children(parsed(it.document["AlarmRule"]))
        ]

    def set_state(self, alarm: Alarm, new: State, reason: str, data: Mapping[str, Any], now: float) -> None:
        """The alarm is in the state."""
        with self._memory.lock:
            alarm.document.update(
                StateValue=str(new),
                StateReason=reason,
                StateUpdatedTimestamp=moment(now),
                StateTransitionedTimestamp=moment(now),
            )
            if data:
                alarm.document["StateReasonData"] = json.dumps(data, separators=(",", ":"))
            else:
                alarm.document.pop("StateReasonData", None)
            self.states += 1

    def set_suppression(self, alarm: Alarm, by: str | None) -> None:
        """It is shown what keeps the alarm's actions from being carried out, None where nothing does."""
        with self._memory.lock:
            if by:
                alarm.document.update(
                    ActionsSuppressedBy=by, ActionsSuppressedReason=f"Actions suppressed by {by}"
                )
            else:
                alarm.document.pop("ActionsSuppressedBy", None)
                alarm.document.pop("ActionsSuppressedReason", None)

    def is_current(self, alarm: Alarm) -> bool:
        """Whether the alarm is there, and defined as it was when it was found."""
        return self._collection(alarm.home, alarm.kind).get(alarm.name) is alarm.document

    def _refuse_if_needed(self, home: Home, names: list[str]) -> None:
        needed = [name for name in names if set(self.parents(home, name)) - set(names)]
        if needed:
            which = "it" if len(needed) == 1 else "them"
            message = (
                f"Cannot delete {', '.join(needed)} as there are composite alarm(s) depending on {which}."
            )
            raise AwsError("ValidationError", message)

    def _collection(self, home: Home, kind: Kind) -> Collection:
        return self._memory.collection(home.account, home.region, "cloudwatch", kind.memory)

    def _write(self, home: Home, kind: Kind, document: Document, what: str, now: float) -> None:
        shown = {name: value for name, value in _configured(document).items() if "Timestamp" not in name}
        name = str(document["AlarmName"])
        self._history.write(*home, configuration_entry(name, kind.aws, now, what, shown))


def moment(now: float) -> datetime.datetime:
    """Seconds since the epoch as AWS's clients show them."""
    return datetime.datetime.fromtimestamp(now, datetime.UTC)


def state_of(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The alarm's state as its history has it."""
    data = json.loads(document["StateReasonData"]) if document.get("StateReasonData") else {}
    shown = {"stateReasonData": data} if data else {}
    return {"stateValue": document["StateValue"], "stateReason": document["StateReason"], **shown}


def _initial(now: float) -> Document:
    return {
        "StateValue": str(State.INSUFFICIENT_DATA),
        "StateReason": INITIAL,
        "StateUpdatedTimestamp": moment(now),
        "StateTransitionedTimestamp": moment(now),
    }


def _state(document: Mapping[str, Any]) -> Document:
    return {member: value for member, value in document.items() if member in _STATE}


def _configured(document: Mapping[str, Any]) -> Document:
    return {member: value for member, value in document.items() if member not in _STATE}
