"""Starts the emulator as a process of its own, finds it again, and stops it.

It outlives whoever started it. One state folder has at most one: the emulator holds a lock there for as long as it
lives, so that of two that are started at once one gives way, and both callers are given the other.
"""

import http.client
import json
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from twin.aws.emulator import record
from twin.aws.emulator.exceptions import EmulatorNotReady, PortTaken, StateFolderTaken

__all__ = ["Emulator", "find", "start"]

_LOOPBACK = "127.0.0.1"
_IDENTITY = "/moto-api/estate/identity"
_POLL_SECONDS = 0.05
_ANSWER_SECONDS = 5.0
_LOG_LINES = 5


@dataclass(frozen=True)
class Emulator:
    """A running emulator. `nonce` differs from boot to boot: with another nonce, all that was in it is gone."""

    endpoint: str
    pid: int
    nonce: str
    state_dir: Path = field(repr=False)

    def stop(self, deadline_seconds: float = 5) -> None:
        """It has ended and its record is gone. Nothing happens to another process that has got its pid.

        Raises:
            EmulatorNotReady: it is still there, although it was killed.
        """
        recorded = record.read(self.state_dir)
        process = record.process_of(recorded) if recorded and recorded.nonce == self.nonce else None
        if process and not _ended(process, deadline_seconds):
            raise EmulatorNotReady(f"process {self.pid} was killed and does not end")
        record.withdraw(self.state_dir, wait_seconds=1)


def find(state_dir: Path) -> Emulator | None:
    """The emulator that serves the state folder, if one answers. What a dead one left there is removed."""
    recorded = record.read(state_dir)
    if recorded is None:
        return None
    if record.process_of(recorded) is None:
        record.withdraw(state_dir)
        return None
    if _nonce_at(recorded.port) != recorded.nonce:
        return None
    return Emulator(f"http://{_LOOPBACK}:{recorded.port}", recorded.pid, recorded.nonce, state_dir)


def start(state_dir: Path, port: int | None = None, deadline_seconds: float = 30) -> Emulator:
    """An emulator serves the state folder: the one that did already, or a new one.

    Args:
        port: where a new one listens on loopback; None is any free port.
        deadline_seconds: how long it may take until it answers.

    Raises:
        PortTaken: something else listens on the port.
        EmulatorNotReady: it does not answer within the deadline, or ended before it did.
    """
    if found := find(state_dir):
        return found
    state_dir = state_dir.resolve()
    state_dir.mkdir(parents=True, exist_ok=True)
    log = state_dir / record.LOG
    log_start = log.stat().st_size if log.exists() else 0
    return _wait(_Starting(state_dir, port, _spawn(state_dir, port, log), log, log_start), deadline_seconds)


@dataclass(frozen=True)
class _Starting:
    state_dir: Path
    port: int | None
    pid: int
    log: Path
    log_start: int
    """Where in the log this start begins, in bytes."""

    def last_lines(self) -> tuple[str, ...]:
        with self.log.open("rb") as log:
            log.seek(self.log_start)
            return tuple(log.read().decode(errors="replace").splitlines()[-_LOG_LINES:])


def _spawn(state_dir: Path, port: int | None, log: Path) -> int:
    """A detached process: in a session of its own, with nothing open of ours."""
    arguments = ["-m", "twin.aws.emulator", "--port", str(port or 0), "--state-dir", str(state_dir)]
    return os.posix_spawn(
        sys.executable,
        [sys.executable, *arguments],
        os.environ,
        setsid=True,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
    )


def _wait(starting: _Starting, deadline_seconds: float) -> Emulator:
    deadline = time.monotonic() + deadline_seconds
    exit_code = None
    while time.monotonic() < deadline:
        if found := find(starting.state_dir):
            if found.pid != starting.pid and exit_code is None:
                # Another start was first. Ours waits for the folder, and would take it when that one has ended.
                _ended(psutil.Process(starting.pid), deadline_seconds=1)
            return found
        exit_code = _exit_code(starting.pid) if exit_code is None else exit_code
        if exit_code not in (None, StateFolderTaken.exit_code):
            raise _failure(starting, exit_code)
        time.sleep(_POLL_SECONDS)
    if exit_code is None:
        _ended(psutil.Process(starting.pid), deadline_seconds=1)
    raise EmulatorNotReady(f"no answer within {deadline_seconds:g} s", starting.last_lines())


def _failure(starting: _Starting, exit_code: int) -> PortTaken | EmulatorNotReady:
    if exit_code == PortTaken.exit_code and starting.port:
        return PortTaken(starting.port)
    return EmulatorNotReady(f"it ended with exit code {exit_code}", starting.last_lines())


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


def _nonce_at(port: int) -> str | None:
    """The nonce of whatever answers on the port as an emulator does."""
    connection = http.client.HTTPConnection(_LOOPBACK, port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", _IDENTITY)
        identity: Any = json.loads(connection.getresponse().read())
        return str(identity["nonce"])
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return None
    finally:
        connection.close()
