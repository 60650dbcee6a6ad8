"""Application Auto Scaling: scaling policies, and the alarms that AWS makes for them."""

import datetime
import uuid
from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.extensions.application_autoscaling_lists import is_of_target, listed
from twin.aws.emulator.extensions.application_autoscaling_parts import parts
from twin.aws.emulator.extensions.application_autoscaling_service import is_fast
from twin.aws.emulator.extensions.application_autoscaling_state import (
    POLICY,
    SERVICE,
    Target,
    policies,
    policies_of,
    registered,
)
from twin.aws.emulator.inner import inner_call
from twin.aws.emulator.scaling.policy import (
    STEP,
    STEP_CONFIGURATION,
    TRACKING,
    TRACKING_CONFIGURATION,
    Policy,
)
from twin.aws.emulator.scaling.refusals import check_steps, check_tracking, metric_of
from twin.aws.emulator.scaling.tracking_alarms import HIGH, LOW, PREDEFINED, alarm_names, alarms

__all__ = ["EXTENSIONS", "removed"]

_API = "https://docs.aws.amazon.com/autoscaling/application/APIReference/"
_CONFIGURATIONS = {TRACKING: TRACKING_CONFIGURATION, STEP: STEP_CONFIGURATION}

# Source: API_DescribeScalingPolicies.html, MaxResults.
_DESCRIBED = 10
# Source: user guide, "Quotas for Application Auto Scaling".
_POLICIES = 50


def _put(context: Context) -> Document:
    """The policy is as given, and has the alarms that it wants, with the names that they had."""
    target, name = Target.of(context.call), context.call.parameters["PolicyName"]
    registered(target)
    kept = policies(context.memory, target.region)
    known: Policy | None = kept.get(target.key(name), {}).get("policy")
    shown = _shown(context, target, known)
    _check(target, shown, [it for it in policies_of(context.memory, target) if it.name != name])
    made = _made(target, shown, known)
    _put_alarms(target, made, known)
    kept[target.key(name)] = {"policy": made}
    return {"PolicyARN": made.arn, "Alarms": made.shown["Alarms"]}


def _shown(context: Context, target: Target, known: Policy | None) -> Document:
    given = context.call.parameters
    kind = given.get("PolicyType") or (known.shown["PolicyType"] if known else None)
    if kind not in _CONFIGURATIONS:
        message = (
            f"PolicyType must be {TRACKING} or {STEP}, got {kind!r}: the twin has no predictive scaling."
        )
        raise AwsError("ValidationException", message)
    member = _CONFIGURATIONS[kind]
    configuration = given.get(member) or (known.shown.get(member) if known else None)
    if configuration is None:
        raise AwsError("ValidationException", f"A policy of the type {kind} needs a {member}.")
    identity = (
        f"{uuid.uuid4()}:resource/{target.namespace}/{target.resource_id}:policyName/{given['PolicyName']}"
    )
    return {
        "PolicyARN": known.arn if known else _arn(context, identity),
        "PolicyName": given["PolicyName"],
        **target.members,
        "PolicyType": kind,
        member: configuration,
        "CreationTime": known.shown["CreationTime"] if known else datetime.datetime.now(datetime.UTC),
    }


def _arn(context: Context, identity: str) -> str:
    return f"arn:aws:autoscaling:{context.call.region}:{context.call.account}:scalingPolicy:{identity}"


def _check(target: Target, shown: Document, others: list[Policy]) -> None:
    if len(others) >= _POLICIES:
        raise AwsError(
            "LimitExceededException", f"A scalable target has at most {_POLICIES} scaling policies."
        )
    if shown["PolicyType"] == STEP:
        check_steps(shown[STEP_CONFIGURATION])
    elif target.namespace == "ecs":
        check_tracking(shown[TRACKING_CONFIGURATION])
        _check_metric(target, shown[TRACKING_CONFIGURATION], others)


def _check_metric(target: Target, configuration: Document, others: list[Policy]) -> None:
    """Each policy has a metric of its own, and a fast one is published.

    Sources: user guide, target tracking: "provided that each of them uses a different metric"; API reference,
    PredefinedMetricSpecification: "You must enable high-resolution metrics in Amazon ECS before creating a scaling
    policy with this metric type".
    """
    metric = metric_of(configuration)
    if any(it.is_tracking and metric_of(it.shown[TRACKING_CONFIGURATION]) == metric for it in others):
        message = "Only one TargetTrackingScaling policy for a given metric specification is allowed."
        raise AwsError("ValidationException", message)
    kind = configuration.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType", "")
    if kind.endswith("HighResolution") and not is_fast(parts().inside, target, PREDEFINED[kind].metric):
        message = f"High-resolution metrics are not enabled for {target.resource_id}, which {kind} needs."
        raise AwsError("ValidationException", message)


def _made(target: Target, shown: Document, known: Policy | None) -> Policy:
    """The policy with the names of its alarms: those that it had, and new ones for others."""
    action = known.action if known else f"{shown['PolicyARN']}:createdBy/{uuid.uuid4()}"
    if shown["PolicyType"] != TRACKING or target.namespace != "ecs":
        return Policy({**shown, "Alarms": []}, action, {})
    is_in_disabled = bool(shown[TRACKING_CONFIGURATION].get("DisableScaleIn"))
    new = alarm_names(target.resource_id, is_in_disabled, {kind: str(uuid.uuid4()) for kind in (HIGH, LOW)})
    names = {kind: (known.alarm_names if known else {}).get(kind, name) for kind, name in new.items()}
    return Policy({**shown, "Alarms": [_alarm(shown, name) for name in names.values()]}, action, names)


def _alarm(shown: Document, name: str) -> dict[str, str]:
    _, _, _, region, account, *_ = shown["PolicyARN"].split(":")
    return {"AlarmName": name, "AlarmARN": f"arn:aws:cloudwatch:{region}:{account}:alarm:{name}"}


def _put_alarms(target: Target, made: Policy, known: Policy | None) -> None:
    if made.alarm_names:
        wanted = alarms(target.resource_id, made.shown[TRACKING_CONFIGURATION], made.alarm_names, made.action)
        for it in wanted:
            _put_alarm(target, it)
    former = (known.alarm_names if known else {}).values()
    _delete_alarms(target, [name for name in former if name not in made.alarm_names.values()])


def _put_alarm(target: Target, wanted: Document) -> None:
    """What CloudWatch refuses (a metric or an expression that is none) is wrong with the policy."""
    try:
        inner_call(parts().inside.respond, "cloudwatch", "PutMetricAlarm", target.region, wanted)
    except AwsError as error:
        raise AwsError("ValidationException", error.message) from None


def _delete_alarms(target: Target, names: list[str]) -> None:
    if names:
        inner_call(parts().inside.respond, "cloudwatch", "DeleteAlarms", target.region, {"AlarmNames": names})


def removed(target: Target, policy: Policy) -> None:
    """The policy is gone with its own alarms; those that others made for it stay.

    Source: API reference, DeleteScalingPolicy.
    """
    policies(parts().inside.memory, target.region).pop(target.key(policy.name), None)
    _delete_alarms(target, list(policy.alarm_names.values()))


def _delete(context: Context) -> Document:
    target, name = Target.of(context.call), context.call.parameters["PolicyName"]
    found = policies(context.memory, target.region).get(target.key(name))
    if found is None:
        message = f"No scaling policy found for {target.words}, policy name: {name}"
        raise AwsError("ObjectNotFoundException", message)
    removed(target, found["policy"])
    return {}


def _describe(context: Context) -> Document:
    given = context.call.parameters
    kept = [it["policy"].shown for it in list(policies(context.memory, context.call.region).values())]
    asked = [it for it in kept if _is_asked_for(it, given)]
    return listed("ScalingPolicies", asked, given, _DESCRIBED)


def _is_asked_for(shown: Any, given: Document) -> bool:
    names = given.get("PolicyNames")
    return is_of_target(shown, given) and (not names or shown["PolicyName"] in names)


EXTENSIONS = (
    Extension(
        service=SERVICE,
        topic="scaling policies and their alarms",
        stock="makes CPU or memory alarms with a threshold of 6 whatever is tracked, new ones with every change, and "
        "gives every change a new ARN",
        aws="makes the alarms of the tracked metric, and changes and deletes them with the policy",
        change="does so for ECS services; refuses what AWS documents as refused",
        source=_API + "API_PutScalingPolicy.html",
        resources=(POLICY,),
        operations={
            "PutScalingPolicy": _put,
            "DescribeScalingPolicies": _describe,
            "DeleteScalingPolicy": _delete,
        },
    ),
)
