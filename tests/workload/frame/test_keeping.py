"""What is announced is sent at once, and what announces nothing costs no look at the outbox."""

import asyncio
from random import Random
from typing import Any

import pytest

from tests.workload.frame.fake_connections import FakeConnections
from workload.database import Database
from workload.keeping import Keeping, Session
from workload.logs import Log


async def save(_: Session) -> None:
    return


async def decide(session: Session) -> None:
    await session.announce("agency", "key", {})


@pytest.mark.parametrize(("work", "wakes"), [(save, False), (decide, True)])
def test_the_outbox_is_looked_at_after_a_commit_that_announces(work: Any, wakes: bool) -> None:
    async def main() -> bool:
        database = Database("core", FakeConnections(), FakeConnections(), Random(1))
        keeping = Keeping(database, "case", [], {}, Log("case"))
        keeping._maker._made.set()
        await keeping.write(work)
        return keeping._relay._woken.is_set()

    assert asyncio.run(main()) is wakes
