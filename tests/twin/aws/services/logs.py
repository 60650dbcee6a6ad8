"""Samples of CloudWatch Logs."""

import json

from tests.twin.aws.sample import Ref, Sample
from tests.twin.aws.services.kms import KEY

LOG_GROUP = Sample(
    "aws:cloudwatch/logGroup:LogGroup",
    {"name": "/estate/payments", "retentionInDays": 365, "kmsKeyId": Ref("key", "arn")},
    needs={"key": KEY},
    changes={"retentionInDays": 731},
    outputs=("arn",),
)

SAMPLES = (
    LOG_GROUP,
    Sample(
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        {
            "name": "payments-errors",
            "logGroupName": Ref("group", "name"),
            "pattern": '{ $.level = "ERROR" }',
            "metricTransformation": {
                "name": "payments-errors",
                "namespace": "Estate/Logs",
                "value": "1",
                "defaultValue": "0",
                "unit": "Count",
            },
        },
        needs={"key": KEY, "group": LOG_GROUP},
        changes={"pattern": '{ $.level = "FATAL" }'},
    ),
    Sample(
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        {
            "policyName": "events",
            "policyDocument": json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "events.amazonaws.com"},
                            "Action": "logs:PutLogEvents",
                            "Resource": "*",
                        }
                    ],
                }
            ),
        },
    ),
)
