"""SQS: receiving, deleting, and for how long a message stays hidden."""

import socket
import time
from collections.abc import Callable, Mapping
from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context
from twin.aws.emulator.extensions.sqs_message import Message, attributes_md5, body_md5
from twin.aws.emulator.extensions.sqs_queue import live
from twin.aws.emulator.extensions.sqs_requests import by_entry, queue_of
from twin.aws.emulator.extensions.sqs_store import ReceiptExpired, ReceiptUnknown, Rules

__all__ = [
    "change_visibility",
    "change_visibility_batch",
    "delete",
    "delete_batch",
    "is_waited_for",
    "receive",
]

_MOST_MESSAGES = 10
_LONGEST_WAIT_SECONDS = 20
_LONGEST_VISIBILITY_SECONDS = 43_200
"""Source: SQS API reference, `ReceiveMessage` and `ChangeMessageVisibility`."""

_UNUSED_HANDLE = "The input receipt handle is invalid."


def receive(context: Context) -> Document:
    """Messages are in flight, at most as many as asked for; dead letters are where dead letters go."""
    queue, given = queue_of(context), context.call.parameters
    count = _within(given.get("MaxNumberOfMessages", 1), 1, _MOST_MESSAGES, "MaxNumberOfMessages")
    wait = given.get("WaitTimeSeconds", queue.receive_message_wait_time_seconds)
    wait_seconds = _within(wait, 0, _LONGEST_WAIT_SECONDS, "WaitTimeSeconds")
    found = _found(queue, count, _rules(queue, given), wait_seconds, context.environ)
    messages = [_shown(message, handle, given) for message, handle in found]
    return {"Messages": messages} if messages else {}


def _found(
    queue: Any, count: int, rules: Rules, wait_seconds: float, environ: Mapping[str, Any]
) -> list[tuple[Message, str]]:
    """What can be received within the time; where only dead letters were found, it is looked for again."""
    deadline = time.monotonic() + wait_seconds
    while True:
        remaining = max(0.0, deadline - time.monotonic())
        batch = live(queue).receive(count, rules, remaining, lambda: is_waited_for(environ))
        _bury(queue, batch.dead)
        if batch.received or not batch.dead:
            return batch.received


def delete(context: Context) -> Document:
    """The message is gone."""
    return _delete(queue_of(context), context.call.parameters)


def delete_batch(context: Context) -> Document:
    queue = queue_of(context)
    entries = context.call.parameters.get("Entries", [])
    return by_entry(entries, lambda entry: _delete(queue, entry), "DeleteMessageBatchRequestEntry")


def change_visibility(context: Context) -> Document:
    """The message in flight stays hidden for so long from now; 0 gives it to the next one at once."""
    return _change_visibility(queue_of(context), context.call.parameters)


def change_visibility_batch(context: Context) -> Document:
    queue = queue_of(context)
    entries = context.call.parameters.get("Entries", [])
    member = "ChangeMessageVisibilityBatchRequestEntry"
    return by_entry(entries, lambda entry: _change_visibility(queue, entry), member)


def is_waited_for(environ: Mapping[str, Any]) -> bool:
    """Whether the client's connection is open. A task that was killed while it polled takes no messages with it.

    That AWS gives none to who has hung up is an assumption: its documentation does not say.
    """
    connection: socket.socket | None = environ.get("werkzeug.socket")
    if connection is None:
        return True
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def _rules(queue: Any, given: Document) -> Rules:
    has_dead_letters = queue.dead_letter_queue is not None and queue.redrive_policy
    return Rules(
        visibility_seconds=_visibility(given.get("VisibilityTimeout", queue.visibility_timeout)),
        retention_seconds=queue.message_retention_period,
        maximum_receives=queue.redrive_policy["maxReceiveCount"] if has_dead_letters else None,
    )


def _bury(queue: Any, dead: list[Message]) -> None:
    for message in dead:
        message.source_arn = queue.queue_arn
        live(queue.dead_letter_queue).add(message)


def _delete(queue: Any, given: Document) -> Document:
    try:
        live(queue).delete(given["ReceiptHandle"])
    except ReceiptUnknown:
        raise AwsError("ReceiptHandleIsInvalid", _UNUSED_HANDLE) from None
    except ReceiptExpired:
        raise _expired(given["ReceiptHandle"]) from None
    return {}


def _change_visibility(queue: Any, given: Document) -> Document:
    handle, seconds = given["ReceiptHandle"], _visibility(given.get("VisibilityTimeout", 0))
    try:
        is_in_flight = live(queue).change_visibility(handle, seconds)
    except ReceiptUnknown:
        raise AwsError("ReceiptHandleIsInvalid", _UNUSED_HANDLE) from None
    except ReceiptExpired:
        raise _expired(handle) from None
    if not is_in_flight:
        message = (
            f"Value {handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not "
            "available for visibility timeout change."
        )
        raise AwsError("InvalidParameterValue", message)
    return {}


def _expired(handle: str) -> AwsError:
    message = (
        f"Value {handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired."
    )
    return AwsError("InvalidParameterValue", message)


def _visibility(seconds: int) -> int:
    return _within(seconds, 0, _LONGEST_VISIBILITY_SECONDS, "VisibilityTimeout")


def _within(value: int, least: int, most: int, parameter: str) -> int:
    if not least <= int(value) <= most:
        message = (
            f"Value {value} for parameter {parameter} is invalid. Reason: Must be between {least} and {most}."
        )
        raise AwsError("InvalidParameterValue", message)
    return int(value)


def _shown(message: Message, handle: str, given: Document) -> Document:
    shown: Document = {
        "MessageId": message.id,
        "ReceiptHandle": handle,
        "MD5OfBody": body_md5(message.body),
        "Body": message.body,
    }
    if attributes := _named(message.attributes, given.get("MessageAttributeNames", ())):
        shown |= {"MessageAttributes": attributes, "MD5OfMessageAttributes": attributes_md5(attributes)}
    asked = {*given.get("AttributeNames", ()), *given.get("MessageSystemAttributeNames", ())}
    if asked:
        told = _SYSTEM_ATTRIBUTES if "All" in asked else asked & _SYSTEM_ATTRIBUTES.keys()
        values = {name: _SYSTEM_ATTRIBUTES[name](message) for name in told}
        shown["Attributes"] = {name: str(value) for name, value in values.items() if value is not None}
    return shown


def _named(attributes: Document, names: list[str]) -> Document:
    """Source: SQS API reference, `ReceiveMessage`: ``All``, ``.*``, a name, or a prefix with ``.*``."""
    prefixes = [name[:-2] for name in names if name.endswith(".*")]
    return {
        name: value
        for name, value in attributes.items()
        if "All" in names or name in names or any(name.startswith(prefix) for prefix in prefixes)
    }


_SYSTEM_ATTRIBUTES: dict[str, Callable[[Message], Any]] = {
    "ApproximateFirstReceiveTimestamp": lambda it: int((it.first_received_at or 0) * 1000),
    "ApproximateReceiveCount": lambda it: it.receives,
    "AWSTraceHeader": lambda it: it.system_attributes.get("AWSTraceHeader", {}).get("StringValue"),
    "DeadLetterQueueSourceArn": lambda it: it.source_arn,
    "MessageDeduplicationId": lambda it: it.deduplication_id,
    "MessageGroupId": lambda it: it.group_id,
    "SenderId": lambda it: "AIDAIT2UOQQY3AUEKVGXU",
    "SentTimestamp": lambda it: int(it.sent_at * 1000),
    "SequenceNumber": lambda it: it.sequence_number,
}
