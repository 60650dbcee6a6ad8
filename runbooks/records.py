"""Applications in a database, as a drill spoils them and a recovery repairs them from a copy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg
from psycopg import sql

__all__ = ["Records", "SqlRecords"]

_CONNECT_SECONDS = 5
KEPT = "content_before_drill"
"""Column-wise copy of what a drill spoils: with it the outcome is judged to the record, and a failed drill undone."""


class Records(Protocol):
    """Applications of every benefit in a cluster, by the cluster's identifier. A mark names the drill."""

    def now(self, cluster: str) -> float:
        """Unix seconds, by the database's own clock."""
        ...

    def count(self, cluster: str) -> int:
        """How many applications there are. Raises: psycopg.Error: nobody answers."""
        ...

    def spoil(self, cluster: str, mark: str) -> None:
        """What every application says is gone, once, and is kept aside for the drill alone."""
        ...

    def spoiled(self, cluster: str, mark: str) -> int:
        """How many applications say nothing but the mark."""
        ...

    def oldest_spoiled(self, cluster: str, mark: str) -> float | None:
        """When the oldest of those was stored, by the database's clock; None where there are none."""
        ...

    def repairable(self, cluster: str, copy: str, mark: str) -> int:
        """How many spoiled applications the copy has."""
        ...

    def repair(self, cluster: str, copy: str, mark: str) -> None:
        """What the copy has of spoiled applications is in the cluster again; others are as they are."""
        ...

    def put_back(self, cluster: str, mark: str) -> None:
        """What was kept aside is where it was, and nothing is kept aside any more."""
        ...


@dataclass(frozen=True)
class SqlRecords:
    """Over psql's way in. Attributes: url: of a cluster's writer; None where there is none."""

    url: Callable[[str], str | None]

    def now(self, cluster: str) -> float:
        return float(self._rows(cluster, "SELECT extract(epoch FROM clock_timestamp())::float8")[0][0])

    def count(self, cluster: str) -> int:
        return sum(self._each(cluster, "SELECT count(*) FROM {table}"))

    def spoil(self, cluster: str, mark: str) -> None:
        with self._connection(cluster) as connection, connection.transaction():
            for schema in _schemas(connection):
                kept = sql.SQL("CREATE TABLE IF NOT EXISTS {kept} AS SELECT id, content FROM {table}")
                connection.execute(_formed(kept, schema))
                connection.execute(
                    _formed(
                        sql.SQL("UPDATE {table} SET content = %s FROM {kept} WHERE {kept}.id = {table}.id"),
                        schema,
                    ),
                    [_bad(mark)],
                )

    def spoiled(self, cluster: str, mark: str) -> int:
        return sum(
            self._each(cluster, "SELECT count(*) FROM {table} WHERE content = %s::jsonb", [_bad(mark)])
        )

    def oldest_spoiled(self, cluster: str, mark: str) -> float | None:
        query = "SELECT extract(epoch FROM min(stored_at))::float8 FROM {table} WHERE content = %s::jsonb"
        return min((it for it in self._each(cluster, query, [_bad(mark)]) if it is not None), default=None)

    def repairable(self, cluster: str, copy: str, mark: str) -> int:
        with self._connection(copy) as good, self._connection(cluster) as live:
            return sum(len(_good_rows(live, good, schema, mark)) for schema in _schemas(live))

    def repair(self, cluster: str, copy: str, mark: str) -> None:
        with self._connection(copy) as good, self._connection(cluster) as live, live.transaction():
            for schema in _schemas(live):
                rows = _good_rows(live, good, schema, mark)
                with live.cursor() as cursor:
                    cursor.executemany(
                        _formed(sql.SQL("UPDATE {table} SET content = %s::jsonb WHERE id = %s"), schema), rows
                    )

    def put_back(self, cluster: str, mark: str) -> None:
        with self._connection(cluster) as connection, connection.transaction():
            for schema in _schemas(connection):
                if not connection.execute("SELECT to_regclass(%s)", [f'"{schema}".{KEPT}']).fetchall()[0][0]:
                    continue
                back = "UPDATE {table} SET content = {kept}.content FROM {kept} WHERE {kept}.id = {table}.id "
                connection.execute(
                    _formed(sql.SQL(back + "AND {table}.content = %s::jsonb"), schema), [_bad(mark)]
                )
                connection.execute(_formed(sql.SQL("DROP TABLE {kept}"), schema))

    def _each(self, cluster: str, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """The one value that it gives for each benefit."""
        with self._connection(cluster) as connection:
            return [
                connection.execute(_formed(sql.SQL(query), schema), values).fetchall()[0][0]  # type: ignore[arg-type]
                for schema in _schemas(connection)
            ]

    def _rows(self, cluster: str, query: str) -> list[tuple[Any, ...]]:
        with self._connection(cluster) as connection:
            return connection.execute(query.encode()).fetchall()

    def _connection(self, cluster: str) -> psycopg.Connection[tuple[Any, ...]]:
        url = self.url(cluster)
        if url is None:
            raise psycopg.OperationalError(f"Nobody says where the writer of {cluster!r} answers to psql.")
        return psycopg.connect(url, autocommit=True, connect_timeout=_CONNECT_SECONDS)


def _bad(mark: str) -> str:
    return f'{{"spoiled_by": "{mark}"}}'


def _good_rows(
    live: psycopg.Connection[tuple[Any, ...]],
    good: psycopg.Connection[tuple[Any, ...]],
    schema: str,
    mark: str,
) -> list[tuple[Any, ...]]:
    """Content and id, as the copy has them, of what is spoiled."""
    spoiled = sql.SQL("SELECT id FROM {table} WHERE content = %s::jsonb")
    ids = [it[0] for it in live.execute(_formed(spoiled, schema), [_bad(mark)]).fetchall()]
    kept = sql.SQL("SELECT content::text, id FROM {table} WHERE id = ANY(%s)")
    return good.execute(_formed(kept, schema), [ids]).fetchall() if ids else []


def _schemas(connection: psycopg.Connection[tuple[Any, ...]]) -> list[str]:
    """Of the benefits: those with a table of applications."""
    query = "SELECT table_schema FROM information_schema.tables WHERE table_name = 'applications' ORDER BY 1"
    return [row[0] for row in connection.execute(query).fetchall()]


def _formed(statement: sql.SQL, schema: str) -> sql.Composed:
    return statement.format(table=sql.Identifier(schema, "applications"), kept=sql.Identifier(schema, KEPT))
