"""`python -m tests.trials.zone_loss`: zones are lost one after another under load, by power, freezing and cutting.

Counted from 5 s before each fault to 60 s after it. The report tells attempts that failed as they are; what must be
zero are operations that failed, and acknowledged applications or payments that were lost or took effect twice. The
first fault of each kind lasts until the other zones have as many tasks of every service as are wanted, or two minutes.
That a zone which is cut off keeps its tasks is no fault (decision 7): only what a load balancer asks is replaced there.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from tests.trials.accounting import account
from tests.trials.load import Load, tally
from tests.trials.surroundings import ZONES, Surroundings

KINDS = ("zone-power-loss", "zone-freeze", "zone-cut")
BEFORE_SECONDS, AFTER_SECONDS, HEAL_SECONDS, CAPACITY_SECONDS = 5.0, 60.0, 240.0, 120.0
DEPLOYED_SECONDS = 600.0
"""A deployment's alarms are watched for up to five minutes after its tasks are there."""


async def main(options: argparse.Namespace) -> int:
    surroundings = Surroundings.of(options.environment)
    source = random.Random(options.seed)
    faults = [(KINDS[index % 3], source.choice(ZONES)) for index in range(options.faults)]
    acknowledged: dict[str, str] = {}
    rows: list[dict[str, Any]] = []
    for index, (kind, zone) in enumerate(faults):
        load = Load(surroundings.edge, options.rate, options.seed * 1000 + index)
        row = await _fault(surroundings, kind, zone, load, waits_for_capacity=index < len(KINDS))
        acknowledged |= load.acknowledged()
        rows.append(row)
        print(json.dumps(row), flush=True)
        if options.output:
            Path(options.output).write_text(json.dumps({"rows": rows}, indent=1))
    effects = await account(surroundings, acknowledged)
    summary = _summary(rows, effects, options)
    print(json.dumps(summary, indent=1))
    if options.output:
        Path(options.output).write_text(json.dumps({"rows": rows, "summary": summary}, indent=1))
    return 0 if summary["holds"] else 1


async def _fault(
    surroundings: Surroundings, kind: str, zone: str, load: Load, *, waits_for_capacity: bool
) -> dict[str, Any]:
    await surroundings.until_healthy(HEAL_SECONDS)
    await surroundings.until_deployed(DEPLOYED_SECONDS)
    await surroundings.until_spread(HEAL_SECONDS)
    before = await surroundings.status()
    psutil.cpu_percent()
    running = asyncio.create_task(load.run(BEFORE_SECONDS + AFTER_SECONDS))
    await asyncio.sleep(BEFORE_SECONDS)
    fault_id = await surroundings.inject({"kind": kind, "zone": zone})
    capacity = asyncio.create_task(_capacity(surroundings, zone)) if waits_for_capacity else None
    await running
    busy = psutil.cpu_percent()
    restored = {"capacity_restored_seconds": await capacity} if capacity else {}
    await surroundings.undo(fault_id)
    healed = await surroundings.until_healthy(HEAL_SECONDS)
    return {
        "kind": kind,
        "zone": zone,
        "held": _held(before, zone),
        **tally(load.done),
        "sent_late": load.sent_late,
        **restored,
        "healed_seconds": round(healed, 1),
        "machine_busy_percent": busy,
    }


async def _capacity(surroundings: Surroundings, zone: str) -> dict[str, float | None]:
    """Seconds until the other zones alone had as many healthy tasks of each service as are wanted; None: not in time.

    For the services that a load balancer asks, and for the others.
    """
    began = time.monotonic()
    restored: dict[bool, float | None] = {True: None, False: None}
    while (passed := time.monotonic() - began) < CAPACITY_SECONDS and None in restored.values():
        short = await asyncio.to_thread(surroundings.short, zone)
        for balanced, names in short.items():
            if not names and restored[balanced] is None:
                restored[balanced] = round(passed, 1)
        await asyncio.sleep(5)
    return {"load_balanced": restored[True], "others": restored[False]}


def _held(status: dict[str, Any], zone: str) -> list[str]:
    """Which single roles stood in the zone when it was lost."""
    return [role for role, where in status.get("roles", {}).items() if where == zone]


def _summary(
    rows: list[dict[str, Any]], effects: dict[str, Any], options: argparse.Namespace
) -> dict[str, Any]:
    failed = sum(row["operations_failed"] for row in rows)
    faulty = sum(row["operations_failed"] > 0 for row in rows)
    operations = sum(row["operations"] for row in rows)
    late = sum(row["sent_late"] for row in rows)
    return {
        "environment": f"{options.environment} (a twin on one machine)",
        "faults": len(rows),
        "rate_per_second": options.rate,
        "seed": options.seed,
        "operations": operations,
        "operations_failed": failed,
        "faults_with_a_failed_operation": faulty,
        # With none seen in n, the 95% upper bound of the share is about 3/n (the rule of three).
        "bound_on_share_of_faults": round(3 / len(rows), 3) if not faulty else None,
        "attempts": sum(row["attempts"] for row in rows),
        "attempts_failed": sum(row["attempts_failed"] for row in rows),
        "sent_on_time_percent": round(100 - 100 * late / max(1, operations), 3),
        "capacity_restored_seconds": {
            row["kind"]: row["capacity_restored_seconds"]
            for row in rows
            if "capacity_restored_seconds" in row
        },
        **effects,
        "holds": not (
            failed or effects["lost"] or effects["unfinished"] or effects["doubled"] or _missing(rows)
        ),
    }


def _missing(rows: list[dict[str, Any]]) -> list[str]:
    """Kinds of fault after which capacity was not restored that should have been."""
    return [
        row["kind"]
        for row in rows
        for asked, seconds in row.get("capacity_restored_seconds", {}).items()
        if seconds is None and (asked == "load_balanced" or row["kind"] != "zone-cut")
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environment", default="local")
    parser.add_argument("--faults", type=int, default=30)
    parser.add_argument("--rate", type=float, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", help="file for the rows and the summary, as JSON")
    sys.exit(asyncio.run(main(parser.parse_args())))
