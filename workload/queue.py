"""A queue: messages that wait until somebody has done what they ask."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from workload.aws import LONGEST_POLL_SECONDS, Aws

__all__ = ["Message", "Outgoing", "Queue", "SqsQueue"]

BATCH = 10
"""Source: SQS API reference, SendMessageBatch, ReceiveMessage and DeleteMessageBatch."""


COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
"""Source: SQS API reference, GetQueueAttributes."""


@dataclass(frozen=True)
class Message:
    """Attributes: handle: by which it is deleted. receive_count: how often it was taken, this time included."""

    id: str
    handle: str
    document: Any
    group: str | None = None
    receive_count: int = 1


@dataclass(frozen=True)
class Outgoing:
    """Attributes: group, deduplication_id: of FIFO queues."""

    document: Any
    group: str | None = None
    deduplication_id: str | None = None


class Queue(Protocol):
    """Every method raises DependencyAway where the queue does not answer."""

    @property
    def name(self) -> str: ...

    async def send(
        self, document: Any, group: str | None = None, deduplication_id: str | None = None
    ) -> None: ...

    async def send_batch(self, messages: Sequence[Outgoing]) -> list[int]:
        """Places of those that were not taken."""
        ...

    async def receive(self, wait_seconds: int = LONGEST_POLL_SECONDS, most: int = BATCH) -> list[Message]: ...

    async def delete(self, messages: Sequence[Message]) -> None: ...

    async def put_back(self, message: Message, after_seconds: float) -> None: ...

    async def length(self) -> int:
        """About how many messages it holds, taken ones and delayed ones included."""
        ...


class SqsQueue:
    """A queue of Amazon SQS."""

    def __init__(self, name: str, url: str, aws: Aws) -> None:
        self.name = name
        self._url = url
        self._aws = aws

    async def send(
        self, document: Any, group: str | None = None, deduplication_id: str | None = None
    ) -> None:
        arguments = _fields(Outgoing(document, group, deduplication_id))
        await self._aws.call("sqs", "send_message", dependency=self.name, QueueUrl=self._url, **arguments)

    async def send_batch(self, messages: Sequence[Outgoing]) -> list[int]:
        failed: list[int] = []
        for start in range(0, len(messages), BATCH):
            entries = [
                {"Id": str(place), **_fields(message)}
                for place, message in enumerate(messages[start : start + BATCH], start)
            ]
            got = await self._aws.call(
                "sqs", "send_message_batch", dependency=self.name, QueueUrl=self._url, Entries=entries
            )
            failed += [int(it["Id"]) for it in got.get("Failed", ())]
        return failed

    async def receive(self, wait_seconds: int = LONGEST_POLL_SECONDS, most: int = BATCH) -> list[Message]:
        ask = self._aws.poll if wait_seconds else self._aws.call
        got = await ask(
            "sqs",
            "receive_message",
            dependency=self.name,
            QueueUrl=self._url,
            WaitTimeSeconds=wait_seconds,
            MaxNumberOfMessages=most,
            MessageSystemAttributeNames=["MessageGroupId", "ApproximateReceiveCount"],
        )
        return [_message(it) for it in got.get("Messages", ())]

    async def delete(self, messages: Sequence[Message]) -> None:
        for start in range(0, len(messages), BATCH):
            entries = [
                {"Id": str(place), "ReceiptHandle": it.handle}
                for place, it in enumerate(messages[start : start + BATCH])
            ]
            await self._aws.call(
                "sqs", "delete_message_batch", dependency=self.name, QueueUrl=self._url, Entries=entries
            )

    async def put_back(self, message: Message, after_seconds: float) -> None:
        await self._aws.call(
            "sqs",
            "change_message_visibility",
            dependency=self.name,
            QueueUrl=self._url,
            ReceiptHandle=message.handle,
            VisibilityTimeout=round(after_seconds),
        )

    async def length(self) -> int:
        got = await self._aws.call(
            "sqs",
            "get_queue_attributes",
            dependency=self.name,
            QueueUrl=self._url,
            AttributeNames=list(COUNTS),
        )
        return sum(int(got.get("Attributes", {}).get(name, 0)) for name in COUNTS)


def _fields(message: Outgoing) -> dict[str, str]:
    fields = {"MessageBody": json.dumps(message.document, default=str)}
    if message.group is not None:
        fields["MessageGroupId"] = message.group
    if message.deduplication_id is not None:
        fields["MessageDeduplicationId"] = message.deduplication_id
    return fields


def _message(it: dict[str, Any]) -> Message:
    """A body that is no JSON is given as text: its handler refuses it, and it ends with the dead letters."""
    attributes = it.get("Attributes", {})
    try:
        document = json.loads(it["Body"])
    except ValueError:
        document = it["Body"]
    count = int(attributes.get("ApproximateReceiveCount", 1))
    return Message(it["MessageId"], it["ReceiptHandle"], document, attributes.get("MessageGroupId"), count)
