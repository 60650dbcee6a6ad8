"""Applications and drafts of one benefit, in a schema of its own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from psycopg import AsyncConnection, sql

from workload.database import Aged, Database
from workload.deadline import Deadline
from workload.event import event
from workload.identity import content_digest
from workload.outbox import OUTBOX_STATEMENTS, add
from workload.schema import SchemaMaker

__all__ = [
    "APPLICATION_STATEMENTS",
    "Application",
    "Applications",
    "Draft",
    "StoredApplications",
    "case_change",
]

APPLICATION_STATEMENTS = (
    """
    CREATE TABLE IF NOT EXISTS {schema}.applications (
        id uuid PRIMARY KEY,
        client_reference text NOT NULL,
        content jsonb NOT NULL,
        digest text NOT NULL,
        state text NOT NULL DEFAULT 'received',
        received_at text NOT NULL,
        stored_at timestamptz NOT NULL DEFAULT now(),
        case_known boolean NOT NULL DEFAULT false,
        sweep_at timestamptz NOT NULL DEFAULT now() + interval '30 seconds',
        sweeps int NOT NULL DEFAULT 0
    )
    """,
    "CREATE INDEX IF NOT EXISTS applications_to_sweep ON {schema}.applications (sweep_at) WHERE NOT case_known",
    """
    CREATE TABLE IF NOT EXISTS {schema}.drafts (
        id text PRIMARY KEY, content jsonb NOT NULL, saved_at text NOT NULL
    )
    """,
    *OUTBOX_STATEMENTS,
)

FACTS = ("weekly_income_pence", "checks")
"""What a decision needs of an application. Nothing else leaves the cell: other services may not hold it."""

SWEPT_AT_ONCE = 200
LONGEST_SWEEP_SECONDS = 60


@dataclass(frozen=True)
class Application:
    """Attributes: received_at: when the first of its requests came, as ISO 8601."""

    id: str
    benefit: str
    client_reference: str
    content: Mapping[str, Any]
    received_at: str
    state: str = "received"

    @property
    def digest(self) -> str:
        return content_digest(self.content)


@dataclass(frozen=True)
class Draft:
    id: str
    content: Mapping[str, Any]
    saved_at: str


class Applications(Protocol):
    """Every method raises DependencyAway where the database does not answer."""

    async def store(
        self, application: Application, deadline: Deadline | None = None
    ) -> tuple[Application, str]:
        """The application as it was first stored, and the digest of its content then."""
        ...

    async def find(self, id_: str, deadline: Deadline | None = None) -> Application | None: ...
    async def find_in_replica(
        self, id_: str, deadline: Deadline | None = None
    ) -> Aged[Application | None]: ...
    async def save(self, draft: Draft, deadline: Deadline | None = None) -> None: ...
    async def draft(self, id_: str, deadline: Deadline | None = None) -> Draft | None: ...
    async def draft_in_replica(self, id_: str, deadline: Deadline | None = None) -> Aged[Draft | None]: ...
    async def to_sweep(self) -> list[Application]:
        """Those of which it is not known whether case has them, and whose turn it is to be asked about."""
        ...

    async def confirm(self, states: Mapping[str, str]) -> None:
        """Case has them, in these states."""
        ...

    async def send_again(self, applications: Sequence[Application]) -> None: ...


class StoredApplications:
    """In PostgreSQL, under the benefit's role where the task's user may act as it."""

    def __init__(self, database: Database, benefit: str, schema: str, maker: SchemaMaker) -> None:
        self._database = database
        self._benefit = benefit
        self._schema = schema
        self._maker = maker

    async def store(
        self, application: Application, deadline: Deadline | None = None
    ) -> tuple[Application, str]:
        await self._maker.arrives()

        async def work(connection: AsyncConnection) -> tuple[Application, str]:
            async with connection.pipeline():
                await self._act_as_role(connection)
                inserted = await connection.execute(
                    self._formed(
                        "INSERT INTO {0}.applications (id, client_reference, content, digest, received_at) "
                        "VALUES (%s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING"
                    ),
                    [
                        application.id,
                        application.client_reference,
                        json.dumps(application.content),
                        application.digest,
                        application.received_at,
                    ],
                )
            if inserted.rowcount:
                async with connection.pipeline():
                    await self._announce(connection, application)
                return application, application.digest
            row = await self._row(connection, application.id)
            assert row
            return self._application(row), row[5]

        return await self._database.write(work, deadline=deadline)

    async def find(self, id_: str, deadline: Deadline | None = None) -> Application | None:
        await self._maker.arrives()
        return await self._database.read(self._finding(id_), deadline=deadline)

    async def find_in_replica(self, id_: str, deadline: Deadline | None = None) -> Aged[Application | None]:
        return await self._database.read_replica(self._finding(id_), deadline=deadline)

    async def save(self, draft: Draft, deadline: Deadline | None = None) -> None:
        await self._maker.arrives()

        async def work(connection: AsyncConnection) -> None:
            async with connection.pipeline():
                await self._act_as_role(connection)
                await connection.execute(
                    self._formed(
                        "INSERT INTO {0}.drafts (id, content, saved_at) VALUES (%s, %s, %s) "
                        "ON CONFLICT (id) DO UPDATE SET content = excluded.content, saved_at = excluded.saved_at "
                        "WHERE drafts.saved_at < excluded.saved_at"
                    ),
                    [draft.id, json.dumps(draft.content), draft.saved_at],
                )

        await self._database.write(work, deadline=deadline)

    async def draft(self, id_: str, deadline: Deadline | None = None) -> Draft | None:
        await self._maker.arrives()
        return await self._database.read(self._finding_draft(id_), deadline=deadline)

    async def draft_in_replica(self, id_: str, deadline: Deadline | None = None) -> Aged[Draft | None]:
        return await self._database.read_replica(self._finding_draft(id_), deadline=deadline)

    async def to_sweep(self) -> list[Application]:
        await self._maker.arrives()
        query = self._formed(
            "UPDATE {0}.applications SET sweeps = sweeps + 1, "
            "sweep_at = now() + make_interval(secs => least(%s, 30 * power(2, least(sweeps, 5)))) "
            "WHERE id IN (SELECT id FROM {0}.applications WHERE NOT case_known AND sweep_at <= now() "
            "ORDER BY sweep_at LIMIT %s FOR UPDATE SKIP LOCKED) "
            "RETURNING id::text, client_reference, content, received_at, state, digest"
        )

        async def work(connection: AsyncConnection) -> list[Application]:
            await self._act_as_role(connection)
            rows = await connection.execute(query, [LONGEST_SWEEP_SECONDS, SWEPT_AT_ONCE])
            return [self._application(row) for row in await rows.fetchall()]

        return await self._database.write(work)

    async def confirm(self, states: Mapping[str, str]) -> None:
        query = self._formed("UPDATE {0}.applications SET case_known = true, state = %s WHERE id = %s")

        async def work(connection: AsyncConnection) -> None:
            await self._act_as_role(connection)
            for id_, state in sorted(states.items()):
                await connection.execute(query, [state, id_])

        await self._database.write(work)

    async def send_again(self, applications: Sequence[Application]) -> None:
        async def work(connection: AsyncConnection) -> None:
            await self._act_as_role(connection)
            for application in applications:
                await add(connection, self._schema, "case", application.id, case_change(application))

        await self._database.write(work)

    async def _announce(self, connection: AsyncConnection, application: Application) -> None:
        await add(connection, self._schema, "case", application.id, case_change(application))
        announced = event("application-received", application.id, benefit=application.benefit)
        for destination in ("applications", "agency"):
            await add(connection, self._schema, destination, announced["id"], announced)

    async def _act_as_role(self, connection: AsyncConnection) -> None:
        """For the rest of the transaction, the task can do nothing outside the benefit's schema."""
        if self._maker.may_set_role:
            await connection.execute(self._formed("SET LOCAL ROLE {0}"))

    def _finding(self, id_: str):
        async def work(connection: AsyncConnection) -> Application | None:
            row = await self._row(connection, id_)
            return self._application(row) if row else None

        return work

    def _finding_draft(self, id_: str):
        async def work(connection: AsyncConnection) -> Draft | None:
            query = self._formed("SELECT id, content, saved_at FROM {0}.drafts WHERE id = %s")
            row = await (await connection.execute(query, [id_])).fetchone()
            return Draft(*row) if row else None

        return work

    async def _row(self, connection: AsyncConnection, id_: str) -> Any:
        query = self._formed(
            "SELECT id::text, client_reference, content, received_at, state, digest "
            "FROM {0}.applications WHERE id = %s"
        )
        return await (await connection.execute(query, [id_])).fetchone()

    def _application(self, row: Sequence[Any]) -> Application:
        return Application(row[0], self._benefit, row[1], row[2], row[3], row[4])

    def _formed(self, statement: str) -> sql.Composed:
        return sql.SQL(statement).format(sql.Identifier(self._schema))  # pyright: ignore[reportArgumentType]


def case_change(application: Application) -> dict[str, Any]:
    """What case is told of an application."""
    facts = {name: application.content[name] for name in FACTS if name in application.content}
    return {
        "application_id": application.id,
        "benefit": application.benefit,
        "client_reference": application.client_reference,
        "received_at": application.received_at,
        "facts": facts,
    }
