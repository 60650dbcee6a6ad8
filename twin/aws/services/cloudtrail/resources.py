"""Rows of AWS CloudTrail."""

from twin.aws.names import Name
from twin.aws.resource import Call, Resource, Take
from twin.aws.services.cloudtrail.hooks import start_logging
from twin.aws.tags import Form, Tagging

__all__ = ["RESOURCES"]

_TRAIL = {"TrailName": "inputs.name"}

_NAMES = {
    "cloudWatchLogsGroupArn": "CloudWatchLogsLogGroupArn",
    "enableLogFileValidation": "LogFileValidationEnabled",
}

RESOURCES = (
    Resource(
        token="aws:cloudtrail/trail:Trail",
        service="cloudtrail",
        id="answer.TrailARN",
        name=Name("name", "", limit=128, allowed="A-Za-z0-9_.-"),
        create=Call(
            "create_trail", {"EnableLogFileValidation": "inputs.enableLogFileValidation"}, takes=Take.ALL
        ),
        updates=(
            Call(
                "update_trail",
                {"Name": "id", "EnableLogFileValidation": "inputs.enableLogFileValidation"},
                takes=Take.CHANGED,
            ),
            Call(
                "stop_logging", {"Name": "id"}, on=("enableLogging",), when="inputs.enableLogging == `false`"
            ),
            Call(
                "start_logging", {"Name": "id"}, on=("enableLogging",), when="inputs.enableLogging != `false`"
            ),
        ),
        settings=(
            Call(
                "put_event_selectors",
                {
                    **_TRAIL,
                    "EventSelectors": "inputs.eventSelectors",
                    "AdvancedEventSelectors": "inputs.advancedEventSelectors",
                },
                on=("eventSelectors", "advancedEventSelectors"),
            ),
            Call(
                "put_insight_selectors",
                {**_TRAIL, "InsightSelectors": "inputs.insightSelectors"},
                on=("insightSelectors",),
            ),
        ),
        after_create=start_logging,
        refresh=True,
        read=Call("get_trail", {"Name": "id"}, pick="answer.Trail"),
        also={
            "status": Call("get_trail_status", {"Name": "id"}),
            "events": Call("get_event_selectors", {"TrailName": "id"}),
            "insights": Call(
                "get_insight_selectors", {"TrailName": "id"}, tolerates=("InsightNotEnabledException",)
            ),
        },
        delete=(Call("delete_trail", {"Name": "inputs.name"}),),
        outputs={
            "arn": "item.TrailARN",
            "homeRegion": "item.HomeRegion || region",
            "enableLogging": "status.IsLogging",
            "eventSelectors": "events.EventSelectors",
            "advancedEventSelectors": "events.AdvancedEventSelectors",
            "insightSelectors": "insights.InsightSelectors",
        },
        renames=_NAMES,
        defaults={
            "enableLogFileValidation": False,
            "enableLogging": True,
            "includeGlobalServiceEvents": True,
            "isMultiRegionTrail": False,
            "isOrganizationTrail": False,
        },
        replaces=frozenset({"name"}),
        hook_reads=frozenset({"enableLogging"}),
        tagging=Tagging(
            form=Form.KEY_VALUE,
            create={"TagsList": "tags"},
            add=Call("add_tags", {"ResourceId": "id", "TagsList": "tags"}),
            remove=Call("remove_tags", {"ResourceId": "id", "TagsList": "tag_keys[].{Key: @}"}),
            present="tagging.ResourceTagList[0].TagsList",
            read=Call("list_tags", {"ResourceIdList": ["id"]}),
        ),
    ),
)
