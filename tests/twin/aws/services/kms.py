"""Samples of KMS."""

import json

from tests.twin.aws.sample import Ref, Sample

DOCUMENT = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Account",
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }
)
KEY = Sample(
    "aws:kms/key:Key",
    {
        "description": "Case data.",
        "enableKeyRotation": True,
        "deletionWindowInDays": 7,
        "policy": DOCUMENT,
        "multiRegion": True,
    },
    changes={"enableKeyRotation": False, "description": "Case data and documents."},
    outputs=("arn", "keyId"),
)

SAMPLES = (
    KEY,
    Sample(
        "aws:kms/alias:Alias",
        {"name": "alias/case", "targetKeyId": Ref("key", "keyId")},
        needs={"key": KEY},
        outputs=("arn", "targetKeyArn"),
    ),
    Sample(
        "aws:kms/replicaKey:ReplicaKey",
        {"primaryKeyArn": Ref("key", "arn"), "description": "Case data, standby.", "deletionWindowInDays": 7},
        needs={"key": KEY},
        changes={"description": "Case data in the standby region."},
        outputs=("arn", "keyId"),
        region="eu-west-1",
    ),
)
