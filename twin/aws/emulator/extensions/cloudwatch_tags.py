"""CloudWatch: tags of alarms."""

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.extensions.cloudwatch import home, tagger

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/"


def _check(context: Context) -> bool:
    """Whether the resource is an alarm. Raises: AwsError, it is one that is not there."""
    _, is_alarm, name = context.call.parameters["ResourceARN"].partition(":alarm:")
    if is_alarm and context.monitoring.alarms.find(home(context.call), name) is None:
        raise AwsError("ResourceNotFoundException", f"{name} does not exist", "404 Not Found")
    return bool(is_alarm)


def _tag(context: Context) -> Document:
    if not _check(context):
        return context.document()
    tagger(context.call).tag_resource(context.call.parameters["ResourceARN"], context.call.parameters["Tags"])
    return {}


def _untag(context: Context) -> Document:
    if not _check(context):
        return context.document()
    given = context.call.parameters
    tagger(context.call).untag_resource_using_names(given["ResourceARN"], given["TagKeys"])
    return {}


EXTENSIONS = (
    Extension(
        service="cloudwatch",
        topic="tags of alarms",
        stock="has them of its own alarms, and gives those of a deleted alarm to the next one of its name",
        aws="tags alarms of both kinds, and deletes the tags with the alarm",
        change="changes the tags of those that are kept here, and deletes them with the alarm",
        source=_API + "API_TagResource.html",
        operations={"TagResource": _tag, "UntagResource": _untag},
    ),
)
