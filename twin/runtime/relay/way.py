"""One direction of a connection: bytes leave it in order, when the conditions let them."""

import asyncio
import random
from collections import deque
from collections.abc import Callable
from typing import Protocol

from twin.runtime.relay.route import Conditions

__all__ = ["CONNECT_RETRY_SECONDS", "Clock", "Road", "Way", "sent_again_seconds"]

RETRY_SECONDS = 0.2
"""Until a lost packet is sent again, doubled each time. Source: Linux, include/net/tcp.h, TCP_RTO_MIN."""

CONNECT_RETRY_SECONDS = 1.0
"""The same for the first packet of a connection. Source: RFC 6298, section 2.1."""

_MOST_RETRIES = 8
_FULL_BYTES = 1 << 20
_PACKET_BYTES = 16_384


class Clock(Protocol):
    """As asyncio's loop."""

    def time(self) -> float: ...
    def call_at(self, when: float, callback: Callable[[], object], /) -> asyncio.TimerHandle: ...


class Road:
    """The conditions of all connections to one target, which change while they last.

    Attributes: is_plain: nothing is done to what travels.
    """

    is_plain: bool

    def __init__(self, conditions: Conditions) -> None:
        self.conditions = conditions
        self.opened = asyncio.Event()
        self.ways: set[Way] = set()
        self._free_at = {"there": 0.0, "back": 0.0}
        self.change(conditions)

    def change(self, conditions: Conditions) -> None:
        self.conditions, self.is_plain = conditions, conditions == Conditions()
        if conditions.is_open:
            self.opened.set()
        else:
            self.opened.clear()
        for way in list(self.ways):
            way.wake()

    def due(self, now: float, size: int, direction: str) -> float:
        """When bytes that set out now arrive."""
        met = self.conditions
        sent = now
        if met.bytes_per_second:
            sent = max(now, self._free_at[direction]) + size / met.bytes_per_second
            self._free_at[direction] = sent
        packets = -(-size // _PACKET_BYTES)
        retries = sum(sent_again_seconds(met.loss_percent, RETRY_SECONDS) for _ in range(packets))
        return sent + met.latency_ms / 1000 + retries


def sent_again_seconds(loss_percent: float, first_seconds: float) -> float:
    """How much later a packet arrives that is lost so often."""
    waited, pause = 0.0, first_seconds
    for _ in range(_MOST_RETRIES):
        if random.random() * 100 >= loss_percent:  # noqa: S311 - no secret
            break
        waited, pause = waited + pause, pause * 2
    return waited


class Way:
    """Takes bytes in and gives them out later, in order. The end of the stream travels with them.

    Args:
        give: is called with bytes, and at the end with None.
        hold: is called with True when too much is under way, and with False when there is room again.
    """

    def __init__(
        self,
        road: Road,
        direction: str,
        give: Callable[[bytes | None], None],
        hold: Callable[[bool], None],
        clock: Clock,
    ) -> None:
        self._road, self._direction, self._give, self._hold, self._clock = road, direction, give, hold, clock
        self._queue: deque[tuple[float, bytes | None]] = deque()
        self._size = 0
        self._last_due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._is_held = self._is_ready = False
        road.ways.add(self)

    def take(self, data: bytes | None) -> None:
        """The bytes, or the end, are on their way."""
        if self._is_ready and not self._queue and self._road.is_plain:
            self._give(data)
            return
        due = self._road.due(self._clock.time(), len(data or b""), self._direction)
        self._last_due = max(due, self._last_due)
        self._queue.append((self._last_due, data))
        self._size += len(data or b"")
        self._check_room()
        self.wake()

    def ready(self) -> None:
        """There is somebody to give to."""
        self._is_ready = True
        self.wake()

    def wake(self) -> None:
        """Everything that is due has been given."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        while self._is_ready and self._queue and self._road.conditions.is_open:
            due, data = self._queue[0]
            if due > self._clock.time():
                self._timer = self._clock.call_at(due, self.wake)
                break
            self._queue.popleft()
            self._size -= len(data or b"")
            self._give(data)
        self._check_room()

    def end(self) -> None:
        """Nothing more is given."""
        self._is_ready = False
        self._queue.clear()
        self._road.ways.discard(self)
        if self._timer:
            self._timer.cancel()

    def _check_room(self) -> None:
        is_full = self._size > _FULL_BYTES
        if is_full != self._is_held:
            self._is_held = is_full
            self._hold(is_full)
