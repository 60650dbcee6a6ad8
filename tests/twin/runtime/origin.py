"""Something small that answers HTTP, on any loopback address, and can be told to misbehave."""

import asyncio
import contextlib
import json
from dataclasses import dataclass, field


@dataclass
class Origin:
    """Answers with its own address. Attributes:
    health_status: of ``/health``.
    delay_seconds: before any other answer. gate: that it waits for, too.
    is_broken: it closes instead of answering.
    requests: heads of the requests that came, those for health left out.
    """

    address: str
    port: int = 8080
    status: int = 200
    health_status: int = 200
    delay_seconds: float = 0.0
    is_broken: bool = False
    gate: asyncio.Event | None = None
    requests: list[str] = field(default_factory=list[str])
    peers: set[str] = field(default_factory=set[str])
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    async def start(self) -> "Origin":
        self._server = await asyncio.start_server(self._accept, self.address, self.port)
        return self

    def stop(self) -> None:
        """It is gone, as a process that was killed: connections are reset, new ones refused."""
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()

    @property
    def last(self) -> dict[str, str]:
        """Headers of the last request."""
        lines = self.requests[-1].split("\r\n")[1:]
        return {name: value for name, _, value in (line.partition(": ") for line in lines if line)}

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        self.peers.add(writer.get_extra_info("peername")[0])
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                while True:
                    await self._answer((await reader.readuntil(b"\r\n\r\n")).decode(), writer)
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, head: str, writer: asyncio.StreamWriter) -> None:
        status = self.health_status
        if head.split()[1] != "/health":
            self.requests.append(head)
            await asyncio.sleep(self.delay_seconds)
            if self.gate:
                await self.gate.wait()
            status = self.status
            if self.is_broken:
                raise ConnectionError
        body = json.dumps({"address": self.address}).encode()
        writer.write(f"HTTP/1.1 {status} Said\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
