"""What was done to an environment and how each of it is undone: on disk before it is done."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import RLock
from typing import Any

from evidence.lines import append_line, drop_cut_line, read_lines

__all__ = ["FILE", "Deed", "UndoJournal", "left_behind", "pending"]

FILE = "undo.jsonl"
"""Of a run's folder."""

DEED, DONE, CLOSED, PLACE = "deed", "undone", "closed", "place"


@dataclass(frozen=True)
class Deed:
    """Something that was done, or was about to be.

    Attributes:
        title: for a person. at: Unix seconds of the intention.
        fault: of the twin's fault endpoint, as it was asked for; or
        calls: of AWS's API, in order, that put back what was there: service, operation and parameters.
        fault_id: once the endpoint has named it.
        template: of AWS FIS, of which no experiment may go on, and which was made for this deed alone.
    """

    id: str
    title: str
    at: float
    endpoint: str = ""
    fault: Mapping[str, Any] = field(default_factory=dict[str, Any])
    fault_id: str = ""
    template: str = ""
    calls: tuple[Mapping[str, Any], ...] = ()


class UndoJournal:
    """An append-only file: every line is on the disk when the call returns, so that whoever finds it can undo."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self.file = file
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._lock = RLock()
        drop_cut_line(self._descriptor)

    def place(self, environment: str) -> None:
        """It says where its deeds are done."""
        self._say({"what": PLACE, "environment": environment})

    def write(self, deed: Deed) -> None:
        """The deed is known, in its latest form: before it is done, and again when its fault has a name."""
        self._say({"what": DEED, **asdict(deed)})

    def undone(self, deed_id: str, by: str) -> None:
        """Nothing is left of it."""
        self._say({"what": DONE, "id": deed_id, "by": by})

    def close(self) -> None:
        """The run is over: a watchdog has nothing more to wait for."""
        self._say({"what": CLOSED})

    def pending(self) -> list[Deed]:
        return pending(self.file)[0]

    def _say(self, line: Mapping[str, Any]) -> None:
        with self._lock:
            append_line(self._descriptor, line)
            os.fsync(self._descriptor)


def pending(file: Path) -> tuple[list[Deed], bool]:
    """What is to be undone, the latest first, and whether the run said that it is over."""
    deeds: dict[str, Deed] = {}
    is_closed = False
    for line in read_lines(file):
        match line:
            case {"what": "deed", **members}:
                members["calls"] = tuple(members.get("calls", ()))
                deeds[str(members["id"])] = Deed(**members)
            case {"what": "undone", "id": id_}:
                deeds.pop(str(id_), None)
            case _:
                is_closed = is_closed or line.get("what") == CLOSED
    return list(reversed(deeds.values())), is_closed


def left_behind(root: Path, environment: str) -> list[Path]:
    """Journals of runs below that folder of evidence that hold what is still to be undone in the environment."""
    files = sorted(root.glob(f"*/{FILE}"))
    return [it for it in files if _is_of(it, environment) and pending(it)[0]]


def _is_of(file: Path, environment: str) -> bool:
    return any(it.get("what") == PLACE and it.get("environment") == environment for it in read_lines(file))
