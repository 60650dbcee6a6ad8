"""SQS: sending, one message and batches."""

import hashlib
import re
import uuid
from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context
from twin.aws.emulator.extensions.sqs_message import Message, attributes_md5, body_md5
from twin.aws.emulator.extensions.sqs_queue import live
from twin.aws.emulator.extensions.sqs_requests import by_entry, queue_of
from twin.aws.emulator.extensions.sqs_store import Sent

__all__ = ["accept", "send", "send_batch"]

_LONGEST_DELAY_SECONDS = 900
_LARGEST_BATCH_BYTES = 1_048_576
"""Source: SQS API reference, `SendMessage` (DelaySeconds) and `SendMessageBatch` (sum of all messages)."""

# Source: SQS API reference, `SendMessage`: the characters of XML 1.0.
_NOT_ALLOWED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def send(context: Context) -> Document:
    """The message is in the queue, or an earlier one of which it is a duplicate was."""
    queue, given = queue_of(context), context.call.parameters
    return _answered(given, accept(queue, given))


def send_batch(context: Context) -> Document:
    """Each entry is sent, or told why it is not."""
    queue = queue_of(context)
    entries: list[Document] = context.call.parameters.get("Entries", [])
    if sum(len(it["MessageBody"].encode()) for it in entries) > _LARGEST_BATCH_BYTES:
        raise AwsError(
            "AWS.SimpleQueueService.BatchRequestTooLong",
            f"Batch requests cannot be longer than {_LARGEST_BATCH_BYTES} bytes.",
        )
    return by_entry(
        entries, lambda entry: _answered(entry, accept(queue, entry)), "SendMessageBatchRequestEntry"
    )


def accept(queue: Any, given: Document) -> Sent:
    """The queue holds the message that the parameters describe.

    Args:
        queue: one of moto's.

    Raises:
        AwsError: AWS would not take it.
    """
    _check_body(queue, given)
    delay_seconds = given.get("DelaySeconds")
    (_check_fifo if queue.fifo_queue else _check_delay)(queue, given)
    message = Message(
        id=str(uuid.uuid4()),
        body=given["MessageBody"],
        attributes=given.get("MessageAttributes") or {},
        system_attributes=given.get("MessageSystemAttributes") or {},
        group_id=given.get("MessageGroupId"),
        deduplication_id=_deduplication_id(queue, given),
    )
    is_per_group = getattr(queue, "deduplication_scope", "queue") == "messageGroup"
    waits = queue.delay_seconds if delay_seconds is None or queue.fifo_queue else delay_seconds
    return live(queue).send(message, int(waits), is_per_group)


def _answered(given: Document, sent: Sent) -> Document:
    answer = {"MessageId": sent.message_id, "MD5OfMessageBody": body_md5(given["MessageBody"])}
    if attributes := given.get("MessageAttributes"):
        answer["MD5OfMessageAttributes"] = attributes_md5(attributes)
    if sent.sequence_number:
        answer["SequenceNumber"] = sent.sequence_number
    return answer


def _check_body(queue: Any, given: Document) -> None:
    body, longest = given["MessageBody"], queue.maximum_message_size
    if not body:
        raise AwsError("MissingParameter", "The request must contain the parameter MessageBody.")
    if len(body.encode(errors="surrogatepass")) > longest:
        message = f"One or more parameters are invalid. Reason: Message must be shorter than {longest} bytes."
        raise AwsError("InvalidParameterValue", message)
    if _NOT_ALLOWED.search(body):
        message = (
            "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to "
            "#xFFFD | #x10000 to #x10FFFF"
        )
        raise AwsError("InvalidMessageContents", message)
    for attributes in (given.get("MessageAttributes"), given.get("MessageSystemAttributes")):
        _check_attributes(attributes or {})


def _check_attributes(attributes: Document) -> None:
    from moto.sqs.exceptions import SQSException
    from moto.sqs.utils import validate_message_attributes

    try:
        validate_message_attributes(attributes)
    except SQSException as error:
        raise AwsError(str(error.code), str(error.message)) from None


def _check_delay(queue: Any, given: Document) -> None:
    seconds = given.get("DelaySeconds") or 0
    if not 0 <= seconds <= _LONGEST_DELAY_SECONDS:
        message = (
            f"Value {seconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= "
            f"{_LONGEST_DELAY_SECONDS}."
        )
        raise AwsError("InvalidParameterValue", message)
    if given.get("MessageDeduplicationId"):
        message = (
            f"Value {given['MessageDeduplicationId']} for parameter MessageDeduplicationId is invalid. Reason: The "
            "request includes a parameter that is not valid for this queue type."
        )
        raise AwsError("InvalidParameterValue", message)


def _check_fifo(queue: Any, given: Document) -> None:
    if not given.get("MessageGroupId"):
        raise AwsError("MissingParameter", "The request must contain the parameter MessageGroupId.")
    if given.get("DelaySeconds"):
        message = (
            f"Value {given['DelaySeconds']} for parameter DelaySeconds is invalid. Reason: The request include "
            "parameter that is not valid for this queue type."
        )
        raise AwsError("InvalidParameterValue", message)


def _deduplication_id(queue: Any, given: Document) -> str | None:
    """The one that is given, else, of a queue that is set so, the digest of the body."""
    if found := given.get("MessageDeduplicationId"):
        return str(found)
    if not queue.fifo_queue:
        return None
    if not queue.content_based_deduplication:
        message = (
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided "
            "explicitly"
        )
        raise AwsError("InvalidParameterValue", message)
    return hashlib.sha256(given["MessageBody"].encode()).hexdigest()
