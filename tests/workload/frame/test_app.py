"""Every request gets an answer that a program can read, and health answers whatever else is away."""

import asyncio
import io
import json
from random import Random
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from tests.workload.fakes import FakeAws, FakeTransport
from tests.workload.virtual_time import run
from workload.answers import answer, body_of, key_of
from workload.app import application
from workload.exceptions import DependencyAway
from workload.frame import Frame
from workload.logs import Log
from workload.metrics import Metrics
from workload.priority import Priority
from workload.service import Operation, Service
from workload.settings import Settings
from workload.slots import Slots


def _frame(log: io.StringIO, slots: int = 2) -> Frame:
    settings = Settings("test", "cell", degradation={"case": "Says that it will show later."}, slots=slots)
    aws, held = FakeAws(), Slots(slots, line_length=0)
    metrics = Metrics("Estate", "test", aws, held, Log("test", log))
    return Frame(settings, Log("test", log), aws, FakeTransport(), metrics, held, Random(1))  # pyright: ignore


async def _echo(request: Request) -> Response:
    return answer({"key": key_of(request), "body": await body_of(request)})


async def _away(_: Request) -> Response:
    raise DependencyAway("case", "refused")


async def _broken(_: Request) -> Response:
    raise KeyError("personal data")


async def _slow(_: Request) -> Response:
    await asyncio.sleep(3)
    return answer({})


async def _no(_: None = None) -> None:
    raise DependencyAway("case", "refused")


SERVICE = Service(
    [
        Operation("POST", "/echo", _echo, "Echoes.", Priority.URGENT),
        Operation("PUT", "/echo", _echo, "Echoes as well.", Priority.URGENT),
        Operation("GET", "/away", _away, "Needs case."),
        Operation("GET", "/broken", _broken, "Fails."),
        Operation("GET", "/slow", _slow, "Takes its time.", Priority.BULK),
    ],
    probes={"case": _no},
)


async def _ask(client: httpx.AsyncClient, method: str, path: str, **more: Any) -> tuple[int, Any]:
    got = await client.request(method, path, **more)
    return got.status_code, got.json()


def _client(frame: Frame) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=application(frame, SERVICE))
    return httpx.AsyncClient(transport=transport, base_url="http://test")


def test_a_request_without_a_key_or_with_no_json_is_told_what_to_do() -> None:
    async def test() -> None:
        async with _client(_frame(io.StringIO())) as client:
            status, body = await _ask(client, "POST", "/echo", content=b"{}")
            assert (status, body["error"]) == (400, "idempotency-key-missing")
            key = {"Idempotency-Key": "k"}
            status, body = await _ask(client, "POST", "/echo", content=b"[", headers=key)
            assert (status, body["error"]) == (400, "body-not-json")
            assert await _ask(client, "POST", "/echo", content=b'{"a": 1}', headers=key) == (
                200,
                {"key": "k", "body": {"a": 1}},
            )
            assert (await _ask(client, "GET", "/nowhere"))[1]["error"] == "not-found"

    run(test)


def test_what_is_away_is_named_with_what_still_works() -> None:
    async def test() -> None:
        async with _client(_frame(io.StringIO())) as client:
            got = await client.get("/away")
            assert (got.status_code, got.headers["retry-after"]) == (503, "2")
            expected = [{"dependency": "case", "what_still_works": "Says that it will show later."}]
            assert got.json()["degraded"] == expected
            status, body = await _ask(client, "GET", "/ready")
            assert (status, body["degraded"]) == (503, expected)
            assert await _ask(client, "GET", "/health") == (200, {"status": "ok"})

    run(test)


def test_health_and_metrics_take_no_slot_and_what_finds_none_is_shed() -> None:
    async def test() -> None:
        frame = _frame(io.StringIO(), slots=1)
        async with _client(frame) as client:
            held = asyncio.create_task(client.get("/slow"))
            await asyncio.sleep(0.1)
            status, body = await _ask(client, "GET", "/slow")
            assert (status, body["error"], body["priority"]) == (503, "shed", "bulk")
            assert (await _ask(client, "GET", "/health"))[0] == 200
            assert (await _ask(client, "GET", "/metrics.json"))[1]["busy_slots"] == 1
            assert (await held).status_code == 200

    run(test)


@pytest.mark.parametrize(
    ("path", "attempt", "priority"),
    [
        ("/away", None, "normal"),
        ("/away", "2", "normal"),
        ("/away", "3", "again"),
        ("/away", "x", "normal"),
        ("/away", "-3", "normal"),
        ("/away", "99999", "normal"),
        ("/slow", "3", "bulk"),
    ],
)
def test_whoever_was_sent_away_twice_goes_before_others_with_the_same_wish(
    path: str, attempt: str | None, priority: str
) -> None:
    async def test() -> None:
        async with _client(_frame(io.StringIO(), slots=1)) as client:
            held = asyncio.create_task(client.get("/slow"))
            await asyncio.sleep(0.1)
            headers = {"Estate-Attempt": attempt} if attempt else {}
            status, body = await _ask(client, "GET", path, headers=headers)
            assert (status, body["error"], body["priority"]) == (503, "shed", priority)
            await held

    run(test)


def test_work_is_ended_when_the_callers_time_is_used_up() -> None:
    async def test() -> None:
        async with _client(_frame(io.StringIO())) as client:
            status, body = await _ask(client, "GET", "/slow", headers={"Estate-Deadline": "500"})
            assert (status, body["error"]) == (504, "deadline-passed")
            status, body = await _ask(client, "GET", "/slow", headers={"Estate-Deadline": "0"})
            assert "Nothing was begun" in body["message"]

    run(test)


def test_a_fault_is_logged_under_its_requests_id_and_without_what_it_quotes() -> None:
    log = io.StringIO()

    async def test() -> httpx.Response:
        async with _client(_frame(log)) as client:
            return await client.get("/broken", headers={"X-Request-Id": "r-1"})

    got = run(test)
    assert (got.status_code, got.headers["x-request-id"]) == (500, "r-1")
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(it["level"], it["request_id"]) for it in lines] == [("ERROR", "r-1"), ("INFO", "r-1")]
    assert "personal" not in log.getvalue()


def test_keys_are_not_logged() -> None:
    log = io.StringIO()

    async def test() -> None:
        async with _client(_frame(log)) as client:
            await client.post("/echo", json={"name": "Ann"}, headers={"Idempotency-Key": "ann-smith"})

    run(test)
    assert "ann" not in log.getvalue().lower()
    assert len(json.loads(log.getvalue())["operation_id"]) == 16


def test_a_method_that_is_not_served_is_told_which_are() -> None:
    async def test() -> None:
        async with _client(_frame(io.StringIO())) as client:
            got = await client.request("TRACE", "/health")
            assert (got.status_code, got.json()["error"]) == (405, "method-not-allowed")
            assert got.headers["allow"] == "GET, HEAD"
            assert (await client.delete("/echo")).headers["allow"] == "POST, PUT"

    run(test)
