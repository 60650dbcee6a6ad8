"""SQS: what requests have in common: the queue that they name, and entries of a batch."""

import re
from collections.abc import Callable
from typing import Any

from twin.aws.emulator.call import Call, Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Refused

__all__ = ["by_entry", "queue_by_arn", "queue_of", "queues"]

_MOST_ENTRIES = 10
_ENTRY_ID = re.compile(r"[\w-]{1,80}")
"""Source: SQS API reference, `SendMessageBatch`."""


def queues(call: Call) -> dict[str, Any]:
    """moto's queues of the call's account and region, by name."""
    from moto.sqs.models import sqs_backends

    return sqs_backends[call.account][call.region].queues


def queue_of(context: Context) -> Any:
    """moto's queue that the request names.

    Raises:
        Refused: there is none; moto says so as AWS does.
    """
    call = context.call
    queue = queues(call).get(call.parameters["QueueUrl"].rpartition("/")[2])
    if queue is None:
        raise Refused(context.moto())
    return queue


def queue_by_arn(call: Call, arn: str, member: str) -> Any:
    """moto's queue with the ARN.

    Raises:
        AwsError: there is none.
    """
    for queue in list(queues(call).values()):
        if queue.queue_arn == arn:
            return queue
    message = f"The resource that you specified for the {member} parameter doesn't exist."
    raise AwsError("ResourceNotFoundException", message, "404 Not Found")


def by_entry(entries: list[Document], carry_out: Callable[[Document], Document], member: str) -> Document:
    """Each entry's answer, or its own error, in order."""
    _check_entries(entries, member)
    answer: Document = {"Successful": [], "Failed": []}
    for entry in entries:
        try:
            answer["Successful"].append({"Id": entry["Id"], **carry_out(entry)})
        except AwsError as error:
            failed = {"Id": entry["Id"], "SenderFault": True, "Code": error.code, "Message": error.message}
            answer["Failed"].append(failed)
    return answer


def _check_entries(entries: list[Document], member: str) -> None:
    prefix = "AWS.SimpleQueueService."
    ids = [it["Id"] for it in entries]
    repeated = next((it for number, it in enumerate(ids) if it in ids[:number]), None)
    if not entries:
        message = f"There should be at least one {member} in the request."
        raise AwsError(f"{prefix}EmptyBatchRequest", message)
    if len(entries) > _MOST_ENTRIES:
        message = f"Maximum number of entries per request are {_MOST_ENTRIES}. You have sent {len(entries)}."
        raise AwsError(f"{prefix}TooManyEntriesInBatchRequest", message)
    if repeated is not None:
        raise AwsError(f"{prefix}BatchEntryIdsNotDistinct", f"Id {repeated} repeated.")
    if not all(_ENTRY_ID.fullmatch(it) for it in ids):
        message = (
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 "
            "letters long."
        )
        raise AwsError(f"{prefix}InvalidBatchEntryId", message)
