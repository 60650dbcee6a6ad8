"""A client logs in at the relay, and reaches the store only once somebody has said that it may."""

import asyncio
import contextlib
import struct
from collections.abc import Awaitable, Callable

from twin.runtime.relay.route import LoginRule, Route, Target, from_line, to_line
from twin.runtime.relay.server import Relay

ADDRESS = "127.0.0.1"
SECONDS = 60.0
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Stage:
    """A store that answers +OK to each line, and a relay before it.

    Attributes: asked: who wanted to log in. verdict: is what each waits for. heard: by the store.
    """

    def __init__(self, rule: LoginRule | None) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.heard = b""
        self.verdict: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._rule = rule
        self._relay = Relay(ADDRESS, self._judge)

    async def _judge(self, name: str, user: str, token: str) -> bool:
        self.asked.append((name, user, token))
        return await self.verdict

    async def store(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(1024):
                self.heard += data
                writer.write(b"+OK\r\n")
        writer.close()

    async def open(self, store_port: int, port: int) -> Line:
        route = Route("case@sessions", ADDRESS, port, (Target(ADDRESS, store_port),), login=self._rule)
        assert await self._relay.apply([route]) == {}
        return await asyncio.open_connection(ADDRESS, port)

    async def end(self) -> None:
        await self._relay.apply([])


def run(rule: LoginRule | None, test: Callable[[Stage, Line], Awaitable[None]]) -> None:
    async def main() -> None:
        async with asyncio.timeout(SECONDS):
            stage = Stage(rule)
            server = await asyncio.start_server(stage.store, ADDRESS, 0)
            free = await asyncio.start_server(stage.store, ADDRESS, 0)
            port = free.sockets[0].getsockname()[1]
            free.close()
            line = await stage.open(server.sockets[0].getsockname()[1], port)
            try:
                await test(stage, line)
            finally:
                line[1].close()
                await stage.end()
                server.close()

    asyncio.run(main())


AUTH = b"*3\r\n$4\r\nAUTH\r\n$4\r\ncase\r\n$5\r\ntoken\r\n"
START = struct.pack("!ii", 19, 196608) + b"user\0case\0\0"


async def until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.005)


def test_the_store_hears_nothing_until_the_verdict_and_then_all_of_it() -> None:
    async def test(stage: Stage, line: Line) -> None:
        reader, writer = line
        writer.write(AUTH + b"PING\r\n")
        await until(lambda: bool(stage.asked))
        writer.write(b"MORE\r\n")
        assert stage.asked == [("case@sessions", "case", "token")]
        assert stage.heard == b""
        stage.verdict.set_result(True)
        assert await reader.readline() == b"+OK\r\n"
        await until(lambda: stage.heard == AUTH + b"PING\r\nMORE\r\n")

    run(LoginRule("cache"), test)


def test_who_is_refused_reads_why_and_the_store_does_not_hear_of_it() -> None:
    async def test(stage: Stage, line: Line) -> None:
        stage.verdict.set_result(False)
        line[1].write(AUTH)
        assert (await line[0].readline()).startswith(b"-WRONGPASS")
        assert stage.heard == b""

    run(LoginRule("cache"), test)


def test_a_database_ends_the_connection_of_who_is_refused() -> None:
    async def test(stage: Stage, line: Line) -> None:
        stage.verdict.set_result(False)
        line[1].write(START)
        assert (await line[0].readexactly(9))[:1] == b"R"
        line[1].write(b"p" + struct.pack("!i", 10) + b"token\0")
        assert b'PAM authentication failed for user "case"' in await line[0].read()
        assert stage.heard == b""

    run(LoginRule("database"), test)


def test_a_client_that_leaves_while_it_is_judged_is_forgotten() -> None:
    async def test(stage: Stage, line: Line) -> None:
        line[1].write(AUTH)
        await until(lambda: bool(stage.asked))
        await stage.end()
        await until(stage.verdict.cancelled)
        assert await line[0].read() == b""

    def ended(stage: Stage, line: Line) -> Awaitable[None]:
        async def body() -> None:
            with contextlib.suppress(ConnectionError):
                await test(stage, line)

        return body()

    run(LoginRule("cache"), ended)


def test_without_a_rule_nobody_is_asked() -> None:
    async def test(stage: Stage, line: Line) -> None:
        line[1].write(AUTH)
        assert await line[0].readline() == b"+OK\r\n"
        assert (stage.asked, stage.heard) == ([], AUTH)

    run(None, test)


def test_the_rule_travels_with_the_route() -> None:
    route = Route("n", ADDRESS, 1, (), login=LoginRule("database", ("postgres",)))
    assert from_line(to_line(1, [route])) == (1, (route,))
