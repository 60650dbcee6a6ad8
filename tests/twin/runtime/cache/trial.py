"""``python -m tests.twin.runtime.cache.trial [TRIALS]``: what the loss of a primary costs, of the real parts alone.

Four writers write through the primary endpoint, each key once. At a random moment the primary is killed, or stopped.
One JSON document says how long nobody could write, and how many acknowledged writes the new primary does not have.
Replication is asynchronous, as ElastiCache's is, so that number need not be zero.
"""

import asyncio
import contextlib
import json
import random
import signal
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from valkey.asyncio import Valkey
from valkey.exceptions import ValkeyError

from tests.twin.runtime.cache import documents
from tests.twin.runtime.cache.documents import PRIMARY
from tests.twin.runtime.conftest import PRIMARY as REGION
from tests.twin.runtime.database.stage import grounded
from tests.twin.runtime.deadlines import run, until
from tests.twin.runtime.fake_control_plane import FakeControlPlane
from twin.runtime.cache.part import CachePart
from twin.runtime.directory import Backend
from twin.runtime.ground import Ground

_WRITERS = 4
_LOSSES = {"killed": signal.SIGKILL, "stopped": signal.SIGSTOP}


@dataclass
class Writes:
    """Attributes: acknowledged: keys; times: of the acknowledgements, in seconds; is_over: writers end."""

    acknowledged: list[str] = field(default_factory=list[str])
    times: list[float] = field(default_factory=list[float])
    is_over: bool = False

    @property
    def gap_seconds(self) -> float:
        return max(later - earlier for earlier, later in zip(self.times, self.times[1:], strict=False))


def client(backend: Backend) -> Valkey:
    return Valkey(
        host=backend.address,
        port=backend.port,
        username="sessions-portal",
        password="any",
        socket_timeout=0.3,
        socket_connect_timeout=0.3,
    )


def primary(ground: Ground) -> Backend | None:
    return next(iter(ground.directory.stores.get(("eu-west-2", PRIMARY)) or ()), None)


async def write(ground: Ground, name: str, writes: Writes) -> None:
    number = 0
    while not writes.is_over:
        backend = primary(ground)
        if backend is None:
            await asyncio.sleep(0.01)
            continue
        writer = client(backend)
        with contextlib.suppress(ValkeyError, OSError, TimeoutError):
            while primary(ground) == backend and not writes.is_over:
                number += 1
                await writer.set(f"portal:{name}:{number}", "1")
                writes.acknowledged.append(f"portal:{name}:{number}")
                writes.times.append(time.monotonic())
        await writer.aclose()


async def lose(ground: Ground, number: int) -> tuple[float, int, int]:
    """Seconds without a write, acknowledged writes that are lost, and all of them."""
    writes, before = Writes(), primary(ground)
    assert before
    writers = [asyncio.create_task(write(ground, f"{time.time()}-{it}", writes)) for it in range(_WRITERS)]
    await asyncio.sleep(0.3 + random.random())
    for process in ground.processes.running():
        if process.zone == before.zone:
            process.signal_tree(number)
    await until(lambda: primary(ground) not in (None, before), "another primary")
    await asyncio.sleep(0.3)
    writes.is_over = True
    await asyncio.gather(*writers)
    backend = primary(ground)
    assert backend
    reader = client(backend)
    there = [
        await reader.exists(*writes.acknowledged[start : start + 500])
        for start in range(0, len(writes.acknowledged), 500)
    ]
    await reader.aclose()
    await until(lambda: len(ground.processes.running()) == len(documents.NODES), "the lost node")
    await asyncio.sleep(1.5)
    return writes.gap_seconds, len(writes.acknowledged) - sum(there), len(writes.acknowledged)


async def trial(ground: Ground, control_plane: FakeControlPlane, trials: int) -> dict[str, dict[str, float]]:
    documents.declare(control_plane)
    part = asyncio.create_task(CachePart(ground).run())
    found: dict[str, dict[str, float]] = {}
    try:
        await until(lambda: primary(ground), "the group")
        await asyncio.sleep(2)
        for name, number in _LOSSES.items():
            rows = [await lose(ground, number) for _ in range(trials)]
            gaps = [row[0] for row in rows]
            found[name] = {
                "trials": trials,
                "gap_median_seconds": round(statistics.median(gaps), 3),
                "gap_worst_seconds": round(max(gaps), 3),
                "acknowledged": sum(row[2] for row in rows),
                "lost": sum(row[1] for row in rows),
                "trials_with_loss": sum(row[1] > 0 for row in rows),
            }
    finally:
        part.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await part
        await ground.processes.stop_all()
    return found


def main() -> None:
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    control_plane = FakeControlPlane()
    with tempfile.TemporaryDirectory() as folder, grounded(Path(folder), control_plane, REGION) as ground:
        print(json.dumps(run(trial(ground, control_plane, trials), 600), indent=1))


if __name__ == "__main__":
    main()
