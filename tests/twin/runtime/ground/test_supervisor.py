"""A part that fails is started again, and takes no other with it."""

import asyncio

import pytest

from twin.runtime import supervisor
from twin.runtime.supervisor import PartState, supervise


class Failing:
    name = "failing"
    runs = 0

    async def run(self) -> None:
        self.runs += 1
        if self.runs < 3:
            raise ValueError("not yet")
        await asyncio.Event().wait()


class Steady:
    name = "steady"
    runs = 0
    was_cancelled = False

    async def run(self) -> None:
        self.runs += 1
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise


def test_a_failing_part_is_started_again_and_the_steady_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_AGAIN_SECONDS", 0)
    failing, steady = Failing(), Steady()
    states: dict[str, PartState] = {}

    async def scenario() -> None:
        ending = asyncio.Event()
        running = asyncio.create_task(supervise([failing, steady], states, ending))
        while failing.runs < 3:
            await asyncio.sleep(0)
        ending.set()
        await running

    asyncio.run(asyncio.wait_for(scenario(), 10))
    assert (failing.runs, steady.runs, steady.was_cancelled) == (3, 1, True)
    assert (states["failing"].restarts, states["failing"].last_error) == (2, "ValueError: not yet")
    assert states["steady"].restarts == 0
