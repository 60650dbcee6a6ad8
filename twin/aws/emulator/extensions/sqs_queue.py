"""SQS: a queue that many threads use at once, and that wakes those who wait for its messages."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from twin.aws.emulator.extensions.sqs_message import Message
from twin.aws.emulator.extensions.sqs_store import NEVER, Batch, Counts, Rules, Sent, Store

__all__ = ["LiveQueue", "Traffic", "live"]


@dataclass(frozen=True)
class Traffic:
    """What went through a queue since it was made.

    Attributes: sent: without what came as a dead letter or back from there. empty_receives: calls that got nothing.

    Source: SQS developer guide, "Available CloudWatch metrics for Amazon SQS".
    """

    sent: int = 0
    received: int = 0
    deleted: int = 0
    empty_receives: int = 0


class LiveQueue:
    """A store under a lock. Who waits sleeps until a message is sent or becomes visible.

    Args:
        clock: seconds since the epoch.

    Attributes:
        used_at: when somebody last did something with it.
    """

    def __init__(self, is_fifo: bool, clock: Callable[[], float] = time.time) -> None:
        self._store = Store(is_fifo)
        self._clock = clock
        self._changed = threading.Condition()
        self._is_closed = False
        self._wakes_at: dict[int, float] = {}
        self._traffic = Traffic()
        self.used_at = clock()

    def send(self, message: Message, delay_seconds: float = 0, is_per_group: bool = False) -> Sent:
        """The queue holds the message, unless it is a duplicate; one of those who wait is woken."""
        with self._changed:
            sent = self._store.send(message, self._clock(), delay_seconds, is_per_group)
            self._count(sent=int(sent.message_id == message.id))
            self._pass_on()
            return sent

    def add(self, message: Message) -> None:
        """The queue holds a message that another one held."""
        with self._changed:
            self._store.add(message, self._clock())
            self._pass_on()

    def receive(
        self, count: int, rules: Rules, wait_seconds: float = 0, is_wanted: Callable[[], bool] = lambda: True
    ) -> Batch:
        """What there is, at once; else what comes within the time, or nothing.

        Args:
            is_wanted: whether somebody still waits for the answer: who has hung up is given no message.
        """
        deadline = self._clock() + wait_seconds
        with self._changed:
            while True:
                now = self._clock()
                if self._is_closed or not is_wanted():
                    return self._leave(Batch([], []))
                batch = self._store.receive(count, rules, now)
                if batch.received or batch.dead or now >= deadline:
                    self._count(received=len(batch.received), empty_receives=int(not batch.received))
                    return self._leave(batch)
                self._sleep(min(deadline, self._store.next_change()), now)

    def delete(self, handle: str) -> None:
        """Raises: ReceiptUnknown, ReceiptExpired."""
        with self._changed:
            self._store.delete(handle, self._clock())
            self._count(deleted=1)
            self._pass_on()

    def change_visibility(self, handle: str, seconds: float) -> bool:
        """Whether the message was in flight. Raises: ReceiptUnknown, ReceiptExpired."""
        with self._changed:
            is_changed = self._store.change_visibility(handle, seconds, self._clock())
            self._count()
            self._pass_on()
            return is_changed

    def counts(self) -> Counts:
        with self._changed:
            return self._store.counts(self._clock())

    def oldest_age_seconds(self) -> float | None:
        """How long the oldest message has been there, of those that count; None where there is none."""
        with self._changed:
            came_at = self._store.oldest_came_at()
            return None if came_at is None else max(0.0, self._clock() - came_at)

    def traffic(self) -> Traffic:
        with self._changed:
            return self._traffic

    def purge(self) -> None:
        with self._changed:
            self._store.purge()

    def close(self) -> None:
        """The queue is deleted: nobody waits any longer."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _count(self, **more: int) -> None:
        """It was used, and so much more went through it."""
        self.used_at = self._clock()
        now = {name: getattr(self._traffic, name) + count for name, count in more.items() if count}
        self._traffic = replace(self._traffic, **now) if now else self._traffic

    def _leave(self, batch: Batch) -> Batch:
        self._pass_on()
        return batch

    def _sleep(self, until: float, now: float) -> None:
        thread = threading.get_ident()
        self._wakes_at[thread] = until
        self._changed.wait(until - now)
        del self._wakes_at[thread]

    def _pass_on(self) -> None:
        """The next one is woken where there is something for it: now, or before any of them wakes by itself."""
        wakes_at = min(self._wakes_at.values(), default=NEVER)
        if self._wakes_at and (self._store.has_deliverable() or self._store.next_change() < wakes_at):
            self._changed.notify()


def live(queue: Any) -> LiveQueue:
    """The messages of one of moto's queues."""
    found = queue.__dict__.get("live_messages")
    return (
        found
        if found is not None
        else queue.__dict__.setdefault("live_messages", LiveQueue(queue.fifo_queue))
    )
