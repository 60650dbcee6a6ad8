"""Topic and QueueSubscription."""

from typing import Any

from components.topic import QueueSubscription, QueueSubscriptionArgs, Topic, TopicArgs
from tests.components.recording import ACCOUNT, Recording, record

KEY = "arn:aws:kms:eu-west-2:123456789012:key/messages"
ALARMS = "arn:aws:cloudwatch:eu-west-2:123456789012:alarm:*"
TAGS = {"environment": "test"}


def declare(**args: Any) -> Recording:
    return record(lambda: Topic("events", TopicArgs(kms_key_arn=KEY, tags=TAGS, **args)))


def test_a_topic_declares_itself_and_its_policy() -> None:
    recording = declare()
    assert recording.names == [
        ("aws:sns/topic:Topic", "events-topic"),
        ("aws:sns/topicPolicy:TopicPolicy", "events-policy"),
        ("estate:data:Topic", "events"),
    ]
    assert dict(recording.one("aws:sns/topic:Topic").inputs) == {
        "name": "events",
        "kmsMasterKeyId": KEY,
        "tags": TAGS,
    }


def test_a_service_publishes_in_the_name_of_its_source_only() -> None:
    recording = declare(service_publishers=[{"service": "cloudwatch.amazonaws.com", "source_arn": ALARMS}])
    topic = "arn:aws:sns:eu-west-2:123456789012:events-topic"
    assert recording.one("aws:sns/topicPolicy:TopicPolicy").document("policy")["Statement"] == [
        {
            "Sid": "DenyWithoutTls",
            "Effect": "Deny",
            "Action": ["sns:Publish"],
            "Resource": [topic],
            "Principal": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {
            "Sid": "AllowService1",
            "Effect": "Allow",
            "Action": ["sns:Publish"],
            "Resource": topic,
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Condition": {
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
                "ArnLike": {"aws:SourceArn": ALARMS},
            },
        },
    ]


def test_delivery_status_goes_to_two_encrypted_groups_with_a_role_that_reaches_no_other() -> None:
    recording = declare(log_delivery_status=True)
    groups = {
        group.name: (group.inputs["name"], group.inputs["kmsKeyId"], group.inputs["retentionInDays"])
        for group in recording.of_type("aws:cloudwatch/logGroup:LogGroup")
    }
    assert groups == {
        "events-delivery-log": ("sns/eu-west-2/123456789012/events", KEY, 365),
        "events-failure-log": ("sns/eu-west-2/123456789012/events/Failure", KEY, 365),
    }
    [statement] = recording.one("aws:iam/rolePolicy:RolePolicy").document("policy")["Statement"]
    assert statement["Resource"] == [
        "arn:aws:logs:eu-west-2:123456789012:log-group:sns/eu-west-2/123456789012/events:*",
        "arn:aws:logs:eu-west-2:123456789012:log-group:sns/eu-west-2/123456789012/events/Failure:*",
    ]
    topic = recording.one("aws:sns/topic:Topic").inputs
    role = "arn:aws:iam:eu-west-2:123456789012:events-delivery-role"
    assert (topic["sqsSuccessFeedbackRoleArn"], topic["sqsFailureFeedbackRoleArn"]) == (role, role)
    assert topic["sqsSuccessFeedbackSampleRate"] == 100


def test_a_subscription_delivers_raw_messages_and_keeps_what_it_cannot_deliver() -> None:
    args = QueueSubscriptionArgs(
        topic_arn="arn:topic",
        queue_arn="arn:queue",
        dead_letter_queue_arn="arn:dlq",
        filter_policy={"kind": ["submitted", "decided"]},
    )
    recording = record(lambda: QueueSubscription("case-events", args))
    assert recording.names == [
        ("aws:sns/topicSubscription:TopicSubscription", "case-events-subscription"),
        ("estate:data:QueueSubscription", "case-events"),
    ]
    assert dict(recording.one("aws:sns/topicSubscription:TopicSubscription").inputs) == {
        "topic": "arn:topic",
        "protocol": "sqs",
        "endpoint": "arn:queue",
        "rawMessageDelivery": True,
        "filterPolicy": '{"kind": ["submitted", "decided"]}',
        "redrivePolicy": '{"deadLetterTargetArn": "arn:dlq"}',
    }
