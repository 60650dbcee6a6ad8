"""People's applications on two slices side by side: one as it is, one in which nobody judges."""

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from catalogue import load_catalogue
from estate.places import Places
from tests.enforcement.sides import Side, beside, turns
from twin.aws.emulator.process import find as find_emulator
from twin.runtime.process import find as find_supervisor
from twin.runtime.settings import RegionSettings, Settings
from workload.client import OperationClient

__all__ = ["measured"]

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT, PROFILE = "slice", "quick"
PATH = "/benefits/scottish-child-payment/applications"
"""To apply takes most calls of AWS's API: the event, its key, the queue."""

PEOPLE, SECONDS, ROUNDS = 6, 10.0, 6
"""So many at once, each of whom applies again as soon as the last one is accepted: two cores are busy with them."""

START_SECONDS, COMMAND_SECONDS = 60.0, 600.0


def measured(seconds: float = SECONDS, rounds: int = ROUNDS) -> dict[str, Any]:
    """Applications a second, and how long they took, in turns on either."""
    with _slice(enforces=True) as on, _slice(enforces=False) as off:
        edges = {"enforced": on, "not enforced": off}
        sides = {name: Side(name) for name in edges}
        asyncio.run(_in_turns(sides, edges, seconds, rounds))
    return beside(*sides.values())


async def _in_turns(sides: Mapping[str, Side], edges: Mapping[str, str], seconds: float, rounds: int) -> None:
    for name, edge in edges.items():
        await _apply(Side(name), edge, seconds / 4)
    for side in turns(list(sides.values()), rounds):
        await _apply(side, edges[side.name], seconds)


async def _apply(side: Side, edge: str, seconds: float) -> None:
    began = time.perf_counter()
    async with OperationClient(edge) as client, asyncio.TaskGroup() as group:
        for _ in range(PEOPLE):
            group.create_task(_person(side, client, began + seconds))
    side.seconds += time.perf_counter() - began


async def _person(side: Side, client: OperationClient, until: float) -> None:
    while (began := time.perf_counter()) < until:
        key = str(uuid.uuid4())
        body = {"client_reference": f"client-{key}", "answers": {"children": 1}}
        outcome = await client.operate("POST", PATH, json=body, key=key)
        if outcome.succeeded:
            side.latencies.append(time.perf_counter() - began)
        else:
            side.failed += 1


@contextlib.contextmanager
def _slice(*, enforces: bool) -> Iterator[str]:
    """Where people come in. Taken away at the end."""
    home = Path(tempfile.mkdtemp(prefix="estate-bench-"))
    try:
        if not enforces:
            _start_unenforced(home)
        yield str(_estate(home, "up", "--profile", PROFILE)["endpoints"]["edge"])
    finally:
        _estate(home, "down")
        shutil.rmtree(home)


def _start_unenforced(home: Path) -> None:
    """The two processes that judge run already, and judge nobody: `estate up` goes on with them."""
    environment = load_catalogue().estate(ENVIRONMENT).environment
    places = Places(home / ENVIRONMENT)
    places.folder.mkdir(parents=True)
    Settings(
        environment=ENVIRONMENT,
        emulator_dir=places.folder.resolve(),
        folder=places.runtime.resolve(),
        domain_name=environment.domain_name,
        regions=tuple(RegionSettings(it.name, tuple(it.zones)) for it in environment.regions),
        profile=PROFILE,
    ).write()
    _start("emulator", home, "--port", "0", "--state-dir", str(places.folder))
    _until(lambda: find_emulator(places.folder), "the emulator answers")
    _start("supervisor", home, str(places.runtime))
    _until(lambda: find_supervisor(places.runtime), "the supervisor answers")


def _start(kind: str, home: Path, *arguments: str) -> None:
    with (home / ENVIRONMENT / f"{kind}.log").open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-m", "tests.enforcement.unenforced", kind, *arguments],
            cwd=ROOT,
            env=os.environ | {"ESTATE_HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _until(found: Callable[[], Any], what: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not found():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {START_SECONDS:g} s: {what}")
        time.sleep(0.1)


def _estate(home: Path, *arguments: str) -> dict[str, Any]:
    command, *options = arguments
    done = subprocess.run(
        [sys.executable, "-m", "estate", command, ENVIRONMENT, *options, "--json"],
        cwd=ROOT,
        env=os.environ | {"ESTATE_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"estate {' '.join(arguments)} failed: {done.stderr.strip()}")
    return json.loads(done.stdout)
