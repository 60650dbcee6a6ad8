"""The ledger of payments: each is in it once, and takes effect once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString, Protocol

from psycopg import AsyncConnection, sql

from workload.database import Database
from workload.event import event
from workload.outbox import OUTBOX_STATEMENTS, add
from workload.schema import SchemaMaker

__all__ = ["LEDGER_STATEMENTS", "SCHEMA", "Ledger", "Payment", "StoredLedger"]

SCHEMA = "payments"

LEDGER_STATEMENTS = (
    """
    CREATE TABLE IF NOT EXISTS {schema}.payments (
        id uuid PRIMARY KEY,
        place bigserial NOT NULL,
        case_id text NOT NULL,
        benefit text NOT NULL,
        client_reference text NOT NULL,
        amount_pence bigint NOT NULL CHECK (amount_pence > 0),
        state text NOT NULL DEFAULT 'asked',
        why text,
        due_at timestamptz NOT NULL DEFAULT now(),
        asked_at timestamptz NOT NULL DEFAULT now(),
        paid_at timestamptz
    )
    """,
    "CREATE INDEX IF NOT EXISTS payments_due ON {schema}.payments (place) WHERE state = 'asked'",
    *OUTBOX_STATEMENTS,
)

CLAIM_SECONDS = 15
"""Longer than a call to a backend may take, so that two tasks seldom send one payment; if they do, it counts once."""

_COLUMNS = sql.SQL("id::text, case_id, benefit, client_reference, amount_pence, state, why")


@dataclass(frozen=True)
class Payment:
    """Attributes: state: asked, paid or refused."""

    id: str
    case_id: str
    benefit: str
    client_reference: str
    amount_pence: int
    state: str = "asked"
    why: str | None = None

    @property
    def terms(self) -> tuple[str, str, str, int]:
        """What may not differ between two requests for the same payment."""
        return self.case_id, self.benefit, self.client_reference, self.amount_pence


class Ledger(Protocol):
    """Every method raises DependencyAway where the database does not answer."""

    async def enter(self, payment: Payment) -> Payment:
        """The payment as it was first entered."""
        ...

    async def take_due(self, most: int) -> list[Payment]:
        """The oldest that are not made yet; for a while, no other task takes them."""
        ...

    async def mark_paid(self, id_: str) -> None: ...
    async def mark_refused(self, id_: str, why: str) -> None: ...
    async def put_back(self, ids: Sequence[str], after_seconds: float) -> None: ...
    async def of(self, ids: Sequence[str]) -> list[Payment]: ...
    async def totals(self) -> dict[str, dict[str, int]]: ...


class StoredLedger:
    """In PostgreSQL."""

    def __init__(self, database: Database, maker: SchemaMaker, destinations: frozenset[str]) -> None:
        self._database = database
        self._maker = maker
        self._destinations = destinations

    async def enter(self, payment: Payment) -> Payment:
        await self._maker.arrives()

        async def work(connection: AsyncConnection) -> Payment:
            inserted = await connection.execute(
                "INSERT INTO payments.payments (id, case_id, benefit, client_reference, amount_pence) "
                "VALUES (%s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
                [payment.id, *payment.terms],
            )
            if inserted.rowcount:
                await self._announce(connection, "payment-asked", payment)
                return payment
            return (await _find(connection, [payment.id]))[0]

        return await self._database.write(work)

    async def take_due(self, most: int) -> list[Payment]:
        await self._maker.arrives()

        async def work(connection: AsyncConnection) -> list[Payment]:
            rows = await connection.execute(
                _formed(
                    "UPDATE payments.payments SET due_at = now() + make_interval(secs => %s) WHERE id IN ("
                    "SELECT id FROM payments.payments WHERE state = 'asked' AND due_at <= now() "
                    "ORDER BY place LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING place, {columns}"
                ),
                [CLAIM_SECONDS, most],
            )
            return [Payment(*row[1:]) for row in sorted(await rows.fetchall(), key=lambda row: row[0])]

        return await self._database.write(work)

    async def mark_paid(self, id_: str) -> None:
        await self._settle(id_, "paid", None)

    async def mark_refused(self, id_: str, why: str) -> None:
        await self._settle(id_, "refused", why)

    async def put_back(self, ids: Sequence[str], after_seconds: float) -> None:
        async def work(connection: AsyncConnection) -> None:
            await connection.execute(
                "UPDATE payments.payments SET due_at = now() + make_interval(secs => %s) "
                "WHERE id = ANY(%s::uuid[]) AND state = 'asked'",
                [after_seconds, sorted(ids)],
            )

        await self._database.write(work)

    async def of(self, ids: Sequence[str]) -> list[Payment]:
        await self._maker.arrives()

        async def work(connection: AsyncConnection) -> list[Payment]:
            return await _find(connection, ids)

        return await self._database.read(work)

    async def totals(self) -> dict[str, dict[str, int]]:
        await self._maker.arrives()

        async def work(connection: AsyncConnection) -> dict[str, dict[str, int]]:
            rows = await connection.execute(
                "SELECT state, count(*), sum(amount_pence)::bigint FROM payments.payments GROUP BY state"
            )
            return {row[0]: {"payments": row[1], "amount_pence": row[2]} for row in await rows.fetchall()}

        return await self._database.read(work)

    async def _settle(self, id_: str, state: str, why: str | None) -> None:
        async def work(connection: AsyncConnection) -> None:
            updated = await connection.execute(
                _formed(
                    "UPDATE payments.payments SET state = %s, why = %s, paid_at = now() "
                    "WHERE id = %s AND state = 'asked' RETURNING {columns}"
                ),
                [state, why, id_],
            )
            row = await updated.fetchone()
            if row:
                await self._announce(
                    connection, "payment-made" if state == "paid" else "payment-refused", Payment(*row)
                )

        await self._database.write(work)

    async def _announce(self, connection: AsyncConnection, type_: str, payment: Payment) -> None:
        announced: dict[str, Any] = event(type_, payment.id, benefit=payment.benefit, case_id=payment.case_id)
        for destination in sorted(self._destinations):
            await add(connection, SCHEMA, destination, announced["id"], announced)


async def _find(connection: AsyncConnection, ids: Sequence[str]) -> list[Payment]:
    query = _formed("SELECT {columns} FROM payments.payments WHERE id = ANY(%s::uuid[])")
    return [Payment(*row) for row in await (await connection.execute(query, [list(ids)])).fetchall()]


def _formed(statement: LiteralString) -> sql.Composed:
    return sql.SQL(statement).format(columns=_COLUMNS)
