"""What is done once for each id, in however many ways and to however many tasks it comes."""

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
        self._own: OrderedDict[str, str] = OrderedDict()

    async def run(self, id_: str, act: Callable[[], Awaitable[None]]) -> bool:
        """It is done. Returns: whether by this call.

        Raises: TryLater: somebody is about it. What `act` raises: it is not done, and may be tried again.
        """
        if not self._is_taken_here(id_):
            return False
        try:
            is_ours = await self._is_taken_everywhere(id_)
            if is_ours:
                await self._carry_out(id_, act)
        except BaseException:
            self._own.pop(id_, None)
            raise
        self._remember(id_, DONE)
        return is_ours

    def _is_taken_here(self, id_: str) -> bool:
        """By this call; False where it is done."""
        state = self._own.get(id_)
        if state == TAKEN:
            raise TryLater(RETRY_SECONDS, "its copy is on its way")
        if state is None:
            self._remember(id_, TAKEN)
        return state is None

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

    def _remember(self, id_: str, state: str) -> None:
        self._own[id_] = state
        if len(self._own) > MOST:
            self._own.popitem(last=False)
