"""`python -m tests.trials.scalers`: a tenfold step in a second, met by the declared scaling and by AWS's own.

The same launch, the same least number of tasks, one run after another in an order that the seed draws: what is declared
(five seeds), AWS's target tracking with its defaults, and target tracking on a metric of 20 seconds (one each); all of
it with the workload's shedding, and without. Policies and task definitions are changed by AWS's API, as anybody would,
and put back at the end; better is a twin that nothing else uses.

A machine has no room for 500 requests a second with all that serves them, so both sides of the step are scaled alike,
and the tasks of one service carry little: what is compared is how soon there are enough of them.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.trials.scaled_service import CAPACITY_PER_SECOND, ScaledService, Way
from tests.trials.surroundings import ROOT, Surroundings

RATE_SCALE = 0.3
"""15 and 150 operations a second, three quarters of them for the service: it needs two tasks at its target before the
step, has three, one a zone, and may have nine."""

LAUNCH, SERVICE = "ten-fold-step", "cell-families"
DECLARED_SEEDS = 5
RUN_SECONDS, HEAL_SECONDS, REST_SECONDS = 900, 300.0, 60.0
"""The rest is between two runs: for alarms to be quiet, and cooldowns over."""

SERVED_PERCENT, TRIGGER_SECONDS, HEALTHY_SECONDS = 99.99, 30.0, 40.0
SHARE_OF_DEFAULT, SHARE_OF_FAST = 0.1, 0.5
"""Aims of this project, not AWS's."""


@dataclass(frozen=True)
class Run:
    way: Way
    sheds: bool
    seed: int

    @property
    def name(self) -> str:
        return f"{self.way}, shedding {'on' if self.sheds else 'off'}, seed {self.seed}"


def plan(seed: int) -> list[Run]:
    """Every run, in the order that the seed draws. A task definition is changed once: that takes minutes."""
    source = random.Random(seed)
    chosen = [(Way.DECLARED, number) for number in range(1, DECLARED_SEEDS + 1)]
    chosen += [(Way.DEFAULT, 1), (Way.FAST, 1)]
    runs: list[Run] = []
    for sheds in source.sample((True, False), 2):
        runs += [Run(way, sheds, number) for way, number in source.sample(chosen, len(chosen))]
    return runs


async def main(options: argparse.Namespace) -> int:
    rows = _read(options.output)
    known = {row["name"] for row in rows}
    left = [it for it in plan(options.seed) if it.name not in known]
    print(f"{len(left)} runs of some seven minutes each, {len(known)} are there already", flush=True)
    surroundings = Surroundings.of(options.environment)
    service = ScaledService(surroundings, SERVICE)
    try:
        for run in left:
            await service.have(run.way, run.sheds)
            await asyncio.sleep(REST_SECONDS)
            await surroundings.until_healthy(HEAL_SECONDS)
            rows.append(_row(run, await asyncio.to_thread(_load, options, run.seed)))
            print(json.dumps(rows[-1]), flush=True)
            _write(options.output, rows, {})
    finally:
        await service.restore()
    summary = summarised(rows)
    print(json.dumps(summary, indent=1))
    _write(options.output, rows, summary)
    return 0 if summary["verdict"] == "HOLDS" else 1


def _load(options: argparse.Namespace, seed: int) -> Mapping[str, Any]:
    """What `estate load` tells."""
    command = (sys.executable, "-m", "estate", "load", LAUNCH, options.environment, "--json")
    scaled = ("--rate-scale", str(RATE_SCALE), "--seed", str(seed), "--evidence", options.evidence)
    done = subprocess.run(
        [*command, *scaled], cwd=ROOT, capture_output=True, text=True, timeout=RUN_SECONDS, check=False
    )
    if not done.stdout:
        raise RuntimeError(f"estate load ended with {done.returncode}: {done.stderr[-500:]}")
    return json.loads(done.stdout)


def _row(run: Run, said: Mapping[str, Any]) -> dict[str, Any]:
    kinds = [said["kinds"][name] for name in ("submit", "save")]
    return {
        "name": run.name,
        **asdict(run),
        "operations": said["scheduled"],
        "unserved": said["operations_failed"],
        "unserved_as": said["unserved"],
        "submit_and_save_percent": 100
        * sum(it["succeeded"] for it in kinds)
        / sum(it["scheduled"] for it in kinds),
        "shed_p50_ms": said["shed_p50_ms"],
        "shed_p99_ms": said["shed_p99_ms"],
        "trigger_seconds": said["scaling"]["trigger_seconds"],
        "healthy_seconds": said["scaling"]["healthy_seconds"],
        "lost": said["lost"],
        "doubled": said["doubled"],
        "void": said["reasons"] if said["verdict"] == "VOID" else [],
        "evidence": said["evidence"],
    }


def summarised(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Medians by way and shedding, and whether the aims are reached: with shedding, as the estate is declared."""
    shares = {
        (way, sheds): median(100 * it["unserved"] / it["operations"] for it in found)
        for way in Way
        for sheds in (True, False)
        if (found := [it for it in rows if (it["way"], it["sheds"]) == (way, sheds)])
    }
    declared = [it for it in rows if (it["way"], it["sheds"]) == (Way.DECLARED, True)]
    missed = list(_missed(declared, shares))
    void = [f"{it['name']}: {why}" for it in rows for why in it["void"]]
    is_whole = len(rows) == len(plan(1))
    return {
        "rate_scale": RATE_SCALE,
        "task_capacity_per_second": CAPACITY_PER_SECOND,
        "runs": len(rows),
        "unserved_percent": {
            f"{way}, shedding {'on' if sheds else 'off'}": round(share, 3)
            for (way, sheds), share in shares.items()
        },
        "missed": missed,
        "void": void,
        "verdict": "VOID" if void or not is_whole else "DOES_NOT_HOLD" if missed else "HOLDS",
    }


def _missed(declared: Sequence[Mapping[str, Any]], shares: Mapping[tuple[Way, bool], float]) -> Iterator[str]:
    """Aims that are not reached, a sentence each."""
    for it in declared:
        if it["submit_and_save_percent"] < SERVED_PERCENT:
            yield f"{it['name']}: {it['submit_and_save_percent']:.3f}% of submissions and saves were served"
        for what, most in (("trigger_seconds", TRIGGER_SECONDS), ("healthy_seconds", HEALTHY_SECONDS)):
            if it[what] is None or it[what] > most:
                yield f"{it['name']}: {what} is {it[what]}, and at most {most:g} is the aim"
        if it["lost"] or it["doubled"]:
            yield f"{it['name']}: {it['lost']} lost, {it['doubled']} doubled"
    own = shares.get((Way.DECLARED, True))
    for way, most in ((Way.DEFAULT, SHARE_OF_DEFAULT), (Way.FAST, SHARE_OF_FAST)):
        other = shares.get((way, True))
        if own is not None and other is not None and own > most * other:
            yield f"unserved are {own:.3f}%, and at most {most:g} of the {other:.3f}% of {way} is the aim"


def _read(output: str | None) -> list[dict[str, Any]]:
    there = bool(output) and Path(str(output)).exists()
    return json.loads(Path(str(output)).read_text())["rows"] if there else []


def _write(output: str | None, rows: Sequence[Mapping[str, Any]], summary: Mapping[str, Any]) -> None:
    if output:
        Path(output).write_text(json.dumps({"rows": rows, "summary": summary}, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environment", default="local")
    parser.add_argument("--seed", type=int, default=1, help="that the order is drawn from")
    parser.add_argument("--evidence", default="evidence", help="folder of the runs' records")
    parser.add_argument(
        "--output", help="file for rows and summary, as JSON; what is in it already is not run again"
    )
    sys.exit(asyncio.run(main(parser.parse_args())))
