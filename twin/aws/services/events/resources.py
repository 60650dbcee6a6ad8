"""Rows of Amazon EventBridge."""

from twin.aws.names import Name
from twin.aws.resource import Call, Resource, Take
from twin.aws.services.events.hooks import find_target, refuse_failed_entries
from twin.aws.tags import tags_by

__all__ = ["RESOURCES"]

_NAME = Name(limit=64, allowed="A-Za-z0-9_.-")

_TAGS = tags_by(
    "tag_resource",
    "untag_resource",
    {"ResourceARN": "outputs.arn || item.Arn"},
    read="list_tags_for_resource",
    present="tagging.Tags",
)

_BUS = "inputs.eventBusName || 'default'"

_ECS = (
    "inputs.ecsTarget.{TaskDefinitionArn: taskDefinitionArn, TaskCount: taskCount, LaunchType: launchType, "
    "PlatformVersion: platformVersion, Group: group, EnableECSManagedTags: enableEcsManagedTags, "
    "EnableExecuteCommand: enableExecuteCommand, PropagateTags: propagateTags, "
    "CapacityProviderStrategy: capacityProviderStrategies, PlacementConstraints: placementConstraints, "
    "PlacementStrategy: orderedPlacementStrategies, NetworkConfiguration: networkConfiguration && "
    "{awsvpcConfiguration: networkConfiguration.{Subnets: subnets, SecurityGroups: securityGroups, "
    "AssignPublicIp: assignPublicIp && 'ENABLED' || 'DISABLED'}}}"
)

_TARGET = {
    "Id": "inputs.targetId",
    "Arn": "inputs.arn",
    "RoleArn": "inputs.roleArn",
    "Input": "inputs.input",
    "InputPath": "inputs.inputPath",
    "InputTransformer": "inputs.inputTransformer.{InputPathsMap: inputPaths, InputTemplate: inputTemplate}",
    "DeadLetterConfig": "inputs.deadLetterConfig",
    "RetryPolicy": "inputs.retryPolicy",
    "SqsParameters": "inputs.sqsTarget",
    "KinesisParameters": "inputs.kinesisTarget",
    "EcsParameters": _ECS,
}

_PUT_TARGET = Call("put_targets", {"Rule": "inputs.rule", "EventBusName": _BUS, "Targets": [_TARGET]})

_PUT_RULE = Call(
    "put_rule",
    {"State": "inputs.state || (inputs.isEnabled == `false` && 'DISABLED') || 'ENABLED'"},
    takes=Take.ALL,
)

_PUT_POLICY = Call("put_permission", {"EventBusName": _BUS, "Policy": "inputs.policy"})

RESOURCES = (
    Resource(
        token="aws:cloudwatch/eventBus:EventBus",
        service="events",
        id="inputs.name",
        name=Name(limit=256, allowed="A-Za-z0-9_.-"),
        create=Call("create_event_bus", takes=Take.ALL),
        updates=(Call("update_event_bus", {"Name": "id"}, takes=Take.CHANGED),),
        read=Call("describe_event_bus", {"Name": "id"}, pick="answer"),
        delete=(Call("delete_event_bus", {"Name": "id"}),),
        replaces=frozenset({"name", "eventSourceName"}),
        tagging=_TAGS,
    ),
    Resource(
        token="aws:cloudwatch/eventBusPolicy:EventBusPolicy",
        service="events",
        id=_BUS,
        create=_PUT_POLICY,
        updates=(_PUT_POLICY,),
        read=Call("describe_event_bus", {"Name": "id"}, pick="answer"),
        gone="!item.Policy",
        delete=(Call("remove_permission", {"EventBusName": "id", "RemoveAllPermissions": "`true`"}),),
        outputs={"eventBusName": "item.Name"},
        replaces=frozenset({"eventBusName"}),
    ),
    Resource(
        token="aws:cloudwatch/eventRule:EventRule",
        service="events",
        id="inputs.eventBusName && join('/', [inputs.eventBusName, inputs.name]) || inputs.name",
        name=_NAME,
        create=_PUT_RULE,
        updates=(_PUT_RULE,),
        read=Call("describe_rule", {"Name": "inputs.name", "EventBusName": _BUS}, pick="answer"),
        delete=(
            Call(
                "delete_rule",
                {"Name": "inputs.name", "EventBusName": _BUS, "Force": "inputs.forceDestroy || `false`"},
            ),
        ),
        outputs={"isEnabled": "item.State == 'ENABLED'"},
        defaults={"description": ""},
        replaces=frozenset({"name", "namePrefix", "eventBusName"}),
        ignored={"forceDestroy": "deletion reads it"},
        tagging=_TAGS,
    ),
    Resource(
        token="aws:cloudwatch/eventTarget:EventTarget",
        service="events",
        id="inputs.eventBusName && join('-', [inputs.eventBusName, inputs.rule, inputs.targetId]) "
        "|| join('-', [inputs.rule, inputs.targetId])",
        name=Name("targetId", "", limit=64, allowed="A-Za-z0-9_.-"),
        create=_PUT_TARGET,
        updates=(_PUT_TARGET,),
        after_create=refuse_failed_entries,
        read=Call(
            "list_targets_by_rule", {"Rule": "inputs.rule", "EventBusName": _BUS}, pick="answer.Targets"
        ),
        after_read=find_target,
        delete=(
            Call("remove_targets", {"Rule": "inputs.rule", "EventBusName": _BUS, "Ids": ["inputs.targetId"]}),
        ),
        renames={
            "targetId": "Id",
            "inputTransformer.inputPaths": "InputPathsMap",
            "ecsTarget": "EcsParameters",
            "ecsTarget.capacityProviderStrategies": "CapacityProviderStrategy",
            "ecsTarget.orderedPlacementStrategies": "PlacementStrategy",
            "kinesisTarget": "KinesisParameters",
            "sqsTarget": "SqsParameters",
        },
        outputs={"eventBusName": _BUS},
        replaces=frozenset({"rule", "eventBusName", "targetId"}),
        ignored={"forceDestroy": "it concerns rules that AWS manages, which the estate has none of"},
        unread={"ecsTarget.networkConfiguration": "the description has it a level deeper"},
    ),
    Resource(
        token="aws:cloudwatch/eventArchive:EventArchive",
        service="events",
        id="inputs.name",
        name=Name(limit=48, allowed="A-Za-z0-9_.-"),
        create=Call("create_archive", takes=Take.ALL),
        updates=(Call("update_archive", {"ArchiveName": "id"}, takes=Take.CHANGED),),
        read=Call("describe_archive", {"ArchiveName": "id"}, pick="answer"),
        delete=(Call("delete_archive", {"ArchiveName": "id"}),),
        renames={"name": "ArchiveName"},
        outputs={"arn": "item.ArchiveArn"},
        defaults={"retentionDays": 0, "description": ""},
        replaces=frozenset({"name", "eventSourceArn"}),
    ),
)
