"""`python -m workload.client --edge URL apply BENEFIT --wait`: applies, saves, and asks how things stand."""

import argparse
import asyncio
import json
import os
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from workload.client.exceptions import ClientError
from workload.client.operation import OperationClient, Outcome

__all__ = ["main"]

FINAL_STATES = frozenset({"paid", "refused"})
POLL_SECONDS = 0.25
WAIT_SECONDS = 60.0


@dataclass(frozen=True)
class Told:
    """What a command found. Attributes: holds: whether what was asked for is so."""

    holds: bool
    facts: dict[str, Any]
    lines: tuple[str, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """What was asked is done and shown. Returns: 0 it holds, 1 it does not, 2 it could not be asked."""
    options = _parser().parse_args(arguments)
    try:
        told = asyncio.run(_run(options))
    except ClientError as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(told.facts))
    else:
        print("\n".join(told.lines))
    return 0 if told.holds else 1


async def _run(options: argparse.Namespace) -> Told:
    if not options.edge:
        raise ClientError(
            "The estate's address is needed: --edge URL, or ESTATE_EDGE as `estate env` prints it."
        )
    async with OperationClient(options.edge) as client:
        match options.command:
            case "apply":
                return await _apply(client, options)
            case "save":
                return await _save(client, options)
            case _:
                return await _status(client, options)


async def _apply(client: OperationClient, options: argparse.Namespace) -> Told:
    key = options.key or str(uuid.uuid4())
    application = {"client_reference": options.client_reference or f"client-{uuid.uuid4().hex[:12]}"}
    began = time.monotonic()
    outcome = await client.operate(
        "POST", f"/benefits/{options.benefit}/applications", json=application, key=key
    )
    facts = application | _facts(outcome)
    if not outcome.succeeded:
        return Told(False, facts, (f"{options.benefit}: not accepted, {_why(outcome)}.",))
    body = outcome.json() or {}
    id_ = str(body.get("application_id", ""))
    states = [{"state": str(body.get("state", "received")), "seconds": round(outcome.seconds, 3)}]
    if options.wait:
        states += await _follow(client, options.benefit, id_, began, states[0]["state"])
    facts |= {"application_id": id_, "states": states}
    lines = [f"{options.benefit}: application {id_} of {application['client_reference']}, key {key}"]
    lines += [f"  {it['state']:<12} after {it['seconds']:.2f} s" for it in states]
    return Told(not options.wait or states[-1]["state"] in FINAL_STATES, facts, tuple(lines))


async def _follow(
    client: OperationClient, benefit: str, id_: str, began: float, state: str
) -> list[dict[str, Any]]:
    """Each new state with the seconds since the begin, until it is final or the time is over."""
    states: list[dict[str, Any]] = []
    while state not in FINAL_STATES and time.monotonic() - began < WAIT_SECONDS:
        await asyncio.sleep(POLL_SECONDS)
        outcome = await client.operate("GET", f"/benefits/{benefit}/applications/{id_}")
        found = (outcome.json() or {}).get("state", state) if outcome.succeeded else state
        if found != state:
            state = found
            states.append({"state": state, "seconds": round(time.monotonic() - began, 3)})
    return states


async def _status(client: OperationClient, options: argparse.Namespace) -> Told:
    outcome = await client.operate("GET", f"/benefits/{options.benefit}/applications/{options.id}")
    return _simple(outcome, f"{options.benefit}: application {options.id}")


async def _save(client: OperationClient, options: argparse.Namespace) -> Told:
    draft_id = options.id or str(uuid.uuid4())
    outcome = await client.operate(
        "PUT", f"/benefits/{options.benefit}/drafts/{draft_id}", json={"text": options.text}, key=options.key
    )
    return _simple(outcome, f"{options.benefit}: draft {draft_id}", draft_id=draft_id)


def _simple(outcome: Outcome, subject: str, **more: Any) -> Told:
    if not outcome.succeeded:
        return Told(False, _facts(outcome) | more, (f"{subject}: {_why(outcome)}.",))
    body = outcome.json() or {}
    state = body.get("state", "saved")
    line = f"{subject}: {state}, asked in {outcome.seconds:.2f} s"
    return Told(True, _facts(outcome) | more | {"answer": body}, (line,))


def _facts(outcome: Outcome) -> dict[str, Any]:
    return {
        "key": outcome.key,
        "succeeded": outcome.succeeded,
        "status": outcome.status,
        "seconds": round(outcome.seconds, 3),
        "attempts": [asdict(it) for it in outcome.attempts],
    }


def _why(outcome: Outcome) -> str:
    last = outcome.attempts[-1]
    body = outcome.json()
    told = body.get("message", "") if isinstance(body, dict) else ""
    reason = f"status {last.status}" if last.status is not None else last.error
    tries = f"{reason} after {len(outcome.attempts)} attempts in {outcome.seconds:.1f} s"
    return f"{tries}: {told.rstrip('.')}" if told else tries


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m workload.client", description="Applies for benefits as a person would."
    )
    parser.add_argument("--edge", default=os.environ.get("ESTATE_EDGE"), help="the estate's address")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    commands = parser.add_subparsers(dest="command", required=True)
    apply = commands.add_parser("apply", help="submits an application")
    apply.add_argument("benefit", help="slug of the benefit, as in the catalogue")
    apply.add_argument("--client-reference", help="who applies; default: somebody new")
    apply.add_argument("--key", help="idempotency key; default: a new one")
    apply.add_argument("--wait", action="store_true", help="until it is paid or refused")
    status = commands.add_parser("status", help="asks how an application stands")
    status.add_argument("benefit")
    status.add_argument("id", help="of the application")
    save = commands.add_parser("save", help="saves an application that is not complete")
    save.add_argument("benefit")
    save.add_argument("--id", help="of the draft; default: a new one")
    save.add_argument("--text", default="", help="what was answered so far")
    save.add_argument("--key", help="idempotency key; default: a new one")
    return parser


if __name__ == "__main__":
    sys.exit(main())
