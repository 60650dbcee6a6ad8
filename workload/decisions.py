"""Decisions: one a case, made once, and announced."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from psycopg import AsyncConnection

from workload.database import Database
from workload.event import event
from workload.outbox import OUTBOX_STATEMENTS, add
from workload.schema import SchemaMaker

__all__ = ["DECISION_STATEMENTS", "SCHEMA", "Decision", "Decisions", "StoredDecisions"]

SCHEMA = "decision"

DECISION_STATEMENTS = (
    """
    CREATE TABLE IF NOT EXISTS {schema}.decisions (
        case_id uuid PRIMARY KEY,
        benefit text NOT NULL,
        outcome text NOT NULL,
        amount_pence bigint,
        reason text NOT NULL,
        to_confirm jsonb NOT NULL,
        decided_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    *OUTBOX_STATEMENTS,
)


@dataclass(frozen=True)
class Decision:
    """Attributes: outcome: awarded or refused. to_confirm: what was taken as the application says it."""

    case_id: str
    benefit: str
    outcome: str
    amount_pence: int | None
    reason: str
    to_confirm: tuple[str, ...] = ()


class Decisions(Protocol):
    """Every method raises DependencyAway where the database does not answer."""

    async def keep(self, decision: Decision) -> Decision:
        """The decision on its case as it was first made."""
        ...

    async def of(self, case_ids: Sequence[str]) -> list[Decision]: ...


class StoredDecisions:
    """In PostgreSQL."""

    def __init__(self, database: Database, maker: SchemaMaker, destinations: frozenset[str]) -> None:
        self._database = database
        self._maker = maker
        self._destinations = destinations

    async def keep(self, decision: Decision) -> Decision:
        await self._maker.arrives()

        async def work(connection: AsyncConnection) -> Decision:
            inserted = await connection.execute(
                "INSERT INTO decision.decisions (case_id, benefit, outcome, amount_pence, reason, to_confirm) "
                "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                [
                    decision.case_id,
                    decision.benefit,
                    decision.outcome,
                    decision.amount_pence,
                    decision.reason,
                    json.dumps(decision.to_confirm),
                ],
            )
            if not inserted.rowcount:
                return (await _find(connection, [decision.case_id]))[0]
            announced = event("decision-made", decision.case_id, benefit=decision.benefit)
            for destination in sorted(self._destinations):
                await add(connection, SCHEMA, destination, announced["id"], announced)
            return decision

        return await self._database.write(work)

    async def of(self, case_ids: Sequence[str]) -> list[Decision]:
        await self._maker.arrives()

        async def work(connection: AsyncConnection) -> list[Decision]:
            return await _find(connection, case_ids)

        return await self._database.read(work)


async def _find(connection: AsyncConnection, case_ids: Sequence[str]) -> list[Decision]:
    rows = await connection.execute(
        "SELECT case_id::text, benefit, outcome, amount_pence, reason, to_confirm "
        "FROM decision.decisions WHERE case_id = ANY(%s::uuid[])",
        [list(case_ids)],
    )
    return [Decision(*row[:5], to_confirm=tuple(row[5])) for row in await rows.fetchall()]
