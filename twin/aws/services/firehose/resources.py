"""Rows of Amazon Data Firehose: delivery streams to S3, which is the one destination that the estate has."""

from twin.aws.names import Name
from twin.aws.resource import Call, Resource
from twin.aws.tags import tags_by

__all__ = ["RESOURCES"]

_STREAM = {"DeliveryStreamName": "inputs.name"}


def _bucket(properties: str, more: str = "") -> str:
    """An S3 destination in Firehose's form, from `properties`, which has it in Pulumi's."""
    return (
        f"{properties}.{{RoleARN: roleArn, BucketARN: bucketArn, Prefix: prefix, ErrorOutputPrefix: "
        f"errorOutputPrefix, "
        "BufferingHints: {SizeInMBs: bufferingSize, IntervalInSeconds: bufferingInterval}, "
        "CompressionFormat: compressionFormat, CloudWatchLoggingOptions: cloudwatchLoggingOptions, "
        "EncryptionConfiguration: kmsKeyArn && {KMSEncryptionConfig: {AWSKMSKeyARN: kmsKeyArn}} "
        f"|| {{NoEncryptionConfig: 'NoEncryption'}}{more}}}"
    )


_PARTITIONING = (
    "dynamicPartitioningConfiguration && {Enabled: dynamicPartitioningConfiguration.enabled, RetryOptions: "
    "{DurationInSeconds: dynamicPartitioningConfiguration.retryDuration}}"
)

_EXTENDED = (
    ", CustomTimeZone: customTimeZone, FileExtension: fileExtension, S3BackupMode: s3BackupMode, "
    "DataFormatConversionConfiguration: dataFormatConversionConfiguration, "
    "ProcessingConfiguration: processingConfiguration, "
    f"DynamicPartitioningConfiguration: {_PARTITIONING}"
)


def _destination(backup: str) -> str:
    """The destination, with the copy of what was not transformed under the name that the call has for it."""
    copy = _bucket("s3BackupConfiguration")
    return _bucket(
        "inputs.extendedS3Configuration", f"{_EXTENDED}, {backup}: s3BackupConfiguration && {copy}"
    )


RESOURCES = (
    Resource(
        token="aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
        service="firehose",
        id="answer.DeliveryStreamARN",
        name=Name(limit=64, allowed="A-Za-z0-9_.-"),
        create=Call(
            "create_delivery_stream",
            {
                **_STREAM,
                "DeliveryStreamType": "inputs.kinesisSourceConfiguration && 'KinesisStreamAsSource' || "
                "'DirectPut'",
                "KinesisStreamSourceConfiguration": "inputs.kinesisSourceConfiguration",
                "DeliveryStreamEncryptionConfigurationInput": "inputs.serverSideEncryption.enabled && "
                "inputs.serverSideEncryption.{KeyARN: keyArn, KeyType: keyType || 'AWS_OWNED_CMK'} || null",
                "ExtendedS3DestinationConfiguration": _destination("S3BackupConfiguration"),
            },
        ),
        updates=(
            Call(
                "update_destination",
                {
                    **_STREAM,
                    "CurrentDeliveryStreamVersionId": "outputs.versionId",
                    "DestinationId": "outputs.destinationId",
                    "ExtendedS3DestinationUpdate": _destination("S3BackupUpdate"),
                },
                on=("extendedS3Configuration",),
            ),
            Call(
                "start_delivery_stream_encryption",
                {
                    **_STREAM,
                    "DeliveryStreamEncryptionConfigurationInput": "inputs.serverSideEncryption."
                    "{KeyARN: keyArn, KeyType: keyType || 'AWS_OWNED_CMK'}",
                },
                on=("serverSideEncryption",),
                when="inputs.serverSideEncryption.enabled",
            ),
            Call(
                "stop_delivery_stream_encryption",
                _STREAM,
                on=("serverSideEncryption",),
                when="!inputs.serverSideEncryption.enabled",
            ),
        ),
        read=Call("describe_delivery_stream", _STREAM, pick="answer.DeliveryStreamDescription"),
        delete=(Call("delete_delivery_stream", _STREAM),),
        outputs={
            "arn": "item.DeliveryStreamARN",
            "destinationId": "item.Destinations[0].DestinationId",
            "versionId": "item.VersionId",
            "kinesisSourceConfiguration": "item.Source.KinesisStreamSourceDescription",
            "extendedS3Configuration": "item.Destinations[0].ExtendedS3DestinationDescription.merge(@, {"
            "BufferingSize: BufferingHints.SizeInMBs, BufferingInterval: BufferingHints.IntervalInSeconds, "
            "KmsKeyArn: EncryptionConfiguration.KMSEncryptionConfig.AWSKMSKeyARN})",
        },
        replaces=frozenset({"name", "destination", "kinesisSourceConfiguration"}),
        ignored={
            "arn": "AWS gives it",
            "destination": "of the kinds of destination only extended_s3 is handled, and its configuration "
            "says so",
            "destinationId": "AWS gives it",
            "versionId": "AWS gives it",
        },
        unread={
            "serverSideEncryption": "the description tells its progress, not the wish",
            "extendedS3Configuration.s3BackupConfiguration": "the description tells it in another form",
            "extendedS3Configuration.dynamicPartitioningConfiguration": "the description tells it in another "
            "form",
        },
        tagging=tags_by(
            "tag_delivery_stream",
            "untag_delivery_stream",
            _STREAM,
            read="list_tags_for_delivery_stream",
            present="tagging.Tags",
        ),
    ),
)
