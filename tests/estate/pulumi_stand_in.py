"""A program named `pulumi` that answers the Automation API as the CLI does, from a script, and notes what it is asked.

stand_in = StandIn(folder, monkeypatch)
stand_in.stacks = {"foundation-dev"}
stand_in.plans["foundation-dev"] = Plan({"create": 2})
"""

import json
import os
import stat
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

__all__ = ["Plan", "StandIn", "step"]

VERSION = "3.272.0"
BACKEND = "s3://estate-state-204060801030-eu-west-2?region=eu-west-2"

_PROGRAM = """
import json, os, pathlib, sys

home = pathlib.Path(os.environ["PULUMI_STAND_IN"])
script = json.loads((home / "script.json").read_text())
arguments = [it for it in sys.argv[1:] if it != "--non-interactive"]
with (home / "calls").open("a") as calls:
    calls.write(json.dumps([arguments, os.environ.get("AWS_REGION", "")]) + "\\n")

def after(option):
    return arguments[arguments.index(option) + 1]

def fail(message):
    print(message, file=sys.stderr)
    sys.exit(255)

def send(address, events):
    import grpc

    def encoded(event):  # EventRequest { string event = 1; }
        data, length = json.dumps(event).encode(), b""
        count = len(data)
        while count > 127:
            length, count = length + bytes([count & 127 | 128]), count >> 7
        return b"\\n" + length + bytes([count]) + data

    with grpc.insecure_channel(address.removeprefix("tcp://")) as channel:
        stream = channel.stream_unary("/pulumirpc.Events/StreamEvents", encoded, lambda answer: answer)
        stream(iter(events))

def run(kind):
    stack = after("--stack")
    plan = script["plans"].get(stack, {"counts": {}, "steps": [], "error": ""})
    if plan["error"] and kind in plan["fails_in"]:
        print("Diagnostics:\\n  aws:sqs:Queue (orders):")
        fail(plan["error"])
    event = "resourcePreEvent" if kind in ("preview", "preview-destroy") else "resOutputsEvent"
    events = [{event: {"metadata": it}} for it in plan["steps"]]
    events.append({"summaryEvent": {"resourceChanges": plan["counts"]}})
    send(after("--event-log"), events)

match arguments:
    case ["version"]:
        print("v" + script["version"])
    case ["whoami", *_]:
        if script["backend"] is None:
            fail("error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions")
        print(json.dumps({"user": "engineer", "url": script["backend"]}))
    case ["stack", "ls", *_]:
        print(json.dumps([{"name": it, "current": False} for it in script["stacks"]]))
    case ["stack", "select", "--stack", name]:
        if name not in script["stacks"]:
            fail(f"error: no stack named '{name}' found")
    case ["stack", "init", name, *_]:
        script["stacks"].append(name)
        (home / "script.json").write_text(json.dumps(script))
    case ["stack", "output", *_]:
        print("{}")
    case ["stack", "history", *_]:
        counts = script["plans"].get(after("--stack"), {"counts": {}})["counts"]
        print(json.dumps([{
            "kind": "update", "startTime": "2026-01-01T00:00:00.000Z", "message": "", "environment": {},
            "config": {}, "result": "succeeded", "resourceChanges": counts,
        }]))
    case ["refresh", "--preview-only", *_]:
        run("drift")
    case ["destroy", "--preview-only", *_]:
        run("preview-destroy")
    case [("preview" | "up" | "destroy") as kind, *_]:
        run(kind)
    case _:
        fail(f"error: unknown command {arguments}")
"""


@dataclass
class Plan:
    """What happens to a stack. Attributes: steps (metadata of engine events), error, fails_in (commands)."""

    counts: dict[str, int] = field(default_factory=dict[str, int])
    steps: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    error: str = ""
    fails_in: tuple[str, ...] = ("up", "destroy")


class StandIn:
    """Is on PATH from when it is made; reads its attributes whenever it is run."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        program = folder / "pulumi"
        program.write_text(f"#!{sys.executable}\n{_PROGRAM}")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
        monkeypatch.setenv("PULUMI_STAND_IN", str(folder))
        self.write()

    def write(
        self,
        stacks: tuple[str, ...] = (),
        plans: dict[str, Plan] | None = None,
        version: str = VERSION,
        backend: str | None = BACKEND,
    ) -> None:
        """From now on it answers like this."""
        script = {
            "stacks": list(stacks),
            "plans": {stack: asdict(plan) for stack, plan in (plans or {}).items()},
            "version": version,
            "backend": backend,
        }
        (self._folder / "script.json").write_text(json.dumps(script))

    @property
    def commands(self) -> list[str]:
        """What it was asked, in short: the command and the stack."""
        return [_short(*json.loads(line)) for line in (self._folder / "calls").read_text().splitlines()]

    @property
    def changing(self) -> list[str]:
        """Of those, the ones that change a stack or make one."""
        return [it for it in self.commands if it.split()[0] in ("up", "destroy", "init")]


def step(
    operation: str, urn: str, old: dict[str, Any] | None = None, new: dict[str, Any] | None = None
) -> Any:
    """An engine event's metadata. Args: old, new: states as Pulumi sends them, with inputs and outputs."""
    type_token = urn.split("::")[2]
    return {"op": operation, "urn": urn, "type": type_token, "provider": "", "old": old, "new": new}


def _short(arguments: list[str], region: str) -> str:
    match arguments:
        case ["stack", "init", name, *_]:
            return f"init {name} {arguments[-1]} in {region}"
        case ["stack", what, *_]:
            return f"stack {what}"
        case [command, "--preview-only", *_]:
            return f"{command}-preview {arguments[arguments.index('--stack') + 1]}"
        case [command, *_] if "--stack" in arguments:
            return f"{command} {arguments[arguments.index('--stack') + 1]}"
        case _:
            return arguments[0]
