"""The partners' stand-ins answer at their address, and again after they were killed."""

import asyncio
import contextlib

import httpx
import pytest

from tests.twin.runtime.deadlines import run, until
from twin.runtime.directory import Backend
from twin.runtime.ground import Ground
from twin.runtime.partners import KEY, PartnersPart

pytestmark = pytest.mark.twin


def test_they_answer_and_are_started_again_when_killed(ground: Ground) -> None:
    async def main() -> None:
        part = asyncio.create_task(PartnersPart(ground).run())
        found = ground.directory.partners
        try:
            await until(lambda: found.get(KEY), "the stand-ins")
            assert found.get(KEY) == Backend(ground.addresses.partners, 8000, None)
            (first,) = ground.processes.running()
            async with httpx.AsyncClient(trust_env=False) as client:
                health = await client.get(f"http://{ground.addresses.partners}:8000/health")
            assert health.status_code == 200
            first.kill()
            await until(lambda: found.get(KEY) is None, "their end")
            await until(lambda: found.get(KEY), "the stand-ins, again")
            assert [it.pid for it in ground.processes.running()] != [first.pid]
        finally:
            part.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await part
            await ground.processes.stop_all()

    run(main())
