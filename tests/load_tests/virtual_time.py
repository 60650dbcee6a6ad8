"""Time that passes when everybody sleeps: greenlets as the generator's, and a wire with a server that can stall."""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

from greenlet import getcurrent, greenlet

from load_tests.operation import Answer, NoAnswer, Request

__all__ = ["StallingWire", "VirtualTime"]


class VirtualTime:
    """A clock, sleep and spawn that belong together."""

    def __init__(self, begin: float = 1_000_000.0) -> None:
        self._at = begin
        self._numbers = count()
        self._sleepers: list[tuple[float, int, greenlet]] = []
        self._hub = getcurrent()

    def now(self) -> float:
        return self._at

    def sleep(self, seconds: float) -> None:
        heapq.heappush(self._sleepers, (self._at + seconds, next(self._numbers), getcurrent()))
        self._hub.switch()

    def spawn(self, work: Callable[[], None]) -> None:
        """The work begins when whoever spawned it sleeps."""
        heapq.heappush(self._sleepers, (self._at, next(self._numbers), greenlet(work, parent=self._hub)))

    def run(self, work: Callable[[], None]) -> None:
        """Everything that the work has begun has ended."""
        self._hub = getcurrent()
        self.spawn(work)
        while self._sleepers:
            at, _, sleeper = heapq.heappop(self._sleepers)
            self._at = max(self._at, at)
            sleeper.switch()


@dataclass
class StallingWire:
    """Answers after a service time; during a stall, when it is over. Attributes: stall: from and until when."""

    time: VirtualTime
    service_seconds: float = 0.01
    stall: tuple[float, float] = (0.0, 0.0)
    answers: Sequence[Answer | str] = ()
    sent: list[tuple[float, int, Request]] = field(default_factory=list[tuple[float, int, Request]])

    def send(self, request: Request, lane: int, timeout_seconds: float) -> Answer:
        """Args of the wire: answers: the first ones in order, words for why none comes; after that 200."""
        number, now = len(self.sent), self.time.now()
        self.sent.append((now, lane, request))
        ready = self.stall[1] if self.stall[0] <= now < self.stall[1] else now
        wait = ready + self.service_seconds - now
        planned = self.answers[number] if number < len(self.answers) else Answer(200, {}, b"{}")
        if wait > timeout_seconds or planned == "timeout":
            self.time.sleep(timeout_seconds)
            raise NoAnswer("timeout")
        self.time.sleep(wait)
        if isinstance(planned, str):
            raise NoAnswer(planned)
        return planned
