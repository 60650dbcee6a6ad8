"""What case does without each of its dependencies."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.workload.contracts.stores import FakeCases
from tests.workload.contracts.task import Task, in_task, key
from tests.workload.fakes import FakeQueue
from workload.case_progress import Progress
from workload.cases import Case
from workload.identity import payment_id
from workload.roles.case import CaseService

ID = "11111111-1111-5111-8111-111111111111"
CHANGE = {
    "application_id": ID,
    "benefit": "child-payment",
    "client_reference": "AB123456C",
    "received_at": "2026-01-01T00:00:00+00:00",
    "facts": {"weekly_income_pence": 1},
}
CASE = Case(ID, "child-payment", "AB123456C", {}, "2026-01-01T00:00:00+00:00")
AWARD = {"case_id": ID, "outcome": "awarded", "amount_pence": 2500, "reason": "conditions met"}


class _Relay:
    def wake(self) -> None:
        return


class World:
    def __init__(self, task: Task) -> None:
        self.task = task
        self.cases = FakeCases()
        self.queue = FakeQueue("case-work")
        self.progress = Progress.of(task.frame, self.cases)
        relay = _Relay()
        self.service = CaseService(task.frame, self.cases, self.queue, relay, self.progress)  # pyright: ignore


def _world(test: Callable[[World, httpx.AsyncClient], Awaitable[None]]) -> None:
    async def whole(task: Task) -> None:
        world = World(task)
        async with task.asks(world.service.operations()) as client:
            await test(world, client)

    in_task("case", whole)


def test_changes_wait_in_the_queue_and_open_one_case_each() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        for _ in range(2):
            got = await client.post("/changes", json={"changes": [CHANGE]}, headers=key())
            assert (got.status_code, got.json()) == (202, {"taken": [ID], "state": "queued"})
        for message in await world.queue.receive():
            await world.service.take(message)
        assert list(world.cases.cases) == [ID]

    _world(test)


def test_without_its_queue_changes_are_taken_directly_and_without_both_refused() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        world.queue.is_away = True
        got = await client.post("/changes", json={"changes": [CHANGE]}, headers=key())
        assert (got.status_code, got.json()["degraded"]) == (201, world.task.clause("case-work"))
        assert list(world.cases.cases) == [ID]
        world.cases.is_away = True
        refused = await client.post("/changes", json={"changes": [CHANGE]}, headers=key())
        assert refused.status_code == 503
        assert "retry-after" in refused.headers

    _world(test)


def test_without_the_writer_changes_stay_in_the_queue_and_reads_come_from_a_replica_with_their_age() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        world.cases.cases[ID] = CASE
        world.cases.is_away = True
        got = await client.post("/changes", json={"changes": [CHANGE]}, headers=key())
        assert got.status_code == 202
        state = await client.get(f"/cases/{ID}/state")
        assert state.json() == {
            "application_id": ID,
            "state": "in-decision",
            "age_seconds": 1.5,
            "degraded": world.task.clause("core"),
        }

    _world(test)


def test_without_decision_a_case_stays_open_and_undecided_and_is_not_asked_for_twice() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        world.cases.cases[ID] = CASE
        assert await world.progress.sweep_once() == 0
        assert world.cases.cases[ID].state == "in-decision"

    _world(test)


def test_a_decision_that_decision_does_not_know_of_is_asked_for_again() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        world.cases.cases[ID] = CASE
        world.task.transport.routes["http://decision:8080"] = {"outcomes": []}
        assert await world.progress.sweep_once() == 1
        assert world.cases.asked_again == [ID]

    _world(test)


def test_a_decision_is_learnt_and_then_its_payment() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        world.cases.cases[ID] = CASE
        world.task.transport.routes["http://decision:8080"] = {"outcomes": [AWARD]}
        world.progress.decisions.add([ID])
        await asyncio.sleep(1)
        await world.progress.decisions.run_once()
        assert world.cases.cases[ID].state == "awarded"
        paid = {"outcomes": [{"payment_id": payment_id(ID), "state": "paid"}], "unknown": []}
        world.task.transport.routes["http://payments:8080"] = paid
        await asyncio.sleep(1)
        await world.progress.payments.run_once()
        assert world.cases.cases[ID].state == "paid"

    _world(test)


def test_without_payments_an_award_stands_and_a_payment_that_was_lost_is_asked_for_again() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        await world.cases.open(CASE)
        decided = await client.post(
            f"/cases/{ID}/decision", json={"outcome": "awarded", "amount_pence": 2500}, headers=key()
        )
        assert (decided.status_code, decided.json()["state"]) == (200, "awarded")
        assert await world.progress.sweep_once() == 0
        unknown = {"outcomes": [], "unknown": [payment_id(ID)]}
        world.task.transport.routes["http://payments:8080"] = unknown
        assert await world.progress.sweep_once() == 1
        assert world.cases.asked_again == [ID]

    _world(test)


@pytest.mark.parametrize(("answering", "away"), [("documents", "master-data"), ("master-data", "documents")])
def test_a_case_is_shown_without_documents_or_confirmed_details(answering: str, away: str) -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        world.cases.cases[ID] = CASE
        world.task.transport.routes[f"http://{answering}:8080"] = {
            "documents": [{"document_id": "d"}],
            "facts": {},
        }
        got = (await client.get(f"/cases/{ID}")).json()
        assert got["degraded"] == world.task.clause(away)
        assert got["client"]["confirmed"] is (answering == "master-data")
        assert got["documents"] == ([{"document_id": "d"}] if answering == "documents" else None)

    _world(test)


def test_a_decision_by_hand_takes_effect_once_and_another_one_is_refused() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        await world.cases.open(CASE)
        award = {"outcome": "awarded", "amount_pence": 2500}
        path = f"/cases/{ID}/decision"
        first = await client.post(path, json=award, headers=key())
        again = await client.post(path, json=award, headers=key())
        other = await client.post(path, json={"outcome": "refused"}, headers=key("key-2"))
        assert (first.json(), other.status_code) == (again.json(), 409)
        assert (await client.post(path, json={"outcome": "perhaps"}, headers=key())).status_code == 400

    _world(test)


def test_a_note_is_kept_once() -> None:
    async def test(world: World, client: httpx.AsyncClient) -> None:
        await world.cases.open(CASE)
        path = f"/cases/{ID}/notes"
        answers = [await client.post(path, json={"text": "called"}, headers=key()) for _ in range(2)]
        assert [it.status_code for it in answers] == [201, 200]
        unknown = f"/cases/{ID[:-1]}2/notes"
        assert (await client.post(unknown, json={}, headers=key())).status_code == 404

    _world(test)
