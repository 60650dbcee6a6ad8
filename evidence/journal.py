"""The journal of a run: everything it said, on disk before anything is made of it."""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from evidence.commit import Commit
from evidence.exceptions import RecordUnreadable
from evidence.facts import (
    Assumption,
    Declared,
    EnvironmentLabel,
    Event,
    Figure,
    Kind,
    Objective,
    Series,
    Value,
    Void,
)
from evidence.ledger import Account
from evidence.lines import append_line, drop_cut_line, plain, read_lines

__all__ = [
    "JOURNAL",
    "Begun",
    "Fact",
    "Finished",
    "Journal",
    "from_json",
    "is_being_written",
    "read_journal",
    "to_json",
]

JOURNAL = "journal.jsonl"
SYNC_SECONDS = 1.0
"""Points of series reach the disk at least that often; all else reaches it before the call returns."""


@dataclass(frozen=True)
class Begun:
    """Who asks which question of what, and when. The first entry of a journal."""

    id: str
    kind: Kind
    name: str
    who: str
    at: float
    commit: Commit | None
    environment: EnvironmentLabel
    seed: Value
    configuration: Mapping[str, Any]
    declares: tuple[Declared, ...]


@dataclass(frozen=True)
class Finished:
    """The run came to its own end. The last entry of a journal."""

    at: float


Fact = Begun | Event | Series | Figure | Assumption | Objective | Void | Account | Finished
_TYPES: Mapping[str, type] = {
    "begun": Begun,
    "event": Event,
    "series": Series,
    "figure": Figure,
    "assumption": Assumption,
    "objective": Objective,
    "void": Void,
    "account": Account,
    "finished": Finished,
}
_ADAPTERS: Mapping[str, TypeAdapter[Any]] = {name: TypeAdapter(of) for name, of in _TYPES.items()}
_NAMES = {of: name for name, of in _TYPES.items()}


class Journal:
    """An append-only file, locked for as long as its writer lives: so that a reader knows whether it does."""

    def __init__(self, folder: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        """The journal is there, and this process is its writer."""
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._descriptor = os.open(folder / JOURNAL, flags, 0o644)
        # It waits for no writer, but for a reader that looks whether anybody writes, and is gone at once.
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        drop_cut_line(self._descriptor)
        self._monotonic = monotonic
        self._synced = monotonic()
        self._lock = threading.Lock()

    def append(self, fact: Fact) -> Fact:
        """The fact is on disk; points of series within a second. Returns: the fact as a reader will read it."""
        line = to_json(fact)
        with self._lock:
            append_line(self._descriptor, line)
            if not isinstance(fact, Series) or self._monotonic() - self._synced > SYNC_SECONDS:
                os.fsync(self._descriptor)
                self._synced = self._monotonic()
        return from_json(line, JOURNAL)

    def close(self) -> None:
        os.fsync(self._descriptor)
        os.close(self._descriptor)


def to_json(fact: Fact) -> dict[str, Any]:
    """The entry of a journal that says it."""
    name = _NAMES[type(fact)]
    return {"entry": name} | plain(asdict(fact))


def from_json(line: Mapping[str, Any], where: str) -> Fact:
    """Raises: RecordUnreadable: it is no entry of a journal."""
    name = str(line.get("entry"))
    if name not in _ADAPTERS:
        raise RecordUnreadable(f"{where} has an entry {name!r}; known are {', '.join(_ADAPTERS)}.")
    try:
        return _ADAPTERS[name].validate_python({key: it for key, it in line.items() if key != "entry"})
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise RecordUnreadable(f"{where} has a wrong {name}: {field}: {first['msg']}.") from None


def read_journal(folder: Path) -> Iterator[Fact]:
    """What the run wrote; of one that was killed, all but a line that was cut short.

    Raises: RecordUnreadable; FileNotFoundError: there is no journal.
    """
    file = folder / JOURNAL
    for number, line in enumerate(read_lines(file), start=1):
        yield from_json(line, f"{file}, line {number},")


def is_being_written(folder: Path) -> bool:
    """Whether a process holds the journal open for writing."""
    try:
        descriptor = os.open(folder / JOURNAL, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
