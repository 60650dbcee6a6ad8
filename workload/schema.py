"""Schemas and tables, which tasks make and keep themselves, in the background and once."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg import AsyncConnection, sql

from workload.database import Database
from workload.exceptions import DependencyAway
from workload.logs import Log
from workload.waiting import is_set_within

__all__ = ["Schema", "SchemaMaker"]

PAUSE_SECONDS = 1.0
WAIT_SECONDS = 1.0
MAKE_SECONDS = 10.0


@dataclass(frozen=True)
class Schema:
    """Attributes:
    statements: safe to repeat, in order; ``{schema}`` stands for the quoted name.
    role: PostgreSQL role that may do everything in it, and nothing elsewhere.
    """

    name: str
    statements: Sequence[str]
    role: str | None = None

    @property
    def digest(self) -> str:
        """Changes with every statement, so that what a release adds is made."""
        return hashlib.sha256("\n".join(self.statements).encode()).hexdigest()[:16]


class SchemaMaker:
    """A schema is there, or those who need it are told that its database is away."""

    def __init__(self, database: Database, schema: Schema, log: Log) -> None:
        self._database = database
        self._schema = schema
        self._log = log
        self._made = asyncio.Event()
        self.may_set_role = False
        """Whether this task's user may act as the schema's role."""

    @property
    def is_made(self) -> bool:
        return self._made.is_set()

    async def arrives(self) -> None:
        """The schema is there; while its database answers, it is waited for a moment.

        Raises: DependencyAway: the schema is not there yet.
        """
        if not self._made.is_set() and not self._database.wait_seconds():
            await is_set_within(self._made, WAIT_SECONDS)
        self.ready()

    def ready(self) -> None:
        """Raises: DependencyAway: the schema is not there yet."""
        if not self._made.is_set():
            raise DependencyAway(self._database.name, f"the schema {self._schema.name} is not made yet", 1.0)

    async def run(self) -> None:
        """Tries until the schema is there."""
        told: set[str] = set()
        while not self._made.is_set():
            try:
                await self.make()
            except (DependencyAway, psycopg.Error) as error:
                if str(error) not in told:
                    self._log.warn("schema-waits", schema=self._schema.name, why=str(error))
                told.add(str(error))
                await asyncio.sleep(PAUSE_SECONDS)

    async def make(self) -> None:
        """The schema, its tables and, where that is permitted, its role are there."""
        self.may_set_role = await self._database.write(
            self._make, seconds=2 * MAKE_SECONDS, attempt_seconds=MAKE_SECONDS
        )
        self._made.set()

    async def _make(self, connection: AsyncConnection) -> bool:
        """Whether the role can be used."""
        if not await self._is_current(connection):
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [self._schema.name])
            if not await self._is_current(connection):
                await self._build(connection)
        return await self._may_set_role(connection)

    async def _is_current(self, connection: AsyncConnection) -> bool:
        table = f'"{self._schema.name}".shapes'
        row = await (await connection.execute("SELECT to_regclass(%s) IS NOT NULL", [table])).fetchone()
        if not row or not row[0]:
            return False
        query = self._formed("SELECT count(*) FROM {schema}.shapes WHERE digest = %s")
        found = await (await connection.execute(query, [self._schema.digest])).fetchone()
        return bool(found and found[0])

    async def _build(self, connection: AsyncConnection) -> None:
        there = await connection.execute("SELECT to_regnamespace(%s)", [f'"{self._schema.name}"'])
        row = await there.fetchone()
        if row is None or row[0] is None:
            await connection.execute(self._formed("CREATE SCHEMA {schema}"))
        for statement in self._schema.statements:
            await connection.execute(self._formed(statement))
        await connection.execute(
            self._formed("CREATE TABLE IF NOT EXISTS {schema}.shapes (digest text PRIMARY KEY)")
        )
        await connection.execute(
            self._formed("INSERT INTO {schema}.shapes VALUES (%s) ON CONFLICT DO NOTHING"),
            [self._schema.digest],
        )
        await self._make_role(connection)

    async def _make_role(self, connection: AsyncConnection) -> None:
        """The role is there and may use the schema; where the user may make no roles, it does without."""
        if self._schema.role is None:
            return
        for statement in (
            "CREATE ROLE {role} NOLOGIN",
            "GRANT {role} TO CURRENT_USER",
            "GRANT USAGE ON SCHEMA {schema} TO {role}",
            "GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO {role}",
            "GRANT ALL ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        ):
            try:
                async with connection.transaction():
                    await connection.execute(self._formed(statement))
            except (psycopg.errors.InsufficientPrivilege, psycopg.errors.DuplicateObject) as error:
                self._log.info("role-as-it-is", role=self._schema.role, why=type(error).__name__)
            except psycopg.errors.UndefinedObject as error:
                self._log.info("role-is-missing", role=self._schema.role, why=type(error).__name__)

    async def _may_set_role(self, connection: AsyncConnection) -> bool:
        if self._schema.role is None:
            return False
        query = (
            "SELECT coalesce(bool_or(pg_has_role(current_user, oid, 'MEMBER')), false) "
            "AND coalesce(bool_or(has_schema_privilege(oid, %s, 'USAGE')), false) "
            "FROM pg_roles WHERE rolname = %s"
        )
        found = await connection.execute(query, [self._schema.name, self._schema.role])
        row = await found.fetchone()
        return bool(row and row[0])

    def _formed(self, statement: str) -> sql.Composed:
        role = sql.Identifier(self._schema.role or self._schema.name)
        return sql.SQL(statement).format(schema=sql.Identifier(self._schema.name), role=role)  # pyright: ignore
