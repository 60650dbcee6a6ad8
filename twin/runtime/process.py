"""Starts a twin's supervisor as a process of its own, finds it again, and stops it and all that it started."""

import dataclasses
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from twin.daemon import LOOPBACK, Daemon, NotReady, answer_at
from twin.record import Record, RecordFile
from twin.runtime.exceptions import SupervisorNotReady
from twin.runtime.processes import marked
from twin.runtime.settings import Settings

__all__ = ["RECORD", "Supervisor", "alive", "find", "start"]

RECORD = "supervisor"
_STATUS = "/status"
_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Supervisor:
    """A running supervisor. Attributes: faults: URL of its fault endpoint; run: differs from start to start."""

    faults: str
    pid: int
    run: str
    folder: Path = field(repr=False)

    def status(self) -> dict[str, Any] | None:
        """What the fault endpoint says of parts, processes and zones; None where it does not answer."""
        status = answer_at(int(self.faults.rpartition(":")[2]), _STATUS)
        return status if isinstance(status, dict) else None

    def stop(self, deadline_seconds: float = 15) -> None:
        """It and everything that it started have ended.

        Raises: SupervisorNotReady: something of it is still there.
        """
        try:
            _daemon(self.folder).stop(self.run, deadline_seconds)
        except NotReady as error:
            raise SupervisorNotReady(error.reason) from error
        deadline = time.monotonic() + deadline_seconds
        while left := [process.pid for process in marked(self.run)]:
            if time.monotonic() > deadline:
                raise SupervisorNotReady(f"it has ended, and left the processes {left} behind")
            time.sleep(_POLL_SECONDS)


def find(folder: Path) -> Supervisor | None:
    """The supervisor that works in the folder, if one answers. What a dead one left there is removed."""
    recorded = _daemon(folder).find()
    return _supervisor(recorded, folder) if recorded else None


def alive(folder: Path) -> Supervisor | None:
    """The supervisor whose process runs, also where it is too busy to answer."""
    recorded = _daemon(folder).alive()
    return _supervisor(recorded, folder) if recorded else None


def start(settings: Settings, deadline_seconds: float = 30) -> Supervisor:
    """A supervisor works in the settings' folder: the one that did already, or a new one.

    Raises: SupervisorNotReady: it does not answer within the deadline, or ended before it did.
    """
    folder = settings.folder.resolve()
    if found := find(folder):
        return found
    dataclasses.replace(settings, folder=folder, emulator_dir=settings.emulator_dir.resolve()).write()
    try:
        return _supervisor(_daemon(folder).start(deadline_seconds), folder)
    except NotReady as error:
        raise SupervisorNotReady(error.reason, error.last_lines) from error


def _daemon(folder: Path) -> Daemon:
    return Daemon(RecordFile(folder, RECORD), ("-m", "twin.runtime", str(folder)), _run_at, stands_back=True)


def _supervisor(recorded: Record, folder: Path) -> Supervisor:
    return Supervisor(f"http://{LOOPBACK}:{recorded.port}", recorded.pid, recorded.nonce, folder)


def _run_at(port: int) -> str | None:
    """The run of whatever answers on the port as a supervisor does."""
    status = answer_at(port, _STATUS)
    return str(status["run"]) if isinstance(status, dict) and "run" in status else None
