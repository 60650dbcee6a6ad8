"""Partners that answer later: the request is kept in their queue, and the answer is found by any task."""

import asyncio
import contextlib
import json
from typing import Any

from starlette.requests import Request

from tests.workload.exchange.conftest import ANGUS_QUEUE, DOMAIN
from tests.workload.virtual_time import run as in_virtual_time
from tests.workload.world import World
from workload.roles import exchange
from workload.roles.exchange import _Exchange  # pyright: ignore[reportPrivateUsage]

QUESTION = {"check": "rates", "client_reference": "c-1"}


class Angus:
    """A partner that takes files, and answers when it is told to."""

    def __init__(self) -> None:
        self.files: dict[str, Any] = {}
        self.has_answered = False

    def __call__(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        name = path.split("/")[2]
        if method == "PUT":
            self.files[name] = body
            return 202, {}
        return (200, {"outcome": "not-confirmed"}) if self.has_answered else (404, {})


async def _ask(task: _Exchange) -> tuple[int, dict[str, Any]]:
    body = json.dumps(QUESTION).encode()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "headers": [],
        "path_params": {"partner": "angus"},
    }
    answer = await task.check(Request(scope, receive))
    return answer.status_code, json.loads(bytes(answer.body))


async def _turn(task: _Exchange) -> None:
    """One look into the partner's queue."""
    async with asyncio.timeout(5):
        task.round.wake("angus")
        while not task.round.begin_turns(float("inf")):
            await asyncio.sleep(0)
        await asyncio.gather(*task.round.running)


def _tasks(world: World, count: int) -> list[_Exchange]:
    return [_Exchange(world.frame()) for _ in range(count)]


def test_the_answer_comes_later_and_is_found_by_another_task(world: World) -> None:
    angus = world.http.hosts[f"angus.{DOMAIN}"] = Angus()

    async def run() -> list[tuple[int, str | None]]:
        one, other = _tasks(world, 2)
        told = [await _ask(one)]
        await _turn(one)
        told.append(await _ask(one))
        angus.has_answered = True
        for document in world.aws.sent[ANGUS_QUEUE]:
            document.pop("not_before")
        await _turn(one)
        told += [await _ask(one), await _ask(other)]
        return [(status, document.get("outcome") or document.get("state")) for status, document in told]

    assert asyncio.run(run()) == [
        (202, "later"),
        (202, "later"),
        (200, "not-confirmed"),
        (200, "not-confirmed"),
    ]
    assert list(angus.files.values()) == [QUESTION]


def test_a_request_is_in_the_queue_once_however_often_it_is_asked(world: World) -> None:
    async def run() -> None:
        (task,) = _tasks(world, 1)
        for _ in range(3):
            await _ask(task)

    asyncio.run(run())
    assert [it["client_reference"] for it in world.aws.sent[ANGUS_QUEUE]] == ["c-1"]


def test_a_copy_of_the_file_is_in_the_gateway(world: World) -> None:
    world.http.hosts[f"angus.{DOMAIN}"] = Angus()

    async def run() -> None:
        (task,) = _tasks(world, 1)
        await _ask(task)
        await _turn(task)

    asyncio.run(run())
    (key,) = world.aws.texts("files")
    assert key.startswith("outgoing/angus/")


def test_without_the_gateway_files_are_put_off(world: World) -> None:
    angus = world.http.hosts[f"angus.{DOMAIN}"] = Angus()

    async def run() -> None:
        (task,) = _tasks(world, 1)
        await _ask(task)
        world.aws.away.add("file-gateway")
        await _turn(task)

    asyncio.run(run())
    assert angus.files == {}
    assert len(world.aws.sent[ANGUS_QUEUE]) == 1


def test_while_the_partner_is_away_its_requests_stay_and_are_no_dead_letters(world: World) -> None:
    world.http.away.add(f"angus.{DOMAIN}")

    async def run() -> int:
        (task,) = _tasks(world, 1)
        status, _ = await _ask(task)
        for _ in range(10):
            for document in world.aws.sent[ANGUS_QUEUE]:
                document.pop("not_before", None)
            await _turn(task)
        return status

    assert asyncio.run(run()) == 202
    assert [it["client_reference"] for it in world.aws.sent[ANGUS_QUEUE]] == ["c-1"]
    assert len(world.http.calls) == 2


def test_an_answer_is_announced(world: World) -> None:
    angus = world.http.hosts[f"angus.{DOMAIN}"] = Angus()
    angus.has_answered = True

    async def run() -> None:
        (task,) = _tasks(world, 1)
        await _ask(task)
        await _turn(task)
        world.aws.away.add("agency")
        await task.announcements.flush()
        world.aws.away.clear()
        await task.announcements.flush()

    asyncio.run(run())
    assert [(it["type"], it["outcome"]) for it in world.aws.events] == [("partner.answered", "not-confirmed")]


def test_the_role_has_a_worker_for_each_thing_that_goes_on(world: World) -> None:
    service = exchange.make(world.frame())
    assert [it.name for it in service.workers] == ["audit", "announcements", "partner-queues"]
    assert sorted(service.probes) == ["exchange-audit", "file-gateway", "government", "local-authority"]


def test_partners_are_on_the_round_as_soon_as_they_are_known(world: World) -> None:
    """One that another task asked is taken up here; and new settings are used."""
    angus = world.http.hosts["new.example"] = Angus()
    angus.has_answered = True
    world.aws.sent[ANGUS_QUEUE] = [QUESTION]
    name = "/estate/partners/local-authority/angus"

    async def run() -> None:
        (task,) = _tasks(world, 1)
        await task.look_for_partners()
        world.aws.parameters[name] = world.aws.parameters[name] | {"host": "new.example"}
        await asyncio.sleep(31)
        await task.look_for_partners()
        await _turn(task)

    in_virtual_time(run)
    assert list(angus.files.values()) == [QUESTION]


def test_partners_that_cannot_be_read_are_looked_for_again(world: World) -> None:
    world.aws.away.add("parameters")

    async def run() -> None:
        (task,) = _tasks(world, 1)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(task.discover(), 0.01)

    asyncio.run(run())
    assert [it["level"] for it in world.logged()] == ["WARN"]
