"""Rows of Amazon Kinesis Data Streams."""

from twin.aws.expressions import Text
from twin.aws.names import Name
from twin.aws.resource import Call, Resource
from twin.aws.services.kinesis.hooks import enhanced_monitoring, tags_as_map
from twin.aws.tags import Form, tags_by

__all__ = ["RESOURCES"]

_STREAM = {"StreamName": "inputs.name"}

_HOURS = "not_null(old.retentionPeriod, `24`)"
"""A stream keeps records for 24 hours unless told otherwise. Source: CreateStream's documentation."""

RESOURCES = (
    Resource(
        token="aws:kinesis/stream:Stream",
        service="kinesis",
        id=Text("arn:aws:kinesis:{region}:{account}:stream/{inputs.name}"),
        name=Name(limit=128, allowed="A-Za-z0-9_.-"),
        create=Call(
            "create_stream",
            {
                **_STREAM,
                "ShardCount": "inputs.streamModeDetails.streamMode != 'ON_DEMAND' && (inputs.shardCount || "
                "`1`) || null",
                "StreamModeDetails": "inputs.streamModeDetails",
                "MaxRecordSizeInKiB": "inputs.maxRecordSizeInKib",
                "WarmThroughputMiBps": "inputs.warmThroughputMibPs",
            },
        ),
        settings=(
            Call(
                "increase_stream_retention_period",
                {**_STREAM, "RetentionPeriodHours": "inputs.retentionPeriod"},
                on=("retentionPeriod",),
                when=f"inputs.retentionPeriod > {_HOURS}",
            ),
            Call(
                "decrease_stream_retention_period",
                {**_STREAM, "RetentionPeriodHours": "inputs.retentionPeriod"},
                on=("retentionPeriod",),
                when=f"inputs.retentionPeriod < {_HOURS}",
            ),
            Call(
                "start_stream_encryption",
                {**_STREAM, "EncryptionType": "inputs.encryptionType", "KeyId": "inputs.kmsKeyId"},
                on=("encryptionType", "kmsKeyId"),
                when="inputs.encryptionType == 'KMS'",
            ),
        ),
        updates=(
            Call(
                "stop_stream_encryption",
                {**_STREAM, "EncryptionType": "old.encryptionType", "KeyId": "old.kmsKeyId"},
                on=("encryptionType",),
                when="old.encryptionType == 'KMS' && inputs.encryptionType != 'KMS'",
            ),
            Call(
                "update_stream_mode",
                {"StreamARN": "id", "StreamModeDetails": "inputs.streamModeDetails"},
                on=("streamModeDetails",),
            ),
            Call(
                "update_shard_count",
                {**_STREAM, "TargetShardCount": "inputs.shardCount", "ScalingType": "'UNIFORM_SCALING'"},
                on=("shardCount",),
                when="inputs.shardCount && inputs.streamModeDetails.streamMode != 'ON_DEMAND'",
            ),
        ),
        before_update=enhanced_monitoring,
        after_create=enhanced_monitoring,
        after_read=tags_as_map,
        refresh=True,
        read=Call(
            "describe_stream_summary",
            _STREAM,
            pick="answer.StreamDescriptionSummary.merge(@, {ShardCount: OpenShardCount, "
            "RetentionPeriod: RetentionPeriodHours, ShardLevelMetrics: "
            "EnhancedMonitoring[0].ShardLevelMetrics, "
            "KmsKeyId: KeyId})",
        ),
        delete=(
            Call(
                "delete_stream",
                {**_STREAM, "EnforceConsumerDeletion": "inputs.enforceConsumerDeletion || `false`"},
            ),
        ),
        outputs={"arn": "item.StreamARN"},
        defaults={"encryptionType": "NONE", "retentionPeriod": 24},
        replaces=frozenset({"name"}),
        ignored={"enforceConsumerDeletion": "deletion reads it", "arn": "AWS gives it"},
        hook_reads=frozenset({"shardLevelMetrics"}),
        tagging=tags_by(
            "add_tags_to_stream",
            "remove_tags_from_stream",
            _STREAM,
            form=Form.MAP,
            member=None,
            read="list_tags_for_stream",
            present="tagging.Tags",
        ),
    ),
)
