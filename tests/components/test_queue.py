"""Queue: what it declares by default, and what each argument changes."""

from typing import Any

import pytest

from components.exceptions import ComponentError
from components.queue import Queue, QueueArgs
from tests.components.recording import ACCOUNT, Recording, record

KEY = "arn:aws:kms:eu-west-2:123456789012:key/messages"
TOPIC = "arn:aws:sns:eu-west-2:123456789012:events"
TAGS = {"environment": "test", "owner": "payments"}
SQS = "arn:aws:sqs:eu-west-2:123456789012:"


def declare(**args: Any) -> Recording:
    return record(lambda: Queue("orders", QueueArgs(kms_key_arn=KEY, tags=TAGS, **args)))


def test_a_queue_declares_exactly_these_children() -> None:
    assert declare().names == [
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "orders-backlog"),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "orders-dlq-not-empty"),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "orders-oldest-message"),
        ("aws:sqs/queue:Queue", "orders-dlq"),
        ("aws:sqs/queue:Queue", "orders-queue"),
        ("aws:sqs/queuePolicy:QueuePolicy", "orders-dlq-policy"),
        ("aws:sqs/queuePolicy:QueuePolicy", "orders-policy"),
        ("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", "orders-redrive-allow"),
        ("estate:data:Queue", "orders"),
    ]


def test_every_child_is_the_components_and_carries_its_tags() -> None:
    recording = declare()
    assert {child.parent for child in recording.resources if not child.is_component} == {"orders"}
    assert recording.untagged(TAGS) == []


def test_the_queue_has_these_inputs_by_default() -> None:
    queue = declare().one("aws:sqs/queue:Queue", "orders-queue")
    assert dict(queue.inputs) == {
        "name": "orders",
        "kmsMasterKeyId": KEY,
        "messageRetentionSeconds": 345_600,
        "receiveWaitTimeSeconds": 20,
        "redrivePolicy": f'{{"deadLetterTargetArn": "{SQS}orders-dlq", "maxReceiveCount": 5}}',
        "tags": TAGS,
        "visibilityTimeoutSeconds": 60,
    }


def test_the_dead_letter_queue_keeps_messages_fourteen_days_for_that_queue_only() -> None:
    recording = declare()
    assert dict(recording.one("aws:sqs/queue:Queue", "orders-dlq").inputs) == {
        "name": "orders-dlq",
        "kmsMasterKeyId": KEY,
        "messageRetentionSeconds": 1_209_600,
        "tags": TAGS,
    }
    allow = recording.one("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy")
    assert allow.document("redriveAllowPolicy") == {
        "redrivePermission": "byQueue",
        "sourceQueueArns": [f"{SQS}orders-queue"],
    }


def test_without_producers_the_policies_only_refuse_what_is_not_tls() -> None:
    recording = declare()
    for policy, queue in (("orders-policy", "orders-queue"), ("orders-dlq-policy", "orders-dlq")):
        assert recording.one("aws:sqs/queuePolicy:QueuePolicy", policy).document("policy")["Statement"] == [
            {
                "Sid": "DenyWithoutTls",
                "Effect": "Deny",
                "Action": ["sqs:*"],
                "Resource": [SQS + queue],
                "Principal": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ]


def test_a_service_producer_may_send_to_both_queues_in_the_name_of_its_source_only() -> None:
    recording = declare(service_producers=[{"service": "sns.amazonaws.com", "source_arn": TOPIC}])
    for policy, queue in (("orders-policy", "orders-queue"), ("orders-dlq-policy", "orders-dlq")):
        statements = recording.one("aws:sqs/queuePolicy:QueuePolicy", policy).document("policy")["Statement"]
        assert statements[1:] == [
            {
                "Sid": "AllowService1",
                "Effect": "Allow",
                "Action": ["sqs:SendMessage"],
                "Resource": SQS + queue,
                "Principal": {"Service": "sns.amazonaws.com"},
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": ACCOUNT},
                    "ArnLike": {"aws:SourceArn": TOPIC},
                },
            }
        ]


def test_a_producer_may_send_to_the_queue_but_not_to_its_dead_letters() -> None:
    role = "arn:aws:iam::123456789012:role/portal"
    recording = declare(producer_arns=[role])
    policies = {
        policy.name: [statement["Sid"] for statement in policy.document("policy")["Statement"]]
        for policy in recording.of_type("aws:sqs/queuePolicy:QueuePolicy")
    }
    assert policies == {
        "orders-policy": ["DenyWithoutTls", "AllowPrincipals"],
        "orders-dlq-policy": ["DenyWithoutTls"],
    }


def test_a_fifo_queue_has_a_fifo_dead_letter_queue_and_high_throughput() -> None:
    recording = declare(fifo=True, queue_name="payments")
    queue = recording.one("aws:sqs/queue:Queue", "orders-queue").inputs
    dead_letters = recording.one("aws:sqs/queue:Queue", "orders-dlq").inputs
    assert (queue["name"], dead_letters["name"]) == ("payments.fifo", "payments-dlq.fifo")
    assert (queue["fifoQueue"], dead_letters["fifoQueue"]) == (True, True)
    assert queue["deduplicationScope"] == "messageGroup"
    assert queue["fifoThroughputLimit"] == "perMessageGroupId"


def test_the_alarms_watch_the_physical_queues_and_notify_the_topic() -> None:
    recording = declare(
        fifo=True, alarm_topic_arn=TOPIC, oldest_message_alarm_seconds=60, backlog_alarm_messages=9
    )
    alarms = {
        alarm.name: (
            alarm.inputs["metricName"],
            alarm.inputs["dimensions"],
            alarm.inputs["threshold"],
            alarm.inputs["evaluationPeriods"],
            alarm.inputs["alarmActions"],
        )
        for alarm in recording.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")
    }
    assert alarms == {
        "orders-backlog": ("ApproximateNumberOfMessagesVisible", {"QueueName": "orders.fifo"}, 9, 3, [TOPIC]),
        "orders-dlq-not-empty": (
            "ApproximateNumberOfMessagesVisible",
            {"QueueName": "orders-dlq.fifo"},
            0,
            1,
            [TOPIC],
        ),
        "orders-oldest-message": (
            "ApproximateAgeOfOldestMessage",
            {"QueueName": "orders.fifo"},
            60,
            3,
            [TOPIC],
        ),
    }


def test_the_outputs_name_both_queues() -> None:
    outputs = declare().component("orders").outputs
    assert {
        key: outputs[key] for key in ("arn", "dead_letter_queue_arn", "queue_name", "dead_letter_queue_name")
    } == {
        "arn": f"{SQS}orders-queue",
        "dead_letter_queue_arn": f"{SQS}orders-dlq",
        "queue_name": "orders",
        "dead_letter_queue_name": "orders-dlq",
    }
    assert sorted(outputs["alarm_arns"]) == ["backlog", "dlq-not-empty", "oldest-message"]


@pytest.mark.parametrize(
    ("args", "rule"),
    [
        pytest.param({"queue_name": "q" * 72}, "1 to 71 letters", id="name-too-long"),
        pytest.param({"queue_name": "orders.fifo"}, "got 'orders.fifo'", id="suffix-given"),
        pytest.param({"retention_days": 14}, "1 to 13 days, got 14", id="outlives-its-dead-letters"),
        pytest.param(
            {"visibility_timeout_seconds": 43_201}, "0 to 43,200 seconds, got 43201", id="hidden-too-long"
        ),
        pytest.param({"maximum_receives": 0}, "1 to 1,000 times .* got 0", id="never-received"),
    ],
)
def test_an_impossible_setting_is_refused(args: dict[str, int], rule: str) -> None:
    with pytest.raises(ComponentError, match=rule):
        declare(**args)
