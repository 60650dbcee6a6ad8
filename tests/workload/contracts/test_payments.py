"""What payments does without each of its dependencies: a payment takes effect once, and oldest first."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from tests.workload.contracts.stores import FakeLedger
from tests.workload.contracts.task import Task, in_task
from workload.exceptions import DependencyAway, Refused
from workload.ledger import Payment
from workload.partner import Partners
from workload.payment_backend import CentralPayments, PaymentRefused
from workload.payment_run import PaymentRun
from workload.queue import Message
from workload.roles.payments import PaymentsService
from workload.settings import Settings
from workload.upstream import Answer


class FakeBackend:
    """Takes each payment once, by its id."""

    def __init__(self) -> None:
        self.is_away = False
        self.asked: list[str] = []
        self.effects: list[str] = []

    async def pay(self, payment: Payment) -> None:
        self.asked.append(payment.id)
        if self.is_away:
            raise DependencyAway("government", "gone")
        if payment.amount_pence == 666:
            raise PaymentRefused("no such account")
        if payment.id not in self.effects:
            self.effects.append(payment.id)

    def wait_seconds(self) -> float:
        return 1.0 if self.is_away else 0.0


class _Relay:
    def wake(self) -> None:
        return


class World:
    def __init__(self, task: Task) -> None:
        self.task = task
        self.ledger = FakeLedger()
        self.backend = FakeBackend()
        self.run = PaymentRun(self.ledger, self.backend, task.frame.slots, task.frame.log)
        self.service = PaymentsService(task.frame, self.ledger, self.run, _Relay())  # pyright: ignore

    async def take(self, number: int, amount_pence: int = 2500) -> str:
        document = _request(number, amount_pence)
        await self.service.take(Message("m", "h", document))
        return str(document["payment_id"])


def _request(number: int, amount_pence: int = 2500) -> dict[str, Any]:
    return {
        "payment_id": str(UUID(int=number)),
        "case_id": str(UUID(int=1000 + number)),
        "benefit": "child-payment",
        "client_reference": "AB",
        "amount_pence": amount_pence,
    }


def _world(test: Callable[[World], Awaitable[None]]) -> None:
    async def whole(task: Task) -> None:
        await test(World(task))

    in_task("payments", whole)


def test_a_payment_that_is_asked_for_twice_takes_effect_once() -> None:
    async def test(world: World) -> None:
        id_ = await world.take(1)
        await world.run.run_once()
        await world.take(1)
        await world.run.run_once()
        assert (world.backend.asked, world.ledger.payments[id_].state) == ([id_], "paid")

    _world(test)


def test_other_terms_under_the_same_id_change_nothing() -> None:
    async def test(world: World) -> None:
        id_ = await world.take(1)
        await world.take(1, amount_pence=9999)
        assert world.ledger.payments[id_].amount_pence == 2500
        assert "payment-differs" in world.task.log_lines.getvalue()

    _world(test)


def test_while_the_backend_is_away_one_payment_asks_and_then_all_are_sent_oldest_first() -> None:
    async def test(world: World) -> None:
        ids = [await world.take(number) for number in range(1, 40)]
        world.backend.is_away = True
        task = asyncio.create_task(world.run.run())
        await asyncio.sleep(60)
        asked = world.backend.asked
        assert len(asked) < 20 + 60
        assert world.run.is_away
        async with world.task.asks(world.service.operations()) as client:
            shown = await client.get(f"/payments/{ids[0]}")
            assert (shown.json()["state"], shown.json()["degraded"]) == (
                "asked",
                world.task.clause("government"),
            )
        world.backend.is_away = False
        await asyncio.sleep(10)
        task.cancel()
        assert world.backend.effects == ids
        assert {it.state for it in world.ledger.payments.values()} == {"paid"}

    _world(test)


def test_without_the_ledger_a_payment_stays_in_its_queue() -> None:
    async def test(world: World) -> None:
        world.ledger.is_away = True
        with pytest.raises(DependencyAway, match="core"):
            await world.take(1)
        assert world.backend.asked == []

    _world(test)


def test_a_payment_whose_settling_fails_is_sent_again_under_the_same_id() -> None:
    async def test(world: World) -> None:
        id_ = await world.take(1)
        mark_paid, failures = world.ledger.mark_paid, [1]

        async def failing(id_: str) -> None:
            if failures:
                failures.pop()
                raise DependencyAway("core", "the writer moved")
            await mark_paid(id_)

        world.ledger.mark_paid = failing
        await world.run.run_once()
        assert world.ledger.payments[id_].state == "asked"
        await world.run.run_once()
        assert (world.backend.asked, world.backend.effects) == ([id_, id_], [id_])
        assert world.ledger.payments[id_].state == "paid"

    _world(test)


def test_without_its_queue_it_makes_the_payments_that_it_has_taken() -> None:
    async def test(world: World) -> None:
        id_ = await world.take(1)
        assert "takes no new ones" in world.task.contract["payment-requests"]
        await world.run.run_once()
        assert world.ledger.payments[id_].state == "paid"

    _world(test)


def test_what_the_backend_refuses_for_good_is_refused_and_holds_up_nobody() -> None:
    async def test(world: World) -> None:
        bad, good = await world.take(1, amount_pence=666), await world.take(2)
        await world.run.run_once()
        states = [world.ledger.payments[id_].state for id_ in (bad, good)]
        assert states == ["refused", "paid"]

    _world(test)


@pytest.mark.parametrize("wrong", [{"payment_id": "x"}, {"amount_pence": 0}, {"amount_pence": "5"}])
def test_a_request_that_cannot_be_read_is_left_for_the_dead_letters(wrong: dict[str, Any]) -> None:
    async def test(world: World) -> None:
        with pytest.raises(Refused):
            await world.service.take(Message("m", "h", _request(1) | wrong))
        assert world.ledger.payments == {}

    _world(test)


@pytest.mark.parametrize(
    ("status", "expected"), [(201, None), (200, None), (409, PaymentRefused), (503, DependencyAway)]
)
def test_the_central_payments_system_is_asked_with_the_payments_id_as_key(
    status: int, expected: type[Exception] | None
) -> None:
    async def test(task: Task) -> None:
        class Source:
            async def below(self, path: str) -> dict[str, Any]:
                return {
                    "dwp": {
                        "host": "dwp.partners.test",
                        "circuit_breaker": {"failures": 9, "open_seconds": 1},
                    }
                }

        async def pay(method: str, url: str, content: bytes | None) -> Answer:
            return Answer(status, {}, b"{}")

        pay.is_function = True  # pyright: ignore[reportFunctionMemberAccess]
        task.transport.routes["http://dwp.partners.test/central-payments/payments"] = pay
        paths = ("/estate/partners/government",)
        settings = Settings("payments", "payments", partners_paths=paths, partner_scheme="http")
        backend = CentralPayments(Partners(Source(), settings, task.transport, task.frame.random))
        payment = Payment(str(UUID(int=1)), "c", "child-payment", "AB", 2500)
        if expected:
            with pytest.raises(expected):
                await backend.pay(payment)
        else:
            await backend.pay(payment)
        assert {it[2]["Idempotency-Key"] for it in task.transport.sent} == {payment.id}
        assert task.transport.sent[0][3]["amount_pence"] == 2500

    in_task("payments", test)
