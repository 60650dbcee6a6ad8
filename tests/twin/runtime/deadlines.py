"""Waits in tests of real processes: for a fact, and not for ever."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

__all__ = ["run", "until"]

T = TypeVar("T")


async def until(
    fact: Callable[[], object] | Callable[[], Awaitable[object]], what: str = "it", seconds: float = 20
) -> None:
    """The fact holds. Raises: AssertionError: it did not in time."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        value = fact()
        if asyncio.iscoroutine(value):
            value = await value
        if value:
            return
        assert asyncio.get_running_loop().time() < deadline, f"{what} did not come true within {seconds:g} s"
        await asyncio.sleep(0.02)


def run(main: Coroutine[Any, Any, T], seconds: float = 60) -> T:
    """What the coroutine returns, within the time."""

    async def bounded() -> T:
        async with asyncio.timeout(seconds):
            return await main

    return asyncio.run(bounded())
