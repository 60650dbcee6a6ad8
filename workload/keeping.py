"""What a role keeps in a database: its schema, which it makes itself, and an outbox for what it announces."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from psycopg import AsyncConnection, sql
from psycopg.errors import UndefinedTable

from workload.database import Aged, Database
from workload.deadline import Deadline
from workload.exceptions import DependencyAway
from workload.logs import Log
from workload.outbox import OUTBOX_STATEMENTS, Relay, Sender, add
from workload.schema import Schema, SchemaMaker
from workload.service import Loop

__all__ = ["Keeping", "Session"]

Result = TypeVar("Result")


class Session:
    """A transaction in the role's own schema, for which `{schema}` stands in statements."""

    def __init__(self, connection: AsyncConnection, schema: str) -> None:
        self._connection = connection
        self._schema = schema
        self.announces = False
        """Whether something is to be sent after the commit."""

    async def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the statement returned."""
        return await (await self._run(statement, values)).fetchall()

    async def row(self, statement: str, *values: Any) -> tuple[Any, ...] | None:
        return await (await self._run(statement, values)).fetchone()

    async def run(self, statement: str, *values: Any) -> int:
        """How many rows the statement changed."""
        return (await self._run(statement, values)).rowcount

    async def announce(self, destination: str, key: str, document: Mapping[str, Any]) -> None:
        """It is sent after the commit, as often as it takes; its receiver knows it by its key."""
        self.announces = True
        await add(self._connection, self._schema, destination, key, dict(document))

    async def _run(self, statement: str, values: Sequence[Any]) -> Any:
        formed = sql.SQL(statement).format(schema=sql.Identifier(self._schema))  # pyright: ignore[reportArgumentType]
        return await self._connection.execute(formed, values)


Work = Callable[[Session], Awaitable[Result]]


class Keeping:
    """Work is safe to repeat: where a connection broke while it committed, it is tried again.

    Args: senders: by the name of the destination.
    """

    def __init__(
        self,
        database: Database,
        schema: str,
        statements: Sequence[str],
        senders: Mapping[str, Sender],
        log: Log,
    ) -> None:
        self._database = database
        self._schema = schema
        self._maker = SchemaMaker(database, Schema(schema, [*statements, *OUTBOX_STATEMENTS]), log)
        self._relay = Relay(database, schema, senders, log, lambda: self._maker.is_made)

    @property
    def away(self) -> list[str]:
        """Destinations that do not answer at the moment."""
        return self._relay.away

    async def probe(self) -> None:
        """Returns where the writer answers and the schema is there."""
        await self._database.probe()
        self._maker.ready()

    def loops(self) -> list[Loop]:
        return [
            Loop("schema", self._maker.run),
            Loop("outbox", self._relay.run),
            Loop("readers", self._database.keep_readers),
        ]

    async def write(self, work: Work[Result], deadline: Deadline | None = None) -> Result:
        """What the work returned; it is committed, and what it announces is on its way.

        Raises: DependencyAway: it could not be committed, or nobody knows.
        """
        self._maker.ready()

        async def telling(session: Session) -> tuple[Result, bool]:
            return await work(session), session.announces

        result, announces = await self._database.write(self._in_session(telling), deadline=deadline)
        if announces:
            self._relay.wake()
        return result

    async def read(self, work: Work[Result], deadline: Deadline | None = None) -> Result:
        self._maker.ready()
        return await self._database.read(self._in_session(work), deadline=deadline)

    async def read_replica(self, work: Work[Result], deadline: Deadline | None = None) -> Aged[Result]:
        """What the work read, and how old it may be. Raises: DependencyAway."""
        try:
            return await self._database.read_replica(self._in_session(work), deadline=deadline)
        except UndefinedTable as error:
            raise DependencyAway(self._database.name, "its replica has nothing of this yet", 2.0) from error

    def _in_session(self, work: Work[Result]) -> Callable[[AsyncConnection], Awaitable[Result]]:
        async def in_session(connection: AsyncConnection) -> Result:
            return await work(Session(connection, self._schema))

        return in_session
