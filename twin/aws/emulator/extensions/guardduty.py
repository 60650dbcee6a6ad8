"""GuardDuty: tags of a detector can be changed."""

from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/guardduty/latest/APIReference/"


def _tags(context: Context) -> dict[str, str]:
    """The detector's tags, to be changed in place."""
    from moto.guardduty.models import guardduty_backends

    arn: str = context.call.parameters["ResourceArn"]
    backend: Any = guardduty_backends[context.call.account][context.call.region]
    detector = backend.detectors.get(arn.rpartition("/")[2])
    if detector is None:
        message = "The request is rejected because the input detectorId is not owned by the current account."
        raise AwsError("BadRequestException", message)
    return detector.tags


def _tag(context: Context) -> Document:
    _tags(context).update(context.call.parameters["Tags"])
    return {}


def _untag(context: Context) -> Document:
    tags = _tags(context)
    for key in context.call.parameters["TagKeys"]:
        tags.pop(key, None)
    return {}


def _list(context: Context) -> Document:
    return {"Tags": dict(_tags(context))}


EXTENSIONS = (
    Extension(
        service="guardduty",
        topic="tags of a detector",
        stock="takes them at creation only",
        aws="adds, removes and lists them",
        change="does so on moto's detectors",
        source=_API + "API_TagResource.html",
        operations={"TagResource": _tag, "UntagResource": _untag, "ListTagsForResource": _list},
    ),
)
