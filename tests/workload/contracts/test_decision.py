"""What decision does without each of its dependencies."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.workload.contracts.stores import FakeDecisions
from tests.workload.contracts.task import Task, in_task
from workload.exceptions import DependencyAway, TryLater
from workload.queue import Message
from workload.roles.decision import DecisionService
from workload.rules import Request, amount_pence, decide

ID = "11111111-1111-5111-8111-111111111111"
CONFIRMED = {"outcome": "confirmed"}


class _Relay:
    def wake(self) -> None:
        return


class World:
    def __init__(self, task: Task) -> None:
        self.task = task
        self.decisions = FakeDecisions()
        self.service = DecisionService(task.frame, self.decisions, _Relay())  # pyright: ignore
        self.there("exchange-government", CONFIRMED)
        self.there("master-data", {"facts": {}})

    def there(self, service: str, answer: object) -> None:
        self.task.transport.routes[f"http://{service}:8080"] = answer

    def away(self, service: str) -> None:
        self.there(service, ConnectionRefusedError("gone"))

    async def take(self, **facts: object) -> None:
        document = {"case_id": ID, "benefit": "child-payment", "client_reference": "AB", "facts": facts}
        await self.service.take(Message("m", "h", document))


def _world(test: Callable[[World], Awaitable[None]]) -> None:
    async def whole(task: Task) -> None:
        await test(World(task))

    in_task("decision", whole)


def test_a_case_is_decided_once_by_rule() -> None:
    async def test(world: World) -> None:
        await world.take()
        await world.take()
        made = world.decisions.made[ID]
        assert (made.outcome, made.amount_pence, made.to_confirm) == (
            "awarded",
            amount_pence("child-payment"),
            (),
        )
        checks = [it for it in world.task.transport.sent if "checks" in it[1]]
        assert [(it[1], it[3]) for it in checks] == [
            (
                "http://exchange-government:8080/partners/dwp/checks",
                {"client_reference": "AB", "check": "circumstances"},
            )
        ]

    _world(test)


@pytest.mark.parametrize(
    ("exchange", "check"),
    [
        ("exchange-government", "government:hmrc"),
        ("exchange-local-authority", "local-authority:fife"),
        ("exchange-health", "health:nhs-fife"),
    ],
)
def test_without_an_exchange_what_needs_it_stays_in_the_queue_and_the_rest_is_decided(
    exchange: str, check: str
) -> None:
    async def test(world: World) -> None:
        world.away(exchange)
        with pytest.raises(DependencyAway, match=exchange):
            await world.take(checks=[check])
        assert world.decisions.made == {}
        await world.take(weekly_income_pence=70_000, checks=[check])
        assert world.decisions.made[ID].outcome == "refused"

    _world(test)


def test_one_partner_that_is_away_does_not_hold_up_checks_with_another() -> None:
    async def test(world: World) -> None:
        world.there("exchange-government:8080/partners/hmrc", 503)
        world.task.transport.routes = {
            "http://exchange-government:8080/partners/hmrc": 503,
            **world.task.transport.routes,
        }
        for _ in range(10):
            with pytest.raises(DependencyAway):
                await world.take(checks=["government:hmrc"])
        await world.take(checks=["government:dwp"])
        assert world.decisions.made[ID].outcome == "awarded"

    _world(test)


def test_a_partner_that_answers_later_leaves_the_case_in_the_queue() -> None:
    async def test(world: World) -> None:
        async def later(method: str, url: str, content: bytes | None) -> object:
            from workload.upstream import Answer

            return Answer(202, {}, b'{"state": "later"}')

        later.is_function = True  # pyright: ignore[reportFunctionMemberAccess]
        world.there("exchange-health", later)
        with pytest.raises(TryLater):
            await world.take(checks=["health:nhs-fife"])
        assert world.decisions.made == {}

    _world(test)


def test_without_master_data_it_decides_and_has_the_details_confirmed_afterwards() -> None:
    async def test(world: World) -> None:
        world.away("master-data")
        await world.take()
        assert world.decisions.made[ID].to_confirm == ("client-details",)

    _world(test)


def test_without_the_writer_the_case_stays_in_the_queue() -> None:
    async def test(world: World) -> None:
        world.decisions.is_away = True
        with pytest.raises(DependencyAway, match="core"):
            await world.take()

    _world(test)


def test_without_its_queue_it_decides_what_it_is_asked_directly() -> None:
    async def test(world: World) -> None:
        async with world.task.asks(world.service.operations()) as client:
            asked = {"case_id": ID, "benefit": "child-payment", "client_reference": "AB"}
            got = await client.post("/decisions", json=asked)
            assert (got.status_code, got.json()["outcome"]) == (200, "awarded")
            outcomes: httpx.Response = await client.post("/decisions/outcomes", json={"ids": [ID, "no id"]})
            assert [it["case_id"] for it in outcomes.json()["outcomes"]] == [ID]
            incomplete = await client.post("/decisions", json={"case_id": ID})
            assert incomplete.json()["error"] == "request-incomplete"

    _world(test)


def test_the_same_facts_always_give_the_same_decision() -> None:
    request = Request(ID, "child-payment", "AB", {})
    assert decide(request, {"government:dwp": True}) == decide(request, {"government:dwp": True})
    assert decide(request, {"government:dwp": False}).reason == "not confirmed by government:dwp"
