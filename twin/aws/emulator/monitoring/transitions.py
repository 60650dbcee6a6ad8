"""Carries an alarm from one state to another: what is shown, what its history tells, and what its actions do."""

import traceback
from collections.abc import Iterable, Mapping
from typing import Any

from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.monitoring.actions import Actions, State, Transition, arns
from twin.aws.emulator.monitoring.alarms import Alarm, Alarms, state_of
from twin.aws.emulator.monitoring.history import History, action_entry, state_entry

__all__ = ["Transitions"]


class Transitions:
    """Every change of an alarm's state goes through here. An action that fails is history, and disturbs nobody."""

    def __init__(self, alarms: Alarms, actions: Actions, history: History) -> None:
        self._alarms, self._actions, self._history = alarms, actions, history

    def change(self, alarm: Alarm, new: State, reason: str, data: Mapping[str, Any], now: float) -> State:
        """The alarm is in another state, and its history says so. Returns the state that it was in."""
        old, before = alarm.state, state_of(alarm.document)
        self._alarms.set_state(alarm, new, reason, data, now)
        entry = state_entry(alarm.name, alarm.kind.aws, now, before, state_of(alarm.document))
        self._history.write(*alarm.home, entry)
        return old

    def act(self, alarm: Alarm, old: State, now: float) -> None:
        """The actions of the alarm's state were carried out, unless they are switched off."""
        if alarm.document["ActionsEnabled"]:
            for transition in _transitions(alarm, old, arns(alarm.document, alarm.state), now):
                self._write(alarm, transition, self._error(transition))

    def repeat(self, alarm: Alarm, now: float, data: Mapping[str, Any]) -> None:
        """Those of its actions that are repeated while the state lasts were carried out again. Not told as history.

        Args:
            data: what the alarm would give as StateReasonData now.
        """
        if alarm.document["ActionsEnabled"]:
            again = [arn for arn in arns(alarm.document, alarm.state) if self._actions.is_repeated(arn)]
            for transition in _transitions(alarm, alarm.state, again, now, data):
                self._error(transition)

    def has_repeated(self, alarm: Alarm) -> bool:
        """Whether any action of its state is repeated while the state lasts."""
        return any(self._actions.is_repeated(arn) for arn in arns(alarm.document, alarm.state))

    def _error(self, transition: Transition) -> str | None:
        """What kept the action from being carried out."""
        try:
            self._actions.carry_out(transition)
        except AwsError as error:
            return error.message
        except Exception as error:
            traceback.print_exc()
            return str(error) or type(error).__name__
        return None

    def _write(self, alarm: Alarm, transition: Transition, error: str | None) -> None:
        entry = action_entry(
            alarm.name, alarm.kind.aws, transition.at, transition.action_arn, transition.at, error
        )
        self._history.write(*alarm.home, entry)


def _transitions(
    alarm: Alarm, old: State, actions: Iterable[str], now: float, data: Mapping[str, Any] | None = None
) -> Iterable[Transition]:
    known = data if data is not None else state_of(alarm.document).get("stateReasonData", {})
    datapoints = known.get("recentDatapoints") or [None]
    threshold = alarm.document.get("Threshold")
    for arn in actions:
        yield Transition(
            account=alarm.home.account,
            region=alarm.home.region,
            alarm_name=alarm.name,
            alarm_arn=alarm.arn,
            old_state=old,
            new_state=alarm.state,
            reason=alarm.document["StateReason"],
            reason_data=known,
            at=now,
            datapoint=datapoints[-1],
            threshold=None if threshold is None else float(threshold),
            alarm=dict(alarm.document),
            action_arn=arn,
        )
