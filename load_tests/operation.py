"""What a person wants done, tried until it is done or its time is over, each attempt by another way in."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from evidence.ledger import Outcome

__all__ = [
    "RETRIED_STATUSES",
    "SHED_WORDS",
    "Answer",
    "Done",
    "NoAnswer",
    "OperationRule",
    "Request",
    "Tried",
    "Wire",
    "carry_out",
]

RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})
"""Answers after which the same request may yet succeed. Source: RFC 9110, section 15.6, and RFC 6585, section 4."""

SHED_WORDS = frozenset({"shed", "waiting-room"})
"""What the estate says in `error` of an answer 503 by which it refuses on purpose, to serve others."""

PLACE = "waiting-room"
"""The cookie that keeps a person's place in the line."""


@dataclass(frozen=True)
class Request:
    """Attributes: name: under which it is counted. headers: without those of attempts."""

    name: str
    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """Attributes: headers: by name in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, or None where it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def shed_as(self) -> str:
        """The word by which the estate marks that it refused on purpose; empty where it did not."""
        document = self.json() if self.status == 503 else None
        word = document.get("error") if isinstance(document, dict) else None
        return word if word in SHED_WORDS else ""


class NoAnswer(Exception):
    """No answer came. Attributes: reason: `timeout`, `refused`, `broken`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Wire(Protocol):
    """What carries one attempt."""

    def send(self, request: Request, lane: int, timeout_seconds: float) -> Answer:
        """Raises: NoAnswer."""
        ...


@dataclass(frozen=True)
class OperationRule:
    """At most three retries with backoff, within a minute: what this project calls an operation.

    Attributes:
        backoff_seconds: before each retry. jitter: the part of it by which it varies, up and down.
        within_seconds: of the operation's begin; no attempt begins later. attempt_seconds: for one attempt.
        lanes: ways into the estate that take turns, as the addresses of a name do.
    """

    backoff_seconds: tuple[float, ...] = (1.0, 5.0, 15.0)
    jitter: float = 0.2
    within_seconds: float = 60.0
    attempt_seconds: float = 8.0
    lanes: int = 3

    def wait_seconds(
        self, attempts: int, elapsed: float, asked: float, draw: Callable[[], float]
    ) -> float | None:
        """Seconds until the next attempt, or None where there is none. Args: asked: by the answer's Retry-After."""
        if attempts > len(self.backoff_seconds):
            return None
        spread = 1 + self.jitter * (2 * draw() - 1)
        wait = max(self.backoff_seconds[attempts - 1] * spread, asked)
        return wait if elapsed + wait < self.within_seconds else None

    def attempt_timeout(self, elapsed: float) -> float:
        """Seconds for an attempt that begins now: never beyond the operation's own end."""
        return min(self.attempt_seconds, self.within_seconds - elapsed)


@dataclass(frozen=True)
class Tried:
    """One attempt that is over. Attributes: at: its begin. error: why no answer came, or by which word it was shed."""

    at: float
    seconds: float
    status: int | None
    error: str = ""

    @property
    def failed(self) -> bool:
        return self.status is None or self.status in RETRIED_STATUSES


@dataclass(frozen=True)
class Done:
    """What became of an operation. Attributes: answer: the last attempt's, or None."""

    at: float
    outcome: Outcome
    answer: Answer | None
    attempts: tuple[Tried, ...]

    @property
    def status(self) -> int | None:
        return self.answer.status if self.answer else None


def carry_out(
    request: Request,
    wire: Wire,
    draw: Random,
    *,
    rule: OperationRule | None = None,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
    told: Callable[[Tried], None] = lambda _: None,
) -> Done:
    """The operation has succeeded, has failed for good, or has used up its attempts or its time.

    Args: told: is given each attempt as it ends, before the next begins.
    """
    rule = rule or OperationRule()
    return _Trying(request, wire, draw, rule, now, sleep, told).done()


class _Trying:
    """The attempts of one operation. A way in that gave no answer is taken again only after all others."""

    def __init__(
        self,
        request: Request,
        wire: Wire,
        draw: Random,
        rule: OperationRule,
        now: Callable[[], float],
        sleep: Callable[[float], None],
        told: Callable[[Tried], None],
    ) -> None:
        self._request, self._wire, self._draw, self._rule = request, wire, draw, rule
        self._now, self._sleep, self._told = now, sleep, told
        self._began = now()
        self._lane = draw.randrange(rule.lanes)
        self._silent: set[int] = set()
        self._place = ""
        self._attempts: list[Tried] = []

    def done(self) -> Done:
        while True:
            answer = self._try()
            last = self._attempts[-1]
            wait = self._wait_seconds(answer) if last.failed else None
            if wait is None:
                return Done(self._now(), _outcome(last), answer, tuple(self._attempts))
            self._sleep(wait)
            self._next_lane(answer)

    def _try(self) -> Answer | None:
        at = self._now()
        timeout = self._rule.attempt_timeout(at - self._began)
        answer, error = None, ""
        try:
            answer = self._wire.send(self._marked(timeout), self._lane, timeout)
            error = answer.shed_as
        except NoAnswer as silence:
            error = silence.reason
        tried = Tried(at, self._now() - at, answer.status if answer else None, error)
        self._attempts.append(tried)
        self._told(tried)
        self._place = _place(answer) or self._place
        return answer

    def _marked(self, timeout: float) -> Request:
        """The request as this attempt sends it: by its lane, with its number and the time that its person waits."""
        marks = {
            "Estate-Lane": str(self._lane),
            "Estate-Deadline": str(int(timeout * 1000)),
            "Estate-Attempt": str(len(self._attempts) + 1),
        }
        if self._place:
            marks["Cookie"] = f"{PLACE}={self._place}"
        request = self._request
        return Request(request.name, request.method, request.path, {**request.headers, **marks}, request.body)

    def _wait_seconds(self, answer: Answer | None) -> float | None:
        elapsed = self._now() - self._began
        return self._rule.wait_seconds(
            len(self._attempts), elapsed, _asked_seconds(answer), self._draw.random
        )

    def _next_lane(self, answer: Answer | None) -> None:
        if answer is None:
            self._silent.add(self._lane)
        lanes = self._rule.lanes
        others = [(self._lane + step) % lanes for step in range(1, lanes + 1)]
        self._lane = next((it for it in others if it not in self._silent), others[0])


def _outcome(last: Tried) -> Outcome:
    if last.error in SHED_WORDS:
        return Outcome.SHED
    if last.error == "timeout" or last.status == 504:
        return Outcome.TIMED_OUT
    return Outcome.ACKNOWLEDGED if last.status is not None and last.status < 400 else Outcome.FAILED


def _asked_seconds(answer: Answer | None) -> float:
    """What the answer asks for in Retry-After, in seconds; a date is not honoured, since nothing of ours sends one."""
    value = answer.headers.get("retry-after", "") if answer else ""
    return float(value) if value.isascii() and value.isdigit() else 0.0


def _place(answer: Answer | None) -> str:
    """The person's place in the waiting room, as the answer's cookie gives it."""
    cookie = answer.headers.get("set-cookie", "") if answer else ""
    name, _, value = cookie.partition(";")[0].partition("=")
    return value if name.strip() == PLACE else ""
