"""Application Auto Scaling: scaling activities, and what makes them: alarms that call policies."""

import time

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension, Inside
from twin.aws.emulator.extensions.application_autoscaling_alarms import PREFIX, Caller
from twin.aws.emulator.extensions.application_autoscaling_lists import is_of_target, listed
from twin.aws.emulator.extensions.application_autoscaling_parts import join, parts
from twin.aws.emulator.extensions.application_autoscaling_state import SERVICE

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/autoscaling/application/APIReference/"
# Source: API_DescribeScalingActivities.html, MaxResults.
_DESCRIBED = 50


def _join(inside: Inside) -> None:
    """Alarms call policies from now on."""
    inside.monitoring.actions.register(PREFIX, Caller(join(inside).scaler), is_repeated=True)


def _describe(context: Context) -> Document:
    """Newest first. Source: user guide, get-started-exercise.html, step 3."""
    given = context.call.parameters
    if "ScalableDimension" in given and "ResourceId" not in given:
        raise AwsError(
            "ValidationException", "If you specify a scalable dimension, you must also specify a resource ID."
        )
    journal = parts().scaler.journal(context.call.region)
    with_not_scaled = bool(given.get("IncludeNotScaledActivities"))
    asked = [
        it.document()
        for it in journal.listed(lambda it: is_of_target(it.target, given), with_not_scaled, time.time())
    ]
    return listed("ScalingActivities", asked, given, _DESCRIBED)


EXTENSIONS = (
    Extension(
        service=SERVICE,
        topic="scaling activities",
        stock="scales nothing, and has no activities",
        aws="changes desired counts as alarms call policies, and tells of it",
        change="does so for ECS services by ECS's own API; policies of other namespaces are kept, and do nothing",
        source=_API + "API_DescribeScalingActivities.html",
        operations={"DescribeScalingActivities": _describe},
        join=_join,
    ),
)
