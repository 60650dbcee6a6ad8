"""One connection through the relay: a client's side, a server's side, and a way in each direction."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from typing import cast

from twin.runtime.relay.desk import Desk
from twin.runtime.relay.route import Target
from twin.runtime.relay.way import CONNECT_RETRY_SECONDS, Road, Way, sent_again_seconds

__all__ = ["Connection"]

CONNECT_SECONDS = 130.0
"""How long a connection is tried. Source: Linux, ip-sysctl, tcp_syn_retries: about 127 s."""

_RESET = struct.pack("ii", 1, 0)


class Connection:
    """From its acceptance until both sides are gone.

    Security groups track connections: one that is there goes on when a rule is taken away, and one that is not admitted
    is tried until it is. Source: EC2 user guide, "Security group connection tracking",
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html

    Args:
        source: address that the server sees. ended: is called once with this connection.
        admitted: is set while connections may be opened.
        desk: before which the client logs in at the server's end; None where nobody does.
    """

    def __init__(
        self,
        target: Target,
        road: Road,
        source: str,
        ended: Callable[["Connection"], None],
        admitted: asyncio.Event,
        desk: Desk | None = None,
    ) -> None:
        self.target, self._desk = target, desk
        self._road, self._source, self._ended, self._admitted = road, source, ended, admitted
        loop = asyncio.get_running_loop()
        self.client, self.server = _Side(self), _Side(self)
        arrive = self.server.give
        self.server.way = Way(road, "back", self.client.give, self.server.hold, loop)
        if desk:
            desk.open(self.server.give, self.server.way.take)
            arrive = desk.take
        self.client.way = Way(road, "there", arrive, self.client.hold, loop)
        self._opening: asyncio.Task[None] | None = None
        self._is_over = False

    def open(self) -> None:
        """The client is there; the server is looked for."""
        self.server.way.ready()
        self._opening = asyncio.create_task(self._open())

    def abort(self) -> None:
        """Both sides are told, at once, that the connection is no more."""
        if self._is_over:
            return
        self._is_over = True
        if self._opening:
            self._opening.cancel()
        if self._desk:
            self._desk.close()
        for side in (self.client, self.server):
            side.way.end()
            side.reset()
        self._ended(self)

    def close(self) -> None:
        """Both streams have ended; what is still in a buffer arrives."""
        for side in (self.client, self.server):
            if side.transport:
                side.transport.close()

    def lost(self, side: "_Side", *, is_broken: bool) -> None:
        """One side is gone. The other hears of it when what was under way has arrived, if it ever does."""
        if self._is_over:
            return
        if side is self.client and self.server.transport is None:
            self.abort()
        elif is_broken:
            side.is_broken = True
            side.way.take(None)
        elif all(it.is_lost for it in (self.client, self.server)):
            self.abort()

    async def _open(self) -> None:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._admitted.wait()
                await self._travel()
                loop = asyncio.get_running_loop()
                await loop.create_connection(
                    lambda: self.server,
                    self.target.address,
                    self.target.port,
                    local_addr=(self._source, 0),
                )
        except (OSError, TimeoutError):
            self.abort()
            return
        self.client.way.ready()

    async def _travel(self) -> None:
        """The first packet has arrived and its answer is back."""
        await self._road.opened.wait()
        met = self._road.conditions
        seconds = 2 * met.latency_ms / 1000 + sent_again_seconds(met.loss_percent, CONNECT_RETRY_SECONDS)
        if seconds:
            await asyncio.sleep(seconds)
            await self._road.opened.wait()


class _Side(asyncio.Protocol):
    """One socket of a connection. Attributes: way: takes what comes in here."""

    way: Way

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.transport: asyncio.Transport | None = None
        self.is_lost = self.is_broken = self.is_finished = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports do not say that they are asyncio's.
        self.transport = cast(asyncio.Transport, transport)
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self is self._connection.client:
            self._connection.open()

    def data_received(self, data: bytes) -> None:
        self.way.take(data)

    def eof_received(self) -> bool:
        if self is self._connection.client and self._connection.server.transport is None:
            self._connection.abort()
        else:
            self.way.take(None)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True
        self._connection.lost(self, is_broken=exc is not None)

    def pause_writing(self) -> None:
        self._other.hold(True)

    def resume_writing(self) -> None:
        self._other.hold(False)

    def give(self, data: bytes | None) -> None:
        """Out of the other side's way: bytes, or its end."""
        if self.transport is None or self.transport.is_closing():
            if data is None:
                self._connection.abort()
        elif data is not None:
            self.transport.write(data)
        elif self._other.is_broken:
            self._connection.abort()
        else:
            self._finish()

    def hold(self, is_held: bool) -> None:
        """No more is read here while `is_held`."""
        if self.transport is None or self.transport.is_closing():
            return
        with contextlib.suppress(RuntimeError):
            if is_held:
                self.transport.pause_reading()
            else:
                self.transport.resume_reading()

    def reset(self) -> None:
        if self.transport is None or self.is_lost:
            return
        with contextlib.suppress(OSError):
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.transport.abort()

    @property
    def _other(self) -> "_Side":
        connection = self._connection
        return connection.server if self is connection.client else connection.client

    def _finish(self) -> None:
        assert self.transport
        self.is_finished = True
        if self._other.is_finished:
            self._connection.close()
        else:
            self.transport.write_eof()
