"""Processes of a server that outlived their postmaster: they must not touch data that another is to run on.

PostgreSQL's own lock file is not enough: the process id in it may be another program's by now, and children that are
stopped never notice that their postmaster died.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psutil

__all__ = ["clear"]

_LOCK = "postmaster.pid"
_GONE_SECONDS = 5.0


def clear(data: Path) -> None:
    """No process works in the data directory, and nothing says that one does."""
    lock = data / _LOCK
    if not lock.exists():
        return
    found = list(_working_in(data))
    for process in found:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(found, timeout=_GONE_SECONDS)
    lock.unlink(missing_ok=True)


def _working_in(data: Path) -> Iterator[psutil.Process]:
    """PostgreSQL's processes stay in their data directory."""
    place = str(data.resolve())
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.cwd() == place:
                yield process
