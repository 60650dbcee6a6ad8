"""Cases: one an application, and what becomes of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString, Protocol

from psycopg import AsyncConnection, sql

from workload.database import Aged, Database
from workload.deadline import Deadline
from workload.event import event
from workload.identity import event_id, group_of, letter_id, payment_id
from workload.outbox import OUTBOX_STATEMENTS, add
from workload.schema import SchemaMaker

__all__ = [
    "CASE_STATEMENTS",
    "SCHEMA",
    "Case",
    "Cases",
    "Outcome",
    "StoredCases",
    "decision_request",
    "payment_request",
]

SCHEMA = "case"

CASE_STATEMENTS = (
    """
    CREATE TABLE IF NOT EXISTS {schema}.cases (
        id uuid PRIMARY KEY,
        benefit text NOT NULL,
        client_reference text NOT NULL,
        facts jsonb NOT NULL,
        received_at text NOT NULL,
        state text NOT NULL DEFAULT 'in-decision',
        decided_by text,
        reason text,
        amount_pence bigint,
        changed_at timestamptz NOT NULL DEFAULT now(),
        sweep_at timestamptz NOT NULL DEFAULT now() + interval '30 seconds',
        sweeps int NOT NULL DEFAULT 0
    )
    """,
    "CREATE INDEX IF NOT EXISTS cases_of_client ON {schema}.cases (client_reference, benefit)",
    "CREATE INDEX IF NOT EXISTS cases_to_sweep ON {schema}.cases (sweep_at) WHERE state IN ('in-decision', 'awarded')",
    """
    CREATE TABLE IF NOT EXISTS {schema}.notes (
        case_id uuid NOT NULL, key text NOT NULL, content jsonb NOT NULL, noted_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (case_id, key)
    )
    """,
    *OUTBOX_STATEMENTS,
)

SWEPT_AT_ONCE = 200
LONGEST_SWEEP_SECONDS = 60
_COLUMNS = sql.SQL(
    "id::text, benefit, client_reference, facts, received_at, state, amount_pence, decided_by, reason"
)


@dataclass(frozen=True)
class Case:
    """Attributes: id: of its application. state: in-decision, awarded, refused or paid."""

    id: str
    benefit: str
    client_reference: str
    facts: Mapping[str, Any]
    received_at: str
    state: str = "in-decision"
    amount_pence: int | None = None
    decided_by: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Outcome:
    """Attributes: outcome: awarded or refused. by: `rules`, or who decided by hand."""

    case_id: str
    outcome: str
    by: str
    amount_pence: int | None = None
    reason: str = ""


class Cases(Protocol):
    """Every method raises DependencyAway where the database does not answer."""

    async def open(self, case: Case, deadline: Deadline | None = None) -> bool:
        """Whether it is new; its decision is asked for in that case."""
        ...

    async def find(self, id_: str, deadline: Deadline | None = None) -> Case | None: ...
    async def find_in_replica(self, id_: str, deadline: Deadline | None = None) -> Aged[Case | None]: ...
    async def of_client(self, client_reference: str, deadline: Deadline | None = None) -> list[Case]: ...
    async def states(self, ids: Sequence[str]) -> dict[str, str]: ...
    async def decide(self, outcome: Outcome) -> Case | None:
        """The case as it is decided now, by this outcome or an earlier one; None where there is none."""
        ...

    async def mark_paid(self, ids: Sequence[str]) -> None: ...
    async def note(self, id_: str, key: str, content: Any) -> bool | None:
        """Whether the note is new; None where there is no case."""
        ...

    async def to_sweep(self) -> list[Case]:
        """Those that wait for another service, and whose turn it is to be asked about."""
        ...

    async def ask_again(self, cases: Sequence[Case]) -> None:
        """Their decisions or payments are asked for once more."""
        ...


class StoredCases:
    """In PostgreSQL."""

    def __init__(self, database: Database, maker: SchemaMaker, destinations: frozenset[str]) -> None:
        self._database = database
        self._maker = maker
        self._destinations = destinations

    async def open(self, case: Case, deadline: Deadline | None = None) -> bool:
        await self._maker.arrives()

        async def work(connection: AsyncConnection) -> bool:
            inserted = await connection.execute(
                'INSERT INTO "case".cases (id, benefit, client_reference, facts, received_at) '
                "VALUES (%s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
                [case.id, case.benefit, case.client_reference, json.dumps(case.facts), case.received_at],
            )
            if inserted.rowcount:
                await self._tell(connection, "decision-requests", case.id, decision_request(case))
                await self._announce(connection, "case-opened", case)
            return bool(inserted.rowcount)

        return await self._database.write(work, deadline=deadline)

    async def find(self, id_: str, deadline: Deadline | None = None) -> Case | None:
        await self._maker.arrives()
        return await self._database.read(_finding(id_), deadline=deadline)

    async def find_in_replica(self, id_: str, deadline: Deadline | None = None) -> Aged[Case | None]:
        return await self._database.read_replica(_finding(id_), deadline=deadline)

    async def of_client(self, client_reference: str, deadline: Deadline | None = None) -> list[Case]:
        await self._maker.arrives()

        async def work(connection: AsyncConnection) -> list[Case]:
            query = _formed(
                'SELECT {columns} FROM "case".cases WHERE client_reference = %s ORDER BY received_at LIMIT 200'
            )
            return [
                Case(*row) for row in await (await connection.execute(query, [client_reference])).fetchall()
            ]

        return await self._database.read(work, deadline=deadline)

    async def states(self, ids: Sequence[str]) -> dict[str, str]:
        await self._maker.arrives()

        async def work(connection: AsyncConnection) -> dict[str, str]:
            rows = await connection.execute(
                'SELECT id::text, state FROM "case".cases WHERE id = ANY(%s::uuid[])', [list(ids)]
            )
            return dict(await rows.fetchall())  # pyright: ignore[reportArgumentType]

        return await self._database.read(work)

    async def decide(self, outcome: Outcome) -> Case | None:
        await self._maker.arrives()

        async def work(connection: AsyncConnection) -> Case | None:
            updated = await connection.execute(
                _formed(
                    'UPDATE "case".cases SET state = %s, decided_by = %s, reason = %s, amount_pence = %s, '
                    "changed_at = now(), sweeps = 0, sweep_at = now() + interval '30 seconds' "
                    "WHERE id = %s AND state = 'in-decision' RETURNING {columns}"
                ),
                [outcome.outcome, outcome.by, outcome.reason, outcome.amount_pence, outcome.case_id],
            )
            row = await updated.fetchone()
            if row is None:
                return await _finding(outcome.case_id)(connection)
            case = Case(*row)
            await self._follow(connection, case)
            return case

        return await self._database.write(work)

    async def mark_paid(self, ids: Sequence[str]) -> None:
        async def work(connection: AsyncConnection) -> None:
            updated = await connection.execute(
                _formed(
                    "UPDATE \"case\".cases SET state = 'paid', changed_at = now() "
                    "WHERE id = ANY(%s::uuid[]) AND state = 'awarded' RETURNING {columns}"
                ),
                [sorted(ids)],
            )
            for row in await updated.fetchall():
                await self._announce(connection, "application-paid", Case(*row))

        await self._database.write(work)

    async def note(self, id_: str, key: str, content: Any) -> bool | None:
        await self._maker.arrives()

        async def work(connection: AsyncConnection) -> bool | None:
            if await _finding(id_)(connection) is None:
                return None
            inserted = await connection.execute(
                'INSERT INTO "case".notes (case_id, key, content) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING',
                [id_, key, json.dumps(content)],
            )
            return bool(inserted.rowcount)

        return await self._database.write(work)

    async def to_sweep(self) -> list[Case]:
        async def work(connection: AsyncConnection) -> list[Case]:
            rows = await connection.execute(
                _formed(
                    'UPDATE "case".cases SET sweeps = sweeps + 1, '
                    "sweep_at = now() + make_interval(secs => least(%s, 30 * power(2, least(sweeps, 5)))) "
                    "WHERE id IN (SELECT id FROM \"case\".cases WHERE state IN ('in-decision', 'awarded') "
                    "AND sweep_at <= now() ORDER BY sweep_at LIMIT %s FOR UPDATE SKIP LOCKED) "
                    "RETURNING {columns}"
                ),
                [LONGEST_SWEEP_SECONDS, SWEPT_AT_ONCE],
            )
            return [Case(*row) for row in await rows.fetchall()]

        return await self._database.write(work)

    async def ask_again(self, cases: Sequence[Case]) -> None:
        async def work(connection: AsyncConnection) -> None:
            for case in cases:
                if case.state == "in-decision":
                    await self._tell(connection, "decision-requests", case.id, decision_request(case))
                elif case.state == "awarded":
                    await self._ask_payment(connection, case)

        await self._database.write(work)

    async def _follow(self, connection: AsyncConnection, case: Case) -> None:
        """What a decision brings about is committed with it."""
        kind = "award" if case.state == "awarded" else "refusal"
        letter = {
            "letter_id": letter_id(case.id, kind),
            "client_reference": case.client_reference,
            "application_id": case.id,
            "kind": kind,
        }
        await self._tell(connection, "letters-to-send", letter["letter_id"], letter)
        await self._announce(connection, f"application-{case.state}", case)
        if case.state == "awarded":
            await self._ask_payment(connection, case)
            await self._refer(connection, case)

    async def _ask_payment(self, connection: AsyncConnection, case: Case) -> None:
        request = payment_request(case)
        group = group_of(case.client_reference)
        await self._tell(connection, "payment-requests", request["payment_id"], request, group)

    async def _refer(self, connection: AsyncConnection, case: Case) -> None:
        """A second award of a benefit to one client is looked at by somebody; it is not held up."""
        found = await connection.execute(
            'SELECT 1 FROM "case".cases WHERE client_reference = %s AND benefit = %s AND id <> %s '
            "AND state IN ('awarded', 'paid') LIMIT 1",
            [case.client_reference, case.benefit, case.id],
        )
        if await found.fetchone():
            referral = {
                "referral_id": event_id("referral", case.id),
                "application_id": case.id,
                "client_reference": case.client_reference,
                "reason": "another award of this benefit",
            }
            await self._tell(connection, "fraud-referrals", referral["referral_id"], referral)

    async def _announce(self, connection: AsyncConnection, type_: str, case: Case) -> None:
        announced = event(type_, case.id, benefit=case.benefit)
        for destination in ("applications", "agency"):
            await self._tell(connection, destination, announced["id"], announced)

    async def _tell(
        self, connection: AsyncConnection, destination: str, key: str, document: Any, group: str | None = None
    ) -> None:
        """It is in the outbox, where the destination stands in this region."""
        if destination in self._destinations:
            await add(connection, SCHEMA, destination, key, document, group)


def decision_request(case: Case) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "benefit": case.benefit,
        "client_reference": case.client_reference,
        "facts": case.facts,
    }


def payment_request(case: Case) -> dict[str, Any]:
    return {
        "payment_id": payment_id(case.id),
        "case_id": case.id,
        "benefit": case.benefit,
        "client_reference": case.client_reference,
        "amount_pence": case.amount_pence,
    }


def _finding(id_: str):
    async def work(connection: AsyncConnection) -> Case | None:
        query = _formed('SELECT {columns} FROM "case".cases WHERE id = %s')
        row = await (await connection.execute(query, [id_])).fetchone()
        return Case(*row) if row else None

    return work


def _formed(statement: LiteralString) -> sql.Composed:
    return sql.SQL(statement).format(columns=_COLUMNS)
