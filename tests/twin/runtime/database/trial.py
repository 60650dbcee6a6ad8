"""A trial of failover with the real parts alone: ``python -m tests.twin.runtime.database.trial [--rounds N]``.

Writers commit through a zone's relay while the writer is killed, or stopped in its tracks, at random moments. Prints
JSON; times are of this machine as it was, counts are not.
"""

import argparse
import asyncio
import itertools
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from tests.twin.runtime.database.stage import HOME, Stage, grounded, staged
from tests.twin.runtime.fake_control_plane import FakeControlPlane

__all__ = ["tried"]

WRITERS = 4
WAYS = ("kill", "freeze")
_DEADLINE_SECONDS = 60.0


class Writer:
    """Commits one key after the other, each until it is acknowledged. Attributes: acknowledged: key and time."""

    def __init__(self, stage: Stage, name: int) -> None:
        self.acknowledged: list[tuple[int, float]] = []
        self.attempts_failed = 0
        self._stage, self._name = stage, name
        self.is_over = False
        self._key = 0
        self._connection: psycopg.AsyncConnection | None = None

    async def run(self) -> None:
        while not self.is_over:
            self._key += 1
            while not await self._try():
                self.attempts_failed += 1
                await asyncio.sleep(0.02)
                if self.is_over:
                    break
            await asyncio.sleep(0.01)
        await _close(self._connection)

    async def _try(self) -> bool:
        try:
            async with asyncio.timeout(2):
                self._connection = self._connection or await self._connect()
                await self._commit(self._connection)
        except (psycopg.Error, OSError, TimeoutError):
            await _close(self._connection)
            self._connection = None
            return False
        self.acknowledged.append((self._key, time.monotonic()))
        return True

    async def _connect(self) -> psycopg.AsyncConnection:
        place = self._stage.place()
        if place is None:
            raise ConnectionRefusedError("the name leads nowhere")
        return await psycopg.AsyncConnection.connect(
            host=place[0], port=place[1], user="postgres", dbname="estate", sslmode="disable", autocommit=True
        )

    async def _commit(self, connection: psycopg.AsyncConnection) -> None:
        statement = "insert into kept values (%s, %s) on conflict do nothing"
        await connection.execute(statement, (self._name, self._key))


async def tried(stage: Stage, rounds: int, ways: Sequence[str] = WAYS) -> dict[str, Any]:
    """So many losses of each way have been survived, or not."""
    await stage.whole()
    await stage.settled("create table kept (writer int, key int, primary key (writer, key))")
    result: dict[str, Any] = {}
    names = iter(range(1_000_000))
    for way in ways:
        found = [await _round(stage, way, names) for _ in range(rounds)]
        gaps, partners = [it["gap"] for it in found], [it["partner"] for it in found]
        result[way] = {
            "rounds": rounds,
            "acknowledged": sum(it["acknowledged"] for it in found),
            "lost": sum(it["lost"] for it in found),
            "write_gap_seconds": {"median": round(statistics.median(gaps), 2), "worst": round(max(gaps), 2)},
            "partner_seconds": {
                "median": round(statistics.median(partners), 2),
                "worst": round(max(partners), 2),
            },
        }
    return result


async def _round(stage: Stage, way: str, names: Any) -> dict[str, Any]:
    await stage.whole(seconds=_DEADLINE_SECONDS)
    writers = [Writer(stage, next(names)) for _ in range(WRITERS)]
    tasks = [asyncio.create_task(it.run()) for it in writers]
    try:
        await asyncio.sleep(random.uniform(0.4, 1.4))
        before = stage.writer()
        assert before
        struck = time.monotonic()
        (stage.kill if way == "kill" else stage.freeze)(before)
        partner = await _until_partner(stage, before, struck)
        await asyncio.sleep(0.5)
    finally:
        for writer in writers:
            writer.is_over = True
        await asyncio.gather(*tasks)
    times = sorted(at for it in writers for _, at in it.acknowledged)
    gap = max(later - earlier for earlier, later in itertools.pairwise(times) if later >= struck)
    return {"gap": gap, "partner": partner} | await _count(stage, writers)


async def _until_partner(stage: Stage, before: str, struck: float) -> float:
    """Seconds until somebody else writes and a standby has acknowledged to it."""
    async with asyncio.timeout(_DEADLINE_SECONDS):
        while True:
            writer = stage.writer()
            if writer and writer != before and stage.place():
                controller = stage.databases.find("eu-west-2/core")
                server = controller.fleet.servers[writer] if controller else None
                if server and server.waits_from is not None and _streams(controller, server):
                    return time.monotonic() - struck
            await asyncio.sleep(0.02)


def _streams(controller: Any, server: Any) -> bool:
    seen = controller.state.seen.get(server.place.key)
    return bool(
        seen and server.names and any(seen.streams.get(it, -1) >= server.waits_from for it in server.names)
    )


async def _count(stage: Stage, writers: Sequence[Writer]) -> dict[str, int]:
    rows = set(await stage.settled("select writer, key from kept"))
    told = {(it._name, key) for it in writers for key, _ in it.acknowledged}
    return {"acknowledged": len(told), "lost": len(told - rows)}


async def _close(connection: psycopg.AsyncConnection | None) -> None:
    if connection and not connection.closed:
        await connection.close()


async def _main(rounds: int, folder: Path) -> dict[str, Any]:
    plane = FakeControlPlane()
    with grounded(folder, plane, HOME) as ground:
        async with staged(ground, plane) as stage:
            began = time.monotonic()
            stage.declare_core()
            await stage.whole()
            return {"three_nodes_seconds": round(time.monotonic() - began, 2), **await tried(stage, rounds)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    with tempfile.TemporaryDirectory() as name:
        json.dump(asyncio.run(_main(parser.parse_args().rounds, Path(name))), sys.stdout, indent=1)
    print()
