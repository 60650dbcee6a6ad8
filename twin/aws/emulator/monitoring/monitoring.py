"""CloudWatch as a whole: what the API's operations, the data plane and other services of the emulator use."""

import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any

from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.memory import Memory
from twin.aws.emulator.monitoring.actions import Actions, State
from twin.aws.emulator.monitoring.alarms import COMPOSITE, METRIC, Alarm, Alarms, Home
from twin.aws.emulator.monitoring.composite import children, parsed
from twin.aws.emulator.monitoring.definition import checked
from twin.aws.emulator.monitoring.evaluator import Evaluator
from twin.aws.emulator.monitoring.exceptions import RuleRefused
from twin.aws.emulator.monitoring.history import History
from twin.aws.emulator.monitoring.series import Datum, Store
from twin.aws.emulator.monitoring.transitions import Transitions

__all__ = ["TICK_SECONDS", "Monitoring"]

TICK_SECONDS = 1.0


class Monitoring:
    """Metrics and alarms of one emulator. Thread-safe.

    Attributes:
        store: the metrics.
        alarms: the alarms that there are.
        actions: who carries out what alarms do; other services register themselves there.
        history: what became of alarms.
    """

    def __init__(self, memory: Memory) -> None:
        self.store, self.actions, self.history = Store(), Actions(), History()
        self.alarms = Alarms(memory, self.history)
        self._transitions = Transitions(self.alarms, self.actions, self.history)
        self._evaluator = Evaluator(self.store, self.alarms, self._transitions)
        self._thread: threading.Thread | None = None

    def put(self, data: Iterable[Datum]) -> None:
        """The data count, from the next evaluation on."""
        self.store.put(data)

    def put_metric_alarm(self, account: str, region: str, given: Mapping[str, Any], now: float) -> Alarm:
        """There is such an alarm. `given` are PutMetricAlarm's parameters; its tags are the caller's affair.

        Raises:
            AwsError: AWS would refuse it.
        """
        checked(given, account, region)
        home = Home(account, region)
        self._refuse_other_kind(home, given["AlarmName"], METRIC.aws)
        return self.alarms.put(home, METRIC, given, now)

    def put_composite_alarm(self, account: str, region: str, given: Mapping[str, Any], now: float) -> Alarm:
        """There is such a composite alarm. `given` are PutCompositeAlarm's parameters.

        Raises:
            AwsError: its rule cannot be read, names alarms that are not there, or its suppressor is incomplete.
        """
        home = Home(account, region)
        self._check_composite(home, given)
        self._refuse_other_kind(home, given["AlarmName"], COMPOSITE.aws)
        return self.alarms.put(home, COMPOSITE, given, now)

    def delete_alarms(self, account: str, region: str, names: list[str], now: float) -> None:
        """None of them is there any more. Raises: AwsError, where composite alarms stand in the way."""
        self.alarms.delete(Home(account, region), names, now)

    def set_alarm_state(
        self,
        account: str,
        region: str,
        name: str,
        state: State,
        reason: str,
        data: Mapping[str, Any],
        now: float,
    ) -> None:
        """The alarm is in the state until it is evaluated again; its actions were carried out if that is another.

        Raises:
            AwsError: there is no such alarm.
        """
        alarm = self.alarms.find(Home(account, region), name)
        if alarm is None:
            raise AwsError("ResourceNotFound", "Unknown alarm", "404 Not Found")
        if alarm.state is not state:
            old = self._transitions.change(alarm, state, reason, data, now)
            self._transitions.act(alarm, old, now)

    def tick(self, now: float) -> None:
        """Every alarm that is due was evaluated."""
        self._evaluator.tick(now)

    def start(self) -> None:
        """A thread evaluates alarms from now on, until the process ends."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="monitoring", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            self.tick(time.time())
            time.sleep(TICK_SECONDS)

    def _check_composite(self, home: Home, given: Mapping[str, Any]) -> None:
        """The words are AWS's."""
        try:
            named = children(parsed(given["AlarmRule"]))
        except RuleRefused as error:
            raise AwsError("ValidationError", str(error)) from None
        missing = [
            name for name in named if self.alarms.find(home, name) is None and name != given["AlarmName"]
        ]
        if missing:
            listed = ", ".join(missing)
            message = (
                f"Could not save the composite alarm as alarms [{listed}] in the alarm rule do not exist"
            )
            raise AwsError("ValidationError", message)
        _check_suppressor(given)

    def _refuse_other_kind(self, home: Home, name: str, kind: str) -> None:
        """Source: API_PutMetricAlarm.html: a name is unique within the region."""
        known = self.alarms.find(home, name)
        if known is not None and known.kind.aws != kind:
            raise AwsError(
                "ValidationError", f"An alarm of another type with the name {name} already exists."
            )


def _check_suppressor(given: Mapping[str, Any]) -> None:
    """Source: API_PutCompositeAlarm.html: a suppressor needs both periods."""
    periods = ("ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")
    if given.get("ActionsSuppressor") and any(given.get(name) is None for name in periods):
        raise AwsError("ValidationError", f"{' and '.join(periods)} are required with ActionsSuppressor")
