"""Connections are kept, and every way to get no answer has its word."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from workload.client import AttemptFailed, EdgeInvalid, HttpAnswer, HttpPool, HttpRequest

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Name: Value\r\n\r\n{}"


class Server:
    """Answers each request in turn, counts connections, and keeps what it was sent."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.connections = 0
        self.requests: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while self.answers:
            head = await reader.readuntil(b"\r\n\r\n")
            self.requests.append(head)
            answer = self.answers.pop(0)
            if answer is None:
                break
            writer.write(answer)
        writer.close()


def _with(server: Server, use: Callable[[HttpPool], Awaitable[object]]) -> object:
    async def run() -> object:
        listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        pool = HttpPool(f"http://127.0.0.1:{port}/prefix/")
        try:
            async with asyncio.timeout(10):
                return await use(pool)
        finally:
            pool.close()
            listener.close()

    return asyncio.run(run())


async def _get(pool: HttpPool, seconds: float = 5.0) -> HttpAnswer:
    return await pool.send(HttpRequest("GET", "/status"), seconds)


def test_an_answer_has_status_headers_and_body() -> None:
    answer = _with(Server(ANSWER), _get)
    assert answer == HttpAnswer(200, {"content-length": "2", "x-name": "Value"}, b"{}")


def test_a_request_is_what_was_asked_for() -> None:
    server = Server(ANSWER)
    request = HttpRequest("PUT", "/drafts/1", {"Idempotency-Key": "k"}, b"")
    _with(server, lambda pool: pool.send(request, 5))
    lines = server.requests[0].decode().splitlines()
    assert lines[0] == "PUT /prefix/drafts/1 HTTP/1.1"
    assert {"Idempotency-Key: k", "Content-Length: 0"} <= set(lines)


def test_a_connection_is_used_again() -> None:
    server = Server(ANSWER, ANSWER, ANSWER)

    async def thrice(pool: HttpPool) -> None:
        for _ in range(3):
            await _get(pool)

    _with(server, thrice)
    assert (server.connections, len(server.requests)) == (1, 3)


def test_a_connection_that_the_server_closes_is_not() -> None:
    closing = ANSWER.replace(b"X-Name: Value", b"Connection: close")
    server = Server(closing, ANSWER)

    async def twice(pool: HttpPool) -> None:
        await _get(pool)
        await _get(pool)

    _with(server, twice)
    assert server.connections == 2


def test_answers_in_chunks_are_put_together() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
    answer = _with(Server(chunked), _get)
    assert isinstance(answer, HttpAnswer)
    assert answer.body == b"{}"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(None, "broken", id="closed without an answer"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n\r\n", "broken", id="not http"),
        pytest.param(b"", "timeout", id="silent"),
    ],
)
def test_no_answer_is_a_failed_attempt_with_its_reason(answer: bytes | None, reason: str) -> None:
    server = Server(answer, ANSWER)
    with pytest.raises(AttemptFailed) as failed:
        _with(server, lambda pool: _get(pool, 0.2))
    assert failed.value.reason == reason


def test_nobody_listening_is_refused() -> None:
    async def run() -> None:
        listener = await asyncio.start_server(Server().serve, "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        listener.close()
        await listener.wait_closed()
        await _get(HttpPool(f"http://127.0.0.1:{port}"))

    with pytest.raises(AttemptFailed) as failed:
        asyncio.run(run())
    assert failed.value.reason == "refused"


@pytest.mark.parametrize("url", ["edge:80", "ftp://edge", "http://", ""])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(EdgeInvalid):
        HttpPool(url)


def test_a_line_break_in_a_header_is_refused() -> None:
    request = HttpRequest("GET", "/", {"Idempotency-Key": "k\r\nHost: other"})
    with pytest.raises(EdgeInvalid):
        _with(Server(ANSWER), lambda pool: pool.send(request, 5))
