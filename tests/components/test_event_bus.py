"""EventBus and QueueRoute."""

from typing import Any

import pytest

from components.event_bus import EventBus, EventBusArgs, QueueRoute, QueueRouteArgs
from components.exceptions import ComponentError
from tests.components.recording import Recording, record

KEY = "arn:aws:kms:eu-west-2:123456789012:key/messages"
TAGS = {"environment": "test"}


def route(**args: Any) -> Recording:
    given: dict[str, Any] = {
        "bus_name": "estate",
        "event_pattern": {"detail-type": ["submitted"]},
        "queue_arn": "arn:queue",
        "dead_letter_queue_arn": "arn:dlq",
        "tags": TAGS,
    }
    return record(lambda: QueueRoute("submitted", QueueRouteArgs(**(given | args))))


def test_a_bus_is_encrypted_archived_and_open_to_its_account() -> None:
    recording = record(lambda: EventBus("estate", EventBusArgs(kms_key_arn=KEY, tags=TAGS)))
    assert recording.names == [
        ("aws:cloudwatch/eventArchive:EventArchive", "estate-archive"),
        ("aws:cloudwatch/eventBus:EventBus", "estate-bus"),
        ("aws:cloudwatch/eventBusPolicy:EventBusPolicy", "estate-policy"),
        ("estate:data:EventBus", "estate"),
    ]
    assert dict(recording.one("aws:cloudwatch/eventBus:EventBus").inputs) == {
        "name": "estate",
        "kmsKeyIdentifier": KEY,
        "tags": TAGS,
    }
    bus = "arn:aws:cloudwatch:eu-west-2:123456789012:estate-bus"
    assert dict(recording.one("aws:cloudwatch/eventArchive:EventArchive").inputs) == {
        "name": "estate-archive",
        "eventSourceArn": bus,
        "kmsKeyIdentifier": KEY,
        "retentionDays": 90,
    }
    assert recording.one("aws:cloudwatch/eventBusPolicy:EventBusPolicy").document("policy")["Statement"] == [
        {
            "Sid": "AllowPublishers",
            "Effect": "Allow",
            "Action": ["events:PutEvents"],
            "Resource": bus,
            "Principal": {"AWS": ["arn:aws:iam::123456789012:root"]},
        }
    ]


def test_a_bus_says_with_which_source_its_rules_come() -> None:
    recording = record(lambda: EventBus("estate", {"kms_key_arn": KEY}))
    pattern = recording.component("estate").outputs["rule_arn_pattern"]
    assert pattern == "arn:aws:events:eu-west-2:123456789012:rule/estate/*"


def test_a_route_sends_to_a_queue_retries_for_a_day_and_keeps_what_it_cannot_deliver() -> None:
    recording = route()
    assert recording.names == [
        ("aws:cloudwatch/eventRule:EventRule", "submitted-rule"),
        ("aws:cloudwatch/eventTarget:EventTarget", "submitted-target"),
        ("estate:data:QueueRoute", "submitted"),
    ]
    assert dict(recording.one("aws:cloudwatch/eventRule:EventRule").inputs) == {
        "name": "submitted",
        "eventBusName": "estate",
        "eventPattern": '{"detail-type": ["submitted"]}',
        "tags": TAGS,
    }
    assert dict(recording.one("aws:cloudwatch/eventTarget:EventTarget").inputs) == {
        "rule": "submitted",
        "eventBusName": "estate",
        "targetId": "submitted",
        "arn": "arn:queue",
        "deadLetterConfig": {"arn": "arn:dlq"},
        "retryPolicy": {"maximumEventAgeInSeconds": 86_400, "maximumRetryAttempts": 185},
    }


def test_a_route_to_a_fifo_queue_names_the_message_group() -> None:
    target = route(message_group_id="case").one("aws:cloudwatch/eventTarget:EventTarget")
    assert target.inputs["sqsTarget"] == {"messageGroupId": "case"}


@pytest.mark.parametrize(
    ("args", "rule"),
    [
        pytest.param({"maximum_age_seconds": 59}, "60 to 86,400 seconds, got 59", id="gives-up-at-once"),
        pytest.param({"maximum_retries": 186}, "0 to 185 times, got 186", id="too-many-retries"),
    ],
)
def test_an_impossible_retry_is_refused(args: dict[str, int], rule: str) -> None:
    with pytest.raises(ComponentError, match=rule):
        route(**args)


def test_a_name_that_eventbridge_refuses_is_refused_first() -> None:
    with pytest.raises(ComponentError, match="1 to 40 letters"):
        record(lambda: EventBus("b" * 41, {"kms_key_arn": KEY}))
    with pytest.raises(ComponentError, match="got 'two words'"):
        record(lambda: EventBus("estate", {"kms_key_arn": KEY, "bus_name": "two words"}))
