"""`python -m tests.trials.wrong_declarations`: one grant after another is taken away, and somebody must notice.

A statement of a role, a rule of a security group, an endpoint. Who notices is the journey of an applicant, or `estate
status`: at once, or when a task starts anew. A call that a role was refused counts as noticed too, because `estate
permissions` tells it. What nobody notices is listed: the workload does not use it, or the twin is kinder than AWS.
"""

import argparse
import asyncio
import json
import random
import sys
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.trials.grants import Grant, grants
from tests.trials.surroundings import Surroundings
from workload.client import OperationClient

HEAL_SECONDS, JOURNEY_SECONDS, START_SECONDS = 240.0, 40.0, 45.0
BENEFIT = "scottish-child-payment"


async def main(options: argparse.Namespace) -> int:
    surroundings = Surroundings.of(options.environment)
    await surroundings.until_healthy(HEAL_SECONDS)
    if why := await _journey(surroundings, options.end):
        raise RuntimeError(f"The journey fails with everything granted: {why}")
    found = list(grants(surroundings, options.services))
    chosen = sorted(random.Random(options.seed).sample(found, min(options.most, len(found))), key=_order)
    rows: list[dict[str, Any]] = []
    for grant in chosen:
        rows.append(await _without(surroundings, grant, options.end))
        print(json.dumps(rows[-1]), flush=True)
        _write(options.output, rows, {})
    summary = _summary(rows, len(found), options)
    print(json.dumps(summary, indent=1))
    _write(options.output, rows, summary)
    return 0 if summary["holds"] else 1


def _order(grant: Grant) -> tuple[str, str]:
    return grant.kind, grant.name


async def _without(surroundings: Surroundings, grant: Grant, end: str) -> dict[str, Any]:
    began = time.monotonic()
    refused = await asyncio.to_thread(_refusals, surroundings)
    await asyncio.to_thread(grant.take)
    try:
        noticed = await _noticed(surroundings, grant, end, refused)
    finally:
        await asyncio.to_thread(grant.give)
    await surroundings.until_healthy(HEAL_SECONDS)
    deadline = time.monotonic() + HEAL_SECONDS
    while why := await _journey(surroundings, end):
        if time.monotonic() > deadline:
            raise TimeoutError(f"It does not work again after {grant.name} was given back: {why}")
    return {
        "kind": grant.kind,
        "name": grant.name,
        "used": grant.used,
        "noticed": noticed,
        "seconds": round(time.monotonic() - began, 1),
    }


async def _noticed(surroundings: Surroundings, grant: Grant, end: str, refused: int) -> str | None:
    """What goes wrong: now, or once a task of the service starts."""
    if why := await _goes_wrong(surroundings, end, refused):
        return why
    service = grant.service or "portal"
    ecs = surroundings.aws("ecs")
    task = ecs.list_tasks(cluster="estate", serviceName=service)["taskArns"][0]
    ecs.stop_task(cluster="estate", task=task, reason="a task that starts without the grant")
    try:
        await asyncio.sleep(3)
        await surroundings.until_healthy(START_SECONDS)
    except TimeoutError as error:
        return f"status: {error}"
    return await _goes_wrong(surroundings, end, refused)


async def _goes_wrong(surroundings: Surroundings, end: str, refused: int) -> str | None:
    if why := await _journey(surroundings, end):
        return f"journey: {why}"
    if complaints := await asyncio.to_thread(surroundings.complaints):
        return f"status: {complaints[0]}"
    if await asyncio.to_thread(_refusals, surroundings) > refused:
        return "permissions: a call was refused"
    return None


def _refusals(surroundings: Surroundings) -> int:
    return sum(int(it["count"]) for role in surroundings.permissions() for it in role["refused"])


async def _journey(surroundings: Surroundings, end: str) -> str | None:
    """What of an application does not work: the pages, a draft kept and shown, submitting, and its way to its end."""
    key = str(uuid.uuid4())
    application = f"/benefits/{BENEFIT}/applications"
    draft = f"/benefits/{BENEFIT}/drafts/{key}"
    try:
        async with asyncio.timeout(JOURNEY_SECONDS), OperationClient(surroundings.edge) as client:
            for method, path, body in (
                ("GET", "/benefits", None),
                ("PUT", draft, {"answers": {"page": 3}}),
                ("GET", draft, None),
            ):
                outcome = await client.operate(method, path, json=body, key=key if body else None)
                if not outcome.succeeded:
                    return f"{method} {path.replace(key, 'KEY')}: {outcome.status}"
            submitted = {"client_reference": f"client-{key}", "answers": {"children": 1}}
            outcome = await client.operate("POST", application, json=submitted, key=key)
            if not outcome.succeeded:
                return f"submit: {outcome.status}"
            place = f"{application}/{outcome.json()['application_id']}"
            while True:
                outcome = await client.operate("GET", place)
                if outcome.succeeded and outcome.json().get("state") == end:
                    return None
                await asyncio.sleep(1)
    except TimeoutError:
        return f"not {end} within {JOURNEY_SECONDS:g} s"


def _summary(rows: Sequence[dict[str, Any]], among: int, options: argparse.Namespace) -> dict[str, Any]:
    unnoticed = [row for row in rows if not row["noticed"]]
    silent = [row["name"] for row in unnoticed if row["used"]]
    return {
        "environment": f"{options.environment} (a twin on one machine)",
        "seed": options.seed,
        "taken_away": len(rows),
        "among": among,
        "noticed": len(rows) - len(unnoticed),
        "used_and_not_noticed": silent,
        "not_noticed": [row["name"] for row in unnoticed],
        "holds": not silent and len(rows) - len(unnoticed) >= options.least,
    }


def _write(output: str | None, rows: Sequence[dict[str, Any]], summary: dict[str, Any]) -> None:
    if output:
        Path(output).write_text(json.dumps({"rows": rows, "summary": summary}, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environment", default="slice")
    parser.add_argument("--services", nargs="*", default=["portal", "cell-families", "case", "payments"])
    parser.add_argument("--end", default="paid", help="the status at which an application has arrived")
    parser.add_argument("--most", type=int, default=1000, help="grants to try, drawn by the seed")
    parser.add_argument("--least", type=int, default=20, help="grants that must be noticed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", help="file for the rows and the summary, as JSON")
    sys.exit(asyncio.run(main(parser.parse_args())))
