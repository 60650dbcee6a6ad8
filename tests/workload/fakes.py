"""Stand-ins for what is outside a task."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import httpx

from workload.exceptions import DependencyAway
from workload.queue import Message, Outgoing
from workload.upstream import Answer
from workload.waiting import is_set_within


class FakeQueue:
    """A queue in memory, with visibility and first-in-first-out order within groups left out."""

    def __init__(self, name: str = "queue") -> None:
        self.name = name
        self.is_away = False
        self.longest_wait_seconds = 0.3
        self.waiting: deque[Message] = deque()
        self.deleted: list[Any] = []
        self.put_backs: list[tuple[Any, float]] = []
        self._arrived = asyncio.Event()
        self._count = 0

    async def send(
        self, document: Any, group: str | None = None, deduplication_id: str | None = None
    ) -> None:
        self._check()
        self._count += 1
        text = json.dumps(document, default=str)
        self.waiting.append(Message(str(self._count), f"h{self._count}", json.loads(text), group))
        self._arrived.set()

    async def send_batch(self, messages: Sequence[Outgoing]) -> list[int]:
        for message in messages:
            await self.send(message.document, message.group, message.deduplication_id)
        return []

    async def receive(self, wait_seconds: int = 20, most: int = 10) -> list[Message]:
        self._check()
        if not self.waiting and wait_seconds:
            self._arrived.clear()
            await is_set_within(self._arrived, min(wait_seconds, self.longest_wait_seconds))
        return [self.waiting.popleft() for _ in range(min(most, len(self.waiting)))]

    async def delete(self, messages: Sequence[Message]) -> None:
        self._check()
        self.deleted += [it.document for it in messages]

    async def put_back(self, message: Message, after_seconds: float) -> None:
        self._check()
        self.put_backs.append((message.document, after_seconds))
        await asyncio.sleep(0)
        loop = asyncio.get_running_loop()
        again = Message(
            message.id, message.handle, message.document, message.group, message.receive_count + 1
        )
        loop.call_later(after_seconds, self._again, again)

    async def length(self) -> int:
        self._check()
        return len(self.waiting)

    def _again(self, message: Message) -> None:
        self.waiting.append(message)
        self._arrived.set()

    def _check(self) -> None:
        if self.is_away:
            raise DependencyAway(self.name, "the test took it away")


class FakeAws:
    """Takes every call and answers with an empty document, or as it is told."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, dict[str, Any]]] = []
        self.answers: dict[tuple[str, str], Callable[[dict[str, Any]], dict[str, Any]]] = {}
        self.away: set[str] = set()

    async def call(
        self, service: str, operation: str, *, dependency: str, **arguments: Any
    ) -> dict[str, Any]:
        if dependency in self.away:
            raise DependencyAway(dependency, "the test took it away")
        self.calls.append((service, operation, arguments))
        answer = self.answers.get((service, operation))
        if answer:
            return answer(arguments)
        entries = len(arguments.get("Entries", ()))
        return {"Entries": [{} for _ in range(entries)], "Parameters": []}

    poll = call

    async def credentials(self) -> Any:
        from botocore.credentials import ReadOnlyCredentials

        return ReadOnlyCredentials("AKIDEXAMPLE", "secret", "token")

    def close(self) -> None:
        return


class FakeTransport:
    """Answers by the URL's beginning: with an application, a function, a status or an error."""

    def __init__(self) -> None:
        self.routes: dict[str, Any] = {}
        self.sent: list[tuple[str, str, dict[str, str], Any]] = []

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, seconds: float
    ) -> Answer:
        self.sent.append((method, url, dict(headers), json.loads(content) if content else None))
        for begin, route in self.routes.items():
            if url.startswith(begin):
                return await self._answer(route, method, url, headers, content)
        raise ConnectionRefusedError(f"nobody listens at {url}")

    async def close(self) -> None:
        return

    async def _answer(
        self, route: Any, method: str, url: str, headers: Mapping[str, str], content: bytes | None
    ) -> Answer:
        match route:
            case Exception():
                raise route
            case int():
                return Answer(route, {}, b"{}")
            case dict():
                return Answer(200, {}, json.dumps(route).encode())
            case _ if getattr(route, "is_function", False):
                result: Awaitable[Answer] = route(method, url, content)
                return await result
        transport = httpx.ASGITransport(app=route)
        async with httpx.AsyncClient(transport=transport) as client:
            got = await client.request(method, url, headers=dict(headers), content=content)
        return Answer(got.status_code, got.headers, got.content)
