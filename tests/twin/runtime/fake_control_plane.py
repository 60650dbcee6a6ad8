"""A control plane in memory: answers what a test tells it to, and keeps what the data plane reports."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any, cast

from twin.runtime.aws_calls import Identity
from twin.runtime.control_plane import ControlPlane, Document, Request, Seen
from twin.runtime.exceptions import ControlPlaneAway

Answer = Document | Exception | Callable[[Mapping[str, Any]], Document]


def session_of(role_arn: str, expires_at: float = 4e9) -> Document:
    """Credentials of a session of the role, as STS answers them."""
    name = role_arn.rpartition("/")[2]
    expiration = datetime.fromtimestamp(expires_at, UTC)
    return {
        "AccessKeyId": f"ASIA-{name}",
        "SecretAccessKey": "s",
        "SessionToken": "t",
        "Expiration": expiration,
    }


class FakeControlPlane:
    """Attributes:
    reports: documents by service, region, kind and key.
    calls: service, operation, parameters.
    callers: operation and access key of calls in somebody's name.
    """

    endpoint = "http://127.0.0.1:1"
    name = "control plane"

    def __init__(self) -> None:
        self.seen = Seen(generation=1, is_settled=True)
        self.is_up = True
        self.reports: dict[tuple[str, str, str, str], Document] = {}
        self.calls: list[tuple[str, str, Mapping[str, Any]]] = []
        self.callers: list[tuple[str, str]] = []
        self._answers: dict[tuple[str, str, str | None], Answer] = {}
        self._takers: dict[tuple[str, str], Callable[[Request], None]] = {}
        self._changed = asyncio.Event()
        self._ids = count(1)

    @property
    def plane(self) -> ControlPlane:
        return cast(ControlPlane, self)

    # What a test does

    def answers(self, service: str, operation: str, answer: Answer, region: str | None = None) -> None:
        """The operation answers so, in the region or in all of them, and the service has changed."""
        self._answers[service, operation, region] = answer
        self.change(service)

    @contextmanager
    def looking(self) -> Iterator[Seen]:
        yield self.seen

    def change(self, service: str) -> None:
        versions = dict(self.seen.versions)
        versions[service] = versions.get(service, 0) + 1
        self._see(replace(self.seen, versions=versions))

    def settle(self, *, is_settled: bool = True) -> None:
        self._see(replace(self.seen, is_settled=is_settled))

    def restart(self) -> None:
        """Another emulator has taken over, empty as yet."""
        self._see(Seen(self.seen.generation + 1))

    def ask(self, service: str, operation: str, region: str, **parameters: Any) -> None:
        """The API was called to have something done."""
        request = Request(
            id=next(self._ids), service=service, operation=operation, region=region, parameters=parameters
        )
        self._takers[service, operation](request)

    def ask_with(
        self, answer: Document, service: str, operation: str, region: str, **parameters: Any
    ) -> None:
        """As `ask`, where the API's answer says what was made up for it."""
        request = Request(next(self._ids), service, operation, region, parameters, answer)
        self._takers[service, operation](request)

    def _see(self, seen: Seen) -> None:
        self.seen = seen
        self._changed.set()
        self._changed = asyncio.Event()

    # What the data plane does

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def call(self, service: str, region: str, operation: str, **parameters: Any) -> Document:
        if not self.is_up:
            raise ControlPlaneAway("the test took it away")
        self.calls.append((service, operation, parameters))
        keys = ((service, operation, region), (service, operation, None))
        answer = next((self._answers[key] for key in keys if key in self._answers), None)
        if answer is None:
            return {}
        if isinstance(answer, Exception):
            raise answer
        return answer(parameters) if callable(answer) else answer

    async def call_as(
        self, identity: Identity, service: str, region: str, operation: str, **parameters: Any
    ) -> Document:
        self.callers.append((operation, identity.access_key_id))
        return await self.call(service, region, operation, **parameters)

    async def assume(
        self,
        region: str,
        role_arn: str,
        session_name: str,
        service: str,
        source_arn: str,
        duration_seconds: int,
    ) -> Document:
        given = {
            "RoleArn": role_arn,
            "Service": service,
            "SourceArn": source_arn,
            "Seconds": duration_seconds,
        }
        answer = await self.call("sts", region, "assume_role", RoleSessionName=session_name, **given)
        return answer or {"Credentials": session_of(role_arn)}

    def report(self, service: str, region: str, kind: str, key: str, document: Document | None) -> None:
        if document is None:
            self.reports.pop((service, region, kind, key), None)
        else:
            self.reports[service, region, kind, key] = document

    def take(self, service: str, operations: Iterable[str], taker: Callable[[Request], None]) -> None:
        self._takers |= {(service, operation): taker for operation in operations}

    async def changed(self, services: Iterable[str], seen: tuple[int, ...], timeout_seconds: float) -> None:
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
