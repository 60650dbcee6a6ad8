"""What a running emulator leaves in its state folder, so that others find it: and nobody finds a dead one."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from twin.aws.emulator.exceptions import StateFolderTaken

__all__ = ["LOG", "Record", "held", "process_of", "read", "this_process", "withdraw", "write"]

LOG = "emulator.log"
_RECORD = "emulator.json"
_LOCK = "emulator.lock"

# Start times are read with the kernel's resolution of 10 ms and drift with the clock.
_SAME_START_SECONDS = 1.0


@dataclass(frozen=True)
class Record:
    """Which process serves the state folder, where, and in which boot."""

    pid: int
    created: float
    """The process's start, in seconds since the epoch: with the pid it names one process for ever."""
    port: int
    nonce: str


def this_process(port: int, nonce: str) -> Record:
    return Record(os.getpid(), psutil.Process().create_time(), port, nonce)


def process_of(record: Record) -> psutil.Process | None:
    """The recorded process, None where it has ended, even where its pid is another's by now."""
    try:
        process = psutil.Process(record.pid)
        is_same = abs(process.create_time() - record.created) < _SAME_START_SECONDS
        return process if is_same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def read(state_dir: Path) -> Record | None:
    """The record, None where there is none that can be read."""
    try:
        return Record(**json.loads((state_dir / _RECORD).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def write(state_dir: Path, record: Record) -> None:
    """The record is on disk, whole, or as it was before."""
    scratch = state_dir / f"{_RECORD}.{record.pid}"
    scratch.write_text(json.dumps(asdict(record)))
    scratch.replace(state_dir / _RECORD)


def withdraw(state_dir: Path, wait_seconds: float = 0) -> None:
    """No record of an ended emulator is left. One that runs, or is starting, keeps its own.

    Args:
        wait_seconds: for the last thread of one that was just ended to let go of the folder.
    """
    try:
        with held(state_dir, wait_seconds):
            for leftover in state_dir.glob(f"{_RECORD}*"):
                leftover.unlink(missing_ok=True)
    except (StateFolderTaken, FileNotFoundError):
        return


@contextmanager
def held(state_dir: Path, wait_seconds: float) -> Iterator[None]:
    """The state folder is this process's until the block ends, or the process does.

    Raises:
        StateFolderTaken: another process holds it for longer than `wait_seconds`.
    """
    with (state_dir / _LOCK).open("a") as lock:
        deadline = time.monotonic() + wait_seconds
        while not _locked(lock.fileno()):
            if time.monotonic() >= deadline:
                raise StateFolderTaken(state_dir)
            time.sleep(0.05)
        yield


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
