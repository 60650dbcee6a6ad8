"""Rows of AWS Config."""

from engine.provider import Change
from twin.aws.names import Name
from twin.aws.resource import Call, Resource, Take
from twin.aws.tags import tags_by

__all__ = ["RESOURCES"]

_RECORDER = {"ConfigurationRecorderName": "id"}

_PUT_RECORDER = Call("put_configuration_recorder", takes=Take.ALL, within="ConfigurationRecorder")

_PUT_CHANNEL = Call("put_delivery_channel", takes=Take.ALL, within="DeliveryChannel")

_PUT_RULE = Call("put_config_rule", takes=Take.ALL, within="ConfigRule")

_START = Call(
    "start_configuration_recorder", {"ConfigurationRecorderName": "inputs.name"}, when="inputs.isEnabled"
)
_STOP = Call(
    "stop_configuration_recorder", {"ConfigurationRecorderName": "inputs.name"}, when="!inputs.isEnabled"
)

RESOURCES = (
    Resource(
        token="aws:cfg/recorder:Recorder",
        service="config",
        id="inputs.name",
        create=_PUT_RECORDER,
        updates=(_PUT_RECORDER,),
        read=Call(
            "describe_configuration_recorders",
            {"ConfigurationRecorderNames": ["id"]},
            pick="answer.ConfigurationRecorders[0]",
        ),
        delete=(Call("delete_configuration_recorder", _RECORDER),),
        name=Name("name", "", limit=256, allowed="A-Za-z0-9_-"),
        replaces=frozenset({"name"}),
        change=Change.DELETE_BEFORE_REPLACE,
    ),
    Resource(
        token="aws:cfg/deliveryChannel:DeliveryChannel",
        service="config",
        id="inputs.name",
        create=_PUT_CHANNEL,
        updates=(_PUT_CHANNEL,),
        read=Call(
            "describe_delivery_channels", {"DeliveryChannelNames": ["id"]}, pick="answer.DeliveryChannels[0]"
        ),
        delete=(Call("delete_delivery_channel", {"DeliveryChannelName": "id"}),),
        renames={"snapshotDeliveryProperties": "configSnapshotDeliveryProperties"},
        name=Name("name", "", limit=256, allowed="A-Za-z0-9_-"),
        replaces=frozenset({"name"}),
        change=Change.DELETE_BEFORE_REPLACE,
    ),
    Resource(
        token="aws:cfg/recorderStatus:RecorderStatus",
        service="config",
        id="inputs.name",
        create=_START,
        settings=(_STOP,),
        updates=(_START,),
        read=Call(
            "describe_configuration_recorder_status",
            {"ConfigurationRecorderNames": ["id"]},
            pick="answer.ConfigurationRecordersStatus[0]",
        ),
        gone="inputs.isEnabled && !item.recording",
        delete=(Call("stop_configuration_recorder", _RECORDER),),
        outputs={"isEnabled": "item.recording"},
        replaces=frozenset({"name"}),
        change=Change.DELETE_BEFORE_REPLACE,
    ),
    Resource(
        token="aws:cfg/rule:Rule",
        service="config",
        id="inputs.name",
        name=Name("name", "", limit=128, allowed="A-Za-z0-9_-"),
        create=_PUT_RULE,
        updates=(_PUT_RULE,),
        read=Call("describe_config_rules", {"ConfigRuleNames": ["id"]}, pick="answer.ConfigRules[0]"),
        delete=(Call("delete_config_rule", {"ConfigRuleName": "id"}),),
        outputs={"arn": "item.ConfigRuleArn", "ruleId": "item.ConfigRuleId"},
        renames={"name": "ConfigRuleName"},
        replaces=frozenset({"name"}),
        tagging=tags_by(
            "tag_resource",
            "untag_resource",
            {"ResourceArn": "outputs.arn || item.ConfigRuleArn"},
            read="list_tags_for_resource",
            present="tagging.Tags",
        ),
    ),
)
