"""How much of a core a twin's emulator and Envoys use: above a limit, it is they that a load measures."""

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from catalogue import Environment, Kind
from estate.exceptions import NotUp
from estate.places import Places, as_called
from twin.aws.emulator.process import Emulator, find
from twin.runtime import process
from twin.runtime.processes import marked

__all__ = ["BusyServers", "busy_servers"]

ENVOY = "envoy"


@dataclass
class BusyServers:
    """Args: emulator, run: of the twin; the run marks what its supervisor started."""

    emulator: Emulator
    run: str
    monotonic: Callable[[], float] = time.monotonic
    _used: dict[str, float] = field(default_factory=dict[str, float], init=False)
    _at: float = field(default=0.0, init=False)

    @classmethod
    def of(cls, environment: str) -> "BusyServers":
        """Those of the environment's twin. Raises: NotUp: its control plane or its data plane does not answer."""
        places = Places.of(environment)
        supervisor, emulator = process.find(places.runtime), find(places.folder)
        if supervisor is None or emulator is None:
            raise NotUp(
                f"{environment!r} does not answer, so how busy its servers are would not be seen. "
                f"Run '{as_called()} up {environment}' first."
            )
        return cls(emulator, supervisor.run)

    def __call__(self) -> Mapping[str, float]:
        """Percent of a core since the last call, by server; of one that is new since then, or gone, nothing."""
        now, used = self.monotonic(), dict(self._seconds())
        before, self._used = self._used, used
        since, self._at = now - self._at, now
        return {name: 100 * (spent - before[name]) / since for name, spent in used.items() if name in before}

    def _find(self) -> Mapping[str, psutil.Process]:
        """Looked for each time: an Envoy that ended with its zone is another process when the zone is back."""
        envoys = [it for it in marked(self.run) if _is_envoy(it)]
        found = {f"Envoy {it.pid}": it for it in envoys}
        with contextlib.suppress(psutil.Error):
            found["the emulator"] = psutil.Process(self.emulator.pid)
        return found

    def _seconds(self) -> Mapping[str, float]:
        found: dict[str, float] = {}
        for name, server in self._find().items():
            with contextlib.suppress(psutil.Error):
                times = server.cpu_times()
                found[name] = times.user + times.system
        return found


def busy_servers(environment: Environment) -> Callable[[], Mapping[str, float]]:
    """Of a twin, how busy its emulator and its Envoys are; of AWS nothing. Raises: NotUp."""
    return dict if environment.kind is Kind.AWS else BusyServers.of(environment.name)


def _is_envoy(it: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error, OSError):
        return Path(it.exe()).name == ENVOY
    return False
