"""`python -m chaos.watchdog JOURNAL PID`: outlives the runner of an experiment just long enough to undo its faults.

It has a session of its own, so that what kills the runner's group leaves it alone. It ends when the runner says that
the run is over; when the runner ends without saying so, it undoes what the journal holds, and ends. What it has not
undone in its time, somebody undoes by `python -m chaos.watchdog JOURNAL`, after `eval "$(estate env ENVIRONMENT)"`.
"""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from chaos.fault_endpoint import FaultEndpoint
from chaos.undo import UndoJournal, pending
from chaos.undoing import undo_all

__all__ = ["LONGEST_SECONDS", "Watchdog", "by_hand", "end_after", "main", "start"]

LONGEST_SECONDS = 15.0
"""For which it may outlive its parent. Source: the project's design, Lifecycle."""

AGAIN_SECONDS = 0.5
WAIT_SECONDS = 1.0
_READY_SECONDS = 30.0
_READY = b"ready\n"
_FAST = Config(connect_timeout=1, read_timeout=3, retries={"max_attempts": 1})

Undo = Callable[[Callable[[], bool]], Sequence[str]]


class Watchdog:
    """Args: undo: undoes what it can until it is too late, and says what it could not; monotonic, sleep: virtual in
    tests."""

    def __init__(
        self,
        undo: Undo,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._undo, self._monotonic, self._sleep = undo, monotonic, sleep

    def clear(self) -> Sequence[str]:
        """All is undone, or time is over. Returns: what is said of what could not be.

        It waits for a moment first: what the runner asked for as it died may not have begun yet.
        """
        self._sleep(AGAIN_SECONDS)
        deadline = self._monotonic() + LONGEST_SECONDS - 2 * AGAIN_SECONDS

        def is_late() -> bool:
            return self._monotonic() >= deadline

        while left := self._undo(is_late):
            if is_late():
                return left
            self._sleep(AGAIN_SECONDS)
        return ()


def start(journal: Path) -> "subprocess.Popen[bytes]":
    """A watchdog watches over this process: it has said so. To be called before anything is done."""
    started = subprocess.Popen(
        [sys.executable, "-m", "chaos.watchdog", str(journal), str(os.getpid())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=(journal.parent / "watchdog.log").open("ab"),
        start_new_session=True,
    )
    assert started.stdout
    ready, _, _ = select.select([started.stdout], [], [], _READY_SECONDS)
    if not ready or started.stdout.readline() != _READY:
        started.kill()
        raise RuntimeError(f"The watchdog did not start. Look at {journal.parent / 'watchdog.log'}.")
    return started


def main() -> None:
    """The process has ended: 0 where nothing was left to undo, 1 where something is."""
    journal = Path(sys.argv[1])
    left = by_hand(journal) if len(sys.argv) == 2 else _watch(journal, int(sys.argv[2]))
    for it in left:
        print(f"not undone: {it}", file=sys.stderr)
    sys.exit(1 if left else 0)


def by_hand(journal: Path) -> Sequence[str]:
    """What a run left is undone, at the addresses that `estate env` says now. Returns: what could not be."""
    named = os.environ.get("ESTATE_FAULTS_URL")
    written = UndoJournal(journal)
    return undo_all(written, _client, "hand", lambda url: FaultEndpoint(named or url)).left


def end_after(seconds: float, journal: Path) -> None:
    """This process has ended by then, whatever it waits for, and has said what it leaves."""

    def end(*_: object) -> None:
        for deed in pending(journal)[0]:
            print(f"not undone: {deed.title}: no time was left for it", file=sys.stderr, flush=True)
        os._exit(1)

    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _watch(journal: Path, parent: int) -> Sequence[str]:
    """What is left after the parent has ended."""
    descriptor = os.pidfd_open(parent)
    if os.getppid() != parent:
        return ()
    sys.stdout.write(_READY.decode())
    sys.stdout.flush()
    _wait_for_end(descriptor, journal)
    deeds, is_closed = pending(journal)
    if is_closed and not deeds:
        return ()
    end_after(LONGEST_SECONDS, journal)
    written = UndoJournal(journal)
    return Watchdog(lambda is_late: undo_all(written, _client, "watchdog", is_late=is_late).left).clear()


def _wait_for_end(descriptor: int, journal: Path) -> None:
    """The runner has ended, or has said that its run is over and left nothing."""
    while not select.select([descriptor], [], [], WAIT_SECONDS)[0]:
        deeds, is_closed = pending(journal)
        if is_closed and not deeds:
            return


def _client(service: str) -> Any:
    """By what `estate env` exports, which this process has from its parent."""
    return boto3.client(service, config=_FAST)  # type: ignore[call-overload]


if __name__ == "__main__":
    main()
