"""A database cluster: one writer, which may move, and readers, which may lag."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random
from typing import Generic, Protocol, TypeVar

from psycopg import AsyncConnection

from workload.aws import Aws
from workload.breaker import Breaker
from workload.clock import monotonic
from workload.connections import Broken, Connections, Endpoint, Work, in_transaction
from workload.deadline import Deadline
from workload.exceptions import DependencyAway
from workload.login_token import LIFETIME_SECONDS, database_token
from workload.retry import full_jitter_seconds
from workload.settings import DatabasePlace, Settings

__all__ = ["Aged", "Database", "writer_or_replica"]

Result = TypeVar("Result")

ATTEMPT_SECONDS = 1.5
WORK_SECONDS = 2.5
"""For all attempts where the caller gives no other time: assumptions. A writer that moves takes longer than this, so
what can be done without it is."""

FAILURES = 3
OPEN_SECONDS = 1.0
"""Short, for the writer may be back at any second."""

PACE_SECONDS = 3.0
"""Between two tries of what can wait while there is no writer: each costs its queue a receive and a return."""

STANDING_READERS, ASK_SECONDS = 4, 30.0
"""Connections to readers that rest open, asked so often. All reads come to the readers at once when the writer is lost,
and a task that this keeps busy opens connections slowly. What a failure needs is there before it: Amazon Builders'
Library, "Static stability using Availability Zones". The figures are assumptions."""

AGE = """
SELECT CASE WHEN pg_is_in_recovery()
THEN extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 ELSE 0 END
"""
"""At the most: where nothing is written, the last transaction is old and the replica is not behind."""


@dataclass(frozen=True)
class Aged(Generic[Result]):
    """Attributes: age_seconds: how old the value may be; None where the replica cannot tell."""

    value: Result
    age_seconds: float | None


class _Connections(Protocol):
    async def do(self, work: Work[Result], seconds: float) -> Result: ...
    async def forget(self) -> None: ...


class Database:
    """Work is a coroutine function of a connection; what writes runs in one transaction.

    It must be safe to repeat: where a connection broke while it committed, nobody knows whether it did, and it is
    tried again.
    """

    def __init__(self, name: str, writer: _Connections, reader: _Connections, random: Random) -> None:
        self.name = name
        self._writer = writer
        self._reader = reader
        self._random = random
        self._breakers = {id(it): Breaker(FAILURES, OPEN_SECONDS) for it in (writer, reader)}

    @classmethod
    def at(cls, name: str, place: DatabasePlace, settings: Settings, aws: Aws, random: Random) -> "Database":
        """The cluster at a place. Half of the connections are its readers': without a writer they have all reads."""
        user, application = settings.database_user, settings.service

        def connections(host: str, limit: int) -> Connections:
            password = _Tokens(aws, host, place.port, user, settings.region)
            return Connections(Endpoint(host, place.port, user, application, password), limit)

        readers = max(1, settings.connections // 2)
        writer = connections(place.endpoint, max(1, settings.connections - readers))
        return cls(name, writer, connections(place.reader_endpoint, readers), random)

    async def write(
        self,
        work: Work[Result],
        *,
        deadline: Deadline | None = None,
        seconds: float = WORK_SECONDS,
        attempt_seconds: float = ATTEMPT_SECONDS,
    ) -> Result:
        """What the work returned; it is committed at the writer.

        Raises: DependencyAway: it could not be, or nobody knows.
        """
        return await self._tried(self._writer, in_transaction(work), deadline, seconds, attempt_seconds)

    async def write_at_once(self, work: Work[Result]) -> Result:
        """The same for work that is one statement, which is a transaction by itself."""
        return await self._tried(self._writer, work, None, WORK_SECONDS, ATTEMPT_SECONDS)

    async def read(
        self, work: Work[Result], *, deadline: Deadline | None = None, seconds: float = WORK_SECONDS
    ) -> Result:
        """What the work read from the writer, so nothing that was committed is missing."""
        return await self._tried(self._writer, work, deadline, seconds, ATTEMPT_SECONDS)

    async def read_replica(
        self, work: Work[Result], *, deadline: Deadline | None = None, seconds: float = WORK_SECONDS
    ) -> Aged[Result]:
        """What the work read from a replica, and how old that may be."""

        async def aged(connection: AsyncConnection) -> Aged[Result]:
            row = await (await connection.execute(AGE)).fetchone()
            value = await work(connection)
            return Aged(value, row[0] if row else None)

        return await self._tried(self._reader, aged, deadline, seconds, ATTEMPT_SECONDS)

    async def keep_readers(self) -> None:
        """Connections to readers are there before they are needed, and one that broke is replaced."""
        while True:
            await asyncio.gather(*(self._ask_reader() for _ in range(STANDING_READERS)))
            await asyncio.sleep(ASK_SECONDS)

    async def _ask_reader(self) -> None:
        with contextlib.suppress(Broken):
            await self._reader.do(_ask, ATTEMPT_SECONDS)

    async def probe(self) -> None:
        """Returns where the writer answers."""
        await self.read(_ask, seconds=1.0)

    def wait_seconds(self) -> float:
        """Until the writer is worth asking."""
        return self._breakers[id(self._writer)].wait_seconds(monotonic())

    def pace_seconds(self) -> float:
        """Before more is taken from a queue that needs the writer: none while it answers."""
        return PACE_SECONDS if self._breakers[id(self._writer)].is_open else 0.0

    async def close(self) -> None:
        await asyncio.gather(self._writer.forget(), self._reader.forget())

    async def _tried(
        self,
        connections: _Connections,
        work: Work[Result],
        deadline: Deadline | None,
        seconds: float,
        attempt_seconds: float,
    ) -> Result:
        end = monotonic() + seconds
        end = min(end, deadline.at) if deadline else end
        breaker, attempt = self._breakers[id(connections)], 0
        while True:
            attempt += 1
            try:
                return await self._attempt(
                    connections, breaker, work, min(attempt_seconds, end - monotonic())
                )
            except Broken as broken:
                pause = full_jitter_seconds(attempt, self._random)
                if breaker.is_open or monotonic() + pause >= end:
                    raise DependencyAway(self.name, str(broken), OPEN_SECONDS) from broken
                await asyncio.sleep(pause)

    async def _attempt(
        self, connections: _Connections, breaker: Breaker, work: Work[Result], seconds: float
    ) -> Result:
        if seconds <= 0:
            raise DependencyAway(self.name, "no time is left to ask it", OPEN_SECONDS)
        if not breaker.admit(monotonic()):
            raise DependencyAway(self.name, "its circuit breaker is open", breaker.wait_seconds(monotonic()))
        try:
            result = await connections.do(work, seconds)
        except Broken as broken:
            breaker.succeeded() if broken.is_conflict else breaker.failed(monotonic())
            raise
        except Exception:
            breaker.succeeded()
            raise
        breaker.succeeded()
        return result


async def writer_or_replica(
    name: str, writer: Awaitable[Result], replica: Callable[[], Awaitable[Aged[Result]]]
) -> tuple[Result, float | None, list[str]]:
    """What the writer says, or while it is away a replica; how old that may be; and the database's name if it is away.

    Args: name: of the database in the contract. replica: is asked only then.
    """
    try:
        return await writer, 0.0, []
    except DependencyAway:
        aged = await replica()
        return aged.value, aged.age_seconds, [name]


class _Tokens:
    """A token that is valid for a while yet."""

    def __init__(self, aws: Aws, host: str, port: int, user: str, region: str) -> None:
        self._aws = aws
        self._place = (host, port, user, region)
        self._token = ""
        self._renew_at = 0.0

    async def __call__(self) -> str:
        if monotonic() >= self._renew_at:
            try:
                credentials = await self._aws.credentials()
            except DependencyAway as away:
                raise Broken(f"no token could be signed: {away.why}") from away
            self._token = database_token(credentials, *self._place)
            self._renew_at = monotonic() + LIFETIME_SECONDS / 2
        return self._token


def _ask(connection: AsyncConnection) -> Awaitable[object]:
    return connection.execute("SELECT 1")
