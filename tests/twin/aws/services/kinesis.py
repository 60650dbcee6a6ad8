"""Samples of Kinesis."""

from tests.twin.aws.sample import Sample

STREAM = Sample(
    "aws:kinesis/stream:Stream",
    {
        "streamModeDetails": {"streamMode": "PROVISIONED"},
        "shardCount": 2,
        "retentionPeriod": 168,
        "encryptionType": "KMS",
        "kmsKeyId": "alias/aws/kinesis",
        "shardLevelMetrics": ["IncomingBytes"],
    },
    changes={"retentionPeriod": 48, "shardLevelMetrics": ["OutgoingBytes"], "shardCount": 4},
    outputs=("arn", "name"),
)
ON_DEMAND = Sample(
    "aws:kinesis/stream:Stream",
    {"streamModeDetails": {"streamMode": "ON_DEMAND"}},
    outputs=("arn",),
    label="on-demand",
)

SAMPLES = (STREAM, ON_DEMAND)
