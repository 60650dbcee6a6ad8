"""From application to payment, through real services and a real PostgreSQL; queues and wires are in memory."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.workload.estate import Estate
from tests.workload.postgres import Postgres, postgres

pytestmark = pytest.mark.twin

USERS = ("families", "case", "decision", "payments")
APPLICATION = {"client_reference": "AB123456C", "answers": {"children": 1}}
PATH = "/benefits/child-payment/applications"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    folder = Path("/tmp") / f"estate-test-{tmp_path_factory.getbasetemp().name}-{id(tmp_path_factory)}"
    folder.mkdir()
    folder.chmod(0o755)
    try:
        with postgres(folder, USERS) as server:
            yield server
    finally:
        import shutil

        shutil.rmtree(folder)


def run(server: Postgres, test: Callable[[Estate], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with asyncio.timeout(60), Estate.running(server) as estate:
            await test(estate)

    asyncio.run(whole())


def test_an_application_is_paid_once_and_its_state_is_shown_all_the_way(server: Postgres) -> None:
    async def test(estate: Estate) -> None:
        got = await estate.post("cell", PATH, APPLICATION, "key-1")
        assert got.status_code == 201
        receipt = got.json()
        assert receipt["state"] == "received"
        await estate.until(lambda: estate.state_is(receipt["application_id"], "paid"))
        again = await estate.post("cell", PATH, APPLICATION, "key-1")
        assert again.json() == receipt
        assert [it["client_reference"] for it in estate.central_payments.values()] == ["AB123456C"]
        other = await estate.post("cell", PATH, APPLICATION | {"answers": {}}, "key-1")
        assert other.status_code == 422

    run(server, test)


def test_messages_that_are_delivered_twice_change_nothing(server: Postgres) -> None:
    queues = ("case-work", "decision-requests", "payment-requests")

    async def test(estate: Estate) -> None:
        got = await estate.post("cell", PATH, APPLICATION, "key-twice")
        id_ = got.json()["application_id"]
        await estate.until(lambda: estate.state_is(id_, "paid"))
        before = _counts(server)
        for name in queues:
            for document in list(estate.queues[name].deleted):
                await estate.queues[name].send(document)

        async def all_are_taken() -> bool:
            return all(len(estate.queues[name].deleted) == 2 for name in queues)

        await estate.until(all_are_taken)
        assert _counts(server) == before
        assert len(estate.central_payments) == 1

    run(server, test)


def _counts(server: Postgres) -> list[tuple[int, int, int]]:
    tables = ('"case".cases', "decision.decisions", "payments.payments")
    return server.rows("SELECT " + ", ".join(f"(SELECT count(*) FROM {it})" for it in tables))


def test_fifty_concurrent_copies_of_one_request_are_stored_once_and_get_one_answer(server: Postgres) -> None:
    async def test(estate: Estate) -> None:
        requests = [estate.post("cell", PATH, APPLICATION, "key-many") for _ in range(50)]
        answers = await asyncio.gather(*requests)
        stored = [it.json() for it in answers if it.status_code == 201]
        assert len(stored) + sum(it.status_code == 503 for it in answers) == 50
        assert {it["application_id"] for it in stored} == {stored[0]["application_id"]}
        id_ = stored[0]["application_id"]
        rows = server.rows(f"SELECT count(*) FROM child_payment.applications WHERE id = '{id_}'")
        assert rows == [(1,)]
        await estate.until(lambda: estate.state_is(id_, "paid"))
        assert server.rows(f"SELECT count(*) FROM payments.payments WHERE case_id = '{id_}'") == [(1,)]

    run(server, test)


def test_without_the_writer_an_application_is_accepted_and_stored_once_when_it_is_back(
    server: Postgres,
) -> None:
    async def test(estate: Estate) -> None:
        first = await estate.post("cell", PATH, APPLICATION, "key-before")
        assert first.status_code == 201
        server.kill()
        got = await estate.post("cell", PATH, APPLICATION, "key-away")
        again = await estate.post("cell", PATH, APPLICATION, "key-away")
        server.start()
        assert (got.status_code, again.status_code) == (202, 202)
        assert got.json()["application_id"] == again.json()["application_id"]
        assert [it["dependency"] for it in got.json()["degraded"]] == ["database", "cache"]
        await estate.until(lambda: estate.state_is(got.json()["application_id"], "paid"))
        await estate.until(lambda: estate.state_is(first.json()["application_id"], "paid"))
        count = server.rows("SELECT count(*) FROM child_payment.applications")
        done = await estate.post("cell", PATH, APPLICATION, "key-away")
        assert done.status_code == 201
        assert server.rows("SELECT count(*) FROM child_payment.applications") == count

    run(server, test)


def test_a_frozen_writer_holds_nobody_up_for_longer_than_the_attempts(server: Postgres) -> None:
    async def test(estate: Estate) -> None:
        await estate.post("cell", PATH, APPLICATION, "key-warm")
        server.freeze()
        try:
            got = await estate.post("cell", PATH, APPLICATION, "key-frozen")
        finally:
            server.thaw()
        assert got.status_code == 202
        # Whichever came first, the accepted one or the attempt that was cut off, it is stored once.
        id_ = got.json()["application_id"]
        query = f"SELECT count(*) FROM child_payment.applications WHERE id = '{id_}'"

        async def is_stored() -> bool:
            return server.rows(query) == [(1,)]

        await estate.until(is_stored)

    run(server, test)


def test_the_benefits_role_owns_what_it_writes_and_nothing_else(server: Postgres) -> None:
    async def test(estate: Estate) -> None:
        await estate.post("cell", PATH, APPLICATION, "key-role")
        assert estate.cell_may_set_role()

    run(server, test)
    granted = server.rows("SELECT has_schema_privilege('child_payment', 'child_payment', 'USAGE')")
    elsewhere = server.rows("SELECT has_schema_privilege('child_payment', 'case', 'USAGE')")
    assert (granted, elsewhere) == ([(True,)], [(False,)])
