"""HTTP/1.1 to the estate's edge, one request on the wire for each attempt, with as many connections as that takes.

Locust's own clients have a pool of connections whose size would close the loop again: whoever waits for one is not
sent. geventhttpclient also sends a GET or PUT again by itself when a connection turns out closed, which would hide a
failed attempt. So its parser is used here, and not its pool.
"""

import ssl
import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

import gevent
from gevent import socket
from geventhttpclient.response import HTTPConnectionClosed, HTTPParseError, HTTPSocketResponse

from load_tests.operation import Answer, NoAnswer, Request

__all__ = ["EdgeWire"]

IDLE_SECONDS = 3.0
"""A connection that rested longer is not used again: servers close theirs after 5 s (uvicorn, timeout_keep_alive) or
more, and a request that meets the close would be a failure of the client's own making."""

RESOLVED_SECONDS = 30.0
"""For which addresses of a name are remembered. The resolver's own cache is bound by their time to live."""

READ_BYTES = 65_536
Address = tuple[str, int]


class EdgeWire:
    """Connections to one origin. A lane is an address of its name, as far as there are so many.

    Args: connect, resolve: open a connection, find the addresses of a name; others in tests.
    """

    def __init__(
        self,
        edge_url: str,
        connect: Callable[[Address], socket.socket] = socket.create_connection,
        monotonic: Callable[[], float] = time.monotonic,
        resolve: Callable[..., Sequence[Any]] = socket.getaddrinfo,
    ) -> None:
        self._origin: SplitResult = urlsplit(edge_url)
        self._prefix = self._origin.path.rstrip("/")
        self._tls = ssl.create_default_context() if self._origin.scheme == "https" else None
        self._connect_to = connect
        self._monotonic = monotonic
        self._look_up = resolve
        self._rested: defaultdict[Address, deque[tuple[float, socket.socket]]] = defaultdict(deque)
        self._addresses: list[Address] = []
        self._resolved_at = float("-inf")

    def send(self, request: Request, lane: int, timeout_seconds: float) -> Answer:
        """Raises: NoAnswer."""
        try:
            with gevent.Timeout(timeout_seconds):
                return self._send(request, lane)
        except gevent.Timeout:
            raise NoAnswer("timeout") from None

    def close(self) -> None:
        """Every connection that rests is closed."""
        for rested in self._rested.values():
            while rested:
                rested.pop()[1].close()

    def _send(self, request: Request, lane: int) -> Answer:
        address = self._address(lane)
        connection = self._waiting(address) or self._open(address)
        try:
            answer, is_reusable = _exchange(connection, request.method, self._encoded(request))
        except (OSError, HTTPParseError, HTTPConnectionClosed) as error:
            connection.close()
            raise NoAnswer("broken") from error
        except BaseException:
            connection.close()
            raise
        if is_reusable:
            self._rested[address].append((self._monotonic(), connection))
        else:
            connection.close()
        return answer

    def _address(self, lane: int) -> Address:
        if self._monotonic() - self._resolved_at > RESOLVED_SECONDS:
            self._resolve()
        return self._addresses[lane % len(self._addresses)]

    def _resolve(self) -> None:
        port = self._origin.port or (443 if self._tls else 80)
        try:
            found = self._look_up(self._origin.hostname, port, 0, socket.SOCK_STREAM)
        except OSError as error:
            raise NoAnswer("refused") from error
        self._addresses = sorted({(str(it[4][0]), port) for it in found})
        self._resolved_at = self._monotonic()

    def _waiting(self, address: Address) -> socket.socket | None:
        """A connection that has rested, the one that did so last; those that rested too long are closed."""
        rested = self._rested[address]
        while rested:
            at, connection = rested.pop()
            if self._monotonic() - at < IDLE_SECONDS:
                return connection
            connection.close()
        return None

    def _open(self, address: Address) -> socket.socket:
        try:
            connection = self._connect_to(address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is None:
                return connection
            return self._tls.wrap_socket(connection, server_hostname=self._origin.hostname)
        except OSError as error:
            raise NoAnswer("refused") from error

    def _encoded(self, request: Request) -> bytes:
        headers = {"Host": self._origin.netloc, "Accept": "application/json", **request.headers}
        if request.body or request.method in ("POST", "PUT"):
            headers["Content-Length"] = str(len(request.body))
        lines = [f"{request.method} {self._prefix}{request.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + request.body


def _exchange(connection: socket.socket, method: str, request: bytes) -> tuple[Answer, bool]:
    """The answer, and whether the connection may be used again."""
    connection.sendall(request)
    response = HTTPSocketResponse(connection, READ_BYTES, method)
    body = response.read()
    if not response.message_complete:
        raise HTTPConnectionClosed("closed before the answer was whole")
    headers = {str(name).lower(): str(value) for name, value in response.items()}
    return Answer(response.status_code, headers, body), not response.should_close()
