"""The server sleeps while nothing is asked, and hears at once that it is to stop."""

import asyncio
import signal
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn

from workload import main
from workload.main import _Server


class Worker:
    def __init__(self) -> None:
        self.is_stopped = False

    def stop(self) -> None:
        self.is_stopped = True


def test_it_stops_when_it_is_told_and_its_workers_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "TICK_SECONDS", 3600.0)
    worker = Worker()
    service: Any = SimpleNamespace(workers=[worker])

    async def scenario() -> None:
        server = _Server(uvicorn.Config("workload.app:application"), service)
        running = asyncio.create_task(server.main_loop())
        await asyncio.sleep(0.05)
        assert not running.done()
        server.handle_exit(signal.SIGTERM, None)
        async with asyncio.timeout(10):
            await running
        assert worker.is_stopped

    asyncio.run(scenario())


def test_the_date_that_it_says_is_kept_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "TICK_SECONDS", 0.01)
    ticks: list[int] = []

    async def on_tick(_: _Server, counter: int) -> bool:
        ticks.append(counter)
        return len(ticks) == 3

    monkeypatch.setattr(_Server, "on_tick", on_tick)
    service: Any = SimpleNamespace(workers=[])

    async def scenario() -> None:
        async with asyncio.timeout(10):
            await _Server(uvicorn.Config("workload.app:application"), service).main_loop()

    asyncio.run(scenario())
    # uvicorn makes the header anew where its count of tenths of a second is a multiple of ten.
    assert [it % 10 for it in ticks] == [0, 0, 0]
