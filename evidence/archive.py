"""The runs of a folder: those that finished, those that still run, and those that were killed."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from evidence.chain import RECORD, Break, Chain, Link, Step, run_folders
from evidence.exceptions import EvidenceError, RecordUnreadable, RunUnknown
from evidence.journal import JOURNAL, is_being_written, read_journal
from evidence.record import Record, from_document, record_of

__all__ = ["LAST", "Archive", "Filed", "State"]

LAST = "last"
"""Names the run that began last."""
_NAMES_SHOWN = 5


class State(StrEnum):
    """RUNNING: its process is alive. UNFINISHED: it is not, and the run had not come to its end."""

    FINISHED = "finished"
    RUNNING = "running"
    UNFINISHED = "unfinished"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Filed:
    """One run on disk. Attributes: record: None where it is unreadable, and `problem` says why."""

    folder: Path
    state: State
    record: Record | None
    problem: str = ""

    @property
    def id(self) -> str:
        return self.folder.name


class Archive:
    """Reads; changes nothing."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def runs(self) -> list[Filed]:
        """Every run, in the order in which they began."""
        sealed = self._sealed()
        return [_filed(folder, folder.name in sealed) for folder in self._folders()]

    def breaks(self) -> list[Break]:
        """Where runs were changed, removed or added after they were written."""
        return Chain(self.root).breaks()

    def head(self) -> Link | None:
        """The last link of the chain, whose hash stands for all that went before."""
        links = Chain(self.root).links()
        return links[-1] if links else None

    def find(self, name: str) -> Filed:
        """The run of that id, or the only one whose id contains the name, or the last.

        Raises: RunUnknown: none, or several.
        """
        chosen = _choose([it.name for it in self._folders()], name, self.root)
        return _filed(self.root / chosen, chosen in self._sealed())

    def record(self, name: str) -> Record:
        """Raises: RunUnknown; RecordUnreadable."""
        filed = self.find(name)
        if filed.record is None:
            raise RecordUnreadable(filed.problem)
        return filed.record

    def _folders(self) -> list[Path]:
        """In the order of the chain, for two runs may begin in one second; those that it does not know come last."""
        order = {it.run: it.number for it in self._links() if it.step is Step.BEGUN}
        return sorted(run_folders(self.root), key=lambda it: (order.get(it.name, math.inf), it.name))

    def _links(self) -> list[Link]:
        try:
            return Chain(self.root).links()
        except RecordUnreadable:
            return []

    def _sealed(self) -> set[str]:
        """Runs that finished, as the chain knows it; where it cannot be read, all that have a record."""
        try:
            return {it.run for it in Chain(self.root).links() if it.step is Step.FINISHED}
        except RecordUnreadable:
            return {it.name for it in run_folders(self.root) if (it / RECORD).exists()}


def _filed(folder: Path, sealed: bool) -> Filed:
    state = State.FINISHED if sealed else State.RUNNING if is_being_written(folder) else State.UNFINISHED
    try:
        return Filed(folder, state, _finished(folder) if sealed else _partial(folder))
    except EvidenceError as error:
        return Filed(folder, State.UNREADABLE, None, str(error))
    except OSError as error:
        return Filed(folder, State.UNREADABLE, None, f"{error.filename}: {error.strerror}.")


def _finished(folder: Path) -> Record:
    file = folder / RECORD
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        raise RecordUnreadable(f"{file} is not JSON. It was changed, or its disk is at fault.") from None
    return from_document(document, str(file))


def _partial(folder: Path) -> Record:
    return record_of(read_journal(folder), str(folder / JOURNAL))


def _choose(ids: Sequence[str], name: str, root: Path) -> str:
    if not ids:
        raise RunUnknown(
            f"There is no evidence in {root}. A load test, an experiment or a drill leaves some."
        )
    if name == LAST:
        return ids[-1]
    found = [it for it in ids if it == name] or [it for it in ids if name in it]
    if len(found) == 1:
        return found[0]
    if found:
        raise RunUnknown(
            f"{name!r} is in the names of {len(found)} runs: {_listed(found)}. Say more of the one."
        )
    raise RunUnknown(
        f"No run has {name!r} in its name. The last are {_listed(ids)}; 'estate evidence list' has all."
    )


def _listed(ids: Sequence[str]) -> str:
    return ", ".join(ids[-_NAMES_SHOWN:])
