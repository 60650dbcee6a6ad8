"""A process that outlives whoever started it: started once a folder, found again, and ended.

One folder has at most one of a kind: it holds a lock there for as long as it lives, so that of two that are started at
once one gives way, and both callers are given the other.
"""

import http.client
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from twin.niceness import stand_back
from twin.record import Record, RecordFile, process_of

__all__ = ["FOLDER_TAKEN", "LOOPBACK", "Daemon", "NotReady", "answer_at"]

LOOPBACK = "127.0.0.1"
FOLDER_TAKEN = 3
"""Exit code of one that found its folder taken."""

_POLL_SECONDS = 0.05
_ANSWER_SECONDS = 5.0
_LOG_LINES = 5


class NotReady(Exception):
    """Attributes: reason; exit_code: None while it runs; last_lines: of its log."""

    def __init__(self, reason: str, exit_code: int | None = None, last_lines: tuple[str, ...] = ()) -> None:
        self.reason, self.exit_code, self.last_lines = reason, exit_code, last_lines
        super().__init__(reason)


@dataclass(frozen=True)
class Daemon:
    """One kind of process in one folder.

    Attributes:
        arguments: of the interpreter, which start it.
        nonce_at: what one that listens on a port says that its nonce is; None where nothing of the kind answers.
        stands_back: it and what it starts are behind whoever starts it where cores are short.
    """

    file: RecordFile
    arguments: Sequence[str]
    nonce_at: Callable[[int], str | None]
    stands_back: bool

    def find(self) -> Record | None:
        """The one that serves the folder, if it answers. What a dead one left there is removed."""
        recorded = self.alive()
        return recorded if recorded and self.nonce_at(recorded.port) == recorded.nonce else None

    def alive(self) -> Record | None:
        """The one whose process runs, also where it is too busy to answer. What a dead one left there is removed."""
        recorded = self.file.read()
        if recorded and process_of(recorded) is None:
            self.file.withdraw()
            return None
        return recorded

    def start(self, deadline_seconds: float) -> Record:
        """One serves the folder: the one that did already, or a new one.

        Raises: NotReady: it does not answer within the deadline, or ended before it did.
        """
        if found := self.find():
            return found
        self.file.folder.mkdir(parents=True, exist_ok=True)
        log = self.file.log
        log_start = log.stat().st_size if log.exists() else 0
        return self._wait(self._spawn(), log_start, deadline_seconds)

    def stop(self, nonce: str, deadline_seconds: float) -> None:
        """The one of this nonce has ended and its record is gone. Nothing happens to one that has got its pid.

        Raises: NotReady: it is still there, although it was killed.
        """
        recorded = self.file.read()
        process = process_of(recorded) if recorded and recorded.nonce == nonce else None
        if process and not _ended(process, deadline_seconds):
            raise NotReady(f"process {process.pid} was killed and does not end")
        self.file.withdraw(wait_seconds=1)

    def _spawn(self) -> int:
        """A detached process: in a session of its own, with nothing open of ours."""
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, *self.arguments],
            os.environ,
            setsid=True,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(self.file.log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
        )
        if self.stands_back:
            stand_back(pid)
        return pid

    def _wait(self, pid: int, log_start: int, deadline_seconds: float) -> Record:
        deadline = time.monotonic() + deadline_seconds
        exit_code = None
        while time.monotonic() < deadline:
            if found := self.find():
                if found.pid != pid and exit_code is None:
                    # Another start was first. Ours waits for the folder, and would take it when that one has ended.
                    _ended(psutil.Process(pid), deadline_seconds=1)
                return found
            exit_code = _exit_code(pid) if exit_code is None else exit_code
            if exit_code not in (None, FOLDER_TAKEN):
                reason = f"it ended with exit code {exit_code}"
                raise NotReady(reason, exit_code, _last_lines(self.file.log, log_start))
            time.sleep(_POLL_SECONDS)
        if exit_code is None:
            _ended(psutil.Process(pid), deadline_seconds=1)
        raise NotReady(
            f"no answer within {deadline_seconds:g} s", None, _last_lines(self.file.log, log_start)
        )


def answer_at(port: int, path: str, method: str = "GET") -> Any:
    """The JSON document that is answered there; None where nothing of the kind is."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_ANSWER_SECONDS)
    try:
        connection.request(method, path)
        return json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()


def _last_lines(log: Path, start: int) -> tuple[str, ...]:
    with log.open("rb") as file:
        file.seek(start)
        return tuple(file.read().decode(errors="replace").splitlines()[-_LOG_LINES:])


def _exit_code(pid: int) -> int | None:
    """Our child's exit code, None while it runs."""
    ended_pid, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended_pid else None


def _ended(process: psutil.Process, deadline_seconds: float) -> bool:
    """Asked to end, and killed where it does not."""
    for end in (process.terminate, process.kill):
        try:
            end()
        except psutil.NoSuchProcess:
            return True
        deadline = time.monotonic() + deadline_seconds
        while time.monotonic() < deadline:
            if _is_over(process):
                return True
            time.sleep(_POLL_SECONDS / 5)
    return False


def _is_over(process: psutil.Process) -> bool:
    """It runs no more: gone, or a zombie, which is taken away here where it is our child."""
    try:
        if process.status() != psutil.STATUS_ZOMBIE:
            return False
        # Of a child this waits for its last thread too, which may end later than the process looks dead.
        return os.waitpid(process.pid, os.WNOHANG)[0] != 0
    except (psutil.NoSuchProcess, ChildProcessError):
        return True
