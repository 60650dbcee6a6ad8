"""What an Envoy is told, served to it: it asks for every resource that it uses, and an answer waits for a change.

Envoy can also watch files, but takes one of the kernel's inotify instances for each, of which a user has 128: too few
for the Envoys of one twin.

Source: Envoy documentation, "xDS REST and gRPC protocol" (REST endpoints; a request names the version that was
accepted last).
"""

import asyncio
import contextlib
import hashlib
import json
import resource as limits
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass

from twin.runtime.envoy.fragments import Resource

__all__ = ["Discovery"]

_HOLD_SECONDS = 300.0
"""Long, for every question of an Envoy names all its extensions, which takes a while to read."""
_AGAIN_SECONDS = 0.5
_MOST_FILES = 65_536
_KINDS = "/v3/discovery:"


@dataclass(frozen=True)
class _Held:
    version: str
    resources: tuple[Resource, ...]


class Discovery:
    """Resources by name: ``listeners``, ``clusters``, ``routes/<name>`` and ``endpoints/<cluster>``.

    Attributes: port: where it answers, once it has started.
    """

    def __init__(self) -> None:
        self.port = 0
        self._held: dict[str, _Held] = {}
        self._sent: dict[str, str] = {}
        self._accepted: dict[str, str] = {}
        self._doubts: dict[str, int] = {}
        self._changed = asyncio.Event()
        self._server: asyncio.Server | None = None

    async def start(self, address: str) -> None:
        """It answers on the address, on a port that stays the same."""
        if self._server is None:
            _allow_many_files()
            self._server = await asyncio.start_server(self._serve, address, self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    def put(self, name: str, resources: Sequence[Resource]) -> None:
        """Whoever asks for the name gets these from now on."""
        text = json.dumps(list(resources), sort_keys=True)
        version = hashlib.sha256(text.encode()).hexdigest()[:16]
        self._held[name] = _Held(version, tuple(resources))
        self._note()

    def keep(self, names: set[str]) -> None:
        """Others than these are forgotten."""
        for name in set(self._held) - names:
            del self._held[name]

    def begin(self) -> None:
        """Another process asks from now on, which knows nothing."""
        for known in (self._sent, self._accepted, self._doubts):
            known.clear()

    def is_accepted(self, names: Sequence[str]) -> bool:
        """Whether what is asked for now has been taken up."""
        return all(self._accepted.get(name) == it.version for name in names if (it := self._held.get(name)))

    def is_refused(self, names: Sequence[str]) -> bool:
        """Whether some of it was sent, and a request after that says that it was not accepted."""
        return any(self._is_refused(name) for name in names)

    async def wait(self, seconds: float) -> None:
        """Something was put, accepted or refused, or the time is over."""
        changed = self._changed
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await changed.wait()

    def _is_refused(self, name: str) -> bool:
        held, accepted = self._held.get(name), self._accepted.get(name)
        if held is None or self._sent.get(name) != held.version:
            return False
        return accepted not in (None, held.version) or self._doubts.get(name, 0) > 1

    def _note(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    # Its requests

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while True:
                path, request = await _request(reader)
                answer = await _unless_gone(self._answer(path, request), reader)
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
        writer.close()

    async def _answer(self, path: str, request: Mapping[str, object]) -> bytes:
        name = _name(path.removeprefix(_KINDS), request.get("resource_names"))
        asked = str(request.get("version_info", ""))
        await self._take_note(name, asked)
        deadline = asyncio.get_running_loop().time() + _HOLD_SECONDS
        while not self._is_news(name, asked):
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return _response(304, b"")
            await self.wait(left)
        held = self._held[name]
        self._send(name, held.version)
        said = {"version_info": held.version, "resources": held.resources}
        return _response(200, json.dumps(said).encode())

    async def _take_note(self, name: str, asked: str) -> None:
        """Who has nothing may be new, such as a cluster made anew; or it has refused the first that it got."""
        if name not in self._sent:
            return
        if asked:
            self._accepted[name] = asked
            self._doubts.pop(name, None)
            self._note()
        elif name not in self._accepted:
            self._doubts[name] = self._doubts.get(name, 0) + 1
            self._note()
            await asyncio.sleep(_AGAIN_SECONDS)

    def _send(self, name: str, version: str) -> None:
        if self._sent.get(name) != version:
            self._sent[name] = version
            self._accepted.pop(name, None)
            self._doubts.pop(name, None)

    def _is_news(self, name: str, asked: str) -> bool:
        """Not what it has, and not what it has just refused."""
        held = self._held.get(name)
        if held is None or held.version == asked:
            return False
        return not asked or self._sent.get(name) != held.version


def _name(kind: str, names: object) -> str:
    """Of listeners and clusters all are asked for; of the others one."""
    if kind in ("listeners", "clusters") or not isinstance(names, list) or not names:
        return kind
    return f"{kind}/{names[0]}"


async def _unless_gone(answer: Coroutine[None, None, bytes], reader: asyncio.StreamReader) -> bytes | None:
    """The answer, or None where the connection was closed before there was one."""
    answering, gone = asyncio.create_task(answer), asyncio.create_task(reader.read(1))
    try:
        await asyncio.wait({answering, gone}, return_when=asyncio.FIRST_COMPLETED)
        return answering.result() if answering.done() else None
    finally:
        answering.cancel()
        gone.cancel()
        await asyncio.gather(answering, gone, return_exceptions=True)


async def _request(reader: asyncio.StreamReader) -> tuple[str, Mapping[str, object]]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return first.split()[1], json.loads(body or b"{}")


def _response(status: int, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status} Answered\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _allow_many_files() -> None:
    """A waiting answer is a connection, and there are some dozens for each Envoy."""
    soft, hard = limits.getrlimit(limits.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == limits.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != limits.RLIM_INFINITY and soft < wanted:
        limits.setrlimit(limits.RLIMIT_NOFILE, (wanted, hard))
