"""Processes of the data plane: started so that none outlives the supervisor, known by zone, ended as a tree.

`setpriv` has the kernel end each with the thread that started it, so all are started from the main thread. Servers
that leave their parent's session (PostgreSQL's backends do) are found by a mark in their environment.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from twin.runtime.binaries import SETPRIV, find
from twin.runtime.exceptions import ZoneIsOff
from twin.runtime.zones import Zones

__all__ = ["MARK", "Process", "Processes", "marked", "signal_trees", "trees"]

MARK = "ESTATE_TWIN_RUN"
"""Environment variable that everything of one supervisor carries."""

_UNPRIVILEGED = 65_534


@dataclass(eq=False)
class Process:
    """A running or ended child. Attributes: zone: None outside all zones; exited: set once it has ended."""

    name: str
    zone: str | None
    popen: subprocess.Popen[bytes] = field(repr=False)
    exited: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def pid(self) -> int:
        return self.popen.pid

    @property
    def is_running(self) -> bool:
        return not self.exited.is_set()

    @property
    def exit_code(self) -> int | None:
        return self.popen.returncode

    def signal_tree(self, number: int) -> None:
        """It and all that it started have been sent the signal; nothing happens where they have ended."""
        signal_trees([self.pid], number)

    def kill(self) -> None:
        """It and all that it started are killed, stopped first, so that none starts another meanwhile."""
        self.signal_tree(signal.SIGSTOP)
        self.signal_tree(signal.SIGKILL)

    async def stop(self, grace_seconds: float, first: int = signal.SIGTERM) -> None:
        """It has ended: asked by the signal `first`, and killed where the grace was not enough."""
        if self.is_running:
            with contextlib.suppress(ProcessLookupError):
                self.popen.send_signal(first)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(grace_seconds):
                    await self.exited.wait()
        if self.is_running:
            self.kill()
            async with asyncio.timeout(10):
                await self.exited.wait()


class Processes:
    """Starts, knows and ends processes. To be used from the main thread and its event loop only."""

    def __init__(self, zones: Zones, run: str) -> None:
        self._zones = zones
        self._run = run
        self._running: dict[int, Process] = {}

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        zone: str | None,
        log: Path,
        environment: Mapping[str, str] | None = None,
        unprivileged: bool = False,
        pipes: bool = False,
        folder: Path | None = None,
    ) -> Process:
        """A new process that writes to the log, ends with the supervisor, and belongs to the zone.

        Args:
            environment: all of it but the mark; None is PATH alone.
            unprivileged: under another user, where this one is root.
            pipes: its input and output are ``popen.stdin`` and ``popen.stdout``; errors go to the log.

        Raises: ZoneIsOff
        """
        if zone and not self._zones.condition(zone).has_power:
            raise ZoneIsOff(zone, name)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as sink:
            popen = subprocess.Popen(
                [*_with_parent(unprivileged), *(str(it) for it in command)],
                stdin=subprocess.PIPE if pipes else subprocess.DEVNULL,
                stdout=subprocess.PIPE if pipes else sink,
                stderr=sink,
                env={"PATH": os.environ.get("PATH", ""), **(environment or {}), MARK: self._run},
                cwd=folder or "/",
                start_new_session=True,
            )
        process = Process(name, zone, popen)
        self._running[popen.pid] = process
        self._watch(process)
        if zone and self._zones.condition(zone).is_frozen:
            process.signal_tree(signal.SIGSTOP)
        return process

    def running(self) -> list[Process]:
        return list(self._running.values())

    def of_zone(self, zone: str) -> Iterator[int]:
        """The pids that belong to the zone; what they have started belongs there too."""
        yield from [it.pid for it in self._running.values() if it.zone == zone]

    def cut_power(self, zone: str) -> None:
        """Everything in the zone is dead at once."""
        signal_trees(self.of_zone(zone), signal.SIGSTOP)
        signal_trees(self.of_zone(zone), signal.SIGKILL)

    def freeze(self, zone: str) -> None:
        """Everything in the zone has stopped, and keeps its connections and locks."""
        signal_trees(self.of_zone(zone), signal.SIGSTOP)

    def thaw(self, zone: str) -> None:
        signal_trees(self.of_zone(zone), signal.SIGCONT)

    async def stop_all(self, deadline_seconds: float = 10) -> None:
        """Nothing that was started here runs any more."""
        for process in self.running():
            process.kill()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(deadline_seconds):
                for process in self.running():
                    await process.exited.wait()

    def _watch(self, process: Process) -> None:
        loop = asyncio.get_running_loop()
        descriptor = os.pidfd_open(process.pid)

        def ended() -> None:
            loop.remove_reader(descriptor)
            os.close(descriptor)
            process.popen.wait()
            self._running.pop(process.pid, None)
            process.exited.set()

        loop.add_reader(descriptor, ended)


def _with_parent(unprivileged: bool) -> list[str]:
    wrapper = [str(find(SETPRIV)), "--pdeathsig", "KILL"]
    if unprivileged and os.geteuid() == 0:
        wrapper += ["--reuid", str(_UNPRIVILEGED), "--regid", str(_UNPRIVILEGED), "--clear-groups"]
    return wrapper


def signal_trees(roots: Iterable[int], number: int) -> None:
    """The processes and all that they started have been sent the signal; nothing happens where one has ended."""
    for pid in list(trees(roots)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def trees(roots: Iterable[int]) -> Iterator[int]:
    """Pids of the processes and of all that they started, parents first; the process table is read once for all."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for process in psutil.process_iter(["ppid"]):
        children[process.info["ppid"]].append(process.pid)  # pyright: ignore[reportAttributeAccessIssue]
    waiting = deque(roots)
    while waiting:
        yield (pid := waiting.popleft())
        waiting.extend(children[pid])


def marked(run: str) -> Iterator[psutil.Process]:
    """Every process on this machine that carries the mark of the run, whoever its parent is by now."""
    wanted = f"{MARK}={run}".encode()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if wanted in Path(f"/proc/{process.pid}/environ").read_bytes().split(b"\0"):
                yield process
