"""What an alarm says of its metric when it calls a scaling policy."""

from collections.abc import Mapping
from typing import Any

from twin.aws.emulator.monitoring.actions import Transition

__all__ = ["datapoints", "is_below"]


def datapoints(transition: Transition) -> list[float]:
    """The latest values of the metric, oldest first; none where the alarm has none.

    Source: CloudWatch API reference, SetAlarmState, StateReasonData: "for EC2 Auto Scaling or application Auto Scaling
    alarm actions, the Auto Scaling policy uses the information in this field to take the correct action."
    """
    told = [float(it) for it in _recent(transition.reason_data) if it is not None]
    if told:
        return told
    return [] if transition.datapoint is None else [transition.datapoint]


def _recent(reason_data: Mapping[str, Any]) -> list[Any]:
    found = reason_data.get("recentDatapoints")
    return found if isinstance(found, list) else []


def is_below(transition: Transition) -> bool:
    """Whether the alarm is for values below its threshold."""
    return str(transition.alarm.get("ComparisonOperator", "")).startswith("LessThan")
