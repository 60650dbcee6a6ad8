"""Samples of EventBridge."""

from tests.twin.aws.sample import Ref, Sample

BUS = Sample(
    "aws:cloudwatch/eventBus:EventBus",
    {"description": "Events of all cells.", "kmsKeyIdentifier": "alias/estate"},
    changes={"description": "Events of the estate."},
    outputs=("arn", "name"),
)
BUS_POLICY = Sample(
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    {
        "eventBusName": Ref("bus", "name"),
        "policy": '{"Version":"2012-10-17","Statement":[{"Sid":"Put","Effect":"Allow","Principal":{"AWS":'
        '"123456789012"},"Action":"events:PutEvents","Resource":"*"}]}',
    },
    needs={"bus": BUS},
)
RULE = Sample(
    "aws:cloudwatch/eventRule:EventRule",
    {
        "eventBusName": Ref("bus", "name"),
        "description": "Applications go to their cell.",
        "eventPattern": '{"detail-type":["ApplicationSubmitted"]}',
    },
    needs={"bus": BUS},
    changes={"state": "DISABLED", "eventPattern": '{"detail-type":["ApplicationWithdrawn"]}'},
    outputs=("arn", "name"),
)
SCHEDULE = Sample(
    "aws:cloudwatch/eventRule:EventRule",
    {"scheduleExpression": "rate(1 hour)", "state": "ENABLED"},
    outputs=("arn",),
    label="schedule",
)
TARGET = Sample(
    "aws:cloudwatch/eventTarget:EventTarget",
    {
        "rule": Ref("rule", "name"),
        "eventBusName": Ref("bus", "name"),
        "arn": Ref("queue", "arn"),
        "deadLetterConfig": {"arn": Ref("queue", "arn")},
        "retryPolicy": {"maximumEventAgeInSeconds": 3600, "maximumRetryAttempts": 8},
        "inputTransformer": {"inputPaths": {"case": "$.detail.case"}, "inputTemplate": '{"case": <case>}'},
    },
    needs={"bus": BUS, "rule": RULE, "queue": Sample("aws:sqs/queue:Queue", {})},
    changes={"retryPolicy": {"maximumEventAgeInSeconds": 60, "maximumRetryAttempts": 1}},
    outputs=("targetId",),
)
ARCHIVE = Sample(
    "aws:cloudwatch/eventArchive:EventArchive",
    {"eventSourceArn": Ref("bus", "arn"), "retentionDays": 30, "description": "For replay."},
    needs={"bus": BUS},
    changes={"retentionDays": 90},
    outputs=("arn", "name"),
)

SAMPLES = (BUS, BUS_POLICY, RULE, SCHEDULE, TARGET, ARCHIVE)
