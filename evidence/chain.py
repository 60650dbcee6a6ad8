"""A hash chain over the runs of a folder: what was changed or removed afterwards shows.

`chain.jsonl` has a line for each run that began and for each that finished; each line carries the hash of the line
before it. It shows changes, it does not prevent them: who rewrites every line after a change leaves no trace here, so
keep the last hash (`estate evidence list` prints it) somewhere that others write.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from evidence.exceptions import RecordUnreadable
from evidence.journal import JOURNAL
from evidence.lines import append_line, drop_cut_line, read_lines
from evidence.record import Previous, digest

__all__ = ["CHAIN", "RECORD", "Break", "Chain", "Link", "Step", "file_digest", "run_folders"]

CHAIN = "chain.jsonl"
RECORD = "record.json"


class Step(StrEnum):
    BEGUN = "begun"
    FINISHED = "finished"


@dataclass(frozen=True)
class Link:
    """One line. Attributes: at: Unix seconds. files: SHA-256 of what a finished run left, by name."""

    number: int
    step: Step
    run: str
    at: float
    files: Mapping[str, str]
    record_sha256: str
    previous_sha256: str
    sha256: str


@dataclass(frozen=True)
class Break:
    """Where the chain does not fit what is there. Attributes: run: None where it is the chain itself."""

    run: str | None
    what: str


class Chain:
    """The chain of one folder of evidence."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def writing(self) -> Iterator["ChainWriter"]:
        """Nobody else writes meanwhile."""
        self.root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.root / CHAIN, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            drop_cut_line(descriptor)
            yield ChainWriter(descriptor, self.links())
        finally:
            os.close(descriptor)

    def links(self) -> list[Link]:
        """Raises: RecordUnreadable: a line that no chain has."""
        file = self.root / CHAIN
        return [_link(it, file) for it in read_lines(file)] if file.exists() else []

    def breaks(self) -> list[Break]:
        """Every place where something was changed, removed or added."""
        with self._reading():
            try:
                links = self.links()
            except RecordUnreadable as error:
                return [Break(None, str(error))]
            return [*_broken_lines(links), *self._broken_runs(links), *self._unknown_runs(links)]

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Nobody writes meanwhile: what is half written is no break. Where there is no chain, nobody is waited for."""
        try:
            descriptor = os.open(self.root / CHAIN, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            yield
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            yield
        finally:
            os.close(descriptor)

    def _broken_runs(self, links: Sequence[Link]) -> Iterator[Break]:
        previous: Previous | None = None
        finished = {link.run for link in links if link.step is Step.FINISHED}
        for link in links:
            if link.step is Step.BEGUN:
                yield from self._gone(link.run, is_finished=link.run in finished)
                continue
            if (self.root / link.run).is_dir():
                changes = dict.fromkeys(_changes(self.root / link.run, link, previous))
                yield from (Break(link.run, what) for what in changes)
            previous = Previous(link.run, link.record_sha256)

    def _gone(self, run: str, is_finished: bool) -> Iterator[Break]:
        """Of a run that finished the files are known by name, and are looked for one by one."""
        if not (self.root / run).is_dir():
            yield Break(run, "The run began and its folder is gone.")
        elif not is_finished and not (self.root / run / JOURNAL).exists():
            yield Break(run, "The run began and its journal is gone.")

    def _unknown_runs(self, links: Sequence[Link]) -> Iterator[Break]:
        known = {link.run for link in links}
        for folder in run_folders(self.root):
            if folder.name not in known:
                yield Break(
                    folder.name,
                    "The chain does not know this run: it was put here, or the chain was changed.",
                )


class ChainWriter:
    """The chain while its lock is held."""

    def __init__(self, descriptor: int, links: Sequence[Link]) -> None:
        self._descriptor = descriptor
        self._links = list(links)

    @property
    def previous(self) -> Previous | None:
        """The record that was finished last."""
        for link in reversed(self._links):
            if link.step is Step.FINISHED:
                return Previous(link.run, link.record_sha256)
        return None

    def append(
        self,
        step: Step,
        run: str,
        at: float,
        record_sha256: str = "",
        files: Mapping[str, str] | None = None,
    ) -> Link:
        """The chain has one more line, on disk."""
        before = self._links[-1].sha256 if self._links else ""
        link = Link(len(self._links) + 1, step, run, at, dict(files or {}), record_sha256, before, "")
        line = asdict(link)
        line["sha256"] = digest(line)
        append_line(self._descriptor, line)
        os.fsync(self._descriptor)
        self._links.append(Link(**line))
        return self._links[-1]


def file_digest(file: Path) -> str:
    """SHA-256 of the file's bytes."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def run_folders(root: Path) -> list[Path]:
    """Folders that have what a run leaves, the first run first."""
    if not root.is_dir():
        return []
    return sorted(it for it in root.iterdir() if (it / JOURNAL).exists() or (it / RECORD).exists())


def _link(line: Mapping[str, Any], file: Path) -> Link:
    try:
        return Link(**{**line, "step": Step(line.get("step", ""))})
    except (TypeError, ValueError):
        raise RecordUnreadable(f"{file} has a line that no chain has: {line!r}. It was changed.") from None


def _broken_lines(links: Sequence[Link]) -> Iterator[Break]:
    before = ""
    for number, link in enumerate(links, start=1):
        if link.number != number or link.previous_sha256 != before:
            yield Break(
                None,
                f"Line {number} of {CHAIN} does not follow from the one before: one was removed or changed.",
            )
        if digest(asdict(link)) != link.sha256:
            yield Break(None, f"Line {number} of {CHAIN}, of run {link.run}, was changed.")
        before = link.sha256


def _changes(folder: Path, link: Link, previous: Previous | None) -> Iterator[str]:
    yield from _changes_of_record(folder / RECORD, link, previous)
    for name, sha256 in sorted(link.files.items()):
        if not (folder / name).exists():
            yield f"{name} is gone."
        elif file_digest(folder / name) != sha256:
            yield f"{name} was changed."


def _changes_of_record(file: Path, link: Link, previous: Previous | None) -> Iterator[str]:
    try:
        document = json.loads(file.read_text())
        found = (document["sha256"], digest(document), document["previous"])
    except FileNotFoundError:
        yield f"{RECORD} is gone."
    except (ValueError, KeyError, TypeError, AttributeError):
        yield f"{RECORD} was changed: it is not a record any more."
    else:
        if found[:2] != (link.record_sha256, link.record_sha256):
            yield f"{RECORD} was changed."
        if found[2] != (None if previous is None else asdict(previous)):
            yield f"{RECORD} does not follow from the record before it."
