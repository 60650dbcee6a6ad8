"""Hostile requests find what the workload does not stand, and go nowhere that was not agreed."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from compliance.analyses import dynamic
from compliance.analyses.dynamic import Bounds
from compliance.analyses.exceptions import HostNotListed, InputWrong
from compliance.results import AnalysisResult
from tests.compliance.analyses.graph import TODAY, TOOLS
from tests.workload.contracts.task import Task
from workload.answers import answer, body_of, key_of
from workload.app import application
from workload.exceptions import Refused
from workload.service import Operation, Service

BOUNDS = Bounds(seconds=280, examples=2, requests_a_second=500)
BODY = {
    "type": "object",
    "required": ["pence"],
    "properties": {"pence": {"type": "integer", "minimum": 0}},
    "additionalProperties": False,
}


async def _careful(request: Request) -> Response:
    key_of(request)
    body = await body_of(request)
    pence = body.get("pence")
    if (
        set(body) != {"pence"}
        or not isinstance(pence, int | float)
        or isinstance(pence, bool)
        or pence < 0
        or pence % 1
    ):
        raise Refused(422, "pence-wrong", "The body must have whole pence, 0 or more, and nothing else.")
    return answer({"pence": pence}, 201)


async def _careless(request: Request) -> Response:
    key_of(request)
    return answer({"pence": 100 / (await body_of(request))["pence"]}, 201)


def _operation(path: str, handler: Any) -> Operation:
    headers = {"Idempotency-Key": "A value of your own."}
    answers = {201: {"type": "object"}}
    return Operation("POST", path, handler, "Pays.", request=BODY, headers=headers, answers=answers)


def _app() -> ASGIApp:
    operations = [_operation("/careful", _careful), _operation("/careless", _careless)]
    return application(Task("payments").frame, Service(operations, [], [], {}))


@contextmanager
def _served(app: ASGIApp) -> Iterator[str]:
    started, servers = Event(), []

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            started.set()

    def serve() -> None:
        server = Server(
            uvicorn.Config(app, "127.0.0.1", 0, log_level="critical", lifespan="off", server_header=False)
        )
        servers.append(server)
        asyncio.run(server.serve())

    thread = Thread(target=serve)
    thread.start()
    try:
        assert started.wait(20)
        port = servers[0].servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        servers[0].should_exit = True
        thread.join(20)


def _payments_alone(url: str) -> Mapping[str, Any]:
    document = httpx.get(f"{url}/openapi.json").json()
    return document | {"paths": {it: document["paths"][it] for it in ("/careful", "/careless")}}


def _run(folder: Path, url: str | None, document: Mapping[str, Any] | None = None) -> AnalysisResult:
    register = folder / "reviewed.yaml"
    register.write_text("dynamic: []\n")
    return dynamic.run(
        folder,
        today=TODAY,
        edge_url=url,
        document=document,
        bounds=BOUNDS,
        toolbox=TOOLS,
        register=register,
    )


def test_a_workload_that_breaks_on_a_request_is_found_and_one_that_keeps_its_word_is_not(
    tmp_path: Path,
) -> None:
    with _served(_app()) as url:
        result = _run(tmp_path, url, document=_payments_alone(url))

    found = {(it["rule"], it["subject"]) for it in result.findings}
    assert {subject for rule, subject in found if rule == "ST101"} == {"POST /careless"}
    assert {("internal-path", "/metrics.json"), ("internal-path", "/ready")} <= found
    assert {("header-strict-transport-security", "edge"), ("header-x-content-type-options", "edge")} <= found
    assert (result.ran, result.holds, result.figures["operations_tested"]) == (True, False, 2)
    assert result.figures["requests"] > 20


@pytest.mark.parametrize(("selected", "tested"), [(3, 2), (0, 0)], ids=["one left out", "none there"])
def test_operations_that_were_not_tested_are_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, selected: int, tested: int
) -> None:
    report = {
        "failures": [],
        "errors": [],
        "operations": {"selected": selected, "tested": tested},
        "test_cases": {"generated": 9},
        "valid_rates": {},
        "complete": True,
    }
    monkeypatch.setattr(dynamic, "_attack", lambda *_: report)
    with _served(_app()) as url:
        result = _run(tmp_path, url, document={"paths": {}})

    [found] = [it for it in result.findings if it["rule"] == "operations-not-tested"]
    assert found["title"] == f"{tested} of {selected} operations were tested"
    assert not result.holds


def test_without_a_workload_nothing_has_run_and_it_does_not_hold(tmp_path: Path) -> None:
    result = _run(tmp_path, None)

    assert (result.ran, result.holds) == (False, False)
    assert "estate up slice" in result.could_not


@pytest.mark.parametrize("url", ["http://edge.example", "https://10.0.0.1:8080", "http://127.0.0.1.example"])
def test_a_host_that_is_not_this_machine_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(HostNotListed, match="attack"):
        _run(tmp_path, url)


def test_a_listed_host_is_permitted_and_no_other() -> None:
    dynamic.require_permitted("https://staging.example", ["staging.example"])
    with pytest.raises(HostNotListed):
        dynamic.require_permitted("https://prod.example", ["staging.example"])


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://127.0.0.1", ""])
def test_what_is_no_url_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(InputWrong, match="such as"):
        _run(tmp_path, url)


def test_a_workload_that_does_not_answer_is_not_taken_for_a_safe_one(tmp_path: Path) -> None:
    with _served(_app()) as url:
        pass

    with pytest.raises(InputWrong, match="does not answer"):
        _run(tmp_path, url)
