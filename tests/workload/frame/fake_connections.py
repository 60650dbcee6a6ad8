"""Connections that do the work at once, or fail as they are told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

__all__ = ["FakeConnections"]


class FakeConnection:
    async def execute(self, *_: Any) -> None:
        return

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        yield


class FakeConnections:
    """Attributes: failures: of the next attempts, in order. seconds: that an attempt takes. under_way: attempts now."""

    def __init__(self) -> None:
        self.failures: list[Exception] = []
        self.attempts = 0
        self.seconds = 0.0
        self.under_way = 0

    async def do(self, work: Any, seconds: float) -> Any:
        self.attempts += 1
        self.under_way += 1
        await asyncio.sleep(min(self.seconds, seconds))
        self.under_way -= 1
        if self.failures:
            raise self.failures.pop(0)
        return await work(FakeConnection())

    async def forget(self) -> None:
        return
