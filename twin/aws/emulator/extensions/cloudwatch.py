"""CloudWatch: composite alarms."""

import datetime
from typing import Any

from twin.aws.emulator.call import Call, Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.memory import Collection

__all__ = ["EXTENSIONS"]

_SOURCE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html"
_KIND = "composite alarm"


def _alarms(context: Context) -> Collection:
    call = context.call
    return context.memory.collection(call.account, call.region, call.service, _KIND)


def _backend(call: Call) -> Any:
    from moto.cloudwatch.models import cloudwatch_backends

    return cloudwatch_backends[call.account][call.region]


def _put(context: Context) -> Document:
    call = context.call
    given = dict(call.parameters)
    tags = given.pop("Tags", [])
    name = given["AlarmName"]
    arn = f"arn:aws:cloudwatch:{call.region}:{call.account}:alarm:{name}"
    now = datetime.datetime.now(datetime.UTC)
    known = _alarms(context).get(name)
    state = (
        {key: value for key, value in known.items() if key.startswith("State")}
        if known
        else {
            "StateValue": "INSUFFICIENT_DATA",
            "StateReason": "Unchecked: Initial alarm creation",
            "StateUpdatedTimestamp": now,
        }
    )
    _alarms(context)[name] = {
        "ActionsEnabled": True,
        **given,
        **state,
        "AlarmArn": arn,
        "AlarmConfigurationUpdatedTimestamp": now,
    }
    if tags and not known:
        _backend(call).tagger.tag_resource(arn, tags)
    return {}


def _describe(context: Context) -> Document:
    """Metric alarms as moto has them, composite ones as they are kept; metric alarms only, unless asked for others."""
    call = context.call
    types = call.parameters.get("AlarmTypes") or ["MetricAlarm"]
    document = context.document()
    if "MetricAlarm" not in types:
        document["MetricAlarms"] = []
    composite = [alarm for alarm in _alarms(context).values() if _is_asked_for(alarm, call.parameters)]
    document["CompositeAlarms"] = composite if "CompositeAlarm" in types else []
    return document


def _is_asked_for(alarm: Document, parameters: Document) -> bool:
    names, prefix = parameters.get("AlarmNames"), parameters.get("AlarmNamePrefix", "")
    state, action = parameters.get("StateValue"), parameters.get("ActionPrefix", "")
    actions = [
        *alarm.get("AlarmActions", []),
        *alarm.get("OKActions", []),
        *alarm.get("InsufficientDataActions", []),
    ]
    return (
        (not names or alarm["AlarmName"] in names)
        and alarm["AlarmName"].startswith(prefix)
        and (not state or alarm["StateValue"] == state)
        and (not action or any(arn.startswith(action) for arn in actions))
    )


def _delete(context: Context) -> Document:
    names = context.call.parameters["AlarmNames"]
    if not any(name in _alarms(context) for name in names):
        return context.document()
    if len(names) > 1:
        raise AwsError(
            "ValidationError", "You can delete at most one composite alarm, and no others with it."
        )
    _alarms(context).pop(names[0])
    return {}


def _set_state(context: Context) -> Document:
    given = context.call.parameters
    alarm = _alarms(context).get(given["AlarmName"])
    if alarm is None:
        return context.document()
    shown = {name: value for name, value in given.items() if name.startswith("State")}
    alarm.update(shown, StateUpdatedTimestamp=datetime.datetime.now(datetime.UTC))
    return {}


def _enable(is_enabled: bool) -> Any:
    def enable(context: Context) -> Document:
        composite = _alarms(context)
        for name in context.call.parameters["AlarmNames"]:
            if name in composite:
                composite[name]["ActionsEnabled"] = is_enabled
        return context.document()

    return enable


EXTENSIONS = (
    Extension(
        service="cloudwatch",
        topic="composite alarms",
        stock="has none",
        aws="has alarms on a rule over other alarms, which are shown only when asked for by type",
        change="keeps them: put, describe, delete, set state, enable and disable their actions, tags",
        source=_SOURCE,
        resources=(_KIND,),
        operations={
            "PutCompositeAlarm": _put,
            "DescribeAlarms": _describe,
            "DeleteAlarms": _delete,
            "SetAlarmState": _set_state,
            "EnableAlarmActions": _enable(True),
            "DisableAlarmActions": _enable(False),
        },
    ),
)
