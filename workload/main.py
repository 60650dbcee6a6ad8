"""The task's process: one service, from its first request to its last."""

import asyncio
import contextlib
import os
import signal
from types import FrameType

import uvicorn

from workload.app import application, service_of
from workload.frame import Frame
from workload.service import Service
from workload.settings import Settings

__all__ = ["main"]

KEEP_ALIVE_SECONDS = 75
"""Longer than the 60 s after which the load balancer closes an idle connection: the target must never be the first.
Source: Application Load Balancers user guide, "Troubleshoot" (HTTP 502)."""

TICK_SECONDS = 1.0
"""After which uvicorn's header of the date is that of the next second."""

REQUESTS_SECONDS = 5
BACKLOG = 2048


def main() -> int:
    """The service has run until it was told to stop, and has finished what it began. Returns the exit code."""
    settings = Settings.from_environment(os.environ)
    frame = Frame.of(settings)
    service = service_of(frame)
    # uvicorn sends itself the signal again at the end, which would make a task that stopped well look killed.
    signal.signal(signal.SIGTERM, _noted)
    config = uvicorn.Config(
        application(frame, service),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=REQUESTS_SECONDS,
    )
    server = _Server(config, service)
    server.run()
    return 0 if server.started else 1


class _Server(uvicorn.Server):
    """Its workers take nothing more from the moment that the task is told to stop.

    It waits to be told. uvicorn's own looks ten times a second, which fifty idle tasks on one machine pay for.
    """

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service
        self._told = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await self._told.wait()
        for worker in self._service.workers:
            worker.stop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self._loop:
            self._loop.call_soon_threadsafe(self._told.set)


def _noted(_: int, __: FrameType | None) -> None:
    """Stopping is under way already."""
