"""Where tasks ask for their credentials: one listener in the supervisor, on loopback.

On AWS the agent on a task's own host answers, at 169.254.170.2, and so it does here for a zone that is cut off: the way
to it is no way between zones. SDKs take loopback addresses as well.

Source: AWS SDKs and tools reference guide, "Container credential provider",
https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

__all__ = ["CredentialEndpoint"]

_HOST = "127.0.0.1"
_PATH = "/v2/credentials/"
_MOST_BYTES = 16_384
_SECONDS = 5.0


class CredentialEndpoint:
    """Args: document: the answer by id and authorization; None refuses."""

    def __init__(self, document: Callable[[str, str], dict[str, Any] | None]) -> None:
        self._document = document
        self._port = 0
        self._is_bound = asyncio.Event()

    async def url(self, id_: str) -> str:
        """Where the credentials of this id are, once it listens."""
        await self._is_bound.wait()
        return f"http://{_HOST}:{self._port}{_PATH}{id_}"

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """It listens, and after a failure again at the same port: running tasks know no other."""
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((_HOST, self._port))
            self._port = listener.getsockname()[1]
            server = await asyncio.start_server(self._serve, sock=listener, limit=_MOST_BYTES)
            self._is_bound.set()
            try:
                yield
            finally:
                server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection."""
        with contextlib.suppress(OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
            async with asyncio.timeout(_SECONDS):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                writer.write(self._answer(head))
                await writer.drain()
        writer.close()

    def _answer(self, head: str) -> bytes:
        request, *lines = head.split("\r\n")
        method, path, *_ = [*request.split(" "), "", ""]
        fields = [line.partition(":") for line in lines]
        headers = {name.strip().lower(): value.strip() for name, _, value in fields}
        if method != "GET" or not path.startswith(_PATH):
            return _response("404 Not Found", {"code": "NotFound", "message": "There is nothing here."})
        found = self._document(path.removeprefix(_PATH), headers.get("authorization", ""))
        if found is None:
            return _response("401 Unauthorized", {"code": "AccessDenied", "message": "Unauthorized request."})
        return _response("200 OK", found)


def _response(status: str, document: dict[str, Any]) -> bytes:
    body = json.dumps(document).encode()
    head = [
        f"HTTP/1.1 {status}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body
