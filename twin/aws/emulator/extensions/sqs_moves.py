"""SQS: dead letters go back to where they came from, or to another queue, while the service goes on.

Source: SQS API reference, `StartMessageMoveTask`, `ListMessageMoveTasks`, `CancelMessageMoveTask`; developer guide,
"Configure a dead-letter queue redrive": redriven messages are new ones, with an id and a time of their own.
"""

import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from twin.aws.emulator.call import Call, Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context
from twin.aws.emulator.extensions.sqs_message import Message
from twin.aws.emulator.extensions.sqs_queue import live
from twin.aws.emulator.extensions.sqs_requests import queue_by_arn, queues
from twin.aws.emulator.extensions.sqs_store import Rules

__all__ = ["cancel_move", "list_moves", "start_move"]

_FASTEST_PER_SECOND = 500
"""Also where none is given: AWS chooses by the backlog."""

_TASKS_SHOWN = 10

# Long enough for one message to be handed over.
_HOLD_SECONDS = 60


@dataclass
class _Move:
    """One task, carried out by a thread of its own."""

    source: Any
    destination: Any
    targets: dict[str, Any]
    given: Document
    to_move: int
    started_at: float = field(default_factory=time.time)
    handle: str = field(default_factory=lambda: str(uuid.uuid4()))
    moved: int = 0
    failure: str | None = None
    is_over: bool = False
    cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def status(self) -> str:
        if not self.is_over:
            return "CANCELLING" if self.cancelled.is_set() else "RUNNING"
        return "FAILED" if self.failure else "CANCELLED" if self.cancelled.is_set() else "COMPLETED"

    def run(self) -> None:
        """The source holds nothing that can be received, or the task was cancelled or failed."""
        try:
            pause = 1 / self.given.get("MaxNumberOfMessagesPerSecond", _FASTEST_PER_SECOND)
            while not self.cancelled.is_set() and self._move_one():
                self.cancelled.wait(pause)
        except LookupError as error:
            self.failure = str(error)
        finally:
            self.is_over = True

    def _move_one(self) -> bool:
        rules = Rules(_HOLD_SECONDS, self.source.message_retention_period)
        for message, handle in live(self.source).receive(1, rules).received:
            try:
                live(self._target(message)).send(_anew(message))
            except LookupError:
                live(self.source).change_visibility(handle, 0)
                raise
            live(self.source).delete(handle)
            self.moved += 1
            return True
        return False

    def _target(self, message: Message) -> Any:
        target = self.destination or self.targets.get(message.source_arn or "")
        if target is None:
            raise LookupError("AWS.SimpleQueueService.NonExistentQueue")
        return target


def _anew(message: Message) -> Message:
    return Message(
        id=str(uuid.uuid4()),
        body=message.body,
        attributes=message.attributes,
        system_attributes=message.system_attributes,
        group_id=message.group_id,
    )


def start_move(context: Context) -> Document:
    """The messages of a dead-letter queue are on their way."""
    call = context.call
    given = call.parameters
    source = queue_by_arn(call, given["SourceArn"], "SourceArn")
    _check(call, source, given)
    destination = (
        queue_by_arn(call, given["DestinationArn"], "DestinationArn") if "DestinationArn" in given else None
    )
    targets = {it.queue_arn: it for it in list(queues(call).values()) if it.dead_letter_queue is source}
    move = _Move(source, destination, targets, given, live(source).counts().visible)
    _moves(source).append(move)
    threading.Thread(target=move.run, name="message move task", daemon=True).start()
    return {"TaskHandle": move.handle}


def list_moves(context: Context) -> Document:
    """The queue's tasks, the last one first."""
    given = context.call.parameters
    count = given.get("MaxResults", 1)
    if not 1 <= count <= _TASKS_SHOWN:
        message = f"Value {count} for parameter MaxResults is invalid. Reason: Must be between 1 and {_TASKS_SHOWN}."
        raise AwsError("InvalidParameterValue", message)
    moves = _moves(queue_by_arn(context.call, given["SourceArn"], "SourceArn"))
    return {"Results": [_shown(it) for it in reversed(moves[-count:])]}


def cancel_move(context: Context) -> Document:
    """No further message is moved; those that were stay where they are."""
    handle = context.call.parameters["TaskHandle"]
    for queue in list(queues(context.call).values()):
        for move in _moves(queue):
            if move.handle == handle:
                return _cancelled(move)
    raise AwsError("ResourceNotFoundException", "Task does not exist.", "404 Not Found")


def _cancelled(move: _Move) -> Document:
    if move.status != "RUNNING":
        message = f"Only active tasks can be cancelled; this one is {move.status}."
        raise AwsError("AWS.SimpleQueueService.UnsupportedOperation", message)
    move.cancelled.set()
    return {"ApproximateNumberOfMessagesMoved": move.moved}


def _check(call: Call, source: Any, given: Document) -> None:
    if not any(it.dead_letter_queue is source for it in list(queues(call).values())):
        message = "Source queue must be configured as a Dead Letter Queue."
        raise AwsError("InvalidParameterValue", message)
    if any(not it.is_over for it in _moves(source)):
        message = (
            "There is already a task running. Only one active task is allowed for a source queue arn at a given "
            "time."
        )
        raise AwsError("AWS.SimpleQueueService.UnsupportedOperation", message)
    rate = given.get("MaxNumberOfMessagesPerSecond", _FASTEST_PER_SECOND)
    if not 1 <= rate <= _FASTEST_PER_SECOND:
        message = f"Value {rate} for parameter MaxNumberOfMessagesPerSecond is invalid."
        raise AwsError("InvalidParameterValue", message)


def _moves(queue: Any) -> list[_Move]:
    return queue.__dict__.setdefault("message_moves", [])


def _shown(move: _Move) -> Document:
    shown: Document = {
        "Status": move.status,
        "SourceArn": move.source.queue_arn,
        "ApproximateNumberOfMessagesMoved": move.moved,
        "ApproximateNumberOfMessagesToMove": move.to_move,
        "StartedTimestamp": int(move.started_at * 1000),
    }
    if move.status == "RUNNING":
        shown["TaskHandle"] = move.handle
    for member in ("DestinationArn", "MaxNumberOfMessagesPerSecond"):
        if member in move.given:
            shown[member] = move.given[member]
    return shown | ({"FailureReason": move.failure} if move.failure else {})
