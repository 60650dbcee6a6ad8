"""What a transaction has to tell others is committed with it, and sent afterwards, as often as it takes."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection, sql

from workload.breaker import Breaker
from workload.clock import monotonic
from workload.database import Database
from workload.exceptions import DependencyAway
from workload.logs import Log
from workload.waiting import is_set_within

__all__ = ["OUTBOX_STATEMENTS", "Item", "Relay", "Sender", "add"]

OUTBOX_STATEMENTS = (
    """
    CREATE TABLE IF NOT EXISTS {schema}.outbox (
        id bigserial PRIMARY KEY,
        destination text NOT NULL,
        key text NOT NULL,
        "group" text,
        document jsonb NOT NULL,
        due_at timestamptz NOT NULL DEFAULT now(),
        attempts int NOT NULL DEFAULT 0,
        UNIQUE (destination, key)
    )
    """,
    "CREATE INDEX IF NOT EXISTS outbox_due ON {schema}.outbox (destination, due_at)",
)

BATCH = 50
CLAIM_SECONDS = 15
"""After which what a task took and did not send, because it died, is sent by another."""

BUSY_SECONDS = 1.0
IDLE_SECONDS = 4.0
"""Between looks at the table; after a commit in this task it is looked at as soon as it has lingered."""

LINGER_SECONDS = 0.2
"""What is committed meanwhile is sent together: two transactions and a call cost the same for one as for many."""

FAILURES = 2
OPEN_SECONDS = 2.0


@dataclass(frozen=True)
class Item:
    """Attributes: key: of the receiver, which takes it once."""

    id: int
    key: str
    group: str | None
    document: Any
    attempts: int = 0


Sender = Callable[[Sequence[Item]], Awaitable[Sequence[int]]]
"""Sends items and returns the ids of those that were not taken. Raises DependencyAway where none was."""


async def add(
    connection: AsyncConnection,
    schema: str,
    destination: str,
    key: str,
    document: Any,
    group: str | None = None,
) -> None:
    """It will be sent, if the transaction commits. The same key is in the outbox once."""
    query = sql.SQL(
        'INSERT INTO {}.outbox (destination, key, "group", document) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING'
    ).format(sql.Identifier(schema))
    await connection.execute(query, [destination, key, group, json.dumps(document, default=str)])


class Relay:
    """Sends what is in the outbox of one schema. Any number of tasks may do so at the same time."""

    def __init__(
        self,
        database: Database,
        schema: str,
        senders: Mapping[str, Sender],
        log: Log,
        is_ready: Callable[[], bool],
    ) -> None:
        self._database = database
        self._schema = schema
        self._senders = senders
        self._log = log
        self._is_ready = is_ready
        self._woken = asyncio.Event()
        self._breakers = {name: Breaker(FAILURES, OPEN_SECONDS) for name in senders}

    @property
    def away(self) -> list[str]:
        """Destinations that do not answer at the moment."""
        return [name for name, breaker in self._breakers.items() if breaker.is_open]

    def wake(self) -> None:
        """Something was committed: it is sent soon."""
        self._woken.set()

    async def run(self) -> None:
        pause = BUSY_SECONDS
        while True:
            sent = await self.run_once() if self._is_ready() else 0
            pause = BUSY_SECONDS if sent else min(IDLE_SECONDS, pause * 1.5)
            if sent < BATCH and await is_set_within(self._woken, pause):
                await asyncio.sleep(LINGER_SECONDS)

    async def run_once(self) -> int:
        """How many were sent of one batch."""
        self._woken.clear()
        now = monotonic()
        open_ways = [name for name, breaker in self._breakers.items() if breaker.admit(now)]
        try:
            claimed = await self._claim(open_ways)
        except DependencyAway as away:
            self._log.warn("outbox-waits", schema=self._schema, why=away.why)
            return 0
        counts = await asyncio.gather(*(self._send(name, items) for name, items in claimed.items()))
        return sum(counts)

    async def _claim(self, destinations: Sequence[str]) -> dict[str, list[Item]]:
        """The oldest that are due, by destination; for a while, nobody else takes them."""
        query = sql.SQL(
            """
            UPDATE {0}.outbox SET due_at = now() + make_interval(secs => %s), attempts = attempts + 1
            WHERE id IN (
                SELECT id FROM {0}.outbox WHERE due_at <= now() AND destination = ANY(%s)
                ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
            )
            RETURNING destination, id, key, "group", document, attempts
            """
        ).format(sql.Identifier(self._schema))

        async def claim(connection: AsyncConnection) -> list[Any]:
            return await (
                await connection.execute(query, [CLAIM_SECONDS, list(destinations), BATCH])
            ).fetchall()

        items: dict[str, list[Item]] = {}
        for destination, *rest in sorted(await self._database.write_at_once(claim), key=lambda row: row[1]):
            items.setdefault(destination, []).append(Item(*rest))
        return items

    async def _send(self, destination: str, items: Sequence[Item]) -> int:
        breaker = self._breakers[destination]
        try:
            failed = set(await self._senders[destination](items))
            breaker.succeeded()
        except DependencyAway as away:
            failed = {item.id for item in items}
            breaker.failed(monotonic())
            self._log.warn("announcement-waits", destination=destination, why=away.why)
        except Exception as error:
            failed = {item.id for item in items}
            self._log.error("announcement-failed", error, destination=destination)
        sent = [item.id for item in items if item.id not in failed]
        await self._settle(sent, sorted(failed))
        return len(sent)

    async def _settle(self, sent: list[int], failed: list[int]) -> None:
        """What was sent is gone; what was not is due again, the later the more often it was tried."""
        gone = sql.SQL("DELETE FROM {}.outbox WHERE id = ANY(%s)").format(sql.Identifier(self._schema))
        later = sql.SQL(
            "UPDATE {}.outbox SET due_at = now() + make_interval(secs => least(60, power(2, least(attempts, 10)))) "
            "WHERE id = ANY(%s)"
        ).format(sql.Identifier(self._schema))
        try:
            for statement, ids in ((gone, sent), (later, failed)):
                if ids:
                    await self._database.write_at_once(
                        lambda connection, statement=statement, ids=ids: connection.execute(statement, [ids])
                    )
        except DependencyAway as away:
            # They are sent again, and their receivers take them once.
            self._log.warn("outbox-waits", schema=self._schema, why=away.why)
