"""`python -m tests.trials.static_stability`: the control plane dies, a zone is lost meanwhile, and people are served.

For fifteen minutes of real time nothing may scale in and no operation may fail at normal load. What runs is counted as
processes, for there is no API that would tell.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import psutil

from tests.trials.accounting import account
from tests.trials.kills import kill_emulator, servers, up
from tests.trials.load import Load, tally
from tests.trials.surroundings import Surroundings

HEAL_SECONDS, LOOK_SECONDS = 240.0, 10.0


async def main(options: argparse.Namespace) -> int:
    surroundings = Surroundings.of(options.environment)
    await surroundings.until_healthy(HEAL_SECONDS)
    load = Load(surroundings.edge, options.rate, options.seed)
    counts = [await _tasks(surroundings)]
    running = asyncio.create_task(load.run(options.seconds))
    kill_emulator(options.environment)
    looking = asyncio.create_task(_look(surroundings, counts))
    await asyncio.sleep(options.seconds / 3)
    fault_id = await surroundings.inject({"kind": "zone-power-loss", "zone": options.zone})
    await asyncio.sleep(options.seconds / 3)
    await surroundings.undo(fault_id)
    await running
    looking.cancel()
    exit_code = await asyncio.to_thread(up, options.environment)
    surroundings = Surroundings.of(options.environment)
    await surroundings.until_healthy(HEAL_SECONDS)
    effects = await account(surroundings, load.acknowledged())
    summary = _summary(options, counts, tally(load.done), effects) | {"up_exit_code": exit_code}
    print(json.dumps(summary, indent=1))
    if options.output:
        Path(options.output).write_text(json.dumps(summary, indent=1))
    return 0 if summary["holds"] and not exit_code else 1


async def _look(surroundings: Surroundings, counts: list[dict[str, int]]) -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        counts.append(await _tasks(surroundings))


async def _tasks(surroundings: Surroundings) -> dict[str, int]:
    """Processes of tasks by zone of the load's region: children of the zone's fork server."""
    found = servers(await surroundings.status(), "fork server of ")
    return {name.rpartition(" ")[2]: len(psutil.Process(pid).children()) for name, pid in found.items()}


def _summary(
    options: argparse.Namespace,
    counts: list[dict[str, int]],
    figures: dict[str, Any],
    effects: dict[str, Any],
) -> dict[str, Any]:
    """In the zones that stay, no task may have gone."""
    least = {
        zone: min(it.get(zone, 0) for it in counts) for zone in sorted(counts[0]) if zone != options.zone
    }
    fewer = {zone: number for zone, number in least.items() if number < counts[0][zone]}
    failed = figures["operations_failed"] or effects["lost"] or effects["unfinished"] or effects["doubled"]
    return {
        "environment": f"{options.environment} (a twin on one machine)",
        "rate_per_second": options.rate,
        "seconds_without_a_control_plane": options.seconds,
        "zone_without_power_for_a_third_of_it": options.zone,
        "tasks_before": counts[0],
        "least_tasks_in_the_other_zones": least,
        **figures,
        **effects,
        "holds": not (failed or fewer),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environment", default="local")
    parser.add_argument("--seconds", type=float, default=900)
    parser.add_argument("--zone", default="eu-west-2b")
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", help="file for the summary, as JSON")
    sys.exit(asyncio.run(main(parser.parse_args())))
