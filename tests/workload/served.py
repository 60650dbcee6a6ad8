"""An ASGI application that answers in the test's own process, lifespan included."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from starlette.types import ASGIApp, Message

__all__ = ["Served", "served"]

DEADLINE_SECONDS = 10


class Served:
    """Sends requests one after another, and answers `httpx.Response`."""

    def __init__(self, runner: asyncio.Runner, client: httpx.AsyncClient) -> None:
        self.runner = runner
        self._client = client

    def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        return self.runner.run(self.send(method, path, **arguments))

    def get(self, path: str, **arguments: Any) -> httpx.Response:
        return self.request("GET", path, **arguments)

    def post(self, path: str, **arguments: Any) -> httpx.Response:
        return self.request("POST", path, **arguments)

    def put(self, path: str, **arguments: Any) -> httpx.Response:
        return self.request("PUT", path, **arguments)

    async def send(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """For requests at the same time."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await self._client.request(method, path, **arguments)


@contextmanager
def served(app: ASGIApp) -> Iterator[Served]:
    """The application has started, and has stopped afterwards."""
    with asyncio.Runner() as runner:
        to_app: asyncio.Queue[Message] = asyncio.Queue()
        from_app: asyncio.Queue[Message] = asyncio.Queue()
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://estate.example", trust_env=False
        )

        async def start() -> asyncio.Task[None]:
            async def run() -> None:
                await app({"type": "lifespan", "asgi": {"version": "3.0"}}, to_app.get, from_app.put)

            task = asyncio.create_task(run())
            await exchange("lifespan.startup")
            return task

        async def exchange(message: str) -> None:
            await to_app.put({"type": message})
            async with asyncio.timeout(DEADLINE_SECONDS):
                answer = await from_app.get()
            assert answer["type"] == f"{message}.complete", answer

        async def stop(task: asyncio.Task[None]) -> None:
            await exchange("lifespan.shutdown")
            await asyncio.wait_for(task, DEADLINE_SECONDS)
            await client.aclose()

        task = runner.run(start())
        try:
            yield Served(runner, client)
        finally:
            runner.run(stop(task))
