"""A connection is used again where it is good, and thrown away where it is not, however its work ended."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest

from workload import connections
from workload.connections import Broken, Connections, Endpoint, in_transaction


class FakeConnection:
    """Attributes: broken: as psycopg says. end: whose number is the connection's. transactions: that were begun."""

    def __init__(self) -> None:
        self.closed = self.broken = False
        self.transactions = 0
        self.end, self.other = socket.socketpair()

    def fileno(self) -> int:
        return self.end.fileno()

    async def close(self) -> None:
        self.closed = True
        self.end.close()
        self.other.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        self.transactions += 1
        yield


async def password() -> str:
    return "token"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[FakeConnection]:
    """Those that were opened, in order."""
    made: list[FakeConnection] = []

    async def connect(**_: Any) -> FakeConnection:
        made.append(FakeConnection())
        return made[-1]

    monkeypatch.setattr(connections.AsyncConnection, "connect", connect)
    return made


def transacted(*works: Callable[[Any], Awaitable[Any]]) -> list[Any]:
    """What came of each, one after another, on the same connections."""

    async def main() -> list[Any]:
        at = Connections(Endpoint("host", 5432, "case", "case", password), 4)
        found: list[Any] = []
        for work in works:
            try:
                found.append(await at.do(in_transaction(work), 1.0))
            except Exception as error:
                found.append(error)
        await at.forget()
        return found

    return asyncio.run(main())


async def good(_: Any) -> str:
    return "done"


def failing(error: Exception) -> Callable[[Any], Awaitable[Any]]:
    async def work(_: Any) -> None:
        raise error

    return work


def test_only_what_is_to_be_committed_together_costs_a_transaction(opened: list[FakeConnection]) -> None:
    async def main() -> None:
        at = Connections(Endpoint("host", 5432, "case", "case", password), 4)
        assert await at.do(good, 1.0) == "done"
        assert opened[0].transactions == 0
        assert await at.do(in_transaction(good), 1.0) == "done"
        assert [it.transactions for it in opened] == [1]
        await at.forget()

    asyncio.run(main())


def test_a_connection_is_used_again_also_after_work_that_was_refused(opened: list[FakeConnection]) -> None:
    assert transacted(good, failing(ValueError("no")), good)[::2] == ["done", "done"]
    assert len(opened) == 1


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError("server closed the connection unexpectedly"),
        RuntimeError("unable to perform operation on <UVPoll closed=True>; the handler is closed"),
    ],
    ids=["postgres", "uvloop"],
)
def test_one_that_broke_is_thrown_away_and_the_caller_is_told_so(
    error: Exception, opened: list[FakeConnection]
) -> None:
    first, second = transacted(failing(error), good)
    assert isinstance(first, Broken)
    assert second == "done"
    assert [it.closed for it in opened] == [True, True], "the second one by the end of the test"
    assert len(opened) == 2


@pytest.mark.parametrize("fails", [False, True])
def test_work_that_ends_as_its_caller_gives_up_leaves_nothing_behind(
    fails: bool, opened: list[FakeConnection]
) -> None:
    """Its connection is kept where it is good, and its error has been looked at."""
    unseen: list[dict[str, Any]] = []

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: unseen.append(context))
        at = Connections(Endpoint("host", 5432, "case", "case", password), 4)
        ending: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def work(connection: Any) -> None:
            await ending
            if fails:
                connection.broken = True
                raise psycopg.OperationalError("gone")

        caller = asyncio.create_task(at.do(in_transaction(work), 5.0))
        await asyncio.sleep(0.01)
        ending.set_result(None)
        while not ending_was_seen(caller):
            await asyncio.sleep(0)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        assert len(at._idle) == (0 if fails else 1)
        await at.forget()

    asyncio.run(main())
    import gc

    gc.collect()
    assert unseen == []


def ending_was_seen(caller: "asyncio.Task[Any]") -> bool:
    """The work has ended, and its caller does not know yet."""
    waits = [it for it in asyncio.all_tasks() if it not in (caller, asyncio.current_task())]
    return all(it.done() for it in waits)
