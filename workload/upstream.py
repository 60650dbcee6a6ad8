"""Calls to another service or a partner: within a deadline, through a breaker, tried again where that is safe."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, Protocol
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

from workload import deadline as deadlines
from workload.breaker import Breaker
from workload.clock import monotonic
from workload.closed_handle import is_closed_handle
from workload.deadline import Deadline
from workload.exceptions import DependencyAway
from workload.logs import request_id
from workload.retry import RetryBudget, full_jitter_seconds

__all__ = ["Answer", "HttpClient", "Transport", "Upstream", "tls_context"]

CONNECT_SECONDS = 1.0
CALL_SECONDS = 2.0
"""For one attempt, where the caller gives no other time: an assumption."""

ATTEMPTS = 3
MOST_CONNECTIONS = 100
SAFE_METHODS = frozenset({"GET", "HEAD", "PUT", "DELETE"})
"""May be repeated. Source: RFC 9110, section 9.2.2 (idempotent methods)."""


@dataclass(frozen=True)
class Answer:
    """What was answered; a status from 500 on, or 429, never gets so far."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


class Transport(Protocol):
    """One attempt on the wire. A fake stands in for it in tests."""

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, seconds: float
    ) -> Answer:
        """The answer, whatever its status.

        Raises: OSError, TimeoutError: there was none.
        """
        ...


@cache
def tls_context() -> ssl.SSLContext:
    """Made once, before tasks are forked, for reading the list of authorities takes its time."""
    return ssl.create_default_context()


class HttpClient:
    """Connections that are kept and used again, through the proxy that the environment names, if any."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, seconds: float
    ) -> Answer:
        """As Transport says."""
        at = urlsplit(url)
        timeout = aiohttp.ClientTimeout(total=seconds, connect=min(seconds, CONNECT_SECONDS))
        try:
            async with self._opened().request(
                method,
                url,
                headers=headers,
                data=content,
                timeout=timeout,
                proxy=_proxy(at.scheme, at.netloc),
                allow_redirects=False,
            ) as response:
                return Answer(response.status, response.headers, await response.read())
        except aiohttp.ClientError as error:
            raise ConnectionError(f"{type(error).__name__}: {error}") from error
        except RuntimeError as error:
            if not is_closed_handle(error):
                raise
            raise ConnectionError("the connection was closed while it was used") from error

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=MOST_CONNECTIONS, ssl=tls_context()),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


@cache
def _proxy(scheme: str, host: str) -> str | None:
    """Read once for each host: the environment of a task does not change."""
    return None if proxy_bypass(host) else getproxies().get(scheme)


class Upstream:
    """One dependency that is called over HTTP. Attributes: breaker: shared by all its calls."""

    def __init__(
        self, name: str, base_url: str, http: Transport, random: Random, breaker: Breaker | None = None
    ) -> None:
        self.name = name
        self.breaker = breaker or Breaker()
        self._base_url = base_url.rstrip("/")
        self._http = http
        self._random = random
        self._budget = RetryBudget()

    async def call(
        self,
        method: str,
        path: str,
        *,
        document: Any = None,
        content: bytes | None = None,
        key: str | None = None,
        deadline: Deadline | None = None,
        seconds: float = CALL_SECONDS,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to the call, tried again where it may be repeated.

        Args:
            document: sent as JSON. key: idempotency key, which makes any method safe to repeat.
            seconds: for one attempt.

        Raises: DependencyAway: there was no answer, or only 429 and 5xx.
        """
        sent = dict(headers or {}) | _headers(key, document is not None)
        body = json.dumps(document, default=str).encode() if document is not None else content
        attempts = ATTEMPTS if key or method in SAFE_METHODS else 1
        limit = deadline or Deadline(monotonic() + seconds * attempts)
        self._budget.call(monotonic())
        return await self._attempts(attempts, limit, method, path, sent, body, seconds)

    async def _attempts(
        self,
        attempts: int,
        deadline: Deadline,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None,
        seconds: float,
    ) -> Answer:
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self._attempt(method, path, headers, body, deadline.within(seconds, monotonic()))
            except DependencyAway as away:
                pause = full_jitter_seconds(attempt, self._random)
                hopeless = attempt >= attempts or self.breaker.is_open or away.retry_after_seconds
                now = monotonic()
                if hopeless or deadline.at <= now + pause or not self._budget.take(now):
                    raise
                await asyncio.sleep(pause)

    async def _attempt(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, deadline: Deadline
    ) -> Answer:
        now = monotonic()
        if deadline.at <= now:
            raise DependencyAway(self.name, "no time is left to ask it")
        if not self.breaker.admit(now):
            raise DependencyAway(
                self.name, "its circuit breaker is open", max(0.1, self.breaker.wait_seconds(now))
            )
        told = {**headers, deadlines.HEADER: deadline.header(now)}
        try:
            url = f"{self._base_url}{path}"
            got = await self._http.send(method, url, told, body, deadline.remaining_seconds(now))
        except (OSError, TimeoutError) as error:
            self.breaker.failed(monotonic())
            raise DependencyAway(self.name, f"{type(error).__name__}: {error}") from error
        return self._judge(got)

    def _judge(self, got: Answer) -> Answer:
        """The answer, where it is one. Too many requests are no fault of the dependency."""
        if got.status == 429:
            raise DependencyAway(self.name, "it takes no more calls now", _retry_after(got) or 1.0)
        if got.status >= 500:
            self.breaker.failed(monotonic())
            raise DependencyAway(self.name, f"it answered {got.status}", _retry_after(got))
        self.breaker.succeeded()
        return got


def _headers(key: str | None, is_json: bool) -> dict[str, str]:
    named = {"Content-Type": "application/json"} if is_json else {}
    if key:
        named["Idempotency-Key"] = key
    served = request_id.get()
    if served:
        named["X-Request-Id"] = served
    return named


def _retry_after(got: Answer) -> float | None:
    try:
        return float(got.headers.get("retry-after", ""))
    except ValueError:
        return None
