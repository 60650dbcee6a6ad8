"""The trial of failover at full size; what it asserts are counts, never times."""

import asyncio
from pathlib import Path

import pytest

from tests.twin.runtime.database.stage import HOME, grounded, staged
from tests.twin.runtime.database.trial import tried
from tests.twin.runtime.fake_control_plane import FakeControlPlane
from twin.runtime.ground import Ground

pytestmark = [pytest.mark.twin, pytest.mark.full, pytest.mark.timeout(900)]

ROUNDS = 20


def test_no_acknowledged_write_is_lost_whatever_becomes_of_the_writer(
    tmp_path: Path,
) -> None:
    plane = FakeControlPlane()

    async def run(ground: Ground) -> None:
        async with staged(ground, plane) as stage:
            stage.declare_core()
            found = await tried(stage, ROUNDS)
            assert {way: it["lost"] for way, it in found.items()} == {"kill": 0, "freeze": 0}
            assert all(it["rounds"] == ROUNDS and it["acknowledged"] > 0 for it in found.values())

    with grounded(tmp_path, plane, HOME) as ground:
        asyncio.run(run(ground))
