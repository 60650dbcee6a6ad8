"""Calls to others: what is tried again, and for how long."""

from random import Random

import pytest

from tests.workload.fakes import FakeTransport
from tests.workload.virtual_time import run
from workload.clock import monotonic
from workload.deadline import HEADER, Deadline
from workload.exceptions import DependencyAway
from workload.upstream import Answer, Upstream


def _upstream(transport: FakeTransport) -> Upstream:
    return Upstream("case", "http://case:8080", transport, Random(1))


@pytest.mark.parametrize(
    ("method", "key", "attempts"),
    [("GET", None, 3), ("PUT", None, 3), ("POST", None, 1), ("POST", "k", 3)],
    ids=["get", "put", "post without a key", "post with a key"],
)
def test_only_what_may_be_repeated_is_tried_again(method: str, key: str | None, attempts: int) -> None:
    async def test() -> int:
        transport = FakeTransport()
        transport.routes["http://case:8080"] = 503
        with pytest.raises(DependencyAway):
            await _upstream(transport).call(method, "/x", key=key)
        return len(transport.sent)

    assert run(test) == attempts


def test_a_refusal_is_an_answer_and_too_many_requests_open_no_breaker() -> None:
    async def test() -> None:
        transport = FakeTransport()
        upstream = _upstream(transport)
        transport.routes["http://case:8080"] = 404
        assert (await upstream.call("GET", "/x")).status == 404
        transport.routes["http://case:8080"] = 429
        for _ in range(10):
            with pytest.raises(DependencyAway):
                await upstream.call("POST", "/x")
        assert not upstream.breaker.is_open

    run(test)


def test_an_open_breaker_asks_nobody_and_says_when_to_try_again() -> None:
    async def test() -> None:
        transport = FakeTransport()
        upstream = _upstream(transport)
        for _ in range(5):
            with pytest.raises(DependencyAway):
                await upstream.call("POST", "/x")
        sent = len(transport.sent)
        with pytest.raises(DependencyAway) as raised:
            await upstream.call("GET", "/x")
        assert len(transport.sent) == sent
        assert raised.value.retry_after_seconds == pytest.approx(3.0)

    run(test)


def test_the_rest_of_the_deadline_is_handed_on_and_nothing_is_begun_after_it() -> None:
    async def test() -> None:
        transport = FakeTransport()
        transport.routes["http://case:8080"] = {}
        upstream = _upstream(transport)
        await upstream.call("GET", "/x", deadline=Deadline(monotonic() + 1.5))
        assert transport.sent[0][2][HEADER] == "1500"
        with pytest.raises(DependencyAway):
            await upstream.call("GET", "/x", deadline=Deadline(monotonic()))
        assert len(transport.sent) == 1

    run(test)


def test_an_answer_to_a_second_attempt_is_the_answer() -> None:
    async def test() -> Answer:
        transport = FakeTransport()
        tries = []

        async def second(method: str, url: str, content: bytes | None) -> Answer:
            tries.append(url)
            if len(tries) == 1:
                raise ConnectionResetError("gone")
            return Answer(200, {}, b'{"a": 1}')

        second.is_function = True  # pyright: ignore[reportFunctionMemberAccess]
        transport.routes["http://case:8080"] = second
        return await _upstream(transport).call("GET", "/x")

    assert run(test).json() == {"a": 1}
