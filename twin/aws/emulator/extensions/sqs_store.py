"""SQS: what a queue holds, and what becomes of it as time passes. The caller says what time it is."""

import heapq
import itertools
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

from twin.aws.emulator.extensions.sqs_message import Message, Receipt
from twin.aws.emulator.extensions.sqs_shelf import FifoShelf, Shelf, StandardShelf

__all__ = [
    "DEDUPLICATION_SECONDS",
    "NEVER",
    "Batch",
    "Counts",
    "ReceiptExpired",
    "ReceiptUnknown",
    "Rules",
    "Sent",
    "Store",
]

DEDUPLICATION_SECONDS = 300
"""For how long a repeated deduplication id is a duplicate, even of a message that was deleted.

Source: SQS developer guide, "Amazon SQS FIFO queue key terms", message deduplication ID.
"""

_FIRST_SEQUENCE_NUMBER = 18_870_000_000_000_000_000
"""20 digits, as AWS's have. Source: SQS API reference, `SendMessage`: 128 bits, increasing within a group."""

_POISON_RECEIVES = 3

NEVER = float("inf")
"""A time that does not come."""


class ReceiptUnknown(Exception):
    """The handle is none that this queue gave."""


class ReceiptExpired(Exception):
    """The message was received again since, or is visible again, and its queue is strict about it."""


@dataclass(frozen=True)
class Rules:
    """What the queue's attributes say of one receive.

    Attributes:
        maximum_receives: receives after which a message is a dead letter, None where there is no queue for those.
    """

    visibility_seconds: float
    retention_seconds: float
    maximum_receives: int | None = None


class Batch(NamedTuple):
    """What a receive found: messages, each with its handle, and dead letters, which are not in the queue any more."""

    received: list[tuple[Message, str]]
    dead: list[Message]


class Counts(NamedTuple):
    visible: int
    delayed: int
    in_flight: int


class Sent(NamedTuple):
    """What is remembered of a message that was sent, and told its sender."""

    message_id: str
    sequence_number: str | None
    sent_at: float


class Store:
    """One queue's messages. Each call costs the same however many there are, but for what time itself moves."""

    def __init__(self, is_fifo: bool) -> None:
        self.is_fifo = is_fifo
        self._shelf: Shelf = FifoShelf() if is_fifo else StandardShelf()
        self._messages: OrderedDict[str, Message] = OrderedDict()
        self._hidden: list[tuple[float, int, Message]] = []
        self._order = itertools.count()
        self._sequence = itertools.count(_FIRST_SEQUENCE_NUMBER)
        self._sent: OrderedDict[tuple[str | None, str], Sent] = OrderedDict()
        self._name = secrets.token_hex(6)
        self._in_flight = self._delayed = 0

    def send(
        self, message: Message, now: float, delay_seconds: float = 0, is_per_group: bool = False
    ) -> Sent:
        """The queue holds the message, or held an earlier one whose duplicate it is; that is what is told then.

        Args:
            is_per_group: whether the deduplication id is one of its group, not of the queue.
        """
        key = (message.group_id if is_per_group else None, message.deduplication_id or "")
        is_deduplicated = self.is_fifo and message.deduplication_id is not None
        self._forget_sent(now)
        if is_deduplicated and (earlier := self._sent.get(key)):
            return earlier
        message.sent_at = now
        self.add(message, now, delay_seconds)
        sent = Sent(message.id, message.sequence_number, now)
        if is_deduplicated:
            self._sent[key] = sent
        return sent

    def add(self, message: Message, now: float, delay_seconds: float = 0) -> None:
        """The queue holds the message, which was sent before: to another queue, as a dead letter or back from there."""
        if self.is_fifo:
            message.sequence_number = str(next(self._sequence))
        message.is_in_flight, message.hidden_until, message.came_at = False, 0.0, now
        self._messages[message.id] = message
        if delay_seconds:
            self._hide_until(message, now + delay_seconds)
            self._delayed += 1
        self._shelf.put(message)

    def receive(self, count: int, rules: Rules, now: float) -> Batch:
        """At most so many messages are in flight that were not."""
        self.advance(now)
        batch = Batch([], [])
        for message in self._shelf.deliverable():
            if message.sent_at + rules.retention_seconds <= now:
                self._remove(message)
            elif rules.maximum_receives is not None and message.receives >= rules.maximum_receives:
                self._remove(message)
                batch.dead.append(message)
            else:
                batch.received.append((message, self._take(message, rules, now)))
                if len(batch.received) == count:
                    break
        return batch

    def delete(self, handle: str, now: float) -> None:
        """The message is gone, if the handle is that of its last receipt; an older one does nothing.

        Source: SQS API reference, `DeleteMessage`: only the most recent handle surely deletes; on a FIFO queue a
        handle whose visibility timeout has passed is refused.

        Raises: ReceiptUnknown, ReceiptExpired (FIFO).
        """
        if message := self._received(handle, now):
            self._remove(message)

    def change_visibility(self, handle: str, seconds: float, now: float) -> bool:
        """The message is hidden for so long from now. Returns whether it was in flight: else nothing is changed.

        Raises: ReceiptUnknown, ReceiptExpired (FIFO).
        """
        message = self._received(handle, now)
        if message is None or not message.is_in_flight:
            return False
        if seconds:
            self._hide_until(message, now + seconds)
        else:
            self._show(message)
        return True

    def advance(self, now: float) -> None:
        """What was hidden until now is visible."""
        while self._hidden and self._hidden[0][0] <= now:
            until, _, message = heapq.heappop(self._hidden)
            if self._is_hidden(message, until):
                self._show(message)

    def next_change(self) -> float:
        """When something becomes visible next; never, it may be."""
        while self._hidden and not self._is_hidden(self._hidden[0][2], self._hidden[0][0]):
            heapq.heappop(self._hidden)
        return self._hidden[0][0] if self._hidden else NEVER

    def counts(self, now: float) -> Counts:
        self.advance(now)
        hidden = self._delayed + self._in_flight
        return Counts(len(self._messages) - hidden, self._delayed, self._in_flight)

    def has_deliverable(self) -> bool:
        """Whether a receive would find something now."""
        return next(self._shelf.deliverable(), None) is not None

    def oldest_came_at(self) -> float | None:
        """When the message came that is there the longest; None where none counts.

        A standard queue's messages that were received three times do not, but dead letters do.

        Source: SQS developer guide, "Available CloudWatch metrics for Amazon SQS", ApproximateAgeOfOldestMessage.
        """
        return next((it.came_at for it in self._messages.values() if self._counts_for_age(it)), None)

    def _counts_for_age(self, message: Message) -> bool:
        is_poison = not self.is_fifo and message.source_arn is None and message.receives >= _POISON_RECEIVES
        return not is_poison

    def purge(self) -> None:
        """The queue is empty. What it remembers of deduplication ids stays."""
        for message in list(self._messages.values()):
            self._remove(message)

    def _take(self, message: Message, rules: Rules, now: float) -> str:
        message.receives += 1
        message.first_received_at = message.first_received_at or now
        message.is_in_flight = True
        self._in_flight += 1
        self._hide_until(message, now + rules.visibility_seconds)
        self._shelf.hide(message)
        return Receipt(self._name, message.id, message.receives).handle

    def _received(self, handle: str, now: float) -> Message | None:
        """The message whose last receipt this is; None where it is gone, or a standard queue's older receipt."""
        self.advance(now)
        receipt = Receipt.of(handle)
        if receipt is None or receipt.store != self._name:
            raise ReceiptUnknown
        message = self._messages.get(receipt.message_id)
        if message is None:
            return None
        is_last = message.receives == receipt.number
        if self.is_fifo and not (is_last and message.is_in_flight):
            raise ReceiptExpired
        return message if is_last else None

    def _hide_until(self, message: Message, until: float) -> None:
        message.hidden_until = until
        heapq.heappush(self._hidden, (until, next(self._order), message))

    def _is_hidden(self, message: Message, until: float) -> bool:
        return message.hidden_until == until and self._messages.get(message.id) is message

    def _show(self, message: Message) -> None:
        self._uncover(message)
        self._shelf.show(message)

    def _remove(self, message: Message) -> None:
        del self._messages[message.id]
        self._uncover(message)
        self._shelf.drop(message)

    def _uncover(self, message: Message) -> None:
        """It is hidden no more, for whatever reason it was."""
        if message.is_in_flight:
            self._in_flight -= 1
        elif message.hidden_until:
            self._delayed -= 1
        message.is_in_flight, message.hidden_until = False, 0.0

    def _forget_sent(self, now: float) -> None:
        while self._sent:
            key, sent = next(iter(self._sent.items()))
            if sent.sent_at + DEDUPLICATION_SECONDS > now:
                return
            del self._sent[key]
