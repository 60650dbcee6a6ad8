"""Facts that are read from outside, kept, and read again after a while or when something is missing among them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar

from workload.clock import monotonic
from workload.exceptions import DependencyAway

__all__ = ["Known"]

Fact = TypeVar("Fact")

FRESH_SECONDS = 30.0
MISS_SECONDS = 2.0
"""Names that do not exist are asked for at this rate at the most, whoever asks."""


class Known(Generic[Fact]):
    """Facts by name. What was once read stays known while its source is away."""

    def __init__(self, read: Callable[[], Awaitable[Mapping[str, Fact]]]) -> None:
        self._read = read
        self._facts: Mapping[str, Fact] | None = None
        self._read_at = 0.0
        self._reading = asyncio.Lock()

    async def all(self) -> Mapping[str, Fact]:
        """Not older than half a minute, unless their source is away.

        Raises: DependencyAway: nothing was ever read.
        """
        await self._refresh(FRESH_SECONDS)
        return self._facts or {}

    async def named(self, name: str) -> Fact | None:
        """The fact; where it is not known, its source is asked again first.

        Raises: DependencyAway: nothing was ever read.
        """
        facts = await self.all()
        if name not in facts:
            await self._refresh(MISS_SECONDS)
        return (self._facts or {}).get(name)

    async def _refresh(self, after_seconds: float) -> None:
        if self._facts is not None and monotonic() < self._read_at + after_seconds:
            return
        async with self._reading:
            if self._facts is not None and monotonic() < self._read_at + after_seconds:
                return
            try:
                self._facts = await self._read()
            except DependencyAway:
                if self._facts is None:
                    raise
            self._read_at = monotonic()
