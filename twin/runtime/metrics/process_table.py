"""What the kernel counts of processes: their time, and whose children they are.

Source: proc_pid_stat(5), proc_pid_status(5).
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ProcessTable", "ProcessTimes", "parsed", "resident_bytes"]

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_KIBIBYTE = 1024


@dataclass(frozen=True)
class ProcessTimes:
    """Attributes: own_seconds: processor time of it; ended_children_seconds: of children that it has reaped."""

    pid: int
    parent: int
    own_seconds: float
    ended_children_seconds: float


class ProcessTable:
    """All processes at one moment."""

    def __init__(self, processes: Iterable[ProcessTimes]) -> None:
        self._by_pid = {it.pid: it for it in processes}
        self._children: defaultdict[int, list[int]] = defaultdict(list)
        for it in self._by_pid.values():
            self._children[it.parent].append(it.pid)

    @classmethod
    def read(cls, proc: Path = Path("/proc")) -> "ProcessTable":
        """As it is now."""
        return cls(_read(proc))

    def tree(self, pid: int) -> list[int]:
        """The process and all its descendants; none where it is gone."""
        if pid not in self._by_pid:
            return []
        return [pid, *(found for child in self._children[pid] for found in self.tree(child))]

    def cpu_seconds(self, pid: int) -> float | None:
        """Processor time of the process, of its children, and of children that it had; None where it is gone."""
        tree = [self._by_pid[it] for it in self.tree(pid)]
        return sum(it.own_seconds + it.ended_children_seconds for it in tree) if tree else None


def _read(proc: Path) -> Iterator[ProcessTimes]:
    for entry in os.scandir(proc):
        if entry.name.isdigit():
            try:
                found = parsed(Path(entry.path, "stat").read_bytes())
            except OSError:
                continue
            if found:
                yield found


def parsed(stat: bytes) -> ProcessTimes | None:
    """Of one ``/proc/<pid>/stat``; its name may hold anything, so what follows the last bracket counts."""
    pid, _, _ = stat.partition(b" ")
    fields = stat.rpartition(b")")[2].split()
    if len(fields) < 15 or not pid.isdigit():
        return None
    user, system, children_user, children_system = (int(it) for it in fields[11:15])
    return ProcessTimes(
        int(pid),
        int(fields[1]),
        (user + system) / _TICKS_PER_SECOND,
        (children_user + children_system) / _TICKS_PER_SECOND,
    )


def resident_bytes(pids: Iterable[int], proc: Path = Path("/proc")) -> int:
    """Memory that the processes hold together: what is each one's own, and the largest share of what is shared."""
    own, shared = 0, 0
    for pid in pids:
        status = _status(proc / str(pid) / "status")
        own += status.get("RssAnon", 0)
        shared = max(shared, status.get("RssShmem", 0))
    return (own + shared) * _KIBIBYTE


def _status(path: Path) -> Mapping[str, int]:
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return {}
    pairs = (line.split(":", 1) for line in lines if line.startswith("Rss"))
    return {name: int(value.split()[0]) for name, value in pairs}
