"""How much of a core a twin's emulator and Envoys use: above a limit, it is they that a load measures."""

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from twin.aws.emulator.process import Emulator
from twin.runtime.processes import marked

__all__ = ["BusyServers"]

ENVOY = "envoy"


@dataclass
class BusyServers:
    """Args: emulator, run: of the twin; the run marks what its supervisor started."""

    emulator: Emulator
    run: str
    monotonic: Callable[[], float] = time.monotonic
    _used: dict[str, float] = field(default_factory=dict[str, float], init=False)
    _processes: dict[str, psutil.Process] = field(default_factory=dict[str, psutil.Process], init=False)
    _at: float = field(default=0.0, init=False)

    def __call__(self) -> Mapping[str, float]:
        """Percent of a core since the last call, by server; nothing at the first call, and of those that are gone."""
        if not self._processes:
            self._processes = dict(self._find())
        now, used = self.monotonic(), dict(self._seconds())
        before, self._used = self._used, used
        since, self._at = now - self._at, now
        return {name: 100 * (spent - before[name]) / since for name, spent in used.items() if name in before}

    def _find(self) -> Mapping[str, psutil.Process]:
        envoys = [it for it in marked(self.run) if _is_envoy(it)]
        found = {f"Envoy {it.pid}": it for it in envoys}
        with contextlib.suppress(psutil.Error):
            found["the emulator"] = psutil.Process(self.emulator.pid)
        return found

    def _seconds(self) -> Mapping[str, float]:
        found: dict[str, float] = {}
        for name, process in self._processes.items():
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                found[name] = times.user + times.system
        return found


def _is_envoy(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error, OSError):
        return Path(process.exe()).name == ENVOY
    return False
