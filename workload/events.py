"""Ways by which an outbox is sent: to a queue, a topic, a bus, a stream or another service."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from workload.aws import Aws
from workload.exceptions import DependencyAway
from workload.outbox import Item, Sender
from workload.queue import Outgoing, Queue
from workload.upstream import Upstream

__all__ = ["Together", "bus_sender", "queue_sender", "service_sender", "stream_sender", "topic_sender"]

BATCH = 10
"""Source: SNS API reference, PublishBatch; EventBridge API reference, PutEvents (10 entries each)."""

RECORDS = 500
"""Source: Kinesis API reference, PutRecords."""

SERVICE_SECONDS = 3.0
AT_ONCE = 10
"""Calls of one batch to another service at the same time."""

TOGETHER_SECONDS = 0.02
"""Little beside the call, and much beside the time in which the messages of one batch come to the same point."""

LONGEST_DEDUPLICATION_ID = 128
"""Source: SQS API reference, SendMessage, MessageDeduplicationId."""


def queue_sender(queue: Queue) -> Sender:
    """Messages; in a FIFO queue in the item's group, deduplicated by its key."""

    async def send(items: Sequence[Item]) -> list[int]:
        failed = await queue.send_batch([_outgoing(item) for item in items])
        return [items[place].id for place in failed]

    return send


def _outgoing(item: Item) -> Outgoing:
    key = (
        item.key
        if len(item.key) <= LONGEST_DEDUPLICATION_ID
        else hashlib.sha256(item.key.encode()).hexdigest()
    )
    return Outgoing(item.document, item.group, key if item.group else None)


def topic_sender(aws: Aws, name: str, arn: str) -> Sender:
    """Messages of a topic, with the event's type as an attribute to filter by."""

    async def send(items: Sequence[Item]) -> list[int]:
        entries = [
            {
                "Id": str(item.id),
                "Message": json.dumps(item.document),
                "MessageAttributes": {"type": {"DataType": "String", "StringValue": item.document["type"]}},
            }
            for item in items
        ]
        got = await aws.call(
            "sns", "publish_batch", dependency=name, TopicArn=arn, PublishBatchRequestEntries=entries
        )
        return [int(it["Id"]) for it in got.get("Failed", ())]

    return _in_batches(send, BATCH)


def bus_sender(aws: Aws, name: str, bus: str, source: str) -> Sender:
    """Events of a bus; the document is the detail, and its type the detail's type."""

    async def send(items: Sequence[Item]) -> list[int]:
        entries = [
            {
                "EventBusName": bus,
                "Source": source,
                "DetailType": item.document["type"],
                "Detail": json.dumps(item.document),
            }
            for item in items
        ]
        got = await aws.call("events", "put_events", dependency=name, Entries=entries)
        return _failed(items, got.get("Entries", ()))

    return _in_batches(send, BATCH)


def stream_sender(aws: Aws, name: str, stream: str) -> Sender:
    """Records of a stream, in order for each subject."""

    async def send(items: Sequence[Item]) -> list[int]:
        records = [
            {
                "Data": json.dumps(item.document).encode(),
                "PartitionKey": str(item.document.get("subject", item.key)),
            }
            for item in items
        ]
        got = await aws.call("kinesis", "put_records", dependency=name, StreamName=stream, Records=records)
        return _failed(items, got.get("Records", ()))

    return _in_batches(send, RECORDS)


class Together:
    """A sender of what is sent at about the same time, in one call: each caller waits for its own items.

    Args: linger_seconds: from the first item to the call.
    """

    def __init__(self, send: Sender, linger_seconds: float = TOGETHER_SECONDS) -> None:
        self._send = send
        self._linger_seconds = linger_seconds
        self._waiting: list[tuple[Item, asyncio.Future[bool]]] = []
        self._calls: set[asyncio.Task[None]] = set()

    async def __call__(self, items: Sequence[Item]) -> list[int]:
        loop = asyncio.get_running_loop()
        if not self._waiting:
            call = asyncio.create_task(self._call())
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)
        results = [(item, loop.create_future()) for item in items]
        self._waiting += results
        taken = await asyncio.gather(*(result for _, result in results))
        return [item.id for item, is_taken in zip(items, taken, strict=True) if not is_taken]

    async def _call(self) -> None:
        await asyncio.sleep(self._linger_seconds)
        sent, self._waiting = self._waiting, []
        try:
            failed = set(await self._send([replace(item, id=place) for place, (item, _) in enumerate(sent)]))
        except Exception as error:
            for _, result in sent:
                if not result.done():
                    result.set_exception(error)
            return
        for place, (_, result) in enumerate(sent):
            if not result.done():
                result.set_result(place not in failed)


def service_sender(upstream: Upstream, path: str | Callable[[Item], str]) -> Sender:
    """One keyed POST an item, several at the same time. What the service refuses is tried again later."""
    places = asyncio.Semaphore(AT_ONCE)

    async def send_one(item: Item) -> bool:
        where = path if isinstance(path, str) else path(item)
        async with places:
            got = await upstream.call(
                "POST", where, document=item.document, key=item.key, seconds=SERVICE_SECONDS
            )
        return got.status < 300

    async def send(items: Sequence[Item]) -> list[int]:
        results = await asyncio.gather(*(send_one(item) for item in items), return_exceptions=True)
        problems = [it for it in results if isinstance(it, BaseException)]
        for problem in problems:
            if not isinstance(problem, DependencyAway):
                raise problem
        if problems and len(problems) == len(items):
            raise problems[0]
        return [item.id for item, result in zip(items, results, strict=True) if result is not True]

    return send


def _in_batches(send: Sender, size: int) -> Sender:
    async def send_all(items: Sequence[Item]) -> list[int]:
        failed: list[int] = []
        for start in range(0, len(items), size):
            failed += await send(items[start : start + size])
        return failed

    return send_all


def _failed(items: Sequence[Item], results: Sequence[dict[str, Any]]) -> list[int]:
    """Results come in the order of what was sent."""
    return [item.id for item, result in zip(items, results, strict=True) if result.get("ErrorCode")]
