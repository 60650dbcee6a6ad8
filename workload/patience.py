"""Messages that wait for something that is away, for as long as it takes."""

import time
from collections.abc import Callable
from typing import Any

from workload.consumer import Handle
from workload.exceptions import DependencyAway, TryLater
from workload.queue import Message, Queue

__all__ = ["Patient"]

COPIED_FROM = 2
"""Receives from which a message that has to wait is sent anew: a queue of ours allows three at the least."""

AWAY_SECONDS = 30.0
EARLY_SECONDS = 1.0
NOT_BEFORE = "not_before"


class Patient:
    """A handler whose messages never become dead letters because something was away: only those do that fail.

    A queue counts receives, whatever they came to, and an outage is longer than the few that it allows. So a message
    that has to wait again is sent anew, with the time until which it waits, and the old one is done. A task that dies
    in between leaves both, which handlers must bear anyway. Not for FIFO queues, whose order it would change.
    """

    def __init__(self, queue: Queue, handle: Handle, clock: Callable[[], float] = time.time) -> None:
        self._queue = queue
        self._handle = handle
        self._clock = clock

    async def __call__(self, message: Message) -> None:
        """Raises: TryLater, DependencyAway: the message is to be put back. Exception: as the handler."""
        early = _not_before(message.document) - self._clock()
        if early > EARLY_SECONDS:
            raise TryLater(early, "its time has not come")
        try:
            await self._handle(message)
        except (TryLater, DependencyAway) as wait:
            if message.receive_count < COPIED_FROM or not isinstance(message.document, dict):
                raise
            until = self._clock() + _seconds(wait)
            await self._queue.send(message.document | {NOT_BEFORE: until})


def _not_before(document: Any) -> float:
    value = document.get(NOT_BEFORE, 0.0) if isinstance(document, dict) else 0.0
    return float(value) if isinstance(value, int | float) else 0.0


def _seconds(wait: TryLater | DependencyAway) -> float:
    if isinstance(wait, TryLater):
        return wait.after_seconds
    return wait.retry_after_seconds or AWAY_SECONDS
