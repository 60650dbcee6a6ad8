"""Answers wait for a change, and what was refused is not sent again."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx

from twin.runtime.envoy.discovery import Discovery
from twin.runtime.ground import Ground


def serving(ground: Ground, scenario: Callable[[Discovery, httpx.AsyncClient], Awaitable[None]]) -> None:
    async def run() -> None:
        discovery = Discovery()
        await discovery.start(ground.addresses.administration)
        url = f"http://{ground.addresses.administration}:{discovery.port}"
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=10) as client:
            await scenario(discovery, client)

    asyncio.run(run())


async def ask(
    client: httpx.AsyncClient, kind: str, version: str, name: str | None = None
) -> tuple[str, list]:
    request = {"version_info": version, "resource_names": [name] if name else []}
    said = (await client.post(f"/v3/discovery:{kind}", json=request)).json()
    return said["version_info"], said["resources"]


def test_an_answer_comes_at_once_where_there_is_news_and_else_when_there_is(ground: Ground) -> None:
    async def scenario(discovery: Discovery, client: httpx.AsyncClient) -> None:
        discovery.put("endpoints/portal", [{"n": 1}])
        version, resources = await ask(client, "endpoints", "", "portal")
        assert resources == [{"n": 1}]
        asking = asyncio.create_task(ask(client, "endpoints", version, "portal"))
        await until_accepted(discovery, "endpoints/portal")
        assert not asking.done()
        discovery.put("endpoints/other", [{"n": 2}])
        discovery.put("endpoints/portal", [{"n": 3}])
        assert not discovery.is_accepted(["endpoints/portal"])
        assert (await asking)[1] == [{"n": 3}]

    serving(ground, scenario)


async def until_accepted(discovery: Discovery, name: str) -> None:
    async with asyncio.timeout(5):
        while not discovery.is_accepted([name]):
            await discovery.wait(1)


def test_what_was_refused_is_said_and_not_sent_again(ground: Ground) -> None:
    async def scenario(discovery: Discovery, client: httpx.AsyncClient) -> None:
        discovery.put("clusters", [{"good": 1}])
        good, _ = await ask(client, "clusters", "")
        discovery.put("clusters", [{"bad": 1}])
        assert (await ask(client, "clusters", good))[1] == [{"bad": 1}]
        asking = asyncio.create_task(ask(client, "clusters", good))
        async with asyncio.timeout(5):
            while not discovery.is_refused(["clusters"]):
                await discovery.wait(1)
        assert not asking.done()
        discovery.put("clusters", [{"good": 2}])
        assert (await asking)[1] == [{"good": 2}]
        assert not discovery.is_refused(["clusters"])

    serving(ground, scenario)


def test_another_process_gets_everything_anew(ground: Ground) -> None:
    async def scenario(discovery: Discovery, client: httpx.AsyncClient) -> None:
        discovery.put("clusters", [{"n": 1}])
        await ask(client, "clusters", "")
        discovery.begin()
        assert (await ask(client, "clusters", ""))[1] == [{"n": 1}]

    serving(ground, scenario)


def test_a_cluster_that_is_made_anew_is_told_at_once_and_nothing_is_taken_for_refused(ground: Ground) -> None:
    async def scenario(discovery: Discovery, client: httpx.AsyncClient) -> None:
        discovery.put("endpoints/portal", [{"n": 1}])
        version, _ = await ask(client, "endpoints", "", "portal")
        asking = asyncio.create_task(ask(client, "endpoints", version, "portal"))
        await until_accepted(discovery, "endpoints/portal")
        assert (await ask(client, "endpoints", "", "portal"))[1] == [{"n": 1}]
        assert not discovery.is_refused(["endpoints/portal"])
        asking.cancel()

    serving(ground, scenario)


def test_a_first_configuration_that_is_refused_is_said(ground: Ground) -> None:
    async def scenario(discovery: Discovery, client: httpx.AsyncClient) -> None:
        discovery.put("clusters", [{"bad": 1}])
        for _ in range(3):
            await ask(client, "clusters", "")
        assert discovery.is_refused(["clusters"])

    serving(ground, scenario)
