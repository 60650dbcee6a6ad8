"""Every interaction has its line, in the bucket or in the log."""

import asyncio
import json
from typing import Any

from tests.workload.world import World
from workload.bucket import S3Bucket
from workload.exchange import AuditTrail
from workload.logs import Log


def _trail(world: World) -> AuditTrail:
    return AuditTrail("exchange-health", S3Bucket("exchange-audit", "audit", world.aws), Log("x", world.log))


def _kept(world: World) -> list[Any]:
    return [json.loads(line)["n"] for text in world.aws.texts("audit").values() for line in text.splitlines()]


def _logged(world: World) -> list[Any]:
    return [line["n"] for line in world.logged() if line.get("event") == "audit"]


def test_lines_are_kept_in_batches(world: World) -> None:
    async def run() -> None:
        trail = _trail(world)
        for n in range(1500):
            trail.add(n=n)
        await trail.flush()

    asyncio.run(run())
    assert len(world.aws.texts("audit")) == 2
    assert sorted(_kept(world)) == list(range(1500))
    assert _logged(world) == []


def test_without_the_bucket_lines_are_in_the_log_and_are_filled_in_later(world: World) -> None:
    async def run() -> None:
        trail = _trail(world)
        world.aws.away.add("exchange-audit")
        trail.add(n=1)
        await trail.flush()
        trail.add(n=2)
        assert (_logged(world), _kept(world)) == ([1, 2], [])
        world.aws.away.clear()
        await trail.flush()
        trail.add(n=3)

    asyncio.run(run())
    assert _kept(world) == [1, 2]
    assert _logged(world) == [1, 2]


def test_a_task_without_the_bucket_writes_to_its_log(world: World) -> None:
    trail = AuditTrail("x", None, Log("x", world.log))
    trail.add(n=1)
    assert _logged(world) == [1]


def test_the_last_lines_are_kept_when_the_task_stops(world: World) -> None:
    async def run() -> None:
        trail = _trail(world)
        working = asyncio.create_task(trail.run())
        await asyncio.sleep(0)
        trail.add(n=1)
        trail.stop()
        await asyncio.wait_for(working, 5)

    asyncio.run(run())
    assert _kept(world) == [1]
