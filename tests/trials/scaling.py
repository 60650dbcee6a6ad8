"""`python -m tests.trials.scaling`: load rises tenfold and falls again, and the declared policies follow it.

Nothing but the alarms and policies that the program declares changes the number of tasks. What must be zero is
operations that failed, on the way up and down. The story is told from AWS's API afterwards: scaling activities, and
when each number of tasks was wanted and was healthy.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.trials.load import Load, tally
from tests.trials.surroundings import Surroundings

MIX: Mapping[str, float] = {"submit": 0.01, "save": 0.02, "return": 0.01, "information": 0.96}
"""Mostly pages of information, which cost this machine least: it has two cores for 500 requests a second, the load
itself and all that serves it."""

HEAL_SECONDS, LOOK_SECONDS = 240.0, 5.0
SERVICE = "portal"
"""What the information pages are served by."""


async def main(options: argparse.Namespace) -> int:
    surroundings = Surroundings.of(options.environment)
    await surroundings.until_healthy(HEAL_SECONDS)
    began = time.time()
    samples: list[dict[str, Any]] = []
    watching = asyncio.create_task(_watch(surroundings, began, samples))
    phases = (
        ("low", options.low, options.before_seconds),
        ("high", options.high, options.high_seconds),
        ("low again", options.low, options.after_seconds),
    )
    rows: list[dict[str, Any]] = []
    for number, (name, rate, seconds) in enumerate(phases):
        at = time.time() - began
        load = Load(surroundings.edge, rate, options.seed * 1000 + number, MIX)
        await load.run(seconds)
        rows.append(
            {"phase": name, "began": round(at), "rate": rate, **tally(load.done), "sent_late": load.sent_late}
        )
        print(json.dumps(rows[-1]), flush=True)
    watching.cancel()
    document = {"rows": rows, "summary": _summary(surroundings, rows, samples, began), "samples": samples}
    print(json.dumps(document["summary"], indent=1))
    if options.output:
        Path(options.output).write_text(json.dumps(document, indent=1))
    return 0 if document["summary"]["holds"] else 1


async def _watch(surroundings: Surroundings, began: float, samples: list[dict[str, Any]]) -> None:
    """How many tasks are wanted, and healthy, whenever one of the two changes."""
    while True:
        seen = await asyncio.to_thread(surroundings.counts, SERVICE)
        if not samples or {name: samples[-1][name] for name in seen} != seen:
            samples.append({"at": round(time.time() - began, 1), **seen})
        await asyncio.sleep(LOOK_SECONDS)


def _summary(
    surroundings: Surroundings,
    rows: Sequence[dict[str, Any]],
    samples: Sequence[dict[str, Any]],
    began: float,
) -> dict[str, Any]:
    high = rows[1]
    most = max(it["desired"] for it in samples)
    up = next((it["at"] for it in samples if it["desired"] == most), None)
    ready = next((it["at"] for it in samples if it["healthy"] == most), None)
    failed = sum(it["operations_failed"] for it in rows)
    return {
        "service": SERVICE,
        "rates_per_second": [it["rate"] for it in rows],
        "operations": sum(it["operations"] for it in rows),
        "operations_failed": failed,
        "attempts_failed": sum(it["attempts_failed"] for it in rows),
        "tasks": {"first": samples[0]["desired"], "most": most, "last": samples[-1]["desired"]},
        "most_wanted_after_seconds": _after(up, high["began"]),
        "most_healthy_after_seconds": _after(ready, high["began"]),
        "activities": surroundings.activities(SERVICE, datetime.fromtimestamp(began, UTC)),
        "holds": not failed and most > samples[0]["desired"] and samples[-1]["desired"] < most,
    }


def _after(at: float | None, begin: float) -> float | None:
    return None if at is None else round(at - begin, 1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environment", default="local")
    parser.add_argument("--low", type=float, default=50)
    parser.add_argument("--high", type=float, default=500)
    parser.add_argument("--before-seconds", type=float, default=120)
    parser.add_argument("--high-seconds", type=float, default=420)
    parser.add_argument("--after-seconds", type=float, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", help="file for rows, summary and samples, as JSON")
    sys.exit(asyncio.run(main(parser.parse_args())))
