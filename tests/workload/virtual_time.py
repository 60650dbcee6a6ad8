"""An event loop whose time passes as soon as nobody has anything to do, so that a test waits for nothing."""

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

Result = TypeVar("Result")


class _Selector(selectors.SelectSelector):
    """Turns every wait into a step of time."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise AssertionError("Everybody waits, and nothing will ever happen.")
        ready = super().select(0)
        if not ready and timeout > 0:
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Begins at 1,000 seconds, so that a moment is not mistaken for a duration."""

    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        return 1000.0 + self._virtual.now


def run(test: Callable[[], Awaitable[Result]]) -> Result:
    """The result of the coroutine function, in virtual time. Everything that it began is ended."""

    async def whole() -> Result:
        return await test()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(whole())
