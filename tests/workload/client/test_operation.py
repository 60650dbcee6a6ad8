"""What an operation sends, when it tries again, and what it tells."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from workload.client import AttemptFailed, HttpAnswer, HttpRequest, OperationClient, Outcome

PATH = "/benefits/best-start-foods/applications"


@dataclass
class FakeWire:
    """Answers as it is told, one after the other, and moves the time by a second each."""

    answers: list[HttpAnswer | AttemptFailed]
    now: float = 0.0
    sent: list[HttpRequest] = field(default_factory=list[HttpRequest])
    slept: list[float] = field(default_factory=list[float])
    closed: bool = False

    async def send(self, request: HttpRequest, timeout_seconds: float) -> HttpAnswer:
        self.sent.append(request)
        self.now += 1
        answer = self.answers.pop(0)
        if isinstance(answer, AttemptFailed):
            raise answer
        return answer

    def close(self) -> None:
        self.closed = True

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds


def _answer(status: int, body: bytes = b"{}", **headers: str) -> HttpAnswer:
    return HttpAnswer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def _operate(wire: FakeWire, draw: Callable[[], float] = lambda: 0.5, **arguments: Any) -> Outcome:
    async def run() -> Outcome:
        async with OperationClient(
            "http://edge", wire=wire, monotonic=lambda: wire.now, sleep=wire.sleep, draw=draw
        ) as client:
            return await client.operate("POST", PATH, **arguments)

    return asyncio.run(run())


def test_an_operation_that_succeeds_is_sent_once() -> None:
    wire = FakeWire([_answer(201, b'{"application_id": "a-1"}')])
    outcome = _operate(wire, json={"client_reference": "c-1"}, key="k-1")
    (request,) = wire.sent
    assert (outcome.succeeded, outcome.status, outcome.json()) == (True, 201, {"application_id": "a-1"})
    assert (request.method, request.path, request.body) == ("POST", PATH, b'{"client_reference":"c-1"}')
    assert dict(request.headers) == {
        "Idempotency-Key": "k-1",
        "Content-Type": "application/json",
        "Estate-Lane": "1",
        "Estate-Deadline": "8000",
        "Estate-Attempt": "1",
    }
    assert wire.closed


def test_every_attempt_has_the_same_key_and_body_and_the_next_lane() -> None:
    wire = FakeWire([_answer(502), AttemptFailed("timeout", ""), _answer(503), _answer(200)])
    outcome = _operate(wire, json={"a": 1}, draw=lambda: 0.9)
    assert outcome.succeeded
    assert {request.headers["Idempotency-Key"] for request in wire.sent} == {outcome.key}
    assert {request.body for request in wire.sent} == {b'{"a":1}'}
    assert [request.headers["Estate-Lane"] for request in wire.sent] == ["2", "0", "1", "2"]
    assert [request.headers["Estate-Attempt"] for request in wire.sent] == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("silent", "lanes"),
    [
        ([True, False, False], ["0", "1", "2", "1"]),
        ([False, True, False], ["0", "1", "2", "0"]),
        ([True, True, False], ["0", "1", "2", "2"]),
        ([True, True, True], ["0", "1", "2", "0"]),
    ],
)
def test_a_lane_that_did_not_answer_is_tried_again_last(silent: list[bool], lanes: list[str]) -> None:
    failures = [AttemptFailed("timeout", "") if it else _answer(503) for it in silent]
    wire = FakeWire([*failures, _answer(200)])
    _operate(wire, draw=lambda: 0.0)
    assert [request.headers["Estate-Lane"] for request in wire.sent] == lanes


def test_failed_attempts_are_told_with_their_reasons() -> None:
    wire = FakeWire([_answer(502), AttemptFailed("refused", ""), _answer(200)])
    outcome = _operate(wire)
    told = [(it.status, it.error, it.failed, it.seconds) for it in outcome.attempts]
    assert told == [(502, None, True, 1.0), (None, "refused", True, 1.0), (200, None, False, 1.0)]
    assert wire.slept == [1.0, 5.0]
    assert outcome.seconds == 9.0


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_after_these_answers_it_is_tried_again(status: int) -> None:
    wire = FakeWire([_answer(status), _answer(200)])
    assert _operate(wire).succeeded


@pytest.mark.parametrize("status", [400, 401, 404, 409, 422, 501])
def test_after_these_answers_it_is_not(status: int) -> None:
    wire = FakeWire([_answer(status)])
    outcome = _operate(wire)
    assert (outcome.succeeded, len(outcome.attempts)) == (False, 1)


def test_it_fails_after_three_retries_with_the_last_answer() -> None:
    wire = FakeWire([_answer(503)] * 4)
    outcome = _operate(wire)
    assert (outcome.succeeded, outcome.status, len(wire.sent), wire.slept) == (
        False,
        503,
        4,
        [1.0, 5.0, 15.0],
    )


def test_an_answer_may_ask_for_a_longer_wait() -> None:
    wire = FakeWire([_answer(503, retry_after="7"), _answer(200)])
    _operate(wire)
    assert wire.slept == [7.0]


def test_an_answer_that_asks_for_more_than_there_is_ends_the_operation() -> None:
    wire = FakeWire([_answer(503, retry_after="120")])
    outcome = _operate(wire)
    assert (outcome.succeeded, wire.slept) == (False, [])


def test_no_answer_at_all_is_told_as_none() -> None:
    wire = FakeWire([AttemptFailed("refused", "")] * 4)
    outcome = _operate(wire)
    assert (outcome.status, outcome.json(), outcome.succeeded) == (None, None, False)
