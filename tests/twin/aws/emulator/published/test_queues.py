"""AWS/SQS of queues: what is there, what went through, and silence where AWS is silent."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from twin.aws.emulator.extensions.sqs_message import Message
from twin.aws.emulator.extensions.sqs_queue import LiveQueue, Traffic
from twin.aws.emulator.extensions.sqs_store import Rules
from twin.aws.emulator.published.ledger import Resource
from twin.aws.emulator.published.measure import Measure
from twin.aws.emulator.published.queues import ACTIVE_SECONDS, QueueLook, queue_measures

QUEUE = Resource("123456789012", "eu-west-2", "AWS/SQS", "QueueName", "case")
EMPTY = QueueLook(0, 0, 0, None, Traffic(), used_at=0.0)


def _told(found: Iterable[Measure]) -> dict[str, Any]:
    return {it.metric: it.values[0][0] for it in found}


def test_an_active_empty_queue_has_no_visible_message_and_nothing_else() -> None:
    assert _told(queue_measures({QUEUE: EMPTY}, {QUEUE: EMPTY}, 0.0, 60.0)) == {
        "ApproximateNumberOfMessagesVisible": 0
    }


def test_what_a_queue_holds_and_what_went_through_it() -> None:
    now = QueueLook(3, 1, 2, 42.0, Traffic(sent=9, received=4, deleted=2, empty_receives=5), 50.0)
    before = replace(EMPTY, traffic=Traffic(sent=3, received=4))
    assert _told(queue_measures({QUEUE: before}, {QUEUE: now}, 0.0, 60.0)) == {
        "ApproximateNumberOfMessagesVisible": 3,
        "ApproximateNumberOfMessagesNotVisible": 2,
        "ApproximateNumberOfMessagesDelayed": 1,
        "ApproximateAgeOfOldestMessage": 42.0,
        "NumberOfMessagesSent": 6,
        "NumberOfMessagesDeleted": 2,
        "NumberOfEmptyReceives": 5,
    }


@pytest.mark.parametrize(("visible", "is_told"), [(0, False), (1, True)])
def test_a_queue_sleeps_six_hours_after_it_was_used_unless_it_holds_messages(
    visible: int, is_told: bool
) -> None:
    old = replace(EMPTY, visible=visible)
    assert bool(_told(queue_measures({}, {QUEUE: old}, 0.0, ACTIVE_SECONDS))) is is_told
    assert _told(queue_measures({}, {QUEUE: old}, 0.0, ACTIVE_SECONDS - 1))


def test_a_queue_that_was_made_anew_or_is_new_counts_from_nothing() -> None:
    now = replace(EMPTY, traffic=Traffic(sent=2))
    earlier = replace(EMPTY, traffic=Traffic(sent=100, received=100))
    for before in ({QUEUE: earlier}, {}):
        found = _told(queue_measures(before, {QUEUE: now}, 0.0, 60.0))
        assert found == {"ApproximateNumberOfMessagesVisible": 0, "NumberOfMessagesSent": 2}


def test_a_queue_counts_what_goes_through_it() -> None:
    now = 0.0
    queue = LiveQueue(is_fifo=False, clock=lambda: now)
    rules = Rules(visibility_seconds=30, retention_seconds=1000, maximum_receives=1)
    queue.send(Message("m1", "body"))
    queue.send(Message("m2", "body"))
    now = 7.0
    batch = queue.receive(1, rules)
    queue.delete(batch.received[0][1])
    queue.add(Message("dead", "body"))
    queue.receive(10, rules)
    now = 50.0
    assert len(queue.receive(10, rules).dead) == 2
    assert queue.receive(10, rules).received == []
    assert queue.traffic() == Traffic(sent=2, received=3, deleted=1, empty_receives=2)
    assert queue.used_at == 50.0


def test_duplicates_are_not_sent_again() -> None:
    queue = LiveQueue(is_fifo=True, clock=lambda: 0.0)
    for id_ in ("m1", "m2"):
        queue.send(Message(id_, "body", group_id="g", deduplication_id="same"))
    assert queue.traffic().sent == 1


def test_the_age_is_from_when_a_message_came_and_passes_over_one_that_is_never_done() -> None:
    now = 0.0
    queue = LiveQueue(is_fifo=False, clock=lambda: now)
    rules = Rules(visibility_seconds=1, retention_seconds=10_000)
    queue.send(Message("poison", "body"))
    for moment in (10.0, 20.0):
        now = moment
        queue.receive(1, rules)
    queue.send(Message("young", "body", receives=0))
    assert queue.oldest_age_seconds() == 20.0
    now = 30.0
    while queue.receive(1, rules).received[0][0].id != "poison":
        pass
    assert queue.oldest_age_seconds() == 10.0


def test_a_dead_letter_is_as_old_as_it_has_been_there() -> None:
    now = 100.0
    queue = LiveQueue(is_fifo=False, clock=lambda: now)
    queue.add(Message("dead", "body", sent_at=5.0, receives=5, source_arn="arn:aws:sqs:eu-west-2:1:case"))
    now = 130.0
    assert queue.oldest_age_seconds() == 30.0
