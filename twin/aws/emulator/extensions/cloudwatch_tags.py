"""CloudWatch: tags of composite alarms can be changed, and go with their alarm."""

from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.extension import Context, Extension

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/"


def _is_composite(context: Context) -> bool:
    call = context.call
    alarms = context.memory.collection(call.account, call.region, call.service, "composite alarm")
    return any(alarm["AlarmArn"] == call.parameters["ResourceARN"] for alarm in alarms.values())


def _tagger(context: Context) -> Any:
    from moto.cloudwatch.models import cloudwatch_backends

    return cloudwatch_backends[context.call.account][context.call.region].tagger


def _tag(context: Context) -> Document:
    if not _is_composite(context):
        return context.document()
    _tagger(context).tag_resource(context.call.parameters["ResourceARN"], context.call.parameters["Tags"])
    return {}


def _untag(context: Context) -> Document:
    if not _is_composite(context):
        return context.document()
    given = context.call.parameters
    _tagger(context).untag_resource_using_names(given["ResourceARN"], given["TagKeys"])
    return {}


def _deletion_takes_tags() -> None:
    """A deleted alarm's tags go with it, and are not those of the next alarm of that name."""
    from moto.cloudwatch.models import CloudWatchBackend

    delete_alarms = CloudWatchBackend.delete_alarms

    def without_tags(self: CloudWatchBackend, alarm_names: list[str]) -> None:
        for alarm in self.get_alarms_by_alarm_names(alarm_names):
            self.tagger.delete_all_tags_for_resource(alarm.alarm_arn)
        delete_alarms(self, alarm_names)

    CloudWatchBackend.delete_alarms = without_tags


EXTENSIONS = (
    Extension(
        service="cloudwatch",
        topic="tags of deleted alarms",
        stock="keeps them, and gives them to the next alarm of the same name",
        aws="deletes them with the alarm",
        change="deletes them with the alarm",
        source=_API + "API_DeleteAlarms.html",
        patch=_deletion_takes_tags,
    ),
    Extension(
        service="cloudwatch",
        topic="tags of composite alarms",
        stock="has no composite alarms",
        aws="tags them as it does metric alarms",
        change="changes the tags of those that are kept here",
        source=_API + "API_TagResource.html",
        operations={"TagResource": _tag, "UntagResource": _untag},
    ),
)
