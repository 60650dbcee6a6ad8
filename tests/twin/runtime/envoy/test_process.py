"""An Envoy that is told nonsense goes on as before, and says so."""

import asyncio

import httpx
import pytest

from tests.twin.runtime.load_balancer.declared import until
from twin.runtime.envoy.configuration import Configuration
from twin.runtime.envoy.fragments import Resource, listener, route_configuration, virtual_host
from twin.runtime.envoy.process import Envoy
from twin.runtime.ground import Ground

pytestmark = pytest.mark.twin


def answering(address: str, status: int, **members: object) -> Configuration:
    answer: Resource = {"match": {"prefix": "/"}, "direct_response": {"status": status, **members}}
    return Configuration(
        listeners={"l": listener("l", address, 8080, filters=[])},
        routes={"l": route_configuration("l", [virtual_host("all", ["*"], [answer])])},
    )


def test_a_configuration_that_is_refused_leaves_the_last_good_one_and_a_reason(ground: Ground) -> None:
    async def scenario() -> None:
        address = ground.addresses.load_balancer("eu-west-2a")
        envoy = Envoy(ground, "node", "eu-west-2a", "eu-west-2", address)
        running = asyncio.create_task(envoy.run())
        async with httpx.AsyncClient(trust_env=False) as client:
            try:
                envoy.want(answering(address, 204))
                await until(lambda: envoy.pid is not None)
                assert await envoy.ready()
                await envoy.apply(answering(address, 201))
                assert (envoy.problem, await status(client, address)) == (None, 201)
                await envoy.apply(answering(address, 200, no_such_field=1))
                assert "no_such_field" in (envoy.problem or "")
                assert await status(client, address) == 201
                await envoy.apply(answering(address, 202))
                assert (envoy.problem, await status(client, address)) == (None, 202)
                await a_zone_without_power_has_none(ground, envoy)
            finally:
                await ground.processes.stop_all()
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

    asyncio.run(scenario())


async def status(client: httpx.AsyncClient, address: str) -> int:
    async with asyncio.timeout(8):
        while True:
            try:
                return (await client.get(f"http://{address}:8080/")).status_code
            except httpx.ConnectError:
                await asyncio.sleep(0.02)


async def a_zone_without_power_has_none(ground: Ground, envoy: Envoy) -> None:
    ground.zones.change("eu-west-2a", has_power=False)
    ground.processes.cut_power("eu-west-2a")
    await until(lambda: envoy.pid is None)
    await asyncio.sleep(0.7)
    assert (envoy.pid, envoy.restarts) == (None, 0)
    ground.zones.change("eu-west-2a", has_power=True)
    await until(lambda: envoy.restarts == 1)
