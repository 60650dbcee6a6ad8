"""Samples of AWS Config."""

from tests.twin.aws.sample import Ref, Sample

RECORDER = Sample(
    "aws:cfg/recorder:Recorder",
    {
        "roleArn": "arn:aws:iam::123456789012:role/config",
        "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True},
    },
    changes={"recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": False}},
    outputs=("name",),
)
CHANNEL = Sample(
    "aws:cfg/deliveryChannel:DeliveryChannel",
    {
        "s3BucketName": Ref("logs", "bucket"),
        "snapshotDeliveryProperties": {"deliveryFrequency": "TwentyFour_Hours"},
    },
    needs={"logs": Sample("aws:s3/bucket:Bucket", {"forceDestroy": True}), "recorder": RECORDER},
    outputs=("name",),
)
STATUS = Sample(
    "aws:cfg/recorderStatus:RecorderStatus",
    {"name": Ref("recorder", "name"), "isEnabled": True},
    needs={"recorder": RECORDER, "channel": CHANNEL},
)
RULE = Sample(
    "aws:cfg/rule:Rule",
    {
        "source": {"owner": "AWS", "sourceIdentifier": "S3_BUCKET_VERSIONING_ENABLED"},
        "description": "Versions are kept.",
    },
    needs={"recorder": RECORDER},
    changes={"description": "Buckets keep versions."},
    outputs=("arn", "ruleId"),
)

SAMPLES = (RECORDER, CHANNEL, STATUS, RULE)
