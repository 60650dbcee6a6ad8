"""What is done once for each id, in however many ways and to however many tasks it comes."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Protocol

from workload.exceptions import DependencyAway, TryLater
from workload.logs import Log

__all__ = ["Claims", "Once"]

CLAIM_SECONDS = 15.0
"""After which another may do what a task took up and did not finish, because it died: above any one call to AWS."""

DONE_SECONDS = 86_400.0
"""For which tasks tell each other what is done; two copies of an event come within a day of each other: an assumption.
EventBridge delivers within it. Source: EventBridge API reference, RetryPolicy, MaximumEventAgeInSeconds."""

GIVEN_UP_SECONDS = 0.001
RETRY_SECONDS = 2.0
MOST = 10_000
"""Ids that a task remembers itself."""

TAKEN, DONE = "taken", "done"


class Claims(Protocol):
    """What tasks share. Every method raises DependencyAway where it does not answer."""

    async def get(self, key: str) -> str | None: ...
    async def set(self, key: str, value: str, seconds: float) -> None: ...
    async def set_once(self, key: str, value: str, seconds: float) -> bool: ...


class Once:
    """Nothing is done twice, unless its note is lost: a task dies before it, or an act fails after its effect.

    Args: shared: without it, or while it is away, each task knows only what it did itself.
    """

    def __init__(self, shared: Claims | None, log: Log) -> None:
        self._shared = shared
        self._log = log
        self._done: OrderedDict[str, None] = OrderedDict()
        self._under_way: dict[str, asyncio.Future[bool]] = {}

    async def run(self, id_: str, act: Callable[[], Awaitable[None]]) -> bool:
        """It is done. Returns: whether by this call. A copy waits for the one that this task is about.

        Raises: TryLater: somebody is about it. What `act` raises: it is not done, and may be tried again.
        """
        if id_ in self._done:
            return False
        if id_ in self._under_way:
            if not await asyncio.shield(self._under_way[id_]):
                raise TryLater(RETRY_SECONDS, "its copy could not be done")
            return False
        under_way = self._under_way[id_] = asyncio.get_running_loop().create_future()
        is_done = False
        try:
            is_ours = await self._is_taken_everywhere(id_)
            if is_ours:
                await self._carry_out(id_, act)
            is_done = True
        finally:
            del self._under_way[id_]
            under_way.set_result(is_done)
        self._remember(id_)
        return is_ours

    async def _is_taken_everywhere(self, id_: str) -> bool:
        if self._shared is None:
            return True
        try:
            if await self._shared.set_once(id_, TAKEN, CLAIM_SECONDS):
                return True
            state = await self._shared.get(id_)
        except DependencyAway as away:
            self._log.warn("claim-unshared", id=id_, dependency=away.dependency, why=away.why)
            return True
        if state != DONE:
            raise TryLater(RETRY_SECONDS, "another task is about its copy")
        return False

    async def _carry_out(self, id_: str, act: Callable[[], Awaitable[None]]) -> None:
        try:
            await act()
        except Exception:
            await self._tell(id_, TAKEN, GIVEN_UP_SECONDS)
            raise
        await self._tell(id_, DONE, DONE_SECONDS)

    async def _tell(self, id_: str, state: str, seconds: float) -> None:
        if self._shared is None:
            return
        try:
            await self._shared.set(id_, state, seconds)
        except DependencyAway as away:
            self._log.warn("claim-unshared", id=id_, dependency=away.dependency, why=away.why)

    def _remember(self, id_: str) -> None:
        self._done[id_] = None
        if len(self._done) > MOST:
            self._done.popitem(last=False)
