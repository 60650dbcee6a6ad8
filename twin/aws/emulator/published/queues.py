"""AWS/SQS of a queue in a minute. Pure, but for where moto's queues are read.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html:
names, units, when each is reported; and "Monitoring Amazon SQS queues using CloudWatch" of the same guide: a queue is
active for six hours after it was last used, or while it holds messages. Numbers of messages are as at the minute's end:
how often SQS samples is not documented. What is missing where there is nothing is so because the guide's table says
"reported if": a sum with the visible messages takes what is missing as zero.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from twin.aws.emulator.extensions.sqs_queue import Traffic, live
from twin.aws.emulator.published.ledger import Resource
from twin.aws.emulator.published.measure import Measure, once

__all__ = ["ACTIVE_SECONDS", "QueueLook", "look", "queue_measures"]

ACTIVE_SECONDS = 6 * 3600

_NAMESPACE = "AWS/SQS"


@dataclass(frozen=True)
class QueueLook:
    """A queue at a moment. Attributes: age_seconds: of its oldest message; None where none counts."""

    visible: int
    delayed: int
    in_flight: int
    age_seconds: float | None
    traffic: Traffic
    used_at: float

    def is_active(self, now: float) -> bool:
        holds = self.visible + self.delayed + self.in_flight > 0
        return holds or now - self.used_at < ACTIVE_SECONDS


def look() -> dict[Resource, QueueLook]:
    """Every queue of the emulator, as it is now."""
    from moto.sqs.models import sqs_backends

    return {
        Resource(account, region, _NAMESPACE, "QueueName", name): _look(queue)
        for account, regions in list(sqs_backends.items())
        for region, backend in list(regions.items())
        for name, queue in list(backend.queues.items())
    }


def _look(queue: object) -> QueueLook:
    messages = live(queue)
    counts = messages.counts()
    return QueueLook(
        counts.visible,
        counts.delayed,
        counts.in_flight,
        messages.oldest_age_seconds(),
        messages.traffic(),
        messages.used_at,
    )


def queue_measures(
    before: Mapping[Resource, QueueLook], now: Mapping[Resource, QueueLook], began_at: float, at: float
) -> Iterator[Measure]:
    """What active queues publish of the minute. Args: at: when they were looked at."""
    for resource, seen in sorted(now.items()):
        if seen.is_active(at):
            yield from _held(resource, seen, began_at)
            known = before.get(resource)
            yield from _moved(resource, known.traffic if known else Traffic(), seen.traffic, began_at)


def _held(resource: Resource, seen: QueueLook, began_at: float) -> Iterator[Measure]:
    yield once(resource, "ApproximateNumberOfMessagesVisible", "Count", began_at, seen.visible)
    counts = {
        "ApproximateNumberOfMessagesNotVisible": seen.in_flight,
        "ApproximateNumberOfMessagesDelayed": seen.delayed,
    }
    for name, count in counts.items():
        if count:
            yield once(resource, name, "Count", began_at, count)
    if seen.age_seconds is not None:
        yield once(resource, "ApproximateAgeOfOldestMessage", "Seconds", began_at, seen.age_seconds)


def _moved(resource: Resource, before: Traffic, now: Traffic, began_at: float) -> Iterator[Measure]:
    counts = {
        "NumberOfMessagesSent": _since(before.sent, now.sent),
        "NumberOfMessagesReceived": _since(before.received, now.received),
        "NumberOfMessagesDeleted": _since(before.deleted, now.deleted),
        "NumberOfEmptyReceives": _since(before.empty_receives, now.empty_receives),
    }
    for name, count in counts.items():
        if count:
            yield once(resource, name, "Count", began_at, count)


def _since(before: int, now: int) -> int:
    """A queue that was deleted and made anew under its name counts from nothing."""
    return now - before if now >= before else now
