"""The generator as a process of its own: started, followed by what it writes, and ended with whoever started it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from load_tests.exceptions import GeneratorFailed
from load_tests.plan import Plan, PlanSettings
from load_tests.schedule import ENOUGH

__all__ = ["CPU_PERCENT", "GeneratorProcess", "Progress", "busiest", "busiest_percent", "progress_of"]

CPU_PERCENT = 80.0
"""Of a core. A generator above it measures itself."""

CPU_LINES = 5
"""Lines of progress, a second each, over which that is averaged: Locust looks every 5 s too
(locust.runners.CPU_MONITOR_INTERVAL)."""

LOG = "generator.log"
_ENDED_SECONDS = 5.0


@dataclass(frozen=True)
class Progress:
    """How a generator is getting on. Attributes: under_way: operations that have begun and not ended."""

    at: float
    under_way: int = 0
    cpu_percent: float = 0.0
    scheduled: int = 0
    sent: int = 0
    acknowledged: int = 0
    failed: int = 0
    shed: int = 0
    timed_out: int = 0

    @property
    def unserved(self) -> int:
        return self.failed + self.shed + self.timed_out


class GeneratorProcess:
    """Locust with this package's locustfile. Start it from the main thread: the kernel ends it with that thread."""

    def __init__(self, plan: Plan, settings: PlanSettings, begin_at: float, folder: Path) -> None:
        """It runs, and sends nothing before its preparation, some seconds before `begin_at`."""
        self.folder = folder
        self._log = folder / LOG
        with self._log.open("ab") as log:
            self._popen = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "load_tests",
                    str(os.getpid()),
                    *_options(plan, settings, begin_at, folder),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
            )

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._popen.poll()

    def progress(self) -> Progress | None:
        """The latest that it wrote."""
        lines = progress_of(self.folder)
        return lines[-1] if lines else None

    def wait(self, seconds: float) -> int | None:
        """Its exit code, or None where it still runs after so many seconds."""
        try:
            return self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def check(self) -> None:
        """Raises: GeneratorFailed: it has ended otherwise than by its own schedule's end."""
        if self.exit_code:
            lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
            said = next((line for line in reversed(lines) if line.strip()), "nothing")
            raise GeneratorFailed(
                f"The generator ended with {self.exit_code} before its schedule was over, and said: {said}",
                "\n".join(lines),
            )

    def enough(self) -> None:
        """Nothing more begins, within a second or two; it ends by itself once what has begun has ended."""
        (self.folder / ENOUGH).touch()

    def stop(self) -> None:
        """It has ended: asked to, and killed where that was not enough."""
        if self.exit_code is None:
            self._popen.terminate()
        deadline = time.monotonic() + _ENDED_SECONDS
        while self.exit_code is None and time.monotonic() < deadline:
            self.wait(0.1)
        if self.exit_code is None:
            self._popen.kill()
            self._popen.wait()


def progress_of(folder: Path) -> list[Progress]:
    """Every line of progress that the generators in the folder wrote, a process after another."""
    return [it for file in sorted(folder.glob("generator-*.jsonl")) for it in _lines(file)]


def busiest_percent(lines: Sequence[Progress], begin_at: float, end_at: float) -> float | None:
    """The most of a core that was used on average over some seconds of the launch; None where nothing was written."""
    return busiest([it.cpu_percent for it in lines if begin_at <= it.at <= end_at], CPU_LINES)


def busiest(used: Sequence[float], looks: int) -> float | None:
    """The highest average of so many looks one after another; None of nothing."""
    windows = [used[at : at + looks] for at in range(max(1, len(used) - looks + 1))]
    return max(sum(window) / len(window) for window in windows) if used else None


def _lines(file: Path) -> Iterator[Progress]:
    for line in file.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            written: dict[str, Any] = json.loads(line)
            yield Progress(**{name.replace("-", "_"): value for name, value in written.items()})


def _options(plan: Plan, settings: PlanSettings, begin_at: float, folder: Path) -> Iterator[str]:
    yield from ("--headless", "--only-summary", "--loglevel", "WARNING", "--exit-code-on-error", "0")
    yield from ("--host", plan.target, "--edge", settings.edge or plan.target)
    yield from ("--environment", settings.environment, "--launch", settings.launch)
    yield from ("--seed", str(settings.seed), "--run-key", settings.run, "--begin-at", repr(begin_at))
    yield from ("--rate-scale", repr(settings.rate_scale), "--duration-scale", repr(settings.duration_scale))
    yield from ("--ledger", str(folder))
