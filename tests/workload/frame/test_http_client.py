"""Calls on real connections: within their time, through the proxy that is named, and to nobody else than was asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from workload import upstream
from workload.upstream import HttpClient

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-served-by: one\r\n\r\n{}"
AWAY = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/elsewhere\r\ncontent-length: 0\r\n\r\n"
COOKIE = b"HTTP/1.1 200 OK\r\nset-cookie: a=b\r\ncontent-length: 0\r\n\r\n"


class Server:
    """Answers all requests alike. Attributes: heads: of the requests that came, with their first line."""

    def __init__(self, answer: bytes | None) -> None:
        self.heads: list[str] = []
        self.connections = 0
        self.url = ""
        self._answer = answer

    @asynccontextmanager
    async def runs(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = [line for line in head.lower().split("\r\n") if line.startswith("content-length:")]
                await reader.readexactly(int(length[0].split(":")[1]) if length else 0)
                self.heads.append(head)
                if self._answer is not None:
                    writer.write(self._answer)
        except asyncio.IncompleteReadError:
            writer.close()


@asynccontextmanager
async def client_and(server: Server) -> AsyncIterator[HttpClient]:
    client = HttpClient()
    async with asyncio.timeout(20), server.runs():
        try:
            yield client
        finally:
            await client.close()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    upstream._proxy.cache_clear()


def test_a_connection_is_used_again_and_the_answer_is_whole() -> None:
    async def main() -> None:
        server = Server(OK)
        async with client_and(server) as client:
            url = f"{server.url}/drafts/a%2Fb?page=1"
            answers = [await client.send("PUT", url, {"X-Id": "7"}, b"{}", 5) for _ in range(3)]
            assert {(it.status, it.content, it.headers["X-Served-By"]) for it in answers} == {
                (200, b"{}", "one")
            }
            assert (len(server.heads), server.connections) == (3, 1)
            assert server.heads[0].startswith("PUT /drafts/a%2Fb?page=1 HTTP/1.1\r\n")
            assert "x-id: 7" in server.heads[0].lower()

    asyncio.run(main())


def test_a_call_goes_through_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        proxy = Server(OK)
        async with client_and(proxy) as client:
            monkeypatch.setenv("http_proxy", proxy.url)
            await client.send("GET", "http://case:8080/cases/1", {}, None, 5)
            assert proxy.heads[0].startswith("GET http://case:8080/cases/1 HTTP/1.1\r\n")

    asyncio.run(main())


def test_hosts_that_need_no_proxy_are_called_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        server = Server(OK)
        async with client_and(server) as client:
            monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
            monkeypatch.setenv("no_proxy", "127.0.0.1")
            assert (await client.send("GET", f"{server.url}/", {}, None, 5)).status == 200

    asyncio.run(main())


def test_who_does_not_answer_in_time_has_not_answered() -> None:
    async def main() -> None:
        server = Server(None)
        async with client_and(server) as client:
            with pytest.raises(TimeoutError):
                await client.send("GET", f"{server.url}/", {}, None, 0.1)

    asyncio.run(main())


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://no-such-host.invalid/"])
def test_who_is_not_there_has_not_answered(url: str) -> None:
    async def main() -> None:
        async with client_and(Server(OK)) as client:
            with pytest.raises(OSError, match=r"."):
                await client.send("GET", url, {}, None, 5)

    asyncio.run(main())


def test_nobody_is_followed_elsewhere() -> None:
    async def main() -> None:
        server = Server(AWAY)
        async with client_and(server) as client:
            assert (await client.send("GET", f"{server.url}/", {}, None, 5)).status == 302

    asyncio.run(main())


def test_no_caller_carries_a_cookie_that_another_was_given() -> None:
    async def main() -> None:
        server = Server(COOKIE)
        async with client_and(server) as client:
            for _ in range(2):
                await client.send("GET", f"{server.url}/", {}, None, 5)
            assert "cookie" not in server.heads[1].lower()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("said", "raised"),
    [
        ("unable to perform operation on <TCPTransport closed=True>; the handler is closed", ConnectionError),
        ("Session is closed", RuntimeError),
    ],
)
def test_a_connection_that_uvloop_says_was_closed_is_one_that_broke(
    said: str, raised: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(said)

    async def main() -> None:
        async with client_and(Server(OK)) as client:
            monkeypatch.setattr(client._opened(), "request", broken)
            with pytest.raises(raised):
                await client.send("GET", "http://127.0.0.1:9/", {}, None, 5)

    asyncio.run(main())
