"""What a recovery has done, on disk before the next thing begins, so that it can be gone on with after a kill."""

import fcntl
import os
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from evidence.lines import append_line, drop_cut_line, plain, read_lines
from runbooks.exceptions import DrillUnknown

__all__ = ["Entry", "Journal", "Mark", "Progress", "progress_of"]

FILE = "journal.jsonl"
_ID = re.compile(r"[0-9TZ]+-[a-z0-9-]+")


class Mark(StrEnum):
    """What a line says. PREPARED, LEARNED: with facts. ACTED: before AWS is asked for the first
    time. RECORDED: where the evidence goes.
    """

    BEGUN = "begun"
    RECORDED = "recorded"
    STARTED = "started"
    PREPARED = "prepared"
    ACTED = "acted"
    DONE = "done"
    FAILED = "failed"
    ENDED = "ended"


@dataclass(frozen=True)
class Entry:
    """One line. Attributes: at: Unix seconds. said: what else it says."""

    at: float
    mark: Mark
    step: str = ""
    said: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Progress:
    """How far a recovery is.

    Attributes:
        facts: learned so far. prepared, done: ids of steps.
        acted_at: when each step first asked AWS for something, by its id.
        is_ended: nothing is left to do.
    """

    playbook: str
    environment: str
    settings: Mapping[str, Any]
    facts: Mapping[str, Any]
    prepared: frozenset[str]
    done: frozenset[str]
    acted_at: Mapping[str, float]
    is_ended: bool


class Journal:
    """One recovery's file, in a folder with its name. Only one process has it open at a time."""

    def __init__(self, folder: Path, descriptor: int) -> None:
        self.folder = folder
        self._descriptor = descriptor
        self._entries = list(_read(folder / FILE))

    @classmethod
    def begin(
        cls, root: Path, playbook: str, environment: str, settings: Mapping[str, Any], at: float
    ) -> Self:
        """A journal exists that says what begins."""
        name = f"{datetime.fromtimestamp(at, UTC):%Y%m%dT%H%M%SZ}-{playbook}-{uuid.uuid4().hex[:6]}"
        (root / name).mkdir(parents=True)
        journal = cls(root / name, _locked(root / name / FILE))
        journal.append(
            at, Mark.BEGUN, "", {"playbook": playbook, "environment": environment, "settings": settings}
        )
        return journal

    @classmethod
    def resume(cls, root: Path, name: str) -> Self:
        """Raises: DrillUnknown: there is none, another process is at it, or it never began."""
        file = root / name / FILE
        if not _ID.fullmatch(name) or not file.exists():
            there = ", ".join(sorted(it.parent.name for it in root.glob(f"*/{FILE}"))[-3:]) or "none"
            raise DrillUnknown(f"There is no drill {name!r} to resume. The latest are: {there}.")
        journal = cls(root / name, _locked(file))
        if not journal.entries():
            raise DrillUnknown(f"Drill {name!r} was killed as it began, and did nothing. Begin another one.")
        return journal

    @property
    def id(self) -> str:
        return self.folder.name

    def entries(self) -> list[Entry]:
        return list(self._entries)

    @property
    def progress(self) -> Progress:
        return progress_of(self.entries())

    def append(self, at: float, mark: Mark, step: str = "", said: Mapping[str, Any] | None = None) -> None:
        """The line is on disk."""
        entry = Entry(at, mark, step, plain(said or {}))
        append_line(self._descriptor, {"at": at, "mark": str(mark), "step": step, "said": entry.said})
        os.fsync(self._descriptor)
        self._entries.append(entry)

    def close(self) -> None:
        os.close(self._descriptor)

    def remove(self) -> None:
        """The journal of what has changed nothing is gone."""
        (self.folder / FILE).unlink()
        self.folder.rmdir()


def progress_of(entries: list[Entry]) -> Progress:
    """Args: entries: of one journal, of which the first says what began."""
    begun = entries[0].said
    facts: dict[str, Any] = {}
    for it in entries:
        facts |= it.said.get("facts", {})
    return Progress(
        playbook=begun["playbook"],
        environment=begun["environment"],
        settings=begun["settings"],
        facts=facts,
        prepared=frozenset(_steps(entries, Mark.PREPARED)),
        done=frozenset(_steps(entries, Mark.DONE)),
        acted_at={it.step: it.at for it in reversed(entries) if it.mark is Mark.ACTED},
        is_ended=any(it.mark is Mark.ENDED for it in entries),
    )


def _steps(entries: list[Entry], mark: Mark) -> Iterator[str]:
    return (it.step for it in entries if it.mark is mark)


def _read(file: Path) -> Iterator[Entry]:
    return (Entry(it["at"], Mark(it["mark"]), it["step"], it["said"]) for it in read_lines(file))


def _locked(file: Path) -> int:
    """Raises: DrillUnknown: another process is at it."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise DrillUnknown(f"Drill {file.parent.name!r} is being carried out by another process.") from None
    drop_cut_line(descriptor)
    return descriptor
