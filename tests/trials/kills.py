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
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

from estate.places import Places
from tests.trials.accounting import account
from tests.trials.load import Load, tally
from tests.trials.processes import lives
from tests.trials.surroundings import REGION, ROOT, Surroundings
from twin.aws.emulator.process import find as find_emulator
from twin.runtime.process import find as find_supervisor
from twin.runtime.processes import marked

__all__ = ["kill_emulator", "servers", "up"]

HEALED: Mapping[str, str] = {
    "fork server": "fork server of ",
    "load balancer": "load-balancer-",
    "egress": "egress-",
    "edge": "edge-",
    "relay": "relay-",
    "database": "postgres-",
    "cache": "valkey ",
}
"""Beginnings of the names of servers that the supervisor heals, by what they are."""

HEAL_SECONDS, LOAD_SECONDS, GONE_SECONDS = 180.0, 25.0, 15.0


async def main(options: argparse.Namespace) -> int:
    source = random.Random(options.seed)
    acknowledged: dict[str, str] = {}
    rows: list[dict[str, Any]] = []
    for number in range(options.times):
        for victim in options.victims:
            row, load = await _kill(options, victim, source, options.seed * 1000 + len(rows))
            acknowledged |= load.acknowledged()
            rows.append({"number": number} | row)
            print(json.dumps(rows[-1]), flush=True)
            _write(options.output, rows, {})
    effects = await account(Surroundings.of(options.environment), acknowledged)
    summary = _summary(rows, effects, options)
    print(json.dumps(summary, indent=1))
    _write(options.output, rows, summary)
    return 0 if summary["holds"] else 1


async def _kill(
    options: argparse.Namespace, victim: str, source: random.Random, seed: int
) -> tuple[dict[str, Any], Load]:
    """Raises: TimeoutError: it is not healed in time."""
    surroundings = Surroundings.of(options.environment)
    await surroundings.until_healthy(HEAL_SECONDS)
    load = Load(surroundings.edge, options.rate, seed)
    seconds = 8.0 if victim == "supervisor" else LOAD_SECONDS
    running = asyncio.create_task(load.run(seconds))
    await asyncio.sleep(source.uniform(3, 6))
    row: dict[str, Any] = {"victim": victim}
    roles = (await surroundings.status())["roles"]
    began = time.monotonic()
    match victim:
        case "supervisor":
            row |= await _kill_supervisor(options.environment)
        case "emulator":
            kill_emulator(options.environment)
            await asyncio.sleep(source.uniform(5, 15))
        case _:
            row |= await _kill_server(surroundings, victim, source)
    if victim in ("supervisor", "emulator"):
        row["up_exit_code"] = await asyncio.to_thread(up, options.environment)
    surroundings = Surroundings.of(options.environment)
    await surroundings.until_healthy(HEAL_SECONDS)
    row["healed_seconds"] = round(time.monotonic() - began, 1)
    after = (await surroundings.status())["roles"]
    row["moved"] = [role for role, zone in roles.items() if after.get(role) != zone]
    await running
    return row | tally(load.done), load


async def _kill_server(surroundings: Surroundings, victim: str, source: random.Random) -> dict[str, Any]:
    """Another process of the same name runs. Raises: TimeoutError"""
    found = servers(await surroundings.status(), HEALED[victim])
    name = source.choice(sorted(found))
    os.kill(found[name], signal.SIGKILL)
    async with asyncio.timeout(HEAL_SECONDS):
        while servers(await surroundings.status(), name).get(name) in (None, found[name]):
            await asyncio.sleep(0.2)
    return {"name": name}


def servers(status: Mapping[str, Any], beginning: str) -> dict[str, int]:
    """Pids of the load's region by name."""
    zones = (it for name, it in status["zones"].items() if name.startswith(REGION))
    # The edge stands in no zone.
    outside = (it for it in status["processes"] if REGION in it["name"])
    found = (*outside, *(it for zone in zones for it in zone["processes"]))
    return {it["name"]: it["pid"] for it in found if it["name"].startswith(beginning)}


async def _kill_supervisor(environment: str) -> dict[str, Any]:
    """It is killed, and so is everything that it started: with the seconds that this took."""
    supervisor = find_supervisor(Places.of(environment).runtime)
    assert supervisor
    # PostgreSQL's processes write over their environment, so that the mark alone does not find them.
    started = psutil.Process(supervisor.pid).children(recursive=True)
    os.kill(supervisor.pid, signal.SIGKILL)
    began = time.monotonic()
    while left := [it.pid for it in started if lives(it)] + [it.pid for it in marked(supervisor.run)]:
        if time.monotonic() - began > GONE_SECONDS:
            raise AssertionError(f"left behind: {left}")
        await asyncio.sleep(0.05)
    return {"started": len(started), "gone_seconds": round(time.monotonic() - began, 2)}


def kill_emulator(environment: str) -> None:
    """The emulated control plane has died."""
    emulator = find_emulator(Places.of(environment).folder)
    assert emulator
    os.kill(emulator.pid, signal.SIGKILL)


def up(environment: str) -> int:
    """The exit code of `estate up`."""
    command: Sequence[str] = (sys.executable, "-m", "estate", "up", environment, "--json")
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=400, check=False).returncode


def _summary(
    rows: Sequence[dict[str, Any]], effects: Mapping[str, Any], options: argparse.Namespace
) -> dict[str, Any]:
    """Whoever has an operation under way when everything dies may see it fail: counted, and not held against it."""
    failed = sum(row["operations_failed"] for row in rows if row["victim"] != "supervisor")
    not_up = sum(row.get("up_exit_code", 0) != 0 for row in rows)
    healed = {
        victim: sorted(row["healed_seconds"] for row in rows if row["victim"] == victim)
        for victim in options.victims
    }
    return {
        "environment": f"{options.environment} (a twin on one machine)",
        "seed": options.seed,
        "rate_per_second": options.rate,
        "kills": len(rows),
        "operations": sum(row["operations"] for row in rows),
        "operations_failed": failed,
        "failed_while_everything_died": sum(row["operations_failed"] for row in rows) - failed,
        "up_failed": not_up,
        "healed_seconds": {
            name: {"median": it[len(it) // 2], "longest": it[-1]} for name, it in healed.items()
        },
        **effects,
        "holds": not (failed or not_up or effects["lost"] or effects["unfinished"] or effects["doubled"]),
    }


def _write(output: str | None, rows: Sequence[dict[str, Any]], summary: Mapping[str, Any]) -> None:
    if output:
        Path(output).write_text(json.dumps({"rows": rows, "summary": summary}, indent=1))


if __name__ == "__main__":
    everything = (*HEALED, "emulator", "supervisor")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environment", default="local")
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--victims", nargs="*", choices=everything, default=everything)
    parser.add_argument("--output", help="file for the rows and the summary, as JSON")
    sys.exit(asyncio.run(main(parser.parse_args())))
