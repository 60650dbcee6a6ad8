"""Rows of Amazon GuardDuty."""

from twin.aws.expressions import Text
from twin.aws.resource import Call, Resource, Take
from twin.aws.tags import Form, tags_by

__all__ = ["RESOURCES"]

_ARN = Text("arn:aws:guardduty:{region}:{account}:detector/{id}")

RESOURCES = (
    Resource(
        token="aws:guardduty/detector:Detector",
        service="guardduty",
        id="answer.DetectorId",
        create=Call("create_detector", takes=Take.ALL),
        updates=(Call("update_detector", {"DetectorId": "id"}, takes=Take.ALL),),
        read=Call("get_detector", {"DetectorId": "id"}, pick="answer"),
        delete=(Call("delete_detector", {"DetectorId": "id"}),),
        outputs={"arn": _ARN, "accountId": "account", "enable": "item.Status == 'ENABLED'"},
        defaults={"enable": True, "findingPublishingFrequency": "SIX_HOURS"},
        unread={"datasources": "the description tells a status where the call takes a switch"},
        absent=("BadRequestException",),
        tagging=tags_by(
            "tag_resource", "untag_resource", {"ResourceArn": _ARN}, form=Form.MAP, present="item.Tags"
        ),
    ),
)
