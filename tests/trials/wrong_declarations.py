"""`python -m tests.trials.wrong_declarations`: one grant after another is taken away, and somebody must notice.

A statement of a role, a rule of a security group, an endpoint. Who notices is the journey of an applicant, or `estate
status`: of a service that is short, of a call that a role was refused, of one that the network let nobody begin. It is
looked at once, and again after every task of the grant's service has started anew, for connections and credentials
outlive what they were granted by; not so for a statement that was never used. What nobody notices is listed: the
workload does not use it, it is granted twice, or the twin is kinder than AWS. In between nothing is taken away, and
nobody may notice anything.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from estate.refusals import read_refusals
from tests.trials.grants import Grant, controls, grants
from tests.trials.journey import journey
from tests.trials.surroundings import Surroundings

HEAL_SECONDS, START_SECONDS = 240.0, 60.0
_LOOK_SECONDS = 1.0
_WARMING = 3
"""Journeys before it is read how often a statement was used."""


async def main(options: argparse.Namespace) -> int:
    surroundings = Surroundings.of(options.environment)
    await surroundings.until_healthy(HEAL_SECONDS)
    for _ in range(_WARMING):
        if why := await journey(surroundings, options.end):
            raise RuntimeError(f"The journey fails with everything granted: {why}")
    found = list(grants(surroundings, options.services))
    rows = _rows(options.output) if options.resume else []
    done = {(row["kind"], row["name"]) for row in rows}
    for grant in _chosen(found, options):
        if _order(grant) in done:
            continue
        rows.append(await _without(surroundings, grant, options.end))
        print(json.dumps(rows[-1]), flush=True)
        _write(options.output, rows, {})
    summary = _summary(rows, len(found), options)
    print(json.dumps(summary, indent=1))
    _write(options.output, rows, summary)
    return 0 if summary["holds"] else 1


def _chosen(found: Sequence[Grant], options: argparse.Namespace) -> Iterator[Grant]:
    """In order of kind and name, with the controls spread evenly among them."""
    drawn = random.Random(options.seed).sample(list(found), min(options.most, len(found)))
    chosen = sorted((it for it in drawn if options.only in f"{it.kind} {it.name}"), key=_order)
    every = max(1, len(chosen) // max(1, options.controls))
    idle = controls(options.controls)
    for number, grant in enumerate(chosen):
        if number % every == 0:
            yield from (it for it in [next(idle, None)] if it)
        yield grant


def _order(grant: Grant) -> tuple[str, str]:
    return grant.kind, grant.name


async def _without(surroundings: Surroundings, grant: Grant, end: str) -> dict[str, Any]:
    began = time.time()
    await asyncio.to_thread(grant.take)
    try:
        noticed = await _noticed(surroundings, grant, end, began)
        is_doubled = noticed is None and await asyncio.to_thread(grant.is_doubled)
    finally:
        await asyncio.to_thread(grant.give)
    await _recovered(surroundings, grant, end)
    return {
        "kind": grant.kind,
        "name": grant.name,
        "used": grant.used,
        "noticed": noticed,
        "is_doubled": is_doubled,
        "seconds": round(time.time() - began, 1),
    }


async def _recovered(surroundings: Surroundings, grant: Grant, end: str) -> None:
    """All is well again. Raises: TimeoutError"""
    deadline = time.monotonic() + HEAL_SECONDS
    await surroundings.until_healthy(HEAL_SECONDS)
    while why := await journey(surroundings, end):
        if time.monotonic() > deadline:
            raise TimeoutError(f"It does not work again after {grant.name} was given back: {why}")
    await surroundings.until_healthy(HEAL_SECONDS)


async def _noticed(surroundings: Surroundings, grant: Grant, end: str, since: float) -> str | None:
    """What goes wrong: now, or once every task of the service has started anew."""
    if why := await _sign(surroundings, end, since):
        return why
    if grant.used == 0:
        # Nothing has used it since the twin came up, and that was seen of starting tasks as well.
        return None
    await asyncio.to_thread(surroundings.stop_tasks, grant.service or "portal", "they start without a grant")
    try:
        await asyncio.sleep(_LOOK_SECONDS)
        await surroundings.until_healthy(START_SECONDS)
    except TimeoutError as error:
        return await asyncio.to_thread(_told, surroundings, since) or f"status: {error}"
    return await _sign(surroundings, end, since)


async def _sign(surroundings: Surroundings, end: str, since: float) -> str | None:
    """Whichever comes first: the journey's end, good or bad, or something that `estate status` complains of."""
    travelling = asyncio.create_task(journey(surroundings, end))
    try:
        while not travelling.done():
            await asyncio.wait({travelling}, timeout=_LOOK_SECONDS)
            if why := await asyncio.to_thread(_complaint, surroundings, since):
                return why
        why = travelling.result()
        return f"journey: {why}" if why else None
    finally:
        travelling.cancel()
        await asyncio.gather(travelling, return_exceptions=True)


def _complaint(surroundings: Surroundings, since: float) -> str | None:
    if told := _told(surroundings, since):
        return told
    found = surroundings.complaints()
    return f"status: {found[0]}" if found else None


def _told(surroundings: Surroundings, since: float) -> str | None:
    """A call since then that a role was refused, or that did not begin, as `estate status` tells it."""
    for refused in read_refusals(surroundings.permissions()):
        if refused.at >= since:
            return f"status: {refused.role} was refused {refused.action} on {refused.resource}"
    for blocked in surroundings.blocked():
        if blocked.at >= since:
            return f"status: {blocked.service} in {blocked.zone} does not reach {blocked.destination}"
    return None


def _summary(rows: Sequence[dict[str, Any]], among: int, options: argparse.Namespace) -> dict[str, Any]:
    taken = [row for row in rows if row["kind"] != "control"]
    unnoticed = [row for row in taken if not row["noticed"]]
    silent = [row["name"] for row in unnoticed if row["used"] and not row["is_doubled"]]
    false = [row["name"] for row in rows if row["kind"] == "control" and row["noticed"]]
    noticed = len(taken) - len(unnoticed)
    return {
        "environment": f"{options.environment} (a twin on one machine)",
        "seed": options.seed,
        "taken_away": len(taken),
        "among": among,
        "noticed": noticed,
        "controls": len(rows) - len(taken),
        "noticed_without_cause": false,
        "used_and_not_noticed": silent,
        "granted_twice": [row["name"] for row in unnoticed if row["is_doubled"]],
        "not_noticed": [f"{row['kind']} {row['name']}" for row in unnoticed],
        "holds": not silent and not false and noticed >= options.least,
    }


def _rows(output: str | None) -> list[dict[str, Any]]:
    """Those of a run that was interrupted."""
    path = Path(output or "")
    return list(json.loads(path.read_text())["rows"]) if path.is_file() else []


def _write(output: str | None, rows: Sequence[dict[str, Any]], summary: dict[str, Any]) -> None:
    if output:
        Path(output).write_text(json.dumps({"rows": rows, "summary": summary}, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environment", default="slice")
    parser.add_argument("--services", nargs="*", default=["portal", "cell-families", "case", "payments"])
    parser.add_argument("--end", default="paid", help="the status at which an application has arrived")
    parser.add_argument("--most", type=int, default=1000, help="grants to try, drawn by the seed")
    parser.add_argument("--only", default="", help="of those, the ones with this in their kind or name")
    parser.add_argument("--least", type=int, default=20, help="grants that must be noticed")
    parser.add_argument("--controls", type=int, default=6, help="times that nothing is taken away")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true", help="goes on with the rows in the output")
    parser.add_argument("--output", help="file for the rows and the summary, as JSON")
    sys.exit(asyncio.run(main(parser.parse_args())))
