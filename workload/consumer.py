"""Takes messages from a queue, has each handled once at a time, and deletes it when what it asks is done."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

from workload.aws import LONGEST_POLL_SECONDS
from workload.exceptions import DependencyAway, TryLater
from workload.logs import Log
from workload.queue import BATCH, Message, Queue
from workload.slots import Slots
from workload.waiting import is_set_within

__all__ = ["Consumer", "Handle", "consumers_of"]

Handle = Callable[[Message], Awaitable[None]]

AWAY_SECONDS = (2.0, 10.0, 30.0, 90.0)
"""After which a message is seen again whose dependency was away: the last holds for every further try. With the five
tries that most queues give, they cover two minutes; what is a dead letter after that is found by its sender's sweep."""

PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 8.0
"""Between tries while the queue itself does not answer: the bounds between which it doubles."""

LONGEST_PACE_SECONDS = 5.0

LINGER_SECONDS = 0.3
"""After a batch that was not full, before the next is taken: what arrives meanwhile is another task's that waits, or
comes together. Source: SQS developer guide, "Increasing throughput using horizontal scaling and action batching"."""

LANES = 4
"""Batches at one time, so that a slow answer of the queue does not bound what a task can do. Its slots do."""


class Consumer:
    """A worker. Messages of a group are handled in order, and none after one that failed; groups at the same time.

    Args:
        handle: returns when what the message asks is committed. It raises TryLater or DependencyAway to put it back;
            after any other error it stays until its visibility ends, and after the last try it is a dead letter.
        pace: seconds to wait before the next messages are taken, such as until a breaker closes.
    """

    def __init__(
        self,
        name: str,
        queue: Queue,
        handle: Handle,
        *,
        slots: Slots,
        log: Log,
        pace: Callable[[], float] | None = None,
        wait_seconds: int = LONGEST_POLL_SECONDS,
    ) -> None:
        self.name = name
        self._queue = queue
        self._handle = handle
        self._slots = slots
        self._log = log
        self._pace = pace or (lambda: 0.0)
        self._wait_seconds = wait_seconds
        self._is_probing = False
        self._pause_seconds = PAUSE_SECONDS
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """No more messages are taken; a poll that is under way is waited for, and what it brings is put back."""
        self._stopping.set()

    async def run(self) -> None:
        """One lane goes on for ever; while batches are full and no request waits, others are opened beside it."""
        beside: set[asyncio.Task[None]] = set()
        try:
            while not self._stopping.is_set():
                taken = await self.run_once()
                if taken == BATCH and len(beside) < LANES - 1 and not self._slots.waiting:
                    lane = asyncio.create_task(self._drain())
                    beside.add(lane)
                    lane.add_done_callback(beside.discard)
                elif taken and taken < BATCH:
                    await self._paused(LINGER_SECONDS)
            await asyncio.gather(*beside)
        finally:
            for lane in beside:
                lane.cancel()

    async def _drain(self) -> None:
        """Ends once a batch is not full, or requests wait: then one lane has to do."""
        while not self._stopping.is_set() and await self.run_once() == BATCH and not self._slots.waiting:
            pass

    async def run_once(self) -> int:
        """One batch was taken, handled and deleted; or there was none. How many messages were taken."""
        if await self._paused(min(self._pace(), LONGEST_PACE_SECONDS)):
            return 0
        try:
            # While a dependency is away, one message finds out when it is back; the others keep their tries.
            messages = await self._queue.receive(self._wait_seconds, 1 if self._is_probing else BATCH)
            await (self._return(messages) if self._stopping.is_set() else self._work(messages))
        except DependencyAway as away:
            self._log.warn("queue-away", queue=self._queue.name, why=away.why)
            await self._paused(self._pause_seconds)
            self._pause_seconds = min(LONGEST_PAUSE_SECONDS, 2 * self._pause_seconds)
            return 0
        self._pause_seconds = PAUSE_SECONDS
        return len(messages)

    async def _paused(self, seconds: float) -> bool:
        """Whether it was told to stop meanwhile."""
        return seconds > 0 and await is_set_within(self._stopping, seconds)

    async def _return(self, messages: Sequence[Message]) -> None:
        for message in messages:
            await self._put_back(message, 0)

    async def _work(self, messages: Sequence[Message]) -> None:
        groups = await asyncio.gather(*(self._in_order(group) for group in _by_group(messages)))
        done = [message for group in groups for message in group]
        self._is_probing = self._is_probing and not done
        if done:
            await self._queue.delete(done)

    async def _in_order(self, group: Sequence[Message]) -> list[Message]:
        """Those that are done."""
        for place, message in enumerate(group):
            if not await self._is_done(message):
                await self._after_failure(group[place + 1 :])
                return list(group[:place])
        return list(group)

    async def _after_failure(self, rest: Sequence[Message]) -> None:
        for message in rest:
            await self._put_back(message, _away_seconds(message.receive_count))

    async def _is_done(self, message: Message) -> bool:
        try:
            async with self._slots.hold_patiently():
                await self._handle(message)
        except TryLater as later:
            await self._put_back(message, later.after_seconds)
        except DependencyAway as away:
            self._log.warn("message-waits", queue=self._queue.name, dependency=away.dependency, why=away.why)
            self._is_probing = True
            await self._put_back(message, _away_seconds(message.receive_count))
        except Exception as error:
            self._log.error("message-failed", error, queue=self._queue.name, message=message.id)
        else:
            return True
        return False

    async def _put_back(self, message: Message, after_seconds: float) -> None:
        """It may be seen again after so long; where that cannot be said, it is when its visibility ends."""
        try:
            await self._queue.put_back(message, after_seconds)
        except DependencyAway as away:
            self._log.warn("queue-away", queue=self._queue.name, why=away.why)
        except Exception as error:
            self._log.error("put-back-failed", error, queue=self._queue.name)


def consumers_of(
    name: str,
    queue: Queue | None,
    handle: Handle,
    *,
    slots: Slots,
    log: Log,
    pace: Callable[[], float] | None = None,
) -> list[Consumer]:
    """The consumer of a queue; none where this region has no such queue."""
    return [Consumer(name, queue, handle, slots=slots, log=log, pace=pace)] if queue else []


def _away_seconds(receive_count: int) -> float:
    return AWAY_SECONDS[min(receive_count, len(AWAY_SECONDS)) - 1]


def _by_group(messages: Iterable[Message]) -> list[list[Message]]:
    """Messages without a group are each one of their own."""
    groups: dict[object, list[Message]] = {}
    for message in messages:
        groups.setdefault(message.group or ("alone", message.handle), []).append(message)
    return list(groups.values())
