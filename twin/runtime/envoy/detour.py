"""Addresses that lead to others over links that are not as they should be.

An Envoy cannot delay or lose what goes to one endpoint of many, nor have its connections hang. So while the link to an
endpoint is bad, Envoy is given another address for it: over a closed link one where connections hang, because the
queue of a listening socket is full and the kernel drops what more arrives; over a slow or lossy one a forwarder.
"""

import asyncio
import contextlib
import random
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from twin.runtime.addresses import Addresses
from twin.runtime.zones import Link, Place, Zones

__all__ = ["EGRESS_DETOURS", "LOAD_BALANCER_DETOURS", "Detours", "all_open", "way"]

LOAD_BALANCER_DETOURS, EGRESS_DETOURS = 100, 150
"""Third number of the first address that is a detour; no zone has so high a number."""

_HOLE = (Place(None), Place(None), "", 9_999)

_CHUNK_BYTES = 65_536
_QUEUE = 128


def way(zones: Zones, source: Place, target: Place) -> Link:
    """What a new connection meets: a link, or nobody at all where the other zone has no power."""
    link = zones.link(source, target)
    if target.zone and not zones.condition(target.zone).has_power:
        return Link(False, link.latency_ms, link.loss_percent)
    return link


def all_open(zones: Zones, sources: Iterable[Place], targets: Iterable[Place]) -> bool:
    """Whether something can pass from each of the sources to each of the targets."""
    reached = tuple(targets)
    return all(way(zones, source, target).is_open for source in sources for target in reached)


@dataclass(frozen=True)
class _Key:
    source: Place
    target: Place
    address: str
    port: int


class Detours:
    """To be used from the event loop only. Args: first: third number of its addresses."""

    def __init__(self, zones: Zones, addresses: Addresses, first: int = LOAD_BALANCER_DETOURS) -> None:
        self._zones, self._block, self._first = zones, addresses.block, first
        self._detours: dict[_Key, _Detour] = {}

    def lead(
        self, source: Place, target: Place, address: str, port: int, *, is_admitted: bool = True
    ) -> tuple[str, int]:
        """The address to connect to now: the very one, or a detour that behaves as the link does.

        Args: is_admitted: security groups let a connection be opened; otherwise it hangs.
        """
        link, key = way(self._zones, source, target), _Key(source, target, address, port)
        link = link if is_admitted else replace(link, is_open=False)
        known = self._detours.get(key)
        if link == Link():
            if known:
                known.set(link)
            return address, port
        if known is None:
            known = self._detours[key] = _Detour(self._address(len(self._detours)), address, port)
        known.set(link)
        return known.address, port

    def hole(self) -> tuple[str, int]:
        """An address where connections hang for ever."""
        key = _Key(*_HOLE)
        if key not in self._detours:
            self._detours[key] = _Detour(self._address(len(self._detours)), key.address, key.port)
        return self._detours[key].address, key.port

    def close(self) -> None:
        """None is left; whatever went through them is cut."""
        for detour in self._detours.values():
            detour.close()
        self._detours.clear()

    def _address(self, number: int) -> str:
        return f"127.{self._block}.{self._first + number // 250}.{1 + number % 250}"


@dataclass
class _Pipe:
    """One direction of a connection."""

    source: socket.socket
    target: socket.socket
    heard_at: float = 0.0


@dataclass
class _Detour:
    """A listening socket in front of the target. Attributes: open: what was under way goes on."""

    address: str
    target: str
    port: int
    link: Link = field(default_factory=Link)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    listening: socket.socket = field(init=False)
    stuffing: list[socket.socket] = field(default_factory=list[socket.socket])
    tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    accepting: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.listening = socket.socket()
        self.listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listening.bind((self.address, self.port))
        self.listening.setblocking(False)
        self._shut()

    def set(self, link: Link) -> None:
        was_open, self.link = self.open.is_set(), link
        if link.is_open and not was_open:
            self._unshut()
        elif not link.is_open and was_open:
            self._shut()

    def close(self) -> None:
        for task in [*self.tasks, *([self.accepting] if self.accepting else [])]:
            task.cancel()
        self._unstuff()
        self.listening.close()

    def _shut(self) -> None:
        """New connections hang, and those that there are stand still."""
        self.open.clear()
        if self.accepting:
            self.accepting.cancel()
        self.listening.listen(0)
        for _ in range(2):
            # The first fills the queue; the second shows, by hanging itself, that it is full.
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex((self.address, self.port))
            self.stuffing.append(client)

    def _unshut(self) -> None:
        self._unstuff()
        self.listening.listen(_QUEUE)
        self.open.set()
        self.accepting = asyncio.create_task(self._accept())

    def _unstuff(self) -> None:
        for client in self.stuffing:
            client.close()
        self.stuffing.clear()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            client, _ = await loop.sock_accept(self.listening)
            task = asyncio.create_task(self._serve(client))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _serve(self, client: socket.socket) -> None:
        with client, socket.socket() as server, contextlib.suppress(OSError):
            client.setblocking(False)
            server.setblocking(False)
            await asyncio.get_running_loop().sock_connect(server, (self.target, self.port))
            there = asyncio.create_task(self._carry(_Pipe(client, server), is_request=True))
            back = asyncio.create_task(self._carry(_Pipe(server, client), is_request=False))
            try:
                await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                there.cancel()
                back.cancel()
                await asyncio.gather(there, back, return_exceptions=True)

    async def _carry(self, pipe: _Pipe, *, is_request: bool) -> None:
        loop = asyncio.get_running_loop()
        while data := await loop.sock_recv(pipe.source, _CHUNK_BYTES):
            await self.open.wait()
            if is_request and random.random() * 100 < self.link.loss_percent:  # noqa: S311 - no secret
                await asyncio.Event().wait()
            await self._travel(pipe, loop.time())
            await self.open.wait()
            await loop.sock_sendall(pipe.target, data)

    async def _travel(self, pipe: _Pipe, now: float) -> None:
        """The latency has passed; what follows close behind waited with it."""
        latency_seconds = self.link.latency_ms / 1000
        if now - pipe.heard_at > latency_seconds:
            await asyncio.sleep(latency_seconds)
        pipe.heard_at = now
