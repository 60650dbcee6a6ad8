"""Application Auto Scaling: scalable targets move the capacity into their bounds, and go with all that is theirs."""

import time

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.extensions.application_autoscaling_parts import parts
from twin.aws.emulator.extensions.application_autoscaling_policies import removed
from twin.aws.emulator.extensions.application_autoscaling_state import (
    SERVICE,
    Target,
    actions,
    moto_target,
    policies_of,
)

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/autoscaling/application/APIReference/"


def _register(context: Context) -> Document:
    """moto registers; the tags of the request go to the target, and its capacity into the bounds."""
    call, target = context.call, Target.of(context.call)
    _check(context, target)
    document = context.document()
    tags = call.parameters.get("Tags")
    if tags:
        context.memory.collection(call.account, call.region, call.service, "tags")[
            document["ScalableTargetARN"]
        ] = tags
    parts().scaler.move_into_bounds(target, time.time())
    return document


def _check(context: Context, target: Target) -> None:
    """A new target has both bounds, and the minimum is never over the maximum."""
    known, given = moto_target(target), context.call.parameters
    minimum = given.get("MinCapacity", known.min_capacity if known else None)
    maximum = given.get("MaxCapacity", known.max_capacity if known else None)
    if minimum is None or maximum is None:
        raise AwsError("ValidationException", "A new scalable target needs MinCapacity and MaxCapacity.")
    if minimum > maximum:
        raise AwsError("ValidationException", "Maximum capacity cannot be less than minimum capacity")


def _deregister(context: Context) -> Document:
    """Policies, their alarms and scheduled actions go with the target."""
    target = Target.of(context.call)
    document = context.document()
    for policy in list(policies_of(context.memory, target)):
        removed(target, policy)
    kept = actions(context.memory, target.region)
    for key in [key for key in kept if key.startswith(target.key(""))]:
        kept.pop(key, None)
    parts().scaler.forget(target)
    return document


EXTENSIONS = (
    Extension(
        service=SERVICE,
        topic="bounds of a target",
        stock="keeps them, and leaves the capacity",
        aws="moves the capacity into them, at registration and with every change",
        change="does so for ECS services",
        source=_API + "API_RegisterScalableTarget.html",
        operations={"RegisterScalableTarget": _register},
    ),
    Extension(
        service=SERVICE,
        topic="end of a target",
        stock="leaves its policies, alarms and scheduled actions",
        aws="deletes them with it",
        change="does so",
        source=_API + "API_DeregisterScalableTarget.html",
        operations={"DeregisterScalableTarget": _deregister},
    ),
)
