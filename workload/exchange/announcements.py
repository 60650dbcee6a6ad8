"""What the exchange tells the agency's bus, kept in memory until the bus takes it."""

import asyncio
import itertools
from collections import deque
from typing import Any

from workload.exceptions import DependencyAway
from workload.logs import Log
from workload.outbox import Item, Sender
from workload.waiting import is_set_within

__all__ = ["Announcements"]

PERIOD_SECONDS = 2.0
BATCH = 50
MOST = 10_000
"""That wait; the oldest go then. Nobody relies on them alone: an answer is found by asking again."""


class Announcements:
    """A worker, for the exchange has no database to keep an outbox in. Args: send: to the bus, or None without one."""

    name = "announcements"

    def __init__(self, send: Sender | None, log: Log) -> None:
        self._send = send
        self._log = log
        self._waiting: deque[Item] = deque(maxlen=MOST)
        self._ids = itertools.count(1)
        self._stopping = asyncio.Event()

    def add(self, key: str, document: dict[str, Any]) -> None:
        if self._send is not None:
            self._waiting.append(Item(next(self._ids), key, None, document))

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Until it is told to stop; what waits is tried once more then."""
        while not self._stopping.is_set():
            await is_set_within(self._stopping, PERIOD_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Everything was sent, or the bus is away."""
        while self._send is not None and self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            try:
                failed = set(await self._send(batch))
            except DependencyAway as away:
                self._log.warn("announcement-waits", destination=away.dependency, why=away.why)
                failed = {item.id for item in batch}
            self._waiting.extendleft(item for item in reversed(batch) if item.id in failed)
            if failed:
                return
