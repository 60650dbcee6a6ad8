"""`python -m tests.trials.runner_kills`: kill -9 of `estate chaos run`, or of the process that carries it out.

It comes at a random moment while the fault is at work. Every fault is undone within ten seconds, and nothing of the run
is left.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import psutil

from chaos.undo import FILE, pending
from tests.trials.processes import lives
from tests.trials.surroundings import ROOT, Surroundings

LASTING = ("az-frozen", "az-power-loss", "az-with-writer-and-cache-primary", "slow-task")
"""Experiments whose fault lasts until it is undone, and that need nothing of the estate but its zones and tasks."""

UNDONE_SECONDS = 10.0
"""Within which everything has to be undone."""

BEGUN_SECONDS, GONE_SECONDS, HEAL_SECONDS = 180.0, 30.0, 300.0
RUNNER = "chaos"


async def main(options: argparse.Namespace) -> int:
    source = random.Random(options.seed)
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="estate-runner-kills-") as folder:
        for number in range(options.times):
            row = await _kill(options, source, number, Path(folder) / str(number))
            rows.append({"number": number} | row)
            print(json.dumps(rows[-1]), flush=True)
    summary = _summary(rows, options)
    print(json.dumps(summary, indent=1))
    if options.output:
        Path(options.output).write_text(json.dumps({"rows": rows, "summary": summary}, indent=1))
    return 0 if summary["holds"] else 1


async def _kill(
    options: argparse.Namespace, source: random.Random, number: int, evidence: Path
) -> dict[str, Any]:
    surroundings = Surroundings.of(options.environment)
    await surroundings.until_healthy(HEAL_SECONDS)
    experiment, victim = source.choice(LASTING), source.choice(("command", RUNNER))
    seed = options.seed * 1000 + number
    command = psutil.Popen(
        [
            *(sys.executable, "-m", "estate", "chaos", "run", experiment, options.environment, "--json"),
            *("--rate", str(options.rate), "--seed", str(seed), "--evidence", str(evidence)),
        ],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    of_the_run: list[psutil.Process] = []
    try:
        await _until(lambda: _undone_not(evidence), BEGUN_SECONDS)
        moment = source.uniform(0, 40)
        await asyncio.sleep(moment)
        of_the_run = command.children(recursive=True)
        held = len(_undone_not(evidence))
        (command if victim == "command" else _runner(of_the_run)).kill()
        began = time.monotonic()
        undone = await _until(
            lambda: not _undone_not(evidence) and not _active(surroundings), UNDONE_SECONDS + 20
        )
        gone = await _until(lambda: not _alive([command, *of_the_run]), GONE_SECONDS)
    finally:
        for process in _alive([command, *of_the_run]):
            process.kill()
        command.wait(10)
    return {
        "experiment": experiment,
        "victim": victim,
        "after_the_fault_seconds": round(moment, 1),
        "to_undo": held,
        "undone_seconds": None if undone is None else round(undone - began, 1),
        "left": [] if gone is not None else [it.pid for it in _alive(of_the_run)],
        "healed_seconds": round(await surroundings.until_healthy(HEAL_SECONDS), 1),
    }


def _undone_not(evidence: Path) -> list[str]:
    """Titles of what runs below that folder have done and not undone."""
    return [deed.title for file in evidence.glob(f"*/{FILE}") for deed in pending(file)[0]]


def _active(surroundings: Surroundings) -> list[Any]:
    """Faults that the twin itself says are at work."""
    answer = httpx.get(f"{surroundings.faults}/faults", timeout=10, trust_env=False)
    return [it for it in answer.raise_for_status().json()["faults"] if it["is_active"]]


def _runner(processes: Sequence[psutil.Process]) -> psutil.Process:
    """Who carries the experiment out."""
    return next(it for it in processes if it.cmdline()[1:3] == ["-m", RUNNER])


def _alive(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    return [it for it in processes if lives(it)]


async def _until(holds: Any, within_seconds: float) -> float | None:
    """When it held; None where it did not in time."""
    deadline = time.monotonic() + within_seconds
    while time.monotonic() < deadline:
        if await asyncio.to_thread(holds):
            return time.monotonic()
        await asyncio.sleep(0.2)
    return None


def _summary(rows: Sequence[dict[str, Any]], options: argparse.Namespace) -> dict[str, Any]:
    late = [it for it in rows if it["undone_seconds"] is None or it["undone_seconds"] > UNDONE_SECONDS]
    idle = [it for it in rows if not it["to_undo"]]
    left = [it for it in rows if it["left"]]
    return {
        "environment": f"{options.environment} (a twin on one machine)",
        "seed": options.seed,
        "rate_per_second": options.rate,
        "kills": len(rows),
        "nothing_to_undo": len(idle),
        "undone_late": len(late),
        "left_something": len(left),
        "longest_undone_seconds": max((it["undone_seconds"] or 0.0 for it in rows), default=None),
        "holds": bool(rows) and not (late or idle or left),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environment", default="local")
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--rate", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", help="file for the rows and the summary, as JSON")
    sys.exit(asyncio.run(main(parser.parse_args())))
