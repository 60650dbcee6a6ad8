"""The trial of failover at full size; what it asserts are counts, never times."""

import asyncio

import pytest

from tests.twin.runtime.database.stage import staged
from tests.twin.runtime.database.trial import tried
from tests.twin.runtime.fake_control_plane import FakeControlPlane
from twin.runtime.ground import Ground

pytestmark = [pytest.mark.twin, pytest.mark.full, pytest.mark.timeout(900)]

ROUNDS = 20


def test_no_acknowledged_write_is_lost_whatever_becomes_of_the_writer(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def run() -> None:
        async with staged(ground, control_plane) as stage:
            stage.declare_core()
            found = await tried(stage, ROUNDS)
            assert {way: it["lost"] for way, it in found.items()} == {"kill": 0, "freeze": 0}
            assert all(it["rounds"] == ROUNDS and it["acknowledged"] > 0 for it in found.values())

    asyncio.run(run())
