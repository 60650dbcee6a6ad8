"""What a person wants done, tried until it is done or its time is over."""

import asyncio
import json as json_module
import random
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

from workload.client.exceptions import AttemptFailed
from workload.client.http_pool import HttpAnswer, HttpPool, HttpRequest
from workload.client.rule import RETRIED_STATUSES, OperationRule

__all__ = ["Attempt", "OperationClient", "Outcome", "Wire"]

UNKEYED_METHODS = frozenset({"GET", "HEAD"})
"""Methods that change nothing and need no key. Source: RFC 9110, section 9.2.1."""


class Wire(Protocol):
    """What carries one attempt."""

    async def send(self, request: HttpRequest, timeout_seconds: float) -> HttpAnswer: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Attempt:
    """One request on the wire.

    Attributes:
        at: seconds since 1970 when it began. seconds: that it took. lane: by which it went in.
        status: of the answer, or None. error: the reason why there is none, or None.
    """

    at: float
    seconds: float
    lane: int
    status: int | None = None
    error: str | None = None

    @property
    def failed(self) -> bool:
        return self.status is None or self.status in RETRIED_STATUSES


@dataclass(frozen=True)
class Outcome:
    """What became of an operation. Attributes: answer: the last one, or None. seconds: from begin to end."""

    key: str | None
    attempts: tuple[Attempt, ...]
    answer: HttpAnswer | None
    seconds: float

    @property
    def succeeded(self) -> bool:
        return self.answer is not None and self.answer.status < 400

    @property
    def status(self) -> int | None:
        return None if self.answer is None else self.answer.status

    def json(self) -> Any:
        """The answer's body, or None where there is none or it is not JSON."""
        try:
            return None if self.answer is None else json_module.loads(self.answer.body)
        except ValueError:
            return None


class OperationClient:
    """Carries out operations against the estate's edge: `async with OperationClient(edge_url) as client`.

    Every attempt names its lane, `Estate-Lane`, the next one each time: the edge sends lanes to different nodes of
    the load balancer, as a client does that tries the next address of a name, and comes back last to one that did not
    answer. A load balancer on AWS ignores it.
    """

    def __init__(
        self,
        edge_url: str,
        rule: OperationRule | None = None,
        *,
        wire: Wire | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._rule = rule or OperationRule()
        self._wire = wire or HttpPool(edge_url)
        self._monotonic = monotonic
        self._sleep = sleep
        self._draw = draw

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._wire.close()

    async def operate(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Outcome:
        """The operation has succeeded, has failed for good, or has used up its attempts or its time.

        Args: key: of idempotency, the same for every attempt; made up for methods that change something.
        """
        if key is None and method not in UNKEYED_METHODS:
            key = str(uuid.uuid4())
        request = _request(method, path, json, key, headers)
        return await self._carry_out(request, key)

    async def _carry_out(self, request: HttpRequest, key: str | None) -> Outcome:
        began, lane = self._monotonic(), int(self._draw() * self._rule.lanes) % self._rule.lanes
        attempts: list[Attempt] = []
        silent: set[int] = set()
        while True:
            attempt, answer = await self._attempt(request, lane, began, len(attempts) + 1)
            attempts.append(attempt)
            elapsed = self._monotonic() - began
            asked = _retry_after_seconds(answer)
            wait = (
                self._rule.wait_seconds(len(attempts), elapsed, asked, self._draw) if attempt.failed else None
            )
            if wait is None:
                return Outcome(key, tuple(attempts), answer, elapsed)
            await self._sleep(wait)
            if answer is None:
                silent.add(lane)
            lane = self._next(lane, silent)

    def _next(self, lane: int, silent: set[int]) -> int:
        """The next of those that have answered, as far as is known; of all, where none has."""
        others = [(lane + step) % self._rule.lanes for step in range(1, self._rule.lanes + 1)]
        return next((it for it in others if it not in silent), others[0])

    async def _attempt(
        self, request: HttpRequest, lane: int, began: float, number: int
    ) -> tuple[Attempt, HttpAnswer | None]:
        at, start = time.time(), self._monotonic()
        timeout = self._rule.attempt_timeout(start - began)
        marks = {
            "Estate-Lane": str(lane),
            "Estate-Deadline": str(int(timeout * 1000)),
            "Estate-Attempt": str(number),
        }
        sent = HttpRequest(request.method, request.path, {**request.headers, **marks}, request.body)
        try:
            answer = await self._wire.send(sent, timeout)
        except AttemptFailed as error:
            return Attempt(at, self._monotonic() - start, lane, error=error.reason), None
        return Attempt(at, self._monotonic() - start, lane, status=answer.status), answer


def _request(
    method: str, path: str, json: Any, key: str | None, headers: Mapping[str, str] | None
) -> HttpRequest:
    sent = dict(headers or {})
    if key is not None:
        sent["Idempotency-Key"] = key
    if json is None:
        return HttpRequest(method, path, sent)
    body = json_module.dumps(json, separators=(",", ":")).encode()
    return HttpRequest(method, path, sent | {"Content-Type": "application/json"}, body)


def _retry_after_seconds(answer: HttpAnswer | None) -> float:
    """What the answer asks for, in seconds; a date is not honoured, since nothing of ours sends one."""
    value = "" if answer is None else answer.headers.get("retry-after", "")
    return float(value) if value.isascii() and value.isdigit() else 0.0
