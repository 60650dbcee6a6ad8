"""Application Auto Scaling: scheduled actions."""

import datetime
import time
import uuid
from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.extensions.application_autoscaling_lists import is_of_target, listed
from twin.aws.emulator.extensions.application_autoscaling_state import (
    SCHEDULED_ACTION,
    SERVICE,
    Target,
    actions,
    registered,
)
from twin.aws.emulator.scaling.schedule import ScheduleInvalid, Timing, next_run, parse

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/autoscaling/application/APIReference/"
# Source: API_DescribeScheduledActions.html, MaxResults.
_DESCRIBED = 50
# Source: user guide, "Quotas for Application Auto Scaling".
_ACTIONS = 200

_GIVEN = ("Schedule", "Timezone", "ScalableTargetAction")
_LIMITS = ("StartTime", "EndTime")


def _put(context: Context) -> Document:
    """The action is as given: what is not given stays, but for start and end, which go.

    Source: API_PutScheduledAction.html: "If you don't specify start and end times, the old values are deleted."
    """
    target, given = Target.of(context.call), context.call.parameters
    registered(target)
    kept, key = actions(context.memory, target.region), target.key(given["ScheduledActionName"])
    if key not in kept and sum(it.startswith(target.key("")) for it in kept) >= _ACTIONS:
        raise AwsError(
            "LimitExceededException", f"A scalable target has at most {_ACTIONS} scheduled actions."
        )
    now = time.time()
    shown = _shown(context, target, kept.get(key, {}).get("shown"))
    timing = _timing(shown, now)
    kept[key] = {"shown": shown, "timing": timing, "next": next_run(timing, now)}
    return {}


def _shown(context: Context, target: Target, known: Document | None) -> Document:
    given, name = context.call.parameters, context.call.parameters["ScheduledActionName"]
    identity = f"{uuid.uuid4()}:resource/{target.namespace}/{target.resource_id}:scheduledActionName/{name}"
    made = {
        "ScheduledActionName": name,
        "ScheduledActionARN": f"arn:aws:autoscaling:{target.region}:{context.call.account}:scheduledAction:{identity}",
        **target.members,
        "CreationTime": datetime.datetime.now(datetime.UTC),
    }
    former = {key: value for key, value in (known or {}).items() if key not in _LIMITS}
    changes = {key: given[key] for key in (*_GIVEN, *_LIMITS) if given.get(key) is not None}
    shown = {**made, **former, **changes}
    _check(shown)
    return shown


def _check(shown: Document) -> None:
    if "Schedule" not in shown:
        raise AwsError("ValidationException", "A new scheduled action needs a Schedule.")
    action = shown.get("ScalableTargetAction", {})
    minimum, maximum = action.get("MinCapacity"), action.get("MaxCapacity")
    if minimum is None and maximum is None:
        raise AwsError(
            "ValidationException", "A scheduled action needs a minimum or a maximum capacity, or both."
        )
    if minimum is not None and maximum is not None and minimum > maximum:
        raise AwsError("ValidationException", "Maximum capacity cannot be less than minimum capacity")


def _timing(shown: Document, now: float) -> Timing:
    try:
        schedule = parse(shown["Schedule"], shown.get("Timezone", "UTC"))
    except ScheduleInvalid as error:
        raise AwsError("ValidationException", str(error)) from None
    return Timing(schedule, now, _seconds(shown.get("StartTime")), _seconds(shown.get("EndTime")))


def _seconds(moment: Any) -> float | None:
    return moment.timestamp() if isinstance(moment, datetime.datetime) else moment


def _delete(context: Context) -> Document:
    target, name = Target.of(context.call), context.call.parameters["ScheduledActionName"]
    if actions(context.memory, target.region).pop(target.key(name), None) is None:
        message = f"No scheduled action found for {target.words}, scheduled action name: {name}"
        raise AwsError("ObjectNotFoundException", message)
    return {}


def _describe(context: Context) -> Document:
    given = context.call.parameters
    kept = [it["shown"] for it in list(actions(context.memory, context.call.region).values())]
    asked = [it for it in kept if _is_asked_for(it, given)]
    return listed("ScheduledActions", asked, given, _DESCRIBED)


def _is_asked_for(shown: Any, given: Document) -> bool:
    names = given.get("ScheduledActionNames")
    return is_of_target(shown, given) and (not names or shown["ScheduledActionName"] in names)


EXTENSIONS = (
    Extension(
        service=SERVICE,
        topic="scheduled actions",
        stock="takes any schedule, for targets that are not there, never runs one, and deletes what is not there",
        aws="sets the bounds of a target when it is time, in the given time zone, and moves its capacity into them",
        change="does so; what was missed while there was no emulator stays missed",
        source=_API + "API_PutScheduledAction.html",
        resources=(SCHEDULED_ACTION,),
        operations={
            "PutScheduledAction": _put,
            "DescribeScheduledActions": _describe,
            "DeleteScheduledAction": _delete,
        },
    ),
)
