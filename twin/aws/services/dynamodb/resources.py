"""Rows of Amazon DynamoDB."""

from twin.aws.names import Name
from twin.aws.resource import Call, Resource, Take
from twin.aws.tags import tags_by

__all__ = ["RESOURCES"]

_TABLE = {"TableName": "id"}


def _keys(prefix: str = "") -> str:
    """A key schema of one or two attributes."""
    return (
        f"[{{AttributeName: {prefix}hashKey, KeyType: 'HASH'}}, "
        f"{prefix}rangeKey && {{AttributeName: {prefix}rangeKey, KeyType: 'RANGE'}}][?@]"
    )


def _throughput(prefix: str = "") -> str:
    return (
        f"{prefix}readCapacity && {{ReadCapacityUnits: {prefix}readCapacity, "
        f"WriteCapacityUnits: {prefix}writeCapacity}} || null"
    )


_PROJECTION = "Projection: {ProjectionType: projectionType, NonKeyAttributes: nonKeyAttributes}"

_GLOBAL_INDEXES = (
    "inputs.globalSecondaryIndexes[].{IndexName: name, KeySchema: keySchemas || "
    f"{_keys()}, {_PROJECTION}, ProvisionedThroughput: {_throughput()}, "
    "OnDemandThroughput: onDemandThroughput, WarmThroughput: warmThroughput}"
)

_INDEX_VIEW = (
    "{name: IndexName, hashKey: KeySchema[?KeyType == 'HASH'].AttributeName | [0], "
    "rangeKey: KeySchema[?KeyType == 'RANGE'].AttributeName | [0], keySchemas: KeySchema, "
    "projectionType: Projection.ProjectionType, nonKeyAttributes: Projection.NonKeyAttributes, "
    "readCapacity: ProvisionedThroughput.ReadCapacityUnits, writeCapacity: "
    "ProvisionedThroughput.WriteCapacityUnits, "
    "onDemandThroughput: OnDemandThroughput, warmThroughput: WarmThroughput}"
)

_ENCRYPTION = (
    "inputs.serverSideEncryption.{Enabled: enabled, SSEType: enabled && 'KMS' || null, KMSMasterKeyId: "
    "kmsKeyArn}"
)

_STREAM = (
    "inputs.streamEnabled && {StreamEnabled: inputs.streamEnabled, StreamViewType: inputs.streamViewType} || "
    "null"
)

RESOURCES = (
    Resource(
        token="aws:dynamodb/table:Table",
        service="dynamodb",
        id="inputs.name",
        name=Name(limit=255, allowed="A-Za-z0-9_.-"),
        create=Call(
            "create_table",
            {
                "TableName": "inputs.name",
                "AttributeDefinitions": "inputs.attributes[].{AttributeName: name, AttributeType: type}",
                "KeySchema": _keys("inputs."),
                "GlobalSecondaryIndexes": _GLOBAL_INDEXES,
                "ProvisionedThroughput": _throughput("inputs."),
                "SSESpecification": _ENCRYPTION,
                "StreamSpecification": _STREAM,
            },
            takes=Take.ALL,
        ),
        settings=(
            Call(
                "update_continuous_backups",
                {
                    **_TABLE,
                    "PointInTimeRecoverySpecification": "inputs.pointInTimeRecovery."
                    "{PointInTimeRecoveryEnabled: enabled, RecoveryPeriodInDays: recoveryPeriodInDays}",
                },
                when="inputs.pointInTimeRecovery",
            ),
            Call(
                "update_time_to_live",
                {
                    **_TABLE,
                    "TimeToLiveSpecification": "inputs.ttl.{Enabled: enabled, AttributeName: attributeName}",
                },
                when="inputs.ttl",
            ),
            Call(
                "update_table",
                {
                    **_TABLE,
                    "ReplicaUpdates": [
                        {"Create": "each.{RegionName: regionName, KMSMasterKeyId: kmsKeyArn}"}
                    ],
                },
                on=("replicas",),
                each="minus(inputs.replicas, old.replicas)",
            ),
        ),
        updates=(
            Call(
                "update_table",
                {**_TABLE, "ReplicaUpdates": [{"Delete": "each.{RegionName: regionName}"}]},
                on=("replicas",),
                each="minus(old.replicas, inputs.replicas)",
            ),
            Call("update_table", {**_TABLE, "SSESpecification": _ENCRYPTION}, on=("serverSideEncryption",)),
            Call(
                "update_table",
                {
                    **_TABLE,
                    "StreamSpecification": "inputs.streamEnabled && {StreamEnabled: inputs.streamEnabled, "
                    "StreamViewType: inputs.streamViewType} || {StreamEnabled: `false`}",
                },
                on=("streamEnabled",),
            ),
            Call(
                "update_table",
                {
                    **_TABLE,
                    "BillingMode": "inputs.billingMode",
                    "ProvisionedThroughput": _throughput("inputs."),
                },
                on=("billingMode", "readCapacity", "writeCapacity"),
            ),
            Call("update_table", {**_TABLE, "TableClass": "inputs.tableClass"}, on=("tableClass",)),
            Call(
                "update_table",
                {**_TABLE, "DeletionProtectionEnabled": "inputs.deletionProtectionEnabled"},
                on=("deletionProtectionEnabled",),
            ),
        ),
        read=Call("describe_table", _TABLE, pick="answer.Table"),
        also={
            "backups": Call(
                "describe_continuous_backups",
                _TABLE,
                pick="answer.ContinuousBackupsDescription.PointInTimeRecoveryDescription",
            ),
            "expiry": Call("describe_time_to_live", _TABLE, pick="answer.TimeToLiveDescription"),
        },
        delete=(Call("delete_table", _TABLE),),
        outputs={
            "arn": "item.TableArn",
            "streamArn": "item.LatestStreamArn",
            "streamLabel": "item.LatestStreamLabel",
            "attributes": "item.AttributeDefinitions[].{name: AttributeName, type: AttributeType}",
            "hashKey": "item.KeySchema[?KeyType == 'HASH'].AttributeName | [0]",
            "rangeKey": "item.KeySchema[?KeyType == 'RANGE'].AttributeName | [0]",
            "billingMode": "item.BillingModeSummary.BillingMode",
            "readCapacity": "item.ProvisionedThroughput.ReadCapacityUnits",
            "writeCapacity": "item.ProvisionedThroughput.WriteCapacityUnits",
            "streamEnabled": "item.StreamSpecification.StreamEnabled",
            "streamViewType": "item.StreamSpecification.StreamViewType",
            "tableClass": "item.TableClassSummary.TableClass",
            "globalSecondaryIndexes": f"item.GlobalSecondaryIndexes[].{_INDEX_VIEW}",
            "replicas": "item.Replicas[].{regionName: RegionName, kmsKeyArn: KMSMasterKeyId}",
            "serverSideEncryption": "item.SSEDescription.{enabled: Status == 'ENABLED', kmsKeyArn: "
            "KMSMasterKeyArn}",
            "pointInTimeRecovery": "backups.{enabled: PointInTimeRecoveryStatus == 'ENABLED', "
            "recoveryPeriodInDays: RecoveryPeriodInDays}",
            "ttl": "expiry.{enabled: TimeToLiveStatus == 'ENABLED', attributeName: AttributeName}",
        },
        renames={"name": "TableName"},
        defaults={"billingMode": "PROVISIONED", "deletionProtectionEnabled": False, "tableClass": "STANDARD"},
        emulator_ignores={"replicas": "dropped: a table is in its own region only"},
        replaces=frozenset({"name", "hashKey", "rangeKey", "attributes", "globalSecondaryIndexes"}),
        tagging=tags_by(
            "tag_resource",
            "untag_resource",
            {"ResourceArn": "outputs.arn || item.TableArn"},
            read="list_tags_of_resource",
            present="tagging.Tags",
        ),
    ),
)
