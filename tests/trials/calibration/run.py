"""One run of the calibration, and its verdict."""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from estate.places import Places
from tests.trials.calibration.groups import Group, Outcome, comparison, ramps, scale_ins, steps, tried
from tests.trials.calibration.judgement import beside_published, compared, within_windows
from tests.trials.calibration.kinds import FAST, MINUTE
from tests.trials.surroundings import Surroundings
from twin.aws.emulator.process import find as find_emulator
from twin.runtime.process import find as find_supervisor

__all__ = ["GROUPS", "HOLDS", "HOLDS_NOT", "VOID", "document", "run"]

PUBLISHED: Mapping[str, float] = {"target tracking": 0.7476, "step scaling": 0.8558}
"""Shares of requests that succeeded in a published comparison, whose load was another one than here.
Source: Platformatic, "AWS ECS auto-scaler is broken", blog.platformatic.dev/aws-ecs-autoscaler-vs-platformatic-icc."""

MOST_OF_A_CORE, MOST_LATE, MOST_FAILED = 0.8, 0.01, 0.02
"""Above which a run proves nothing: shares of a core, of requests that were sent late, and of those that failed where
the load is such that none should."""

GROUPS = ("steps of a minute", "steps of 20 seconds", "scale-in", "ramp", "comparison")
HEAL_SECONDS = 300.0
HOLDS, HOLDS_NOT, VOID = 0, 1, 2


async def run(options: argparse.Namespace) -> int:
    """The exit code: 0 where all of it holds, 1 where something does not, 2 where the run proves nothing."""
    surroundings = Surroundings.of(options.environment)
    pace = (surroundings.exports.get("ESTATE_PROFILE"), surroundings.exports.get("ESTATE_CLOCK_FACTOR"))
    if pace != ("aws", "1"):
        _say(
            f"{options.environment} waits as {pace} has it. Start it anew with '--profile aws' and no clock factor."
        )
        return VOID
    await surroundings.until_healthy(HEAL_SECONDS)
    usage = _Usage.begin(options.environment)
    outcomes = await _tried(surroundings, options)
    found = document(options.environment, outcomes, usage.shares())
    print(json.dumps(found, indent=1))
    if options.output:
        Path(options.output).write_text(json.dumps(found, indent=1))
    return {"holds": HOLDS, "does not hold": HOLDS_NOT}.get(found["verdict"], VOID)


async def _tried(surroundings: Surroundings, options: argparse.Namespace) -> dict[str, Outcome]:
    """Outcomes by the group's name. Not all at once: this machine has two cores, and runs 60 tasks at most."""
    minute, fast = steps(MINUTE, options.phases), steps(FAST, options.fast_phases)
    asked = frozenset(options.groups)
    if options.short:
        return await _together(surroundings, [minute, fast], asked)
    later = [fast, ramps(options.others), comparison()]
    async with asyncio.TaskGroup() as group:
        long = group.create_task(_together(surroundings, [scale_ins(options.others)], asked))
        first = await _together(surroundings, [minute], asked)
        second = await _together(surroundings, later, asked)
    return first | second | long.result()


async def _together(
    surroundings: Surroundings, groups: Sequence[Group], asked: frozenset[str]
) -> dict[str, Outcome]:
    """Args: asked: names of groups; none are all."""
    wanted = [it for it in groups if not asked or it.name in asked]
    found = await asyncio.gather(*(tried(surroundings, it, _say) for it in wanted))
    return {it.group.name: it for it in found}


def document(
    environment: str, outcomes: Mapping[str, Outcome], shares: Mapping[str, float]
) -> dict[str, Any]:
    """What was found, with a verdict for each group and one for all."""
    busy = [f"{name} used {share:.2f} of a core" for name, share in shares.items() if share > MOST_OF_A_CORE]
    groups = {name: _group(it, busy) for name, it in outcomes.items()}
    verdicts = {it["verdict"] for it in groups.values()} or {"void"}
    return {
        "environment": f"{environment} (a twin on one machine)",
        "shown_on_aws": False,
        "profile": "aws",
        "clock_factor": 1,
        "groups": groups,
        "shares_of_a_core": shares,
        "verdict": next(it for it in ("does not hold", "void", "holds") if it in verdicts or it == "holds"),
    }


def _group(outcome: Outcome, busy: Sequence[str]) -> dict[str, Any]:
    found, void = _result(outcome), [*busy, *_voided(outcome)]
    holds = all(it["holds"] for it in found.values())
    return {
        "found": found,
        "requests": {"sent": outcome.sent, "sent_late": outcome.sent_late, "failed": outcome.failed},
        "void_because": void,
        "verdict": "void" if void else "holds" if holds else "does not hold",
    }


def _result(outcome: Outcome) -> dict[str, Any]:
    """What is fitted is told apart from what is not."""
    group = outcome.group
    if group.name == "comparison":
        shares = dict(zip(PUBLISHED, outcome.succeeded.values(), strict=True))
        return {"compared": compared(shares, PUBLISHED)}
    spread = {"not fitted": within_windows(outcome.told, group.kind, group.periods)}
    if group.name.startswith("steps"):
        return {"fitted": beside_published(outcome.told, group.kind)} | spread
    return spread


def _voided(outcome: Outcome) -> list[str]:
    """Why the load was not what it should have been."""
    found: list[str] = []
    if outcome.sent_late > MOST_LATE * outcome.sent:
        found.append(f"{outcome.sent_late} of {outcome.sent} requests were sent late")
    if outcome.group.name != "comparison" and outcome.failed > MOST_FAILED * outcome.sent:
        found.append(f"{outcome.failed} of {outcome.sent} requests failed")
    return found


@dataclass(frozen=True)
class _Usage:
    """What generator, emulator and supervisor use of a core, on average over the run."""

    began: float
    used: Mapping[str, float]
    pids: Mapping[str, int] = field(default_factory=dict[str, int])

    @classmethod
    def begin(cls, environment: str) -> "_Usage":
        places = Places.of(environment)
        emulator, supervisor = find_emulator(places.folder), find_supervisor(places.runtime)
        assert emulator
        assert supervisor
        pids = {"generator": psutil.Process().pid, "emulator": emulator.pid, "supervisor": supervisor.pid}
        return cls(time.monotonic(), {name: _used(pid) for name, pid in pids.items()}, pids)

    def shares(self) -> dict[str, float]:
        seconds = time.monotonic() - self.began
        return {name: round((_used(pid) - self.used[name]) / seconds, 3) for name, pid in self.pids.items()}


def _used(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def _say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)
