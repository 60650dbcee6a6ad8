"""What the portal does without each of its dependencies."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.workload.contracts.task import Task, in_task, key
from tests.workload.fakes import FakeQueue
from tests.workload.frame.test_waiting_room import FakeCache
from workload.availability import Availability
from workload.roles.portal import Portal
from workload.waiting_room import WaitingRoom

ID = "11111111-1111-5111-8111-111111111111"
PAGE = {"Accept": "text/html"}


class _NoParameters:
    async def below(self, path: str) -> dict[str, Any]:
        return {}


class World:
    def __init__(self, task: Task) -> None:
        self.task = task
        self.cache = FakeCache()
        self.room = WaitingRoom(self.cache)
        self.availability = Availability(task.frame, ("documents", "interaction"))
        self.portal = Portal(task.frame, self.room, self.availability, _NoParameters())
        self.queue = FakeQueue("field-changes")
        self.portal._frame.queue = lambda name: self.queue
        for service in ("case", "documents", "interaction"):
            task.transport.routes[f"http://{service}:8080"] = {"state": "in-decision"}

    async def away(self, service: str) -> None:
        self.task.transport.routes[f"http://{service}:8080"] = ConnectionRefusedError("gone")
        await self.availability.look()


def _world(test: Callable[[World, httpx.AsyncClient], Awaitable[None]]) -> None:
    async def whole(task: Task) -> None:
        world = World(task)
        async with task.asks(world.portal.operations()) as client:
            await test(world, client)

    in_task("portal", whole)


def test_pages_and_documents_are_shown_and_nothing_is_degraded() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        for path in ("/", "/benefits", "/help", f"/applications/{ID}"):
            page = await client.get(path, headers=PAGE)
            assert (page.status_code, "<h1>" in page.text) == (200, True)
            assert "degraded" not in (await client.get(path)).json()
        assert (await client.get(f"/applications/{ID}")).json()["state"] == "in-decision"

    _world(test)


def test_without_case_it_shows_information_and_says_that_the_status_will_be_back() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        await world.away("case")
        got = await client.get(f"/applications/{ID}")
        assert (got.status_code, got.json()["state"]) == (200, None)
        assert got.json()["degraded"] == world.task.clause("case")
        page = await client.get(f"/applications/{ID}", headers=PAGE)
        assert "will be back soon" in page.text
        assert (await client.get("/")).status_code == 200

    _world(test)


@pytest.mark.parametrize(("service", "path"), [("documents", "/benefits"), ("interaction", "/help")])
def test_without_documents_or_interaction_its_page_says_what_still_works(service: str, path: str) -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        await world.away(service)
        assert (await client.get(path)).json()["degraded"] == world.task.clause(service)
        assert world.task.contract[service] in (await client.get(path, headers=PAGE)).text

    _world(test)


def test_without_interaction_the_telephone_number_is_shown_in_place_of_webchat() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        await world.away("interaction")
        page = (await client.get("/help", headers=PAGE)).text
        assert "Telephone" in page
        assert "Webchat" not in page.partition("</p>")[2]

    _world(test)


def test_without_the_cache_people_are_admitted_in_the_order_they_come() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        world.cache.is_away = True
        world.portal._is_full = lambda: True
        await client.get("/")
        world.room._opened_at = time.time() - 1.0
        for _ in range(100):
            client.cookies.clear()
            await client.get("/")
        client.cookies.clear()
        got = await client.get("/")
        assert (got.status_code, got.json()["error"]) == (503, "waiting-room")
        assert got.json()["degraded"] == world.task.clause("sessions")
        assert got.json()["position"] > 0
        assert "waiting-room" in got.headers["set-cookie"]

    _world(test)


def test_when_the_estate_is_full_people_wait_in_line_and_information_says_when_to_come_back() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        assert (await client.get("/waiting-room")).json() == {"position": 0}
        world.portal._is_full = lambda: True
        got = await client.get("/")
        assert (got.status_code, got.json()["position"]) == (503, 1)
        assert got.headers["retry-after"] == "10"
        page = await client.get("/waiting-room", headers=PAGE)
        assert "You are in line" in page.text

    _world(test)


def test_without_the_queue_field_devices_are_asked_to_try_again() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        change = {"application_id": ID, "kind": "visit", "content": {}}
        taken = await client.post("/field-changes", json=change, headers=key("c-1"))
        assert (taken.status_code, world.queue.waiting[0].document["change_id"]) == (202, "c-1")
        world.queue.is_away = True
        got = await client.post("/field-changes", json=change, headers=key("c-2"))
        assert (got.status_code, got.json()["degraded"]) == (503, world.task.clause("field-changes"))
        assert "retry-after" in got.headers

    _world(test)
