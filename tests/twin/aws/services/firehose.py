"""Samples of Data Firehose."""

from tests.twin.aws.sample import Ref, Sample
from tests.twin.aws.services.kinesis import STREAM

BUCKET = Sample("aws:s3/bucket:Bucket", {})
DESTINATION = {
    "bucketArn": Ref("lake", "arn"),
    "roleArn": "arn:aws:iam::123456789012:role/lake",
    "prefix": "events/",
    "errorOutputPrefix": "errors/",
    "bufferingSize": 64,
    "bufferingInterval": 60,
    "compressionFormat": "GZIP",
    "kmsKeyArn": "arn:aws:kms:eu-west-2:123456789012:key/1",
    "cloudwatchLoggingOptions": {"enabled": True, "logGroupName": "lake", "logStreamName": "delivery"},
}
FROM_STREAM = Sample(
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    {
        "destination": "extended_s3",
        "kinesisSourceConfiguration": {
            "kinesisStreamArn": Ref("stream", "arn"),
            "roleArn": "arn:aws:iam::123456789012:role/lake",
        },
        "extendedS3Configuration": DESTINATION,
    },
    needs={"lake": BUCKET, "stream": STREAM},
    changes={"extendedS3Configuration": {**DESTINATION, "bufferingInterval": 300}},
    outputs=("arn", "destinationId", "name", "versionId"),
)
DIRECT = Sample(
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    {
        "destination": "extended_s3",
        "serverSideEncryption": {"enabled": True},
        "extendedS3Configuration": DESTINATION,
    },
    needs={"lake": BUCKET},
    outputs=("arn",),
    label="direct",
)

SAMPLES = (FROM_STREAM, DIRECT)
