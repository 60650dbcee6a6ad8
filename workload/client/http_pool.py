"""HTTP/1.1 over connections that are kept, with no more than operations need."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httptools

from workload.client.exceptions import AttemptFailed, EdgeInvalid

__all__ = ["HttpAnswer", "HttpPool", "HttpRequest"]

IDLE_SECONDS = 3.0
"""A connection that rested longer is not used again: servers close theirs after 5 s (uvicorn, timeout_keep_alive) or
more, and a request that meets the close would be a failure of the client's own making."""


@dataclass(frozen=True)
class HttpRequest:
    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""


@dataclass(frozen=True)
class HttpAnswer:
    """Attributes: headers: by name in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class HttpPool:
    """Connections to one origin. Use it in one event loop."""

    def __init__(self, edge_url: str) -> None:
        self._origin = _origin(edge_url)
        self._prefix = self._origin.path.rstrip("/")
        self._tls = ssl.create_default_context() if self._origin.scheme == "https" else None
        self._idle: list[_Connection] = []

    async def send(self, request: HttpRequest, timeout_seconds: float) -> HttpAnswer:
        """The answer. Raises: AttemptFailed where none came in time."""
        try:
            async with asyncio.timeout(timeout_seconds):
                return await self._send(request)
        except TimeoutError as error:
            raise AttemptFailed("timeout", f"No answer came within {timeout_seconds:.1f} s.") from error

    def close(self) -> None:
        """Every connection that rests is closed."""
        while self._idle:
            self._idle.pop().close()

    async def _send(self, request: HttpRequest) -> HttpAnswer:
        connection = self._rested() or await self._connect()
        try:
            answer = await connection.exchange(self._encode(request))
        except BaseException:
            connection.close()
            raise
        if connection.is_reusable:
            connection.rested_at = time.monotonic()
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    def _rested(self) -> "_Connection | None":
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open and time.monotonic() - connection.rested_at < IDLE_SECONDS:
                return connection
            connection.close()
        return None

    async def _connect(self) -> "_Connection":
        port = self._origin.port or (443 if self._tls else 80)
        try:
            _, connection = await asyncio.get_running_loop().create_connection(
                _Connection, self._origin.hostname or "", port, ssl=self._tls
            )
        except OSError as error:
            raise AttemptFailed("refused", f"{self._origin.netloc} cannot be reached: {error}.") from error
        return connection

    def _encode(self, request: HttpRequest) -> bytes:
        headers = {"Host": self._origin.netloc, "Accept": "application/json"} | dict(request.headers)
        if request.body or request.method in ("POST", "PUT"):
            headers["Content-Length"] = str(len(request.body))
        lines = [f"{request.method} {self._prefix}{request.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join(lines)
        if head.count("\n") != len(headers):
            raise EdgeInvalid(f"Path and headers are of one line each, got {request.path!r}. Encode them.")
        return head.encode("latin-1") + b"\r\n\r\n" + request.body


class _Connection(asyncio.Protocol):
    """One exchange at a time; the parser calls its `on_…` methods."""

    rested_at = 0.0

    def __init__(self) -> None:
        self._transport: Any = None
        self._parser: Any = None
        self._answer: asyncio.Future[HttpAnswer] | None = None
        self.is_open = False
        self.is_reusable = False

    async def exchange(self, request: bytes) -> HttpAnswer:
        self._parser = httptools.HttpResponseParser(self)
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._answer = asyncio.get_running_loop().create_future()
        self.is_reusable = False
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        self.is_open = False
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        if self._answer is None or self._answer.done():
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(f"The answer is not HTTP: {error}.")

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        self._fail(f"The connection was closed before the answer was there ({exc or 'by the other side'}).")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        assert self._answer
        self.is_reusable = self.is_open and self._parser.should_keep_alive()
        if not self._answer.done():
            status = self._parser.get_status_code()
            self._answer.set_result(HttpAnswer(status, self._headers, b"".join(self._body)))

    def _fail(self, message: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(AttemptFailed("broken", message))


def _origin(edge_url: str) -> SplitResult:
    origin = urlsplit(edge_url)
    if origin.scheme not in ("http", "https") or not origin.hostname or origin.query:
        raise EdgeInvalid(
            f"The estate's address is http://HOST[:PORT] or https://…, got {edge_url!r}. `estate env` names it."
        )
    return origin
