"""Samples of SQS."""

import json

from tests.twin.aws.sample import Ref, Sample

DEAD_LETTERS = Sample("aws:sqs/queue:Queue", {"name": "payments-dlq", "messageRetentionSeconds": 1209600})
QUEUE = Sample(
    "aws:sqs/queue:Queue",
    {
        "name": "payments",
        "visibilityTimeoutSeconds": 60,
        "messageRetentionSeconds": 345600,
        "receiveWaitTimeSeconds": 20,
        "maxMessageSize": 131072,
        "sqsManagedSseEnabled": True,
        "redrivePolicy": json.dumps(
            {"deadLetterTargetArn": "arn:aws:sqs:eu-west-2:123456789012:payments-dlq", "maxReceiveCount": 5}
        ),
    },
    needs={"dead_letters": DEAD_LETTERS},
    changes={"visibilityTimeoutSeconds": 90},
    outputs=("arn", "url"),
)
STATEMENT = {
    "Effect": "Allow",
    "Principal": {"Service": "events.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": "*",
}

SAMPLES = (
    QUEUE,
    Sample(
        "aws:sqs/queue:Queue",
        {"fifoQueue": True, "contentBasedDeduplication": True},
        changes={"contentBasedDeduplication": False},
        label="fifo",
    ),
    Sample(
        "aws:sqs/queuePolicy:QueuePolicy",
        {"queueUrl": Ref("queue"), "policy": json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})},
        needs={"queue": DEAD_LETTERS},
    ),
    Sample(
        "aws:sqs/redrivePolicy:RedrivePolicy",
        {
            "queueUrl": Ref("queue"),
            "redrivePolicy": json.dumps(
                {
                    "deadLetterTargetArn": "arn:aws:sqs:eu-west-2:123456789012:payments-dlq",
                    "maxReceiveCount": 3,
                }
            ),
        },
        needs={
            "dead_letters": DEAD_LETTERS,
            "queue": Sample("aws:sqs/queue:Queue", {"name": "applications"}),
        },
    ),
    Sample(
        "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
        {
            "queueUrl": Ref("queue"),
            "redriveAllowPolicy": json.dumps(
                {
                    "redrivePermission": "byQueue",
                    "sourceQueueArns": ["arn:aws:sqs:eu-west-2:123456789012:payments"],
                }
            ),
        },
        needs={"queue": DEAD_LETTERS},
    ),
)
