"""CloudWatch: alarms, metric and composite. What they do by themselves is in `twin.aws.emulator.monitoring`."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from twin.aws.emulator.call import Call, Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension, Inside, Operation
from twin.aws.emulator.extensions.cloudwatch_actions import register
from twin.aws.emulator.extensions.cloudwatch_request import paged
from twin.aws.emulator.monitoring.actions import State
from twin.aws.emulator.monitoring.alarms import COMPOSITE, METRIC, Alarm, Home
from twin.aws.emulator.monitoring.composite import children, parsed

__all__ = ["EXTENSIONS", "home", "tagger"]

_API = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/"
_GUIDE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"

_PAGE = 50
"""Alarms a page where it is not asked otherwise: assumed. 100 is the most. Source: API_DescribeAlarms.html."""


def home(call: Call) -> Home:
    """Where the call's alarms are."""
    return Home(call.account, call.region)


def tagger(call: Call) -> Any:
    """moto's, which has the tags of all alarms, by ARN."""
    from moto.cloudwatch.models import cloudwatch_backends

    return cloudwatch_backends[call.account][call.region].tagger


_Put = Callable[[str, str, Mapping[str, Any], float], Alarm]


def _put(put: Callable[[Context], _Put]) -> Operation:
    """Tags count when the alarm is new only. Source: API_PutMetricAlarm.html, Tags."""

    def operation(context: Context) -> Document:
        call, given = context.call, context.call.parameters
        is_new = context.monitoring.alarms.find(home(call), given["AlarmName"]) is None
        alarm = put(context)(call.account, call.region, given, time.time())
        if is_new and given.get("Tags"):
            tagger(call).tag_resource(alarm.arn, given["Tags"])
        return {}

    return operation


def _delete(context: Context) -> Document:
    """An alarm's tags go with it."""
    call, names = context.call, context.call.parameters["AlarmNames"]
    found = [it for name in names if (it := context.monitoring.alarms.find(home(call), name))]
    context.monitoring.delete_alarms(call.account, call.region, names, time.time())
    for alarm in found:
        tagger(call).delete_all_tags_for_resource(alarm.arn)
    return {}


def _set_state(context: Context) -> Document:
    call, given = context.call, context.call.parameters
    try:
        data = json.loads(given.get("StateReasonData") or "{}")
    except ValueError:
        raise AwsError("InvalidFormat", "StateReasonData was not valid JSON") from None
    if given["StateValue"] not in set(State):
        raise AwsError("ValidationError", f"StateValue must be one of {', '.join(State)}")
    context.monitoring.set_alarm_state(
        call.account,
        call.region,
        given["AlarmName"],
        State(given["StateValue"]),
        given["StateReason"],
        data,
        time.time(),
    )
    return {}


def _enable(is_enabled: bool) -> Operation:
    def operation(context: Context) -> Document:
        for name in context.call.parameters["AlarmNames"]:
            context.monitoring.alarms.enable_actions(home(context.call), name, is_enabled, time.time())
        return {}

    return operation


def _describe(context: Context) -> Document:
    """Metric alarms only, unless others are asked for by their type; of one page both together."""
    given = context.call.parameters
    _check_filters(given)
    kinds = [kind for kind in (COMPOSITE, METRIC) if kind.aws in (given.get("AlarmTypes") or ["MetricAlarm"])]
    alarms = [alarm for kind in kinds for alarm in context.monitoring.alarms.of(home(context.call), kind)]
    asked = [it for it in _related(context, alarms) if _is_asked_for(it.document, given)]
    shown, further = paged(asked, given.get("NextToken"), given.get("MaxRecords") or _PAGE)
    return {
        "MetricAlarms": [it.document for it in shown if it.kind is METRIC],
        "CompositeAlarms": [it.document for it in shown if it.kind is COMPOSITE],
        **further,
    }


def _check_filters(given: Mapping[str, Any]) -> None:
    if given.get("AlarmNames") and given.get("AlarmNamePrefix"):
        raise AwsError("ValidationError", "AlarmNamePrefix and AlarmNames cannot be specified together")
    if not 1 <= (given.get("MaxRecords") or _PAGE) <= 100:
        raise AwsError("ValidationError", "MaxRecords must be from 1 to 100")


def _related(context: Context, alarms: list[Alarm]) -> list[Alarm]:
    """Children of a composite alarm, or parents of an alarm, where these are asked for."""
    given, known = context.call.parameters, context.monitoring.alarms
    if name := given.get("ChildrenOfAlarmName"):
        parent = known.find(home(context.call), name)
        named = children(parsed(parent.document["AlarmRule"])) if parent and parent.kind is COMPOSITE else []
        both = [*known.of(home(context.call), COMPOSITE), *known.of(home(context.call), METRIC)]
        return [_brief(alarm) for alarm in both if alarm.name in named]
    if name := given.get("ParentsOfAlarmName"):
        parents = known.parents(home(context.call), name)
        return [_brief(it) for it in known.of(home(context.call), COMPOSITE) if it.name in parents]
    return alarms


def _brief(alarm: Alarm) -> Alarm:
    """Of relatives only name, ARN and state are told. Source: API_DescribeAlarms.html, ParentsOfAlarmName."""
    shown = ("AlarmName", "AlarmArn", "StateValue", "StateUpdatedTimestamp")
    return alarm._replace(document={name: alarm.document[name] for name in shown})


def _is_asked_for(alarm: Document, parameters: Document) -> bool:
    names, prefix = parameters.get("AlarmNames"), parameters.get("AlarmNamePrefix") or ""
    state, action = parameters.get("StateValue"), parameters.get("ActionPrefix") or ""
    actions = [
        *(alarm.get("AlarmActions") or []),
        *(alarm.get("OKActions") or []),
        *(alarm.get("InsufficientDataActions") or []),
    ]
    return (
        (not names or alarm["AlarmName"] in names)
        and alarm["AlarmName"].startswith(prefix)
        and (not state or alarm["StateValue"] == state)
        and (not action or any(arn.startswith(action) for arn in actions))
    )


def _describe_for_metric(context: Context) -> Document:
    """Alarms on that one metric; those on expressions are not among them. Source: API_DescribeAlarmsForMetric.html."""
    given = context.call.parameters
    found = context.monitoring.alarms.of(home(context.call), METRIC)
    return {"MetricAlarms": [it.document for it in found if _is_of_metric(it.document, given)]}


def _is_of_metric(alarm: Document, given: Mapping[str, Any]) -> bool:
    names = ("Namespace", "MetricName", "Statistic", "ExtendedStatistic", "Period", "Unit")
    asked = [name for name in names if given.get(name) is not None]
    return _dimensions(alarm) == _dimensions(given) and all(alarm.get(name) == given[name] for name in asked)


def _dimensions(document: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(it["Name"], it["Value"]) for it in document.get("Dimensions") or ()}


def _begin(inside: Inside) -> None:
    register(inside.monitoring.actions)
    inside.monitoring.start()


EXTENSIONS = (
    Extension(
        service="cloudwatch",
        topic="metric alarms",
        stock="keeps them as OK for ever, takes impossible settings, and carries out no actions",
        aws="evaluates them each minute, or every ten seconds; refuses what cannot be evaluated",
        change="evaluates them as documented, each at a moment of its own within the minute; begins them as "
        "INSUFFICIENT_DATA; tells topics, and whoever registers for other actions",
        source=_GUIDE + "alarm-evaluation.html",
        resources=(METRIC.memory,),
        operations={
            "PutMetricAlarm": _put(lambda context: context.monitoring.put_metric_alarm),
            "DescribeAlarms": _describe,
            "DescribeAlarmsForMetric": _describe_for_metric,
            "DeleteAlarms": _delete,
            "SetAlarmState": _set_state,
            "EnableAlarmActions": _enable(True),
            "DisableAlarmActions": _enable(False),
        },
        join=_begin,
    ),
    Extension(
        service="cloudwatch",
        topic="composite alarms",
        stock="has none",
        aws="has alarms on a rule over other alarms, which are shown only when asked for by type",
        change="evaluates them whenever an alarm of the rule changes; refuses rules on alarms that are not there; "
        "holds actions back while a suppressor rings",
        source=_API + "API_PutCompositeAlarm.html",
        resources=(COMPOSITE.memory,),
        operations={"PutCompositeAlarm": _put(lambda context: context.monitoring.put_composite_alarm)},
    ),
)
