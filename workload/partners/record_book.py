"""What partners were sent, each thing once, on disk before anybody is told so."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

__all__ = ["Entry", "Outcome", "RecordBook", "Totals", "Verdict"]

_Answer = TypeVar("_Answer")

_TABLE = """
CREATE TABLE IF NOT EXISTS entries (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  book TEXT NOT NULL,
  id TEXT NOT NULL,
  content TEXT NOT NULL,
  recorded_at REAL NOT NULL,
  repeats INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0,
  UNIQUE (book, id)
)"""
_COLUMNS = "sequence, book, id, content, recorded_at"


class Verdict(StrEnum):
    NEW = "new"
    REPEATED = "repeated"
    DIFFERENT = "different"


@dataclass(frozen=True)
class Entry:
    """One thing that was sent. Attributes: recorded_at: seconds since 1970."""

    sequence: int
    book: str
    id: str
    content: dict[str, Any]
    recorded_at: float


@dataclass(frozen=True)
class Outcome:
    """What came of recording. Attributes: entry: the one that stands, whoever sent it first."""

    verdict: Verdict
    entry: Entry


@dataclass(frozen=True)
class Totals:
    """Of one book. Attributes: repeats: same again. refused: same id with other content."""

    entries: int
    amount_pence: int
    repeats: int
    refused: int


@dataclass(frozen=True)
class _Arrival:
    book: str
    id: str
    content: str
    at: float


class RecordBook:
    """Books of entries in one SQLite file: an entry's id is in its book once, whatever is sent again.

    What waits while a commit is under way shares the next one. An answer follows its commit, and a commit is on
    disk (`synchronous=FULL`), so a process that is killed has lost nothing that it acknowledged.
    """

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, "record-book")
        self._waiting: list[tuple[_Arrival, asyncio.Future[Outcome]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._connection = self._thread.submit(_open, path).result()

    def now(self) -> float:
        """Seconds since 1970, by the clock that dates entries."""
        return self._clock()

    async def record(self, book: str, id_: str, content: dict[str, Any]) -> Outcome:
        """The entry is on disk: this one, or the one that had its id before."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((_Arrival(book, id_, _canonical(content), self._clock()), future))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await future

    async def find(self, book: str, id_: str) -> Entry | None:
        """The entry of that id, or None."""
        return await self._ask(lambda it: _find(it, book, id_))

    async def page(self, book: str, after: int, limit: int) -> list[Entry]:
        """Entries after a sequence number, the oldest first."""
        return await self._ask(lambda it: _page(it, book, after, limit))

    async def totals(self, book: str) -> Totals:
        return await self._ask(lambda it: _totals(it, book))

    def close(self) -> None:
        """What was acknowledged is in the file, and the file is closed."""
        self._thread.submit(self._connection.close).result()
        self._thread.shutdown()

    async def _ask(self, question: Callable[[sqlite3.Connection], _Answer]) -> _Answer:
        return await asyncio.get_running_loop().run_in_executor(self._thread, question, self._connection)

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            arrivals = [arrival for arrival, _ in batch]
            try:
                outcomes = await self._ask(lambda it, arrivals=arrivals: _record(it, arrivals))
            except sqlite3.Error as error:
                for _, future in batch:
                    _fail(future, error)
            else:
                for (_, future), outcome in zip(batch, outcomes, strict=True):
                    _resolve(future, outcome)


def _resolve(future: asyncio.Future[Outcome], outcome: Outcome) -> None:
    # Whoever waited may have gone; the entry stands all the same.
    if not future.done():
        future.set_result(outcome)


def _fail(future: asyncio.Future[Outcome], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(_TABLE)
    return connection


def _record(connection: sqlite3.Connection, arrivals: Sequence[_Arrival]) -> list[Outcome]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        outcomes = [_record_one(connection, it) for it in arrivals]
        connection.execute("COMMIT")
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return outcomes


def _record_one(connection: sqlite3.Connection, arrival: _Arrival) -> Outcome:
    inserted = connection.execute(
        "INSERT INTO entries (book, id, content, recorded_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (arrival.book, arrival.id, arrival.content, arrival.at),
    )
    entry = _find(connection, arrival.book, arrival.id)
    assert entry
    if inserted.rowcount:
        return Outcome(Verdict.NEW, entry)
    verdict = Verdict.REPEATED if _canonical(entry.content) == arrival.content else Verdict.DIFFERENT
    column = "repeats" if verdict is Verdict.REPEATED else "refused"
    connection.execute(
        f"UPDATE entries SET {column} = {column} + 1 WHERE sequence = ?",  # noqa: S608 - one of two names
        (entry.sequence,),
    )
    return Outcome(verdict, entry)


def _find(connection: sqlite3.Connection, book: str, id_: str) -> Entry | None:
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM entries WHERE book = ? AND id = ?",  # noqa: S608 - a constant
        (book, id_),
    ).fetchone()
    return None if row is None else _entry(row)


def _page(connection: sqlite3.Connection, book: str, after: int, limit: int) -> list[Entry]:
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM entries WHERE book = ? AND sequence > ? ORDER BY sequence LIMIT ?",  # noqa: S608
        (book, after, limit),
    )
    return [_entry(row) for row in rows]


def _totals(connection: sqlite3.Connection, book: str) -> Totals:
    row = connection.execute(
        "SELECT count(*), coalesce(sum(json_extract(content, '$.amount_pence')), 0), coalesce(sum(repeats), 0), "
        "coalesce(sum(refused), 0) FROM entries WHERE book = ?",
        (book,),
    ).fetchone()
    return Totals(*row)


def _entry(row: tuple[int, str, str, str, float]) -> Entry:
    sequence, book, id_, content, recorded_at = row
    return Entry(sequence, book, id_, json.loads(content), recorded_at)


def _canonical(content: dict[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"))
