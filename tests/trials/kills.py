"""`python -m tests.trials.kills`: kill -9 at random moments, under load, of each kind of server, and what came of it.

A server that dies is healed; when the supervisor dies all that it started is gone; when the emulator dies traffic goes
on. After each of the last two, `estate up` must work.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from estate.places import Places
from tests.trials.accounting import account
from tests.trials.load import Load, tally
from tests.trials.surroundings import ROOT, Surroundings
from twin.aws.emulator.process import find as find_emulator
from twin.runtime.process import find as find_supervisor
from twin.runtime.processes import marked

HEALED = ("fork-server", "load-balancer", "egress", "edge", "relay", "database", "cache")
"""Beginnings of the names of servers that the supervisor heals."""

HEAL_SECONDS, LOAD_SECONDS, GONE_SECONDS = 180.0, 40.0, 15.0


async def main(options: argparse.Namespace) -> int:
    source = random.Random(options.seed)
    acknowledged: dict[str, str] = {}
    rows: list[dict[str, Any]] = []
    for victim in options.victims or (*HEALED, "emulator", "supervisor"):
        for number in range(options.times):
            row, load = await _kill(options, victim, source, options.seed * 1000 + number)
            acknowledged |= load.acknowledged()
            rows.append(row)
            print(json.dumps(row), flush=True)
    effects = await account(Surroundings.of(options.environment), acknowledged)
    # Whoever has an operation under way when everything dies may see it fail: it is counted, and not held against it.
    failed = sum(row["operations_failed"] for row in rows if row["victim"] != "supervisor")
    summary = {"kills": len(rows), "operations_failed": failed, **effects}
    holds = not (failed or effects["lost"] or effects["doubled"]) and all(
        row["healed_seconds"] for row in rows
    )
    print(json.dumps(summary | {"holds": holds}, indent=1))
    if options.output:
        Path(options.output).write_text(json.dumps({"rows": rows, "summary": summary}, indent=1))
    return 0 if holds else 1


async def _kill(
    options: argparse.Namespace, victim: str, source: random.Random, seed: int
) -> tuple[dict[str, Any], Load]:
    surroundings = Surroundings.of(options.environment)
    await surroundings.until_healthy(HEAL_SECONDS)
    load = Load(surroundings.edge, options.rate, seed)
    seconds = 8.0 if victim == "supervisor" else LOAD_SECONDS
    running = asyncio.create_task(load.run(seconds))
    await asyncio.sleep(source.uniform(3, 6))
    row: dict[str, Any] = {"victim": victim}
    match victim:
        case "supervisor":
            row |= await _kill_supervisor(options.environment)
        case "emulator":
            row |= _kill_emulator(options.environment)
            await asyncio.sleep(source.uniform(5, 15))
        case _:
            row |= await _kill_server(surroundings, victim, source)
    began = time.monotonic()
    if victim in ("supervisor", "emulator"):
        row["up_exit_code"] = await asyncio.to_thread(_up, options.environment)
    await running
    await Surroundings.of(options.environment).until_healthy(HEAL_SECONDS)
    return row | tally(load.done) | {"healed_seconds": round(time.monotonic() - began, 1)}, load


async def _kill_server(surroundings: Surroundings, victim: str, source: random.Random) -> dict[str, Any]:
    status = await surroundings.status()
    names = {it["name"]: it["pid"] for it in status["processes"] if it["name"].startswith(victim)}
    name = source.choice(sorted(names))
    os.kill(names[name], signal.SIGKILL)
    return {"name": name, "held": [role for role, it in status.get("roles", {}).items() if it == name]}


async def _kill_supervisor(environment: str) -> dict[str, Any]:
    """It is killed, and so is everything that it started: with the seconds that this took."""
    supervisor = find_supervisor(Places.of(environment).runtime)
    assert supervisor
    os.kill(supervisor.pid, signal.SIGKILL)
    began = time.monotonic()
    while left := [it.pid for it in marked(supervisor.run)]:
        if time.monotonic() - began > GONE_SECONDS:
            raise AssertionError(f"left behind: {left}")
        await asyncio.sleep(0.05)
    return {"gone_seconds": round(time.monotonic() - began, 2)}


def _kill_emulator(environment: str) -> dict[str, Any]:
    emulator = find_emulator(Places.of(environment).folder)
    assert emulator
    os.kill(emulator.pid, signal.SIGKILL)
    return {"name": "emulator"}


def _up(environment: str) -> int:
    command: Sequence[str] = (sys.executable, "-m", "estate", "up", environment, "--json")
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=400, check=False).returncode


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environment", default="local")
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--victims", nargs="*")
    parser.add_argument("--output")
    sys.exit(asyncio.run(main(parser.parse_args())))
