"""SQS: queues hold messages as AWS's do, for many consumers at once; and the redrive allow policy."""

from typing import Any

from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Extension
from twin.aws.emulator.extensions.sqs_moves import cancel_move, list_moves, start_move
from twin.aws.emulator.extensions.sqs_queue import live
from twin.aws.emulator.extensions.sqs_receiving import (
    change_visibility,
    change_visibility_batch,
    delete,
    delete_batch,
    receive,
)
from twin.aws.emulator.extensions.sqs_sending import accept, send, send_batch

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/"
_GUIDE = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/"
_ATTRIBUTE = "RedriveAllowPolicy"


def _redrive_allow_policy() -> None:
    """The attribute is shown as it was set; moto stores it and shows it to nobody."""
    from moto.sqs.models import SQSBackend

    others = SQSBackend.get_queue_attributes

    def get_queue_attributes(self: SQSBackend, queue_name: str, attribute_names: list[str]) -> dict[str, Any]:
        asked = [name for name in attribute_names if name != _ATTRIBUTE]
        attributes = others(self, queue_name, asked)
        policy = getattr(self.get_queue(queue_name), "redrive_allow_policy", None)
        if policy and {"All", _ATTRIBUTE} & set(attribute_names):
            attributes[_ATTRIBUTE] = policy
        return attributes

    SQSBackend.get_queue_attributes = get_queue_attributes


def _live_queues() -> None:
    """moto's queues hold live messages, whoever sends them: SNS, EventBridge and S3 do so inside moto."""
    from moto.sqs.models import Queue, SQSBackend

    queue: Any = Queue
    queue.approximate_number_of_messages = property(lambda self: live(self).counts().visible)
    queue.approximate_number_of_messages_delayed = property(lambda self: live(self).counts().delayed)
    queue.approximate_number_of_messages_not_visible = property(lambda self: live(self).counts().in_flight)
    backend: Any = SQSBackend
    backend.send_message = _send_within
    backend.purge_queue = lambda self, queue_name: live(self.get_queue(queue_name)).purge()
    backend.delete_queue = _delete_queue


def _send_within(self: Any, queue_name: str, message_body: str, **given: Any) -> None:
    """What another of moto's services sends; a message that the queue refuses is lost, as the sender is not told.

    Raises: moto's error where there is no such queue.
    """
    queue = self.get_queue(queue_name)
    parameters = {
        "MessageBody": message_body,
        "MessageAttributes": given.get("message_attributes"),
        "MessageSystemAttributes": given.get("system_attributes"),
        "DelaySeconds": given.get("delay_seconds"),
        "MessageGroupId": given.get("group_id"),
        "MessageDeduplicationId": given.get("deduplication_id") if queue.fifo_queue else None,
    }
    try:
        accept(queue, parameters)
    except AwsError as error:
        print(f"A message to {queue_name} is lost: {error}", flush=True)


def _delete_queue(self: Any, queue_name: str) -> None:
    """Nobody waits for a queue's messages once it is deleted."""
    live(self.get_queue(queue_name)).close()
    del self.queues[queue_name]


EXTENSIONS = (
    Extension(
        service="sqs",
        topic="redrive allow policy",
        stock="takes RedriveAllowPolicy and does not show it; asking for it by name is an error",
        aws="shows it among the queue's attributes",
        change="shows it",
        source=_API + "API_SetQueueAttributes.html",
        patch=_redrive_allow_policy,
    ),
    Extension(
        service="sqs",
        topic="messages",
        stock="receives and deletes at a cost that grows with the backlog, may give one message to two consumers at "
        "once, forgets deduplication ids with their messages, numbers FIFO messages at random and deletes by any "
        "receipt; a waiting receive looks again and again",
        aws="does these at one cost, gives a message to one consumer within its visibility timeout, remembers "
        "deduplication ids for five minutes, and numbers a group's messages in order",
        change="holds messages in queues of its own under a lock each, on which a waiting receive sleeps; who has hung "
        "up is given none",
        source=_GUIDE + "FIFO-queues-understanding-logic.html",
        patch=_live_queues,
        operations={
            "SendMessage": send,
            "SendMessageBatch": send_batch,
            "ReceiveMessage": receive,
            "DeleteMessage": delete,
            "DeleteMessageBatch": delete_batch,
            "ChangeMessageVisibility": change_visibility,
            "ChangeMessageVisibilityBatch": change_visibility_batch,
        },
    ),
    Extension(
        service="sqs",
        topic="message move tasks",
        stock="has none",
        aws="moves dead letters back to their sources, or to another queue",
        change="moves them in a thread a task, at 500 a second at most",
        source=_API + "API_StartMessageMoveTask.html",
        operations={
            "StartMessageMoveTask": start_move,
            "ListMessageMoveTasks": list_moves,
            "CancelMessageMoveTask": cancel_move,
        },
    ),
)
