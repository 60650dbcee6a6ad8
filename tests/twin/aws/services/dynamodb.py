"""Samples of DynamoDB."""

from tests.twin.aws.sample import Sample

TABLE = Sample(
    "aws:dynamodb/table:Table",
    {
        "billingMode": "PAY_PER_REQUEST",
        "hashKey": "case",
        "rangeKey": "moment",
        "attributes": [
            {"name": "case", "type": "S"},
            {"name": "moment", "type": "N"},
            {"name": "benefit", "type": "S"},
        ],
        "globalSecondaryIndexes": [{"name": "by-benefit", "hashKey": "benefit", "projectionType": "ALL"}],
        "pointInTimeRecovery": {"enabled": True},
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": "arn:aws:kms:eu-west-2:123456789012:key/1"},
        "streamEnabled": True,
        "streamViewType": "NEW_IMAGE",
        "ttl": {"enabled": True, "attributeName": "expires"},
    },
    changes={"pointInTimeRecovery": {"enabled": False}, "deletionProtectionEnabled": False},
    outputs=("arn", "name", "streamArn", "streamLabel"),
)
PROVISIONED = Sample(
    "aws:dynamodb/table:Table",
    {"hashKey": "id", "attributes": [{"name": "id", "type": "S"}], "readCapacity": 5, "writeCapacity": 5},
    changes={"readCapacity": 10},
    outputs=("arn",),
    label="provisioned",
)
REPLICATED = Sample(
    "aws:dynamodb/table:Table",
    {
        "billingMode": "PAY_PER_REQUEST",
        "hashKey": "id",
        "attributes": [{"name": "id", "type": "S"}],
        "streamEnabled": True,
        "streamViewType": "NEW_AND_OLD_IMAGES",
        "replicas": [{"regionName": "eu-west-1"}],
    },
    label="replicated",
)

SAMPLES = (TABLE, PROVISIONED, REPLICATED)
