"""Queues, topics, buses, streams and functions."""

import io
import json
import zipfile

from tests.twin.aws.emulator.samples.sample import Sample

__all__ = ["SAMPLES"]


def _archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): return {}")
    return buffer.getvalue()


SAMPLES: tuple[Sample, ...] = (
    Sample(
        "sqs-queue",
        "sqs",
        "create_queue",
        lambda w: {
            "QueueName": "q",
            "Attributes": {
                "VisibilityTimeout": "60",
                "MessageRetentionPeriod": "1209600",
                "ReceiveMessageWaitTimeSeconds": "20",
                "KmsMasterKeyId": w["key"],
                "KmsDataKeyReusePeriodSeconds": "300",
                "DelaySeconds": "0",
                "RedrivePolicy": json.dumps({"deadLetterTargetArn": w["queue_arn"], "maxReceiveCount": 5}),
                "RedriveAllowPolicy": json.dumps({"redrivePermission": "denyAll"}),
            },
        },
        "get_queue_attributes",
        lambda w, a: {"QueueUrl": a["QueueUrl"], "AttributeNames": ["All"]},
        "{Attributes: Attributes}",
        unreturned=("QueueName",),
    ),
    Sample(
        "sqs-encrypted-queue",
        "sqs",
        "create_queue",
        lambda w: {
            "QueueName": "e",
            "Attributes": {"SqsManagedSseEnabled": "true", "MaximumMessageSize": "262144"},
        },
        "get_queue_attributes",
        lambda w, a: {"QueueUrl": a["QueueUrl"], "AttributeNames": ["All"]},
        "{Attributes: Attributes}",
        unreturned=("QueueName",),
    ),
    Sample(
        "events-bus",
        "events",
        "create_event_bus",
        lambda w: {
            "Name": "bus",
            "Description": "d",
            "KmsKeyIdentifier": w["key"],
            "DeadLetterConfig": {"Arn": w["queue_arn"]},
        },
        "describe_event_bus",
        lambda w, a: {"Name": "bus"},
        "@",
    ),
    Sample(
        "events-rule",
        "events",
        "put_rule",
        lambda w: {
            "Name": "r",
            "EventBusName": w["bus"],
            "Description": "d",
            "State": "ENABLED",
            "EventPattern": '{"source": ["estate"]}',
        },
        "describe_rule",
        lambda w, a: {"Name": "r", "EventBusName": w["bus"]},
        "@",
    ),
    Sample(
        "events-target",
        "events",
        "put_targets",
        lambda w: {
            "Rule": w["rule"],
            "EventBusName": w["bus"],
            "Targets": [
                {
                    "Id": "t",
                    "Arn": w["queue_arn"],
                    "DeadLetterConfig": {"Arn": w["queue_arn"]},
                    "RetryPolicy": {"MaximumRetryAttempts": 5, "MaximumEventAgeInSeconds": 3600},
                    "InputTransformer": {"InputPathsMap": {"a": "$.a"}, "InputTemplate": '{"a": <a>}'},
                }
            ],
        },
        "list_targets_by_rule",
        lambda w, a: {"Rule": w["rule"], "EventBusName": w["bus"]},
        "@",
        unreturned=("Rule", "EventBusName"),
    ),
    Sample(
        "events-archive",
        "events",
        "create_archive",
        lambda w: {
            "ArchiveName": "a",
            "EventSourceArn": w["bus_arn"],
            "Description": "d",
            "RetentionDays": 30,
            "EventPattern": '{"source": ["estate"]}',
            "KmsKeyIdentifier": w["key"],
        },
        "describe_archive",
        lambda w, a: {"ArchiveName": "a"},
        "@",
    ),
    Sample(
        "sns-topic",
        "sns",
        "create_topic",
        lambda w: {
            "Name": "t",
            "Attributes": {
                "DisplayName": "d",
                "KmsMasterKeyId": w["key"],
                "SignatureVersion": "2",
                "TracingConfig": "Active",
            },
        },
        "get_topic_attributes",
        lambda w, a: {"TopicArn": a["TopicArn"]},
        "@",
        unreturned=("Name",),
    ),
    Sample(
        "sns-subscription",
        "sns",
        "subscribe",
        lambda w: {
            "TopicArn": w["topic"],
            "Protocol": "sqs",
            "Endpoint": w["queue_arn"],
            "Attributes": {
                "RawMessageDelivery": "true",
                "FilterPolicy": '{"a": ["b"]}',
                "FilterPolicyScope": "MessageAttributes",
                "RedrivePolicy": json.dumps({"deadLetterTargetArn": w["queue_arn"]}),
            },
        },
        "get_subscription_attributes",
        lambda w, a: {"SubscriptionArn": a["SubscriptionArn"]},
        "@",
        unreturned=("TopicArn", "Protocol", "Endpoint"),
    ),
    Sample(
        "kinesis-stream",
        "kinesis",
        "create_stream",
        lambda w: {"StreamName": "s", "StreamModeDetails": {"StreamMode": "ON_DEMAND"}},
        "describe_stream_summary",
        lambda w, a: {"StreamName": "s"},
        "StreamDescriptionSummary",
    ),
    Sample(
        "lambda-function",
        "lambda",
        "create_function",
        lambda w: {
            "FunctionName": "f",
            "Runtime": "python3.13",
            "Role": w["role"],
            "Handler": "main.handler",
            "Code": {"ZipFile": _archive()},
            "Timeout": 30,
            "MemorySize": 256,
            "Description": "d",
            "Architectures": ["arm64"],
            "TracingConfig": {"Mode": "Active"},
            "KMSKeyArn": w["key"],
            "EphemeralStorage": {"Size": 512},
            "Environment": {"Variables": {"A": "b"}},
            "DeadLetterConfig": {"TargetArn": w["queue_arn"]},
            "LoggingConfig": {
                "LogFormat": "JSON",
                "LogGroup": "g",
                "ApplicationLogLevel": "INFO",
                "SystemLogLevel": "INFO",
            },
            "VpcConfig": {"SubnetIds": [w["subnet_a"]], "SecurityGroupIds": [w["security_group"]]},
        },
        "get_function_configuration",
        lambda w, a: {"FunctionName": "f"},
        "@",
        unreturned=("Code",),
    ),
    Sample(
        "firehose",
        "firehose",
        "create_delivery_stream",
        lambda w: {
            "DeliveryStreamName": "d",
            "DeliveryStreamType": "DirectPut",
            "ExtendedS3DestinationConfiguration": {
                "RoleARN": w["role"],
                "BucketARN": "arn:aws:s3:::" + w["bucket"],
                "Prefix": "lake/",
                "ErrorOutputPrefix": "errors/",
                "CompressionFormat": "GZIP",
                "BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 60},
                "CloudWatchLoggingOptions": {"Enabled": True, "LogGroupName": "g", "LogStreamName": "s"},
            },
        },
        "describe_delivery_stream",
        lambda w, a: {"DeliveryStreamName": "d"},
        "{DeliveryStreamName: DeliveryStreamDescription.DeliveryStreamName,"
        " DeliveryStreamType: DeliveryStreamDescription.DeliveryStreamType,"
        " ExtendedS3DestinationConfiguration:"
        " DeliveryStreamDescription.Destinations[0].ExtendedS3DestinationDescription}",
    ),
)
