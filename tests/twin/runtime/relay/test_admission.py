"""A security group's rule counts for connections that are opened, not for those that are there."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest

from twin.runtime.relay.route import Route, Target
from twin.runtime.relay.server import Relay

ADDRESS = "127.0.0.1"
SECONDS = 5.0
MOMENT_SECONDS = 0.05


class Stage:
    """An echoing server behind a relay.

    Attributes: accepted: connections that the server has seen. blocked: names of those that were not admitted.
    """

    def __init__(self, server: asyncio.Server, port: int) -> None:
        self.accepted = 0
        self.blocked: list[str] = []
        self._relay = Relay(ADDRESS, say_blocked=self.blocked.append)
        target = Target(ADDRESS, server.sockets[0].getsockname()[1])
        self._route = Route("portal@core", ADDRESS, port, (target,))

    async def admit(self, *, is_admitted: bool) -> None:
        assert await self._relay.apply([replace(self._route, is_admitted=is_admitted)]) == {}

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(ADDRESS, self._route.port)

    async def end(self) -> None:
        await self._relay.apply([])


async def ask(
    line: tuple[asyncio.StreamReader, asyncio.StreamWriter], seconds: float = SECONDS
) -> bytes | None:
    """None where nothing comes back."""
    line[1].write(b"?\n")
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            return await line[0].readline()
    return None


@contextlib.asynccontextmanager
async def staged() -> AsyncIterator[Stage]:
    stages: list[Stage] = []

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stages[0].accepted += 1
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                writer.write(line)
        writer.close()

    server = await asyncio.start_server(echo, ADDRESS, 0)
    free = await asyncio.start_server(echo, ADDRESS, 0)
    port = free.sockets[0].getsockname()[1]
    free.close()
    stages.append(Stage(server, port))
    try:
        yield stages[0]
    finally:
        await stages[0].end()
        server.close()


def run(test: Callable[[Stage], Awaitable[None]]) -> None:
    async def main() -> None:
        async with asyncio.timeout(30), staged() as stage:
            await test(stage)

    asyncio.run(main())


def test_who_is_not_admitted_hears_nothing_and_the_store_does_not_hear_of_it() -> None:
    async def test(stage: Stage) -> None:
        await stage.admit(is_admitted=False)
        line = await stage.open()
        assert await ask(line, MOMENT_SECONDS) is None
        assert stage.accepted == 0
        assert stage.blocked == ["portal@core"]
        line[1].close()

    run(test)


def test_a_connection_that_is_there_goes_on_when_its_rule_is_taken_away() -> None:
    async def test(stage: Stage) -> None:
        await stage.admit(is_admitted=True)
        before = await stage.open()
        assert await ask(before) == b"?\n"
        await stage.admit(is_admitted=False)
        after = await stage.open()
        assert await ask(after, MOMENT_SECONDS) is None
        assert await ask(before) == b"?\n"
        for line in (before, after):
            line[1].close()

    run(test)


def test_a_connection_that_waits_is_there_once_it_is_admitted() -> None:
    async def test(stage: Stage) -> None:
        await stage.admit(is_admitted=False)
        line = await stage.open()
        assert await ask(line, MOMENT_SECONDS) is None
        await stage.admit(is_admitted=True)
        async with asyncio.timeout(SECONDS):
            assert await line[0].readline() == b"?\n"
        line[1].close()

    run(test)


def test_a_store_that_leads_nowhere_refuses_whoever_is_admitted() -> None:
    async def test(stage: Stage) -> None:
        await stage.end()
        with pytest.raises(ConnectionRefusedError):
            await stage.open()

    run(test)
