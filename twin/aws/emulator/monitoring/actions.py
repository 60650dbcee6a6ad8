"""What an alarm does when it is in a state: its actions, told apart by their ARNs.

An action is registered for the beginning of ARNs (``arn:aws:sns:``). It is given a `Transition`, and raises what keeps
it from being carried out; the alarm's history then shows a failed action with the error.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

__all__ = ["REPEATED_EVERY_SECONDS", "Action", "ActionUnknown", "Actions", "State", "Transition", "arns"]

REPEATED_EVERY_SECONDS = 60.0
"""A scaling action is carried out again each minute for as long as the alarm stays in its state; others only once.

Source: CloudWatch user guide, "Using Amazon CloudWatch alarms" (AlarmThatSendsEmail.html): "For Auto Scaling actions,
the alarm continues to invoke the action once per minute that the alarm remains in the new state."
"""


class State(StrEnum):
    """Of an alarm. Source: CloudWatch user guide, "Alarm evaluation", metric alarm states."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


_MEMBERS: Mapping[State, str] = {
    State.OK: "OKActions",
    State.ALARM: "AlarmActions",
    State.INSUFFICIENT_DATA: "InsufficientDataActions",
}


@dataclass(frozen=True)
class Transition:
    """What an alarm tells one of its actions.

    Attributes:
        old_state: the state before; the same as `new_state` where the action is repeated while the state lasts.
        reason_data: AWS's StateReasonData, read.
        at: seconds since the epoch.
        datapoint: the latest one that was evaluated, None where there was none, or somebody set the state by hand.
        threshold: None for a composite alarm.
        alarm: as DescribeAlarms shows it.
        action_arn: the action that is to be carried out.
    """

    account: str
    region: str
    alarm_name: str
    alarm_arn: str
    old_state: State
    new_state: State
    reason: str
    reason_data: Mapping[str, Any]
    at: float
    datapoint: float | None
    threshold: float | None
    alarm: Mapping[str, Any]
    action_arn: str

    @property
    def is_repeated(self) -> bool:
        """Whether the alarm was in this state already."""
        return self.old_state is self.new_state


Action = Callable[[Transition], None]
"""Carries it out, or raises."""


class ActionUnknown(Exception):
    """Nothing here carries out actions of this kind."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"The twin carries out no actions of the kind of {arn}.")


@dataclass(frozen=True)
class _Registered:
    action: Action
    is_repeated: bool


class Actions:
    """Actions by the beginning of their ARNs; the longest that fits counts. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_prefix: dict[str, _Registered] = {}

    def register(self, prefix: str, action: Action, is_repeated: bool = False) -> None:
        """Carries out actions whose ARN begins so, in place of what did before.

        Args:
            is_repeated: whether it is carried out again while the state lasts, as scaling is.
        """
        with self._lock:
            self._by_prefix = {**self._by_prefix, prefix: _Registered(action, is_repeated)}

    def is_repeated(self, arn: str) -> bool:
        """Whether the action is carried out again while the state lasts."""
        registered = self._registered(arn)
        return registered is not None and registered.is_repeated

    def carry_out(self, transition: Transition) -> None:
        """The action was carried out.

        Raises:
            ActionUnknown, or whatever kept it from being carried out.
        """
        registered = self._registered(transition.action_arn)
        if registered is None:
            raise ActionUnknown(transition.action_arn)
        registered.action(transition)

    def _registered(self, arn: str) -> _Registered | None:
        fitting = [prefix for prefix in self._by_prefix if arn.startswith(prefix)]
        return self._by_prefix[max(fitting, key=len)] if fitting else None


def arns(alarm: Mapping[str, Any], state: State) -> list[str]:
    """The actions of the alarm that belong to the state."""
    return list(alarm.get(_MEMBERS[state]) or [])
