"""How often one client may do something in a minute, counted in the cache for all tasks together."""

import hashlib
from typing import Protocol

from workload.exceptions import DependencyAway, Refused

__all__ = ["Counter", "RateLimit"]

PERIOD_SECONDS = 60


class Counter(Protocol):
    async def increment(self, key: str, seconds: float) -> int: ...


class RateLimit:
    """Without the cache nothing is limited here: the load balancer's own limit is what remains."""

    def __init__(self, counter: Counter | None, per_minute: int) -> None:
        self._counter = counter
        self._per_minute = per_minute

    async def check(self, who: str) -> bool:
        """Whether the limit could be looked at.

        Raises: Refused: this was one too many.
        """
        if self._counter is None:
            return False
        digest = hashlib.sha256(who.encode()).hexdigest()[:32]
        try:
            count = await self._counter.increment(f"rate:{digest}", PERIOD_SECONDS)
        except DependencyAway:
            return False
        if count > self._per_minute:
            raise Refused(
                429,
                "too-many-requests",
                f"One client may do this {self._per_minute} times a minute. Try again after Retry-After.",
                retry_after_seconds=PERIOD_SECONDS,
            )
        return True
