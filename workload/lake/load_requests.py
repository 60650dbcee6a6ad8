"""Requests to load what has come into the stream: one for all that came within some seconds."""

import asyncio

from workload.exceptions import DependencyAway
from workload.logs import Log
from workload.queue import Queue
from workload.waiting import is_set_within

__all__ = ["LoadRequests"]

PERIOD_SECONDS = 10.0


class LoadRequests:
    """A worker. Its queue's first message starts a task that loads, where none runs.

    The first request is made without cause: a task before this one may have died between an event and its request.
    """

    name = "load-requests"

    def __init__(self, stream: str, queue: Queue | None, log: Log) -> None:
        self._stream = stream
        self._queue = queue
        self._log = log
        self._is_due = True
        self._stopping = asyncio.Event()

    def note(self) -> None:
        """Something came into the stream."""
        self._is_due = True

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Until it is told to stop; what came last is asked for then, if the queue answers."""
        while not self._stopping.is_set():
            await self.flush()
            await is_set_within(self._stopping, PERIOD_SECONDS)
        await self.flush()

    async def flush(self) -> None:
        """Somebody was asked to load what has come, or the queue is away and is asked next time."""
        if self._queue is None or not self._is_due:
            return
        self._is_due = False
        try:
            await self._queue.send({"stream": self._stream})
        except DependencyAway as away:
            self._is_due = True
            self._log.warn("load-request-waits", dependency=away.dependency, why=away.why)
