"""Sends each service what its shape says, to the tasks that run, and counts what came of it."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import httpx

from tests.trials.calibration.shape import Shape, arrivals

__all__ = ["Load", "client"]

PORT, PATH = 8080, "/help"
"""A page that needs nothing but the task."""

ANSWER_SECONDS = 10.0
LATE_SECONDS = 0.25


def client() -> httpx.AsyncClient:
    """One for all services."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
    return httpx.AsyncClient(timeout=ANSWER_SECONDS, limits=limits, trust_env=False)


@dataclass
class Load:
    """An open load on the tasks of one service; each task gets its turn.

    Attributes:
        addresses: of the tasks that run now. Kept so by whoever asks the API.
        answers: second of the load at which a request was due, and the answer's status; 0 for none.
        sent_late: requests that began too late.
    """

    http: httpx.AsyncClient
    service_seconds: float
    addresses: Sequence[str] = ()
    answers: list[tuple[float, int]] = field(default_factory=list[tuple[float, int]])
    sent_late: int = 0
    _turns: Iterator[int] = field(default_factory=itertools.count)

    async def run(self, shape: Shape, begin: float) -> None:
        """Every request of the shape has been answered. Args: begin: seconds since 1970."""
        async with asyncio.TaskGroup() as group:
            for at in arrivals(shape, self.service_seconds):
                wait = begin + at - time.time()
                if wait > 0:
                    await asyncio.sleep(wait)
                self.sent_late += wait < -LATE_SECONDS
                group.create_task(self._send(at))

    async def _send(self, at: float) -> None:
        addresses = self.addresses
        if not addresses:
            self.answers.append((at, 0))
            return
        address = addresses[next(self._turns) % len(addresses)]
        try:
            answer = await self.http.get(f"http://{address}:{PORT}{PATH}")
            self.answers.append((at, answer.status_code))
        except httpx.HTTPError:
            self.answers.append((at, 0))

    def succeeded(self, begin: float = 0.0) -> float | None:
        """Share of the requests since then that were answered as they should be; None without any."""
        statuses = Counter(status for at, status in self.answers if at >= begin)
        return statuses[200] / statuses.total() if statuses else None
