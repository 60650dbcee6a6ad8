"""A CloudWatch whose time the test moves on."""

from dataclasses import dataclass, field
from typing import Any

from twin.aws.emulator.memory import Memory
from twin.aws.emulator.monitoring.actions import Transition
from twin.aws.emulator.monitoring.alarms import Alarm, Home
from twin.aws.emulator.monitoring.history import Asked
from twin.aws.emulator.monitoring.monitoring import Monitoring
from twin.aws.emulator.monitoring.sample import single
from twin.aws.emulator.monitoring.series import Datum, Metric

__all__ = ["ACCOUNT", "REGION", "START", "TOPIC", "Virtual"]

ACCOUNT, REGION = "123456789012", "eu-west-2"
HOME = Home(ACCOUNT, REGION)
START = 1_763_780_400
TOPIC, POLICY = (
    f"arn:aws:sns:{REGION}:{ACCOUNT}:t",
    f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:scalingPolicy:1:x",
)


@dataclass
class Virtual:
    """Attributes: told, every invocation of an action, with the second at which it was."""

    now: float = START
    monitoring: Monitoring = field(default_factory=lambda: Monitoring(Memory()))
    told: list[tuple[float, Transition]] = field(default_factory=list[tuple[float, Transition]])

    def __post_init__(self) -> None:
        self.monitoring.actions.register("arn:aws:sns:", self._tell)
        self.monitoring.actions.register("arn:aws:autoscaling:", self._tell, is_repeated=True)

    def _tell(self, transition: Transition) -> None:
        self.told.append((self.now - START, transition))

    def put_alarm(self, name: str = "a", **given: Any) -> Alarm:
        usual = {
            "AlarmName": name,
            "Namespace": "Estate",
            "MetricName": name,
            "Statistic": "Average",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 5.0,
            "ComparisonOperator": "GreaterThanThreshold",
            "AlarmActions": [TOPIC],
            "OKActions": [TOPIC],
        }
        chosen = {member: value for member, value in {**usual, **given}.items() if value is not None}
        return self.monitoring.put_metric_alarm(ACCOUNT, REGION, chosen, self.now)

    def put_composite(self, name: str, rule: str, **given: Any) -> Alarm:
        usual = {"AlarmName": name, "AlarmRule": rule, "AlarmActions": [TOPIC], "OKActions": [TOPIC]}
        return self.monitoring.put_composite_alarm(ACCOUNT, REGION, {**usual, **given}, self.now)

    def put(self, value: float, name: str = "a", resolution: int = 60, ago: float = 0) -> None:
        metric = Metric(ACCOUNT, REGION, "Estate", name)
        self.monitoring.put([Datum(metric, self.now - ago, single(value), resolution_seconds=resolution)])

    def run(self, seconds: int, value: float | None = None, every: int = 60, resolution: int = 60) -> None:
        """Time goes on by so many seconds; the metric has the value at each so many of them, or none."""
        for _ in range(seconds):
            if value is not None and self.now % every == 0:
                self.put(value, resolution=resolution)
            self.monitoring.tick(self.now)
            self.now += 1

    def document(self, name: str = "a") -> dict[str, Any]:
        found = self.monitoring.alarms.find(HOME, name)
        assert found is not None
        return found.document

    def state(self, name: str = "a") -> str:
        return str(self.document(name)["StateValue"])

    def set_state(self, state: Any, name: str = "a", data: Any = None) -> None:
        self.monitoring.set_alarm_state(ACCOUNT, REGION, name, state, "by hand", data or {}, self.now)

    def history(self, **asked: Any) -> list[str]:
        """Summaries, the oldest first."""
        types = frozenset({"MetricAlarm", "CompositeAlarm"})
        found = self.monitoring.history.read(
            ACCOUNT, REGION, Asked(**{"alarm_types": types, "is_oldest_first": True, **asked})
        )
        return [entry.summary for entry in found]

    def actions(self) -> list[tuple[str, str]]:
        """Of each invocation the alarm and its new state."""
        return [(it.alarm_name, str(it.new_state)) for _, it in self.told]
