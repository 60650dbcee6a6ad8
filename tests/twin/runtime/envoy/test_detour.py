"""Connections over links that are closed, slow or lossy. With real sockets: it is the kernel that has to agree."""

import asyncio
import contextlib
from collections.abc import Iterator

import pytest

from tests.twin.runtime.origin import Origin
from twin.runtime.envoy.detour import Detours
from twin.runtime.ground import Ground
from twin.runtime.zones import Link, Place, Tier

NODE, TASK = Place("eu-west-2a", Tier.PUBLIC), Place("eu-west-2b", Tier.PRIVATE)


@pytest.fixture
def detours(ground: Ground) -> Iterator[Detours]:
    made = Detours(ground.zones, ground.addresses)
    yield made
    made.close()


async def ask(address: str, port: int) -> str:
    reader, writer = await asyncio.open_connection(address, port)
    try:
        writer.write(b"GET /x HTTP/1.1\r\n\r\n")
        return (await reader.readuntil(b"}")).decode()
    finally:
        writer.close()


def bad(ground: Ground, **link: float) -> None:
    ground.zones.change("eu-west-2b", boundary=Link(**link))  # type: ignore[arg-type]


def test_a_good_link_is_no_detour(ground: Ground, detours: Detours) -> None:
    assert detours.lead(NODE, TASK, "127.0.2.80", 8080) == ("127.0.2.80", 8080)


@pytest.mark.parametrize(
    "condition", [{"boundary": Link(is_open=False)}, {"has_power": False}], ids=["closed", "without power"]
)
def test_connections_hang_where_nobody_can_answer(ground: Ground, detours: Detours, condition) -> None:
    async def scenario() -> None:
        ground.zones.change("eu-west-2b", **condition)
        address, port = detours.lead(NODE, TASK, ground.addresses.of("eu-west-2b", 80), 8080)
        for _ in range(3):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(asyncio.open_connection(address, port), 0.1)

    asyncio.run(scenario())


def test_connections_that_no_security_group_admits_hang_until_one_does(
    ground: Ground, detours: Detours
) -> None:
    async def scenario() -> None:
        origin = await Origin(ground.addresses.of("eu-west-2b", 80)).start()
        refused = detours.lead(NODE, TASK, origin.address, 8080, is_admitted=False)
        assert refused != (origin.address, 8080)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.open_connection(*refused), 0.1)
        admitted = detours.lead(NODE, TASK, origin.address, 8080)
        assert admitted == (origin.address, 8080)
        origin.stop()

    asyncio.run(scenario())


def test_each_target_has_a_detour_of_its_own_and_keeps_it(ground: Ground, detours: Detours) -> None:
    async def scenario() -> None:
        bad(ground, latency_ms=1)
        first = detours.lead(NODE, TASK, ground.addresses.of("eu-west-2b", 80), 8080)
        second = detours.lead(NODE, TASK, ground.addresses.of("eu-west-2b", 81), 8080)
        assert first != second
        assert detours.lead(NODE, TASK, ground.addresses.of("eu-west-2b", 80), 8080) == first

    asyncio.run(scenario())


def test_a_slow_link_delays_each_direction_and_an_open_one_again_does_not(
    ground: Ground, detours: Detours
) -> None:
    async def scenario() -> None:
        origin = await Origin(ground.addresses.of("eu-west-2b", 80)).start()
        loop = asyncio.get_running_loop()
        bad(ground, latency_ms=100)
        at = detours.lead(NODE, TASK, origin.address, origin.port)
        began = loop.time()
        assert origin.address in await ask(*at)
        assert loop.time() - began >= 0.2
        origin.stop()

    asyncio.run(scenario())


def test_a_lossy_link_leaves_requests_without_answer(ground: Ground, detours: Detours) -> None:
    async def scenario() -> None:
        origin = await Origin(ground.addresses.of("eu-west-2b", 80)).start()
        bad(ground, loss_percent=100)
        at = detours.lead(NODE, TASK, origin.address, origin.port)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ask(*at), 0.2)
        assert origin.requests == []
        origin.stop()

    asyncio.run(scenario())


def test_what_is_under_way_when_a_link_closes_arrives_when_it_opens(ground: Ground, detours: Detours) -> None:
    async def scenario() -> None:
        origin = await Origin(ground.addresses.of("eu-west-2b", 80)).start()
        origin.gate = asyncio.Event()
        bad(ground, latency_ms=1)
        at = detours.lead(NODE, TASK, origin.address, origin.port)
        asking = asyncio.create_task(ask(*at))
        async with asyncio.timeout(5):
            while not origin.requests:
                await asyncio.sleep(0.01)
        bad(ground, is_open=False)
        detours.lead(NODE, TASK, origin.address, origin.port)
        origin.gate.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(asking), 0.2)
        assert not asking.done()
        bad(ground)
        assert detours.lead(NODE, TASK, origin.address, origin.port) == (origin.address, origin.port)
        assert origin.address in await asyncio.wait_for(asking, 5)
        origin.stop()

    asyncio.run(scenario())
