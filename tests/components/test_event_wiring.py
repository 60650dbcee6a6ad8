"""A topic, a bus and a queue that name each other, without a cycle."""

from typing import Any

from components.event_bus import EventBus, QueueRoute
from components.queue import Queue
from components.topic import QueueSubscription, Topic
from tests.components.recording import Recording, record

KEY = "arn:aws:kms:eu-west-2:123456789012:key/messages"


def wire() -> None:
    topic = Topic("events", {"kms_key_arn": KEY})
    bus = EventBus("estate", {"kms_key_arn": KEY})
    queue = Queue(
        "case",
        {
            "kms_key_arn": KEY,
            "service_producers": [
                {"service": "sns.amazonaws.com", "source_arn": topic.arn},
                {"service": "events.amazonaws.com", "source_arn": bus.rule_arn_pattern},
            ],
        },
    )
    QueueSubscription(
        "case-events",
        {
            "topic_arn": topic.arn,
            "queue_arn": queue.arn,
            "dead_letter_queue_arn": queue.dead_letter_queue_arn,
        },
    )
    QueueRoute(
        "case-submitted",
        {
            "bus_name": bus.bus_name,
            "event_pattern": {"detail-type": ["submitted"]},
            "queue_arn": queue.arn,
            "dead_letter_queue_arn": queue.dead_letter_queue_arn,
        },
    )


def sources(recording: Recording, policy: str) -> list[tuple[Any, Any]]:
    statements = recording.one("aws:sqs/queuePolicy:QueuePolicy", policy).document("policy")["Statement"]
    return [
        (item["Principal"]["Service"], item["Condition"]["ArnLike"]["aws:SourceArn"])
        for item in statements
        if item["Effect"] == "Allow"
    ]


def test_a_queue_and_its_dead_letters_admit_the_topic_and_the_rules_of_the_bus() -> None:
    recording = record(wire)
    admitted = [
        ("sns.amazonaws.com", "arn:aws:sns:eu-west-2:123456789012:events-topic"),
        ("events.amazonaws.com", "arn:aws:events:eu-west-2:123456789012:rule/estate/*"),
    ]
    assert sources(recording, "case-policy") == admitted
    assert sources(recording, "case-dlq-policy") == admitted


def test_a_preview_registers_the_same_resources_and_parents() -> None:
    def registered(*, preview: bool) -> list[tuple[str, str, str | None]]:
        return [(item.type, item.name, item.parent) for item in record(wire, preview=preview).resources]

    assert registered(preview=True) == registered(preview=False)
