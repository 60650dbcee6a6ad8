"""Partners' queues, taken in turns."""

import asyncio
from collections.abc import Awaitable, Callable
from zlib import crc32

from workload.clock import monotonic
from workload.waiting import is_set_within

__all__ = ["QueueRound"]

SOON_SECONDS = 1.0
"""Between turns of a queue in which something waits that this task put there."""


class QueueRound:
    """A worker that goes round partners' queues: quickly where this task put something, and now and then to all.

    Each queue's turn runs on its own, so that a partner that hangs holds up no other; and none is polled all the time,
    for there are dozens and most are empty.
    """

    name = "partner-queues"

    def __init__(self, turn_seconds: float = 30.0, look_seconds: float = 0.5) -> None:
        self._turn_seconds = turn_seconds
        self._look_seconds = look_seconds
        self._turns: dict[str, Callable[[], Awaitable[bool]]] = {}
        self._due: dict[str, float] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._stopping = asyncio.Event()

    def add(self, name: str, turn: Callable[[], Awaitable[bool]]) -> None:
        """The queue is on the round. Args: turn: takes what is there; returns whether there may be more soon."""
        self._turns[name] = turn
        self._due.setdefault(name, monotonic() + self._turn_seconds * (crc32(name.encode()) % 64) / 64)

    def wake(self, name: str) -> None:
        """Something was put into the queue."""
        self._due[name] = monotonic()

    @property
    def running(self) -> list[asyncio.Task[None]]:
        """Turns that have begun."""
        return list(self._running.values())

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        while not self._stopping.is_set():
            self.begin_turns(monotonic())
            await is_set_within(self._stopping, self._look_seconds)
        await asyncio.gather(*self.running, return_exceptions=True)

    def begin_turns(self, now: float) -> list[str]:
        """Turns that are due have begun. Returns: whose."""
        due = [name for name in self._turns if self._due[name] <= now and name not in self._running]
        for name in due:
            self._running[name] = asyncio.create_task(self._turn(name))
        return due

    async def _turn(self, name: str) -> None:
        self._due[name] = monotonic() + self._turn_seconds
        try:
            if await self._turns[name]():
                self._due[name] = min(self._due[name], monotonic() + SOON_SECONDS)
        finally:
            self._running.pop(name, None)
