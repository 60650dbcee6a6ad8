"""Asks another service what became of things, soon and then less often, until it says so or somebody else asks."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence

from workload.clock import monotonic
from workload.exceptions import DependencyAway
from workload.logs import Log

__all__ = ["Watch", "next_ask"]

FIRST_SECONDS = 0.5
FACTOR = 1.6
LONGEST_SECONDS = 5.0
GIVE_UP_SECONDS = 60.0
"""After which a sweep of the database asks, in whichever task it runs."""

TICK_SECONDS = 0.5
"""What falls due meanwhile is asked about in one call."""

ASKED_AT_ONCE = 200
MOST = 5000
"""Things watched at once; more are left to the sweep."""


def next_ask(began: float, tries: int) -> float | None:
    """When something is asked about again after so many tries; None where it is left to the sweep."""
    waited = sum(min(LONGEST_SECONDS, FIRST_SECONDS * FACTOR**n) for n in range(tries + 1))
    return None if waited > GIVE_UP_SECONDS else began + waited


class Watch:
    """Args: ask: told which ids to ask about, acts on what is settled and returns their ids."""

    def __init__(
        self, name: str, ask: Callable[[Sequence[str]], Awaitable[Collection[str]]], log: Log
    ) -> None:
        self.name = name
        self._ask = ask
        self._log = log
        self._watched: dict[str, tuple[float, int, float]] = {}

    def __len__(self) -> int:
        return len(self._watched)

    def add(self, ids: Iterable[str]) -> None:
        """They are asked about from now on."""
        now = monotonic()
        for id_ in ids:
            if len(self._watched) < MOST:
                self._watched.setdefault(id_, (now, 0, now + FIRST_SECONDS))

    async def run(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            await self.run_once()

    async def run_once(self) -> None:
        """Those that are due were asked about."""
        now = monotonic()
        due = [id_ for id_, (_, _, at) in self._watched.items() if at <= now][:ASKED_AT_ONCE]
        if not due:
            return
        settled: Collection[str] = ()
        try:
            settled = await self._ask(due)
        except DependencyAway as away:
            self._log.info("watch-waits", watch=self.name, dependency=away.dependency)
        for id_ in due:
            self._put_off(id_, id_ in settled)

    def _put_off(self, id_: str, is_settled: bool) -> None:
        began, tries, _ = self._watched.pop(id_)
        at = None if is_settled else next_ask(began, tries + 1)
        if at is not None:
            self._watched[id_] = (began, tries + 1, max(at, monotonic()))
