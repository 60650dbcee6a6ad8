"""Real proxies between a caller and what it calls."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.twin.runtime.fake_control_plane import FakeControlPlane
from tests.twin.runtime.load_balancer.declared import until
from tests.twin.runtime.origin import Origin
from twin.runtime.directory import Backend, MeshEndpoint
from twin.runtime.egress.faults import ANYBODY, Fault
from twin.runtime.egress.part import EgressPart
from twin.runtime.ground import Ground
from twin.runtime.network.ways import ClosedWays
from twin.runtime.zones import Link

pytestmark = pytest.mark.twin

REGION, ZONES = "eu-west-2", ("eu-west-2a", "eu-west-2b", "eu-west-2c")
NAMESPACE = "arn:aws:servicediscovery:eu-west-2:123456789012:namespace/ns-1"
PARTNER = "dwp.partners.benefits.example"


def service(name: str, namespace: str = NAMESPACE) -> dict[str, Any]:
    mesh = {
        "enabled": True,
        "namespace": namespace,
        "services": [
            {
                "portName": "http",
                "discoveryName": name,
                "clientAliases": [{"port": 8080, "dnsName": name}],
                "timeout": {"idleTimeoutSeconds": 300, "perRequestTimeoutSeconds": 8},
            }
        ],
    }
    return {
        "serviceName": name,
        "status": "ACTIVE",
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-a", "subnet-b"]}},
        "deployments": [{"status": "PRIMARY", "serviceConnectConfiguration": mesh}],
    }


def declare(plane: FakeControlPlane) -> None:
    arns = ["portal", "case", "stranger"]
    services = [service("portal"), service("case"), service("stranger", "another")]
    subnets = [{"SubnetId": f"subnet-{zone[-1]}", "AvailabilityZone": zone} for zone in ZONES[:2]]
    plane.answers("ec2", "describe_subnets", {"Subnets": subnets}, REGION)
    plane.answers("ecs", "list_clusters", {"clusterArns": ["estate"]}, REGION)
    plane.answers("ecs", "list_services", {"serviceArns": arns}, REGION)
    plane.answers("ecs", "describe_services", {"services": services}, REGION)


@dataclass
class Calling:
    """The portal's client in the first zone, and the tasks of `case`, one in each of two zones."""

    part: EgressPart
    tasks: list[Origin]
    client: httpx.AsyncClient
    aws: Origin
    partners: Origin

    async def get(self, url: str) -> httpx.Response:
        return await self.client.get(url)


@contextlib.asynccontextmanager
async def calling(ground: Ground, plane: FakeControlPlane) -> AsyncIterator[Calling]:
    tasks = [await Origin(ground.addresses.of(zone, 81)).start() for zone in ZONES[:2]]
    aws = await Origin(f"127.{ground.addresses.block}.0.50", 8081).start()
    partners = await Origin(ground.addresses.partners, 8000).start()
    plane.endpoint = f"http://{aws.address}:{aws.port}"
    declare(plane)
    for task, zone in zip(tasks, ZONES, strict=False):
        backend = Backend(task.address, task.port, zone)
        ground.directory.mesh.put(task.address, MeshEndpoint(REGION, "case", "case", backend))
    ground.directory.partners.put("partners", Backend(partners.address, partners.port, None))
    part = EgressPart(ground)
    running = asyncio.create_task(part.run())
    try:
        await until(lambda: (ZONES[0], "portal") in ground.directory.proxies.all())
        proxy = ground.directory.proxies.get((ZONES[0], "portal"))
        async with httpx.AsyncClient(proxy=proxy, trust_env=False, timeout=10) as client:
            await serving(client)
            yield Calling(part, tasks, client, aws, partners)
    finally:
        await ground.processes.stop_all()
        for origin in (*tasks, aws, partners):
            origin.stop()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def serving(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(8):
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get("http://case:8080/warm")).status_code == 200:
                    return
            await asyncio.sleep(0.02)


def test_a_service_reaches_its_mesh_aws_and_partners_and_nothing_else(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def scenario() -> None:
        async with calling(ground, control_plane) as it:
            answers = [await it.get("http://case:8080/x") for _ in range(8)]
            assert {answer.json()["address"] for answer in answers} == {task.address for task in it.tasks}
            assert ground.addresses.egress(ZONES[0]) in it.tasks[1].peers
            aws = await it.get("http://bucket.s3.eu-west-2.amazonaws.com/key?list-type=2")
            assert aws.json()["address"] == it.aws.address
            assert it.aws.last["host"] == "bucket.s3.eu-west-2.amazonaws.com"
            assert it.aws.requests[-1].startswith("GET /key?list-type=2 ")
            assert (await it.get(f"http://{PARTNER}/checks")).json()["address"] == it.partners.address
            assert it.partners.last["host"] == PARTNER
            for host in ("example.org", "stranger:8080", "case:9999"):
                refused = await it.get(f"http://{host}/")
                assert refused.status_code == 403
                assert (refused.json()["service"], refused.json()["host"]) == ("portal", host)
            with pytest.raises(httpx.ProxyError, match="403"):
                await it.get("https://example.org/")

    asyncio.run(scenario())


def test_the_mesh_tries_another_task_where_aws_does(ground: Ground, control_plane: FakeControlPlane) -> None:
    async def scenario() -> None:
        async with calling(ground, control_plane) as it:
            it.tasks[0].status = 503
            answers = [await it.get("http://case:8080/x") for _ in range(6)]
            assert {answer.status_code for answer in answers} == {200}
            it.tasks[0].status = 500
            answers = [await it.get("http://case:8080/x") for _ in range(6)]
            assert {answer.status_code for answer in answers} == {200, 500}, "a 500 is an answer"
            it.tasks[0].stop()
            answers = [await it.get("http://case:8080/x") for _ in range(12)]
            assert {answer.status_code for answer in answers} == {200}
            it.tasks[1].is_broken = True
            began = len(it.tasks[1].requests)
            assert (await it.get("http://case:8080/sent")).status_code == 503
            assert len(it.tasks[1].requests) == began + 1, "what was sent is not sent again"

    asyncio.run(scenario())


def test_faults_meet_whom_they_are_for_and_end(ground: Ground, control_plane: FakeControlPlane) -> None:
    async def scenario() -> None:
        async with calling(ground, control_plane) as it:
            faults = it.part.faults
            faults.put("portal", PARTNER, Fault(abort_percent=100, abort_status=502))
            await answering(it, f"http://{PARTNER}/", 502)
            assert (await it.get("http://hmrc.partners.benefits.example/")).status_code == 200
            faults.clear("portal", PARTNER)
            faults.put("another", "case", Fault(abort_percent=100))
            await answering(it, f"http://{PARTNER}/", 200)
            assert (await it.get("http://case:8080/")).status_code == 200
            faults.put(ANYBODY, "case", Fault(is_black_hole=True))
            await silent(it, "http://case:8080/")
            faults.clear(ANYBODY, "case")
            await answering(it, "http://case:8080/", 200)

    asyncio.run(scenario())


async def silent(it: Calling, url: str) -> None:
    async with asyncio.timeout(8):
        while True:
            try:
                await it.client.get(url, timeout=0.3)
            except httpx.ReadTimeout:
                return


async def answering(it: Calling, url: str, status: int) -> None:
    """It does before long; a request that went before the change may still wait."""
    async with asyncio.timeout(8):
        while True:
            with contextlib.suppress(httpx.ReadTimeout):
                if (await it.client.get(url, timeout=0.5)).status_code == status:
                    return
            await asyncio.sleep(0.02)


def test_a_zone_that_is_cut_off_costs_time_and_then_its_neighbour_answers(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def scenario() -> None:
        async with calling(ground, control_plane) as it:
            ground.zones.change(ZONES[1], boundary=Link(is_open=False))
            await until(lambda: led_away(it, it.tasks[1]))
            answers = [await it.get("http://case:8080/x") for _ in range(3)]
            assert {answer.status_code for answer in answers} == {200}
            assert {answer.json()["address"] for answer in answers} == {it.tasks[0].address}
            assert max(answer.elapsed.total_seconds() for answer in answers) >= 1, "connections hang"
            ground.zones.change(ZONES[1], boundary=Link(latency_ms=200))
            ground.directory.mesh.drop(it.tasks[0].address)
            await until(lambda: not led_away(it, it.tasks[0], to_itself=True))
            async with asyncio.timeout(8):
                while (slow := await it.get("http://case:8080/x")).status_code != 200:
                    await asyncio.sleep(0.05)
            assert slow.json()["address"] == it.tasks[1].address
            assert slow.elapsed.total_seconds() >= 0.4, "200 ms each way"

    asyncio.run(scenario())


def led_away(it: Calling, task: Origin, *, to_itself: bool = False) -> bool:
    """Whether the first zone's proxy reaches the task over a detour; or by its own address."""
    told = it.part.proxy(ZONES[0]).configuration.endpoints["mesh-case"]["endpoints"]
    addresses = [
        one["endpoint"]["address"]["socket_address"]["address"]
        for some in told
        for one in some["lb_endpoints"]
    ]
    return (task.address in addresses) == to_itself and it.part.proxy(ZONES[0]).is_told


def test_the_port_of_a_service_stays_what_it_was(ground: Ground) -> None:
    first = EgressPart(ground)
    ports = {name: first.port(name) for name in ("portal", "case")}
    again = EgressPart(ground)
    assert {name: again.port(name) for name in ("aaa", "case", "portal")} == {**ports, "aaa": 10_002}


def test_a_task_cannot_say_by_which_endpoint_it_comes(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def scenario() -> None:
        async with calling(ground, control_plane) as it:
            ground.directory.endpoints.put(REGION, {("portal", ZONES[0], "sqs"): "vpce-1"})
            claim = {"x-estate-source-vpce": "vpce-claimed"}

            async def named(host: str) -> str | None:
                await it.client.get(f"http://{host}/", headers=claim)
                return it.aws.last.get("x-estate-source-vpce")

            async with asyncio.timeout(8):
                while await named("sqs.eu-west-2.amazonaws.com") != "vpce-1":
                    await asyncio.sleep(0.02)
            assert await named("sns.eu-west-2.amazonaws.com") is None

    asyncio.run(scenario())


def test_a_call_that_the_network_lets_nobody_begin_is_told_of(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def scenario() -> None:
        async with calling(ground, control_plane) as it:
            closed = frozenset({("portal", ZONES[0], "sqs")})
            ground.directory.closed_ways.put(REGION, ClosedWays(aws=closed))

            async def is_told() -> bool:
                with contextlib.suppress(httpx.TimeoutException):
                    await it.client.get("http://sqs.eu-west-2.amazonaws.com/", timeout=0.2)
                await it.client.get("http://sns.eu-west-2.amazonaws.com/")
                return bool(ground.directory.blocked.document())

            async with asyncio.timeout(8):
                while not await is_told():
                    await asyncio.sleep(0.02)
            [told] = ground.directory.blocked.document()
            assert (told["service"], told["zone"]) == ("portal", ZONES[0])
            assert told["destination"] == "sqs.eu-west-2.amazonaws.com"

    asyncio.run(scenario())
