"""The emulated control plane as the data plane sees it: what changed, what is asked, what is reported back.

Everything that AWS's API can say is read through it. When the emulator is away nothing is known to change, and what
runs goes on.
"""

import asyncio
import json
import logging
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from twin.aws.emulator.process import find
from twin.runtime.aws_calls import AwsCalls, Document, check_boot
from twin.runtime.exceptions import ControlPlaneAway

__all__ = ["UNCHANGED_SECONDS", "ControlPlane", "Document", "Request", "Seen"]

_log = logging.getLogger(__name__)

UNCHANGED_SECONDS = 60.0
"""Between two looks at what is declared while no change is told: only a change that was not told would be found."""

MOST_ASKED = 32
"""Questions at one time: an assumption. After an outage every connection to a store logs in, and there are hundreds."""

_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=MOST_ASKED)
"""No request waits in httpx for a connection: one that is given up while it does keeps for ever the connection that it
is given at that moment (https://github.com/encode/httpcore/issues/1093). A hundred of those leave a supervisor deaf."""

_POLL_SECONDS = 1.0
_PREFIX = "/moto-api/estate"


@dataclass(frozen=True)
class Request:
    """A call of AWS's API that wants something done. Attributes: answer: what was made up when it was answered."""

    id: int
    service: str
    operation: str
    region: str
    parameters: Document
    answer: Document = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Seen:
    """Attributes:
    generation: grows when another emulator has taken the place of one that died.
    is_settled: everything that was declared is there; before, absence means "not yet".
    """

    generation: int = 0
    is_settled: bool = False
    versions: Mapping[str, int] = field(default_factory=dict[str, int])

    def of(self, services: Iterable[str]) -> tuple[int, ...]:
        """Differs from what it was when any of the services may have changed."""
        return (self.generation, int(self.is_settled), *(self.versions.get(it, 0) for it in services))


class ControlPlane(AwsCalls):
    """Follows the emulator. Attributes: seen; is_up: it answered the last poll."""

    name = "control plane"

    def __init__(self, emulator_dir: Path, run: str) -> None:
        super().__init__()
        self.seen = Seen()
        self.is_up = False
        self._emulator_dir, self._run = emulator_dir, run
        self._version = self._requests_after = 0
        self._changed = asyncio.Event()
        self._takers: dict[tuple[str, str], Callable[[Request], None]] = {}
        self._pending: dict[tuple[str, str, str, str], Document | None] = {}
        self._reported: dict[tuple[str, str, str, str], Document] = {}
        self._report_wanted = asyncio.Event()
        self._asking = asyncio.Semaphore(MOST_ASKED)
        self._http = httpx.AsyncClient(timeout=httpx.Timeout(10, connect=1), limits=_LIMITS, trust_env=False)

    def take(self, service: str, operations: Iterable[str], taker: Callable[[Request], None]) -> None:
        """`taker` is called with every request for one of the operations."""
        for operation in operations:
            self._takers[service, operation] = taker

    def report(self, service: str, region: str, kind: str, key: str, document: Document | None) -> None:
        """The API will show the document, soon, and again after another emulator took over; None takes it back."""
        place = (service, region, kind, key)
        if document is None:
            if self._reported.pop(place, None) is None:
                return
        elif self._reported.get(place) == document:
            return
        else:
            self._reported[place] = document
        self._pending[place] = document
        self._report_wanted.set()

    async def ask(self, name: str, body: Document) -> Document:
        """What one of the emulator's own endpoints answers.

        Raises: ControlPlaneAway: nobody answers, or one that is not followed, or one that cannot say yet.
        """
        if not self.endpoint:
            raise ControlPlaneAway("none was ever found")
        with self.one_emulator():
            try:
                async with self._asking:
                    answer = await self._http.post(f"{self.endpoint}{_PREFIX}/{name}", json=body)
                answer.raise_for_status()
            except httpx.HTTPError as error:
                raise ControlPlaneAway(f"{type(error).__name__} {error}".rstrip()) from error
            check_boot(answer.headers)
        return answer.json()

    @contextmanager
    def looking(self) -> Iterator[Seen]:
        """What is asked inside is answered by the emulator of which `Seen` tells, or by none.

        Whoever takes absence for a deletion has to ask so: an emulator that has just taken a dead one's place knows
        nothing yet, and what was known to be settled was the other one. What is to go on must not be started inside.
        """
        with self.one_emulator():
            yield self.seen

    async def changed(self, services: Iterable[str], seen: tuple[int, ...], timeout_seconds: float) -> None:
        """Something about the services differs from `seen` (`Seen.of`), or the time is over."""
        wanted = tuple(services)
        deadline = asyncio.get_running_loop().time() + timeout_seconds
        while self.seen.of(wanted) == seen:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return
            try:
                async with asyncio.timeout(left):
                    await self._changed.wait()
            except TimeoutError:
                return

    async def run(self) -> None:
        """Follows the emulator until cancelled; from then on nothing is asked any more."""
        async with self._http:
            await asyncio.gather(self._follow(), self._send_reports())

    # The feed

    async def _follow(self) -> None:
        while True:
            try:
                await self._poll()
            except (httpx.HTTPError, ControlPlaneAway, ValueError, KeyError) as error:
                if self.is_up:
                    _log.warning("the control plane is away: %s %s", type(error).__name__, error)
                self.is_up = False
                await asyncio.sleep(0.2)

    async def _poll(self) -> None:
        if not self.is_up:
            await self._find()
        answer = await self._http.get(
            f"{self.endpoint}{_PREFIX}/changes",
            params={
                "after": self._version,
                "requests_after": self._requests_after,
                "wait": _POLL_SECONDS,
                "nonce": self.boot,
            },
        )
        answer.raise_for_status()
        self._take_in(answer.json())

    async def _find(self) -> None:
        emulator = await asyncio.to_thread(find, self._emulator_dir)
        if emulator is None:
            raise ControlPlaneAway(f"none serves {str(self._emulator_dir)!r}")
        self.endpoint = emulator.endpoint

    def _take_in(self, feed: Document) -> None:
        if feed["nonce"] != self.boot:
            self._begin(feed["nonce"])
            return
        self._version = feed["version"]
        seen = Seen(self.seen.generation, feed["settled"], dict(feed["services"]))
        has_changed, self.seen, self.is_up = seen != self.seen or not self.is_up, seen, True
        for request in feed["requests"]:
            self._requests_after = max(self._requests_after, int(request["id"]))
            self._hand_over(request)
        if has_changed:
            self._changed.set()
            self._changed = asyncio.Event()

    def _begin(self, nonce: str) -> None:
        """Another emulator: everything is read anew, and told anew."""
        self.boot, self._version, self._requests_after = nonce, 0, 0
        self.seen = Seen(self.seen.generation + 1)
        self._pending = {**self._reported}
        self._report_wanted.set()

    def _hand_over(self, document: Document) -> None:
        members = {
            name: document[name] for name in ("service", "operation", "region", "parameters", "answer")
        }
        request = Request(int(document["id"]), **members)
        taker = self._takers.get((request.service, request.operation))
        if taker is None:
            _log.warning("nothing here does %s of %s", request.operation, request.service)
            return
        try:
            taker(request)
        except Exception:
            _log.exception("%s of %s failed", request.operation, request.service)

    # Reports

    async def _send_reports(self) -> None:
        while True:
            await self._report_wanted.wait()
            self._report_wanted.clear()
            batch, self._pending = self._pending, {}
            # Even an empty report tells that another run is there, which ends what the last one said.
            if not await self._send(batch):
                self._pending = {**batch, **self._pending}
                self._report_wanted.set()
                await asyncio.sleep(0.5)

    async def _send(self, batch: Mapping[tuple[str, str, str, str], Document | None]) -> bool:
        names = ("service", "region", "kind", "key")
        documents = [dict(zip(names, place, strict=True)) | {"document": it} for place, it in batch.items()]
        body = json.dumps({"runtime": self._run, "documents": documents}, default=str)
        if not self.endpoint:
            return False
        try:
            answer = await self._http.post(f"{self.endpoint}{_PREFIX}/report", content=body)
        except httpx.HTTPError:
            return False
        if answer.status_code == httpx.codes.CONFLICT:
            _log.error("another supervisor has taken over; this one ends")
            os.kill(os.getpid(), signal.SIGTERM)
        elif answer.status_code >= 400:
            _log.error("the control plane refuses a report: %s", answer.text)
        return answer.status_code < 500
