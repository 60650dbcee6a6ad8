"""Application Auto Scaling: the role of a target, and tags."""

from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension, Kept

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/autoscaling/application/APIReference/"


def _tags(context: Context) -> dict[str, Any]:
    """The tags of the target, to be changed in place."""
    from moto.applicationautoscaling.models import applicationautoscaling_backends

    call = context.call
    arn: str = call.parameters["ResourceARN"]
    backend = applicationautoscaling_backends[call.account][call.region]
    by_resources = list(backend.targets.values())
    targets = (target for by_resource in by_resources for target in list(by_resource.values()))
    if not any(target.arn == arn for target in targets):
        raise AwsError("ResourceNotFoundException", f"No scalable target found for resource ARN: {arn}")
    return context.memory.collection(call.account, call.region, call.service, "tags").setdefault(arn, {})


def _tag(context: Context) -> Document:
    _tags(context).update(context.call.parameters["Tags"])
    return {}


def _untag(context: Context) -> Document:
    tags = _tags(context)
    for name in context.call.parameters["TagKeys"]:
        tags.pop(name, None)
    return {}


def _list_tags(context: Context) -> Document:
    return {"Tags": _tags(context)}


EXTENSIONS = (
    Extension(
        service="application-autoscaling",
        topic="role and tags of a target",
        stock="forgets RoleARN on registration and has no operations on tags",
        aws="shows the role; tags targets",
        change="keeps the role; tags are kept by ARN",
        source=_API + "API_TagResource.html",
        kept=(
            Kept(
                kind="target",
                writes={"RegisterScalableTarget": "@"},
                shows={"DescribeScalableTargets": "ScalableTargets"},
                key="join('|', [ServiceNamespace, ResourceId, ScalableDimension])",
                parameter_key={
                    "RegisterScalableTarget": "join('|', [ServiceNamespace, ResourceId, ScalableDimension])"
                },
                members={"RoleARN": "RoleARN"},
            ),
        ),
        operations={
            "TagResource": _tag,
            "UntagResource": _untag,
            "ListTagsForResource": _list_tags,
        },
    ),
)
