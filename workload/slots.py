"""How much work a task does at once. What does not fit waits in a short line; the least urgent is given up first."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from workload.clock import monotonic
from workload.deadline import Deadline
from workload.exceptions import DeadlinePassed, Shed
from workload.priority import Priority

__all__ = ["Slots"]

LINE_PER_SLOT = 8
"""Requests that may wait for each slot. With 20 ms each, whoever waits at the end waits 160 ms: an assumption."""

WAIT_SECONDS = {Priority.URGENT: 2.0, Priority.AGAIN: 2.0, Priority.NORMAL: 1.0, Priority.BULK: 0.5}
"""After which waiting work is given up: an assumption."""

BURST_SECONDS = 4.0
"""For which a line may be a burst's, as when a dependency is lost. A burst is worth waiting for: who is sent away comes
again. A line that stands for longer gives up who waits in it, each after the seconds of its priority. Source of the
method, there called controlled delay and with 0.1 s: Maurer, "Fail at Scale", ACM Queue 13(8), 2015. The seconds are an
assumption."""

BURST_LINES = 4
"""How many times as long a line is while it may be a burst's: an assumption."""

RETRY_AFTER_SECONDS = {Priority.URGENT: 1.0, Priority.AGAIN: 1.0, Priority.NORMAL: 2.0, Priority.BULK: 5.0}
"""The less urgent, the later it comes back: an assumption."""

PATIENT_TURN = 16
"""One in so many free slots goes to work from a queue while requests wait, so that neither starves the other. What is
in a queue can wait; while the backlog of an outage had one in four, people were sent away."""


@dataclass(eq=False)
class _Waiter:
    priority: Priority
    deadline: Deadline | None
    turn: asyncio.Future[None]


class Slots:
    """A slot is held by one piece of work at a time, for its service time at the least.

    Invariants: no more than ``count`` are held; nobody waits while a slot is free; whoever is taken from the line has
    the highest priority in it, and of those has waited longest.

    Args:
        sheds: False is the control case: everybody waits, first come first served, until their own time is over.
        burst_seconds: 0 takes every line for one that has stood for long.
    """

    def __init__(
        self,
        count: int,
        service_seconds: float = 0.0,
        line_length: int | None = None,
        *,
        sheds: bool = True,
        burst_seconds: float = BURST_SECONDS,
    ) -> None:
        self.count = count
        self.busy = 0
        self.shed: dict[Priority, int] = dict.fromkeys(Priority, 0)
        self._service_seconds = service_seconds
        self._sheds = sheds
        self._burst_seconds = burst_seconds
        self._stands_since = 0.0
        self.line_length = LINE_PER_SLOT * count if line_length is None else line_length
        self._lines: dict[Priority, deque[_Waiter]] = {it: deque() for it in Priority}
        self._patient: deque[_Waiter] = deque()
        self._turns = 0
        self._busy_seconds = self._all_busy_seconds = 0.0
        self._counted_at: float | None = None
        self._period_began: float | None = None

    @property
    def waiting(self) -> int:
        return sum(len(line) for line in self._lines.values())

    @property
    def is_full(self) -> bool:
        lines = BURST_LINES if self._burst_left() > 0 else 1
        return self._sheds and self.waiting >= self.line_length * lines

    @asynccontextmanager
    async def hold(self, priority: Priority, deadline: Deadline | None = None) -> AsyncIterator[None]:
        """A slot is the caller's inside the block, and for the service time at the least.

        Raises:
            Shed: others go before it and the line is full, or it waited too long.
            DeadlinePassed: its time was used up before its turn.
        """
        await self._enter(priority, deadline)
        began = monotonic()
        try:
            yield
        finally:
            await self._finish(began)

    @asynccontextmanager
    async def hold_patiently(self) -> AsyncIterator[None]:
        """The same for work from a queue: it waits for as long as it takes, and while requests wait has few turns."""
        if not self._has_free():
            waiter = _Waiter(Priority.BULK, None, asyncio.get_running_loop().create_future())
            self._patient.append(waiter)
            await self._take_turn(waiter, self._patient, None)
        else:
            self._count(+1)
        began = monotonic()
        try:
            yield
        finally:
            await self._finish(began)

    def take_utilisation(self) -> float:
        """Busy slots in percent of all, on average since the last call, which begins a new period."""
        self._count(0)
        now = monotonic()
        seconds = now - self._period_began if self._period_began is not None else 0.0
        busy, self._busy_seconds, self._period_began = self._busy_seconds, 0.0, now
        return 100 * busy / (seconds * self.count) if seconds > 0 else 0.0

    def busy_slot_seconds(self) -> float:
        """For how long slots have been busy since the task began, all slots together."""
        self._count(0)
        return self._all_busy_seconds

    async def _enter(self, priority: Priority, deadline: Deadline | None) -> None:
        if deadline:
            deadline.check(monotonic())
        if self._has_free():
            self._count(+1)
            return
        self._make_room(priority)
        priority = priority if self._sheds else Priority.NORMAL
        waiter = _Waiter(priority, deadline, asyncio.get_running_loop().create_future())
        if not self.waiting:
            self._stands_since = monotonic()
        self._lines[priority].append(waiter)
        await self._take_turn(waiter, self._lines[priority], self._longest_wait(waiter))

    def _burst_left(self) -> float:
        """For how many seconds the line may yet be a burst's."""
        if not self.waiting:
            return self._burst_seconds
        return max(0.0, self._stands_since + self._burst_seconds - monotonic())

    def _longest_wait(self, waiter: _Waiter) -> float | None:
        """None: for as long as it takes."""
        limits = [max(WAIT_SECONDS[waiter.priority], self._burst_left())] if self._sheds else []
        limits += [waiter.deadline.remaining_seconds(monotonic())] if waiter.deadline else []
        return min(limits, default=None)

    async def _take_turn(self, waiter: _Waiter, line: deque[_Waiter], seconds: float | None) -> None:
        """The waiter has a slot. Else it is out of the line, and an error says why."""
        try:
            await asyncio.wait({waiter.turn}, timeout=seconds)
        except asyncio.CancelledError:
            self._give_up(waiter, line)
            raise
        if not waiter.turn.done():
            line.remove(waiter)
            if waiter.deadline and monotonic() >= waiter.deadline.at:
                raise DeadlinePassed
            raise self._refusal(waiter.priority)
        waiter.turn.result()

    def _give_up(self, waiter: _Waiter, line: deque[_Waiter]) -> None:
        if not waiter.turn.done():
            line.remove(waiter)
        elif waiter.turn.exception() is None:
            self._release()

    def _has_free(self) -> bool:
        return self.busy < self.count

    def _make_room(self, priority: Priority) -> None:
        """The line has a place. The newest of the least urgent class gives up its own, or else the arriving."""
        if not self.is_full:
            return
        for other in sorted(Priority, reverse=True):
            if other > priority and self._lines[other]:
                self._lines[other].pop().turn.set_exception(self._refusal(other))
                return
        raise self._refusal(priority)

    def _refusal(self, priority: Priority) -> Shed:
        self.shed[priority] += 1
        return Shed(priority.word, RETRY_AFTER_SECONDS[priority])

    async def _finish(self, began: float) -> None:
        """The slot is free again, once the service time is over."""
        try:
            rest = began + self._service_seconds - monotonic()
            if rest > 0:
                await asyncio.sleep(rest)
        finally:
            self._release()

    def _release(self) -> None:
        """The next in line has the slot, or it is free."""
        waiter = self._next()
        if waiter:
            waiter.turn.set_result(None)
        else:
            self._count(-1)

    def _next(self) -> _Waiter | None:
        self._turns += 1
        if self._patient and (self.waiting == 0 or self._turns % PATIENT_TURN == 0):
            return self._patient.popleft()
        for priority in Priority:
            line = self._lines[priority]
            while line:
                waiter = line.popleft()
                if waiter.deadline is None or monotonic() < waiter.deadline.at:
                    return waiter
                waiter.turn.set_exception(DeadlinePassed())
        return self._patient.popleft() if self._patient else None

    def _count(self, change: int) -> None:
        """The time since the last change is counted, and the number of busy slots changes."""
        now = monotonic()
        if self._counted_at is not None:
            seconds = self.busy * (now - self._counted_at)
            self._busy_seconds += seconds
            self._all_busy_seconds += seconds
        if self._period_began is None:
            self._period_began = now
        self._counted_at = now
        self.busy += change
