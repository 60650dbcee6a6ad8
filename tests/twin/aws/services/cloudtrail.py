"""Samples of CloudTrail."""

from tests.twin.aws.sample import Ref, Sample

TRAIL = Sample(
    "aws:cloudtrail/trail:Trail",
    {
        "s3BucketName": Ref("logs", "bucket"),
        "isMultiRegionTrail": True,
        "enableLogFileValidation": True,
        "includeGlobalServiceEvents": True,
        "kmsKeyId": "arn:aws:kms:eu-west-2:123456789012:key/1",
        "eventSelectors": [
            {
                "readWriteType": "All",
                "includeManagementEvents": True,
                "dataResources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3:::documents/"]}],
            }
        ],
        "insightSelectors": [{"insightType": "ApiCallRateInsight"}],
    },
    needs={"logs": Sample("aws:s3/bucket:Bucket", {"forceDestroy": True})},
    changes={"enableLogging": False, "s3KeyPrefix": "trail"},
    outputs=("arn", "homeRegion", "name"),
)

SAMPLES = (TRAIL,)
