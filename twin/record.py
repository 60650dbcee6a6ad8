"""What a process of the twin leaves in its state folder, so that others find it: and nobody finds a dead one."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

__all__ = ["FolderTaken", "Record", "RecordFile", "process_of", "this_process"]

# Start times are read with the kernel's resolution of 10 ms and drift with the clock.
_SAME_START_SECONDS = 1.0


class FolderTaken(Exception):
    """Another process holds the folder."""


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


@dataclass(frozen=True)
class RecordFile:
    """The record of one kind of process in a folder. Attributes: name: of the kind, and of its files."""

    folder: Path
    name: str

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def _path(self) -> Path:
        return self.folder / f"{self.name}.json"

    def read(self) -> Record | None:
        """The record, None where there is none that can be read."""
        try:
            return Record(**json.loads(self._path.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def write(self, record: Record) -> None:
        """The record is on disk, whole, or as it was before."""
        scratch = self.folder / f"{self.name}.json.{record.pid}"
        scratch.write_text(json.dumps(asdict(record)))
        scratch.replace(self._path)

    def withdraw(self, wait_seconds: float = 0) -> None:
        """No record of an ended process is left. One that runs, or is starting, keeps its own.

        Args:
            wait_seconds: for the last thread of one that was just ended to let go of the folder.
        """
        try:
            with self.held(wait_seconds):
                for leftover in self.folder.glob(f"{self.name}.json*"):
                    leftover.unlink(missing_ok=True)
        except (FolderTaken, FileNotFoundError):
            return

    @contextmanager
    def held(self, wait_seconds: float) -> Iterator[None]:
        """The folder is this process's, for its kind, until the block ends, or the process does.

        Raises:
            FolderTaken: another process holds it for longer than `wait_seconds`.
        """
        with (self.folder / f"{self.name}.lock").open("a") as lock:
            deadline = time.monotonic() + wait_seconds
            while not _locked(lock.fileno()):
                if time.monotonic() >= deadline:
                    raise FolderTaken
                time.sleep(0.05)
            yield


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
