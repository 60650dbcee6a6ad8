"""A process that outlives the supervisor just long enough to end what the supervisor started.

The kernel ends most of it with the supervisor, but not what was started by something else and is frozen, and nothing
thaws what was frozen on purpose and is not the supervisor's to end, such as the emulator. `attend` starts it with the
reading end of a pipe: when that ends, the supervisor has, in whatever way.

What belongs to a run carries its mark in its environment. PostgreSQL's backends write their title over theirs: they
are known by where their errors go, and by their age, so that nothing of the folder's next run is taken for theirs.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

__all__ = ["FROZEN", "JOURNAL", "attend", "bury", "main", "start_time", "thaw"]

_MARK = "ESTATE_TWIN_RUN"
"""As in `processes`, which takes too long to import for a process that does this little."""

JOURNAL = "faults.json"
"""File of the run's folder: the faults that are at work."""

FROZEN = "frozen"
"""Member of the journal: processes that stand still, as ``[pid, start time in clock ticks]``."""

_LOGS = "logs"
"""Below the run's folder; where everything that the supervisor starts writes its errors."""

_DEADLINE_SECONDS = 10.0
_AGAIN_SECONDS = 0.05
_START_TIME_FIELD = 19
"""Of /proc/<pid>/stat, counted from after the command. Source: proc_pid_stat(5), field 22."""


@contextmanager
def attend(run: str, folder: Path) -> Iterator[None]:
    """While the block runs, an undertaker waits for this process's end; when it ends, it is told to go.

    Args: folder: the run's, with its journal and its logs.
    """
    undertaker = subprocess.Popen(
        [sys.executable, "-m", "twin.runtime.undertaker", run, str(folder.resolve())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: value for name, value in os.environ.items() if name != _MARK},
        cwd=Path(__file__).resolve().parents[2],
        start_new_session=True,
    )
    assert undertaker.stdin is not None
    assert undertaker.stdout is not None
    try:
        undertaker.stdout.readline()
        yield
    finally:
        undertaker.stdin.close()
        undertaker.stdout.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            undertaker.wait(_DEADLINE_SECONDS + 2)


def main(arguments: Sequence[str]) -> int:
    """The supervisor has ended, and so has what it started. 1 where something is left after the deadline."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.write(1, b"ready\n")
    while os.read(0, 4096):
        continue
    run, folder = arguments[0], Path(arguments[1])
    ended_at = _clock_ticks()
    thaw(folder / JOURNAL)
    return 0 if bury(run, folder / _LOGS, ended_at, _DEADLINE_SECONDS) else 1


def bury(run: str, logs: Path, ended_at: int, deadline_seconds: float) -> bool:
    """Whether nothing of the run is left, all of it having been killed.

    Args:
        logs: who writes its errors below it is of this run, or of a later one.
        ended_at: when the supervisor ended, in clock ticks since the boot; who is younger is of a later run.
    """
    deadline = time.monotonic() + deadline_seconds
    while left := _kill_all(run, f"{logs}/", ended_at):
        if time.monotonic() > deadline:
            return False
        _await_ends(left)
    return True


def thaw(journal: Path) -> None:
    """What the journal says was frozen goes on, unless its pid is another's by now."""
    try:
        frozen = json.loads(journal.read_text()).get(FROZEN, [])
    except (OSError, ValueError):
        return
    for pid, started in frozen:
        if start_time(pid) == started:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGCONT)


def start_time(pid: int) -> int | None:
    """When the process was started, in clock ticks since the boot; None where there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return int(stat.rpartition(")")[2].split()[_START_TIME_FIELD])


def _clock_ticks() -> int:
    return int(time.clock_gettime(time.CLOCK_BOOTTIME) * os.sysconf("SC_CLK_TCK"))


def _kill_all(run: str, logs: str, ended_at: int) -> list[int]:
    """Descriptors of the processes that were found and sent SIGKILL, which the frozen obey as well."""
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    killed = (_killed(pid, run, logs, ended_at) for pid in pids if pid != os.getpid())
    return [descriptor for descriptor in killed if descriptor is not None]


def _killed(pid: int, run: str, logs: str, ended_at: int) -> int | None:
    """The process is held before it is looked at, so that no other can have got its pid when it is killed."""
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        return None
    with contextlib.suppress(OSError):
        if _is_marked(pid, run) or _is_left_behind(pid, logs, ended_at):
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
            return descriptor
    os.close(descriptor)
    return None


def _is_marked(pid: int, run: str) -> bool:
    return f"{_MARK}={run}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")


def _is_left_behind(pid: int, logs: str, ended_at: int) -> bool:
    """It has no mark at all, writes its errors where the run did, and is older than the supervisor's end."""
    if not str(Path(f"/proc/{pid}/fd/2").readlink()).startswith(logs):
        return False
    started = start_time(pid)
    is_other = f"{_MARK}=".encode() in Path(f"/proc/{pid}/environ").read_bytes()
    return started is not None and started <= ended_at and not is_other


def _await_ends(descriptors: Sequence[int]) -> None:
    """They have ended, or a moment is over."""
    deadline = time.monotonic() + 1
    for descriptor in descriptors:
        select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        os.close(descriptor)
    time.sleep(_AGAIN_SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
