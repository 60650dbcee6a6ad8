"""The message that an alarm sends to a topic.

Source: its members as AWS's messages have them: CloudWatch user guide, "Notifying users on alarm changes"; Lambda
developer guide and SNS samples show examples. The region is named as in AWS's console.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from twin.aws.emulator.monitoring.actions import Transition
from twin.aws.emulator.monitoring.reason import as_json, stamp

__all__ = ["message", "subject"]

_REGIONS = {"eu-west-1": "EU (Ireland)", "eu-west-2": "EU (London)", "eu-west-3": "EU (Paris)"}
_SUBJECT = 100
"""Characters. Source: SNS API reference, Publish, Subject."""


def subject(transition: Transition) -> str:
    """The message's subject."""
    return f'{transition.new_state}: "{transition.alarm_name}" in {_region(transition)}'[:_SUBJECT]


def message(transition: Transition) -> str:
    """The message, in JSON."""
    alarm = transition.alarm
    return as_json(
        {
            "AlarmName": transition.alarm_name,
            "AlarmDescription": alarm.get("AlarmDescription"),
            "AWSAccountId": transition.account,
            "AlarmConfigurationUpdatedTimestamp": _time(alarm.get("AlarmConfigurationUpdatedTimestamp")),
            "NewStateValue": str(transition.new_state),
            "NewStateReason": transition.reason,
            "StateChangeTime": stamp(transition.at),
            "Region": _region(transition),
            "AlarmArn": transition.alarm_arn,
            "OldStateValue": str(transition.old_state),
            "OKActions": alarm.get("OKActions", []),
            "AlarmActions": alarm.get("AlarmActions", []),
            "InsufficientDataActions": alarm.get("InsufficientDataActions", []),
            **_what(transition),
        }
    )


def _what(transition: Transition) -> dict[str, Any]:
    alarm = transition.alarm
    if "AlarmRule" not in alarm:
        return {"Trigger": _trigger(alarm)}
    return {"AlarmRule": alarm["AlarmRule"], "TriggeringChildren": _children(transition)}


def _children(transition: Transition) -> list[dict[str, Any]]:
    ringing = transition.reason_data.get("triggeringAlarms", [])
    return [{"Arn": it["arn"], "State": {"Value": it["state"]["value"]}} for it in ringing]


def _trigger(alarm: Mapping[str, Any]) -> dict[str, Any]:
    judged = {
        "Period": alarm.get("Period"),
        "EvaluationPeriods": alarm["EvaluationPeriods"],
        **({"DatapointsToAlarm": alarm["DatapointsToAlarm"]} if "DatapointsToAlarm" in alarm else {}),
        "ComparisonOperator": alarm["ComparisonOperator"],
        "Threshold": alarm["Threshold"],
        "TreatMissingData": alarm.get("TreatMissingData", "missing"),
        "EvaluateLowSampleCountPercentile": alarm.get("EvaluateLowSampleCountPercentile", ""),
    }
    if alarm.get("Metrics"):
        return {**judged, "Metrics": alarm["Metrics"]}
    extended = alarm.get("ExtendedStatistic")
    return {
        "MetricName": alarm["MetricName"],
        "Namespace": alarm["Namespace"],
        "StatisticType": "ExtendedStatistic" if extended else "Statistic",
        **({"ExtendedStatistic": extended} if extended else {"Statistic": alarm["Statistic"].upper()}),
        "Unit": alarm.get("Unit"),
        "Dimensions": [{"value": it["Value"], "name": it["Name"]} for it in alarm.get("Dimensions", [])],
        **judged,
    }


def _region(transition: Transition) -> str:
    return _REGIONS.get(transition.region, transition.region)


def _time(value: Any) -> str | None:
    return stamp(value.timestamp()) if isinstance(value, datetime.datetime) else None
