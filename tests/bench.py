"""`make bench`: how long things take on this machine, and how that grows with the number of benefits.

Figures are of this machine and of this run; compare ratios, not seconds.
"""

import contextlib
import copy
import json
import math
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import yaml

from catalogue import CATALOGUE_VARIABLE
from tests.enforcement import calls, people

ROOT = Path(__file__).resolve().parent.parent
ESTATE = Path(sys.executable).parent / "estate"
AIMS = {"preview prod": 10.0, "cold up local": 40.0, "all healthy local": 60.0, "unchanged up local": 8.0}
"""Seconds. Source: the project's own aims for two cores."""
GROWTH = (1, 2, 4, 8)
EXPONENT_AIM = 1.1
DEADLINE_SECONDS = 1200


@dataclass(frozen=True)
class Timed:
    seconds: float
    document: dict[str, Any]
    log: str


def estate(*arguments: str, home: Path, catalogue: Path | None = None) -> Timed:
    """One command as a whole process."""
    environment = os.environ | {"ESTATE_HOME": str(home)}
    if catalogue:
        environment[CATALOGUE_VARIABLE] = str(catalogue)
    started = time.perf_counter()
    done = subprocess.run(
        [ESTATE, *arguments, "--json"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    seconds = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"estate {' '.join(arguments)} failed: {done.stderr.strip()}")
    return Timed(seconds, json.loads(done.stdout), done.stderr)


@contextlib.contextmanager
def twin() -> Iterator[Path]:
    """A state folder whose twin is taken away at the end."""
    home = Path(tempfile.mkdtemp(prefix="estate-bench-"))
    try:
        yield home
    finally:
        estate("down", "local", home=home)
        shutil.rmtree(home)


def grown_catalogue(factor: int, folder: Path) -> Path:
    """A copy of the catalogue with each benefit `factor` times."""
    copied = folder / f"times-{factor}"
    shutil.copytree(
        ROOT / "catalogue", copied, ignore=shutil.ignore_patterns("*.py", "__pycache__", "checks")
    )
    file = copied / "benefits.yaml"
    benefits: dict[str, Any] = yaml.safe_load(file.read_text())
    grown = dict(benefits)
    for number in range(1, factor):
        for slug, entry in benefits.items():
            place = len(grown) + 1
            own = {"name": f"{entry['name']} {number}", "listener_priority": 1000 + place}
            grown[f"{slug}-{number}"] = copy.deepcopy(entry) | own
    file.write_text(yaml.safe_dump(grown, sort_keys=False))
    return copied


def fit(points: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """a, b and k of t = a + b·n^k through (n, t), by least squares over a grid of k."""
    best: tuple[float, float, float, float] | None = None
    for step in range(20, 301):
        k = step / 100
        xs = [n**k for n, _ in points]
        ts = [t for _, t in points]
        mean_x, mean_t = sum(xs) / len(xs), sum(ts) / len(ts)
        spread = sum((x - mean_x) ** 2 for x in xs)
        b = sum((x - mean_x) * (t - mean_t) for x, t in zip(xs, ts, strict=True)) / spread
        a = mean_t - b * mean_x
        error = sum((a + b * x - t) ** 2 for x, t in zip(xs, ts, strict=True))
        if a >= 0 and (best is None or error < best[0]):
            best = (error, a, b, k)
    if best is None:
        return math.nan, math.nan, math.nan
    return best[1:]


def main() -> None:
    print(f"{platform.platform()}, {psutil.cpu_count()} cores, Python {platform.python_version()}")
    with twin() as home:
        preview = estate("preview", "prod", "--verbose", home=home)
        _line("preview prod", preview.seconds, f"{preview.document['resource_count']} resources")
        _profile(preview)
        cold = estate("up", "local", home=home)
        created = cold.document["resources"]["created"]
        provisioned = cold.document["provisioned_seconds"]
        _line("cold up local", provisioned, f"{created} resources, {created / provisioned:.0f} a second")
        _line("all healthy local", cold.document["seconds"], "from the same start, in the profile `aws`")
        unchanged = estate("up", "local", home=home)
        _line(
            "unchanged up local",
            unchanged.seconds,
            f"{unchanged.document['resources']['unchanged']} unchanged",
        )
        emulator = json.loads((home / "local" / "emulator.json").read_text())
        megabytes = psutil.Process(emulator["pid"]).memory_info().rss >> 20
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
        print(f"peak memory: {peak} MiB the largest command, {megabytes} MiB the emulator after both")
    _growth()
    _enforcement()


def _line(name: str, seconds: float, what: str) -> None:
    print(f"{name:<20} {seconds:6.1f} s   aim {AIMS[name]:.0f} s   {what}")


def _profile(timed: Timed) -> None:
    """What dominates: the parts that the engine logs. Stacks of the two regions run side by side."""
    for line in map(str.strip, timed.log.splitlines()):
        if re.search(r" in [0-9.]+ s$", line):
            print(f"    {line.removeprefix('INFO').strip()}")


def _growth() -> None:
    points: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        for factor in GROWTH:
            timed = estate(
                "preview", "prod", home=Path(folder), catalogue=grown_catalogue(factor, Path(folder))
            )
            points.append((timed.document["resource_count"], timed.seconds))
            print(f"benefits times {factor}: {points[-1][0]:.0f} resources, {points[-1][1]:.1f} s")
    a, b, k = fit(points)
    print(f"preview prod takes t = {a:.2f} + {b:.2e} * n^{k:.2f}   aim k <= {EXPONENT_AIM}")


def _enforcement() -> None:
    """The same work with permissions and network rules judged and not, in turns."""
    print("what enforcement costs, in turns within one run; a ratio of 1 is nothing:")
    for what, found in (("calls of AWS's API", calls.measured()), ("applications", people.measured())):
        for name, figure in found.items():
            shown = ", ".join(f"{side} {value}" for side, value in figure.items())
            print(f"    {what:<20} {name:<11} {shown}")


if __name__ == "__main__":
    main()
