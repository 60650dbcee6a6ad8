"""A load balancer as the API describes it, and the part at work on it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from tests.twin.runtime.fake_control_plane import FakeControlPlane
from tests.twin.runtime.origin import Origin
from twin.runtime.directory import TargetHealth
from twin.runtime.ground import Ground
from twin.runtime.load_balancer.part import LoadBalancerPart
from twin.runtime.load_balancer.region import RegionBalancer

REGION = "eu-west-2"
ZONES = ("eu-west-2a", "eu-west-2b", "eu-west-2c")
GROUP = "arn:aws:elasticloadbalancing:eu-west-2:123456789012:targetgroup/portal-8080/1"

Document = dict[str, Any]


def forward(group: str = GROUP) -> list[Document]:
    return [{"Type": "forward", "TargetGroupArn": group}]


def paths(*values: str) -> list[Document]:
    return [{"Field": "path-pattern", "PathPatternConfig": {"Values": list(values)}}]


PORTAL = {"Priority": "10", "Conditions": paths("/*"), "Actions": forward()}
NOT_FOUND = {
    "Priority": "default",
    "Actions": [
        {
            "Type": "fixed-response",
            "FixedResponseConfig": {
                "StatusCode": "404",
                "ContentType": "application/json",
                "MessageBody": '{"error": "100%"}',
            },
        }
    ],
}


def declare(
    plane: FakeControlPlane,
    targets: Iterable[Origin],
    rules: Sequence[Document] = (PORTAL, NOT_FOUND),
    **group: Any,
) -> None:
    """Args: group: members of the target group that differ, and attributes under `attributes`."""
    attributes = {"deregistration_delay.timeout_seconds": "20", **group.pop("attributes", {})}
    zones = [{"ZoneName": zone} for zone in ZONES]
    balancer = {"LoadBalancerArn": "balancer", "LoadBalancerName": "estate", "AvailabilityZones": zones}
    listener = {"ListenerArn": "listener", "Port": 443, "Protocol": "HTTPS"}
    registered = [{"Target": {"Id": it.address, "Port": it.port}} for it in targets]
    answers: dict[str, Document] = {
        "describe_load_balancers": {"LoadBalancers": [balancer]},
        "describe_listeners": {"Listeners": [listener]},
        "describe_rules": {"Rules": list(rules)},
        "describe_target_groups": {"TargetGroups": [_group(**group)]},
        "describe_target_group_attributes": {
            "Attributes": [{"Key": key, "Value": value} for key, value in attributes.items()]
        },
        "describe_target_health": {"TargetHealthDescriptions": registered},
    }
    for operation, answer in answers.items():
        plane.answers("elbv2", operation, answer, REGION)


def _group(**members: Any) -> Document:
    return {
        "TargetGroupArn": GROUP,
        "TargetGroupName": "portal-8080",
        "HealthCheckPath": "/health",
        "HealthCheckIntervalSeconds": 5,
        "HealthCheckTimeoutSeconds": 4,
        "HealthyThresholdCount": 2,
        "UnhealthyThresholdCount": 2,
        "Matcher": {"HttpCode": "200"},
        "LoadBalancerArns": ["balancer"],
        "TargetType": "ip",
        **members,
    }


@dataclass
class Balanced:
    """A load balancer at work, with a task in each zone."""

    ground: Ground
    plane: FakeControlPlane
    part: LoadBalancerPart
    tasks: list[Origin]
    client: httpx.AsyncClient

    @property
    def region(self) -> RegionBalancer:
        return self.part.regions[REGION]

    @property
    def edge(self) -> str:
        return self.ground.directory.edge.get(REGION) or ""

    def node(self, zone: str) -> str:
        return f"http://{self.ground.addresses.load_balancer(zone)}:8443"

    def health(self, task: Origin) -> TargetHealth | None:
        known = self.ground.directory.target_health.all()
        return next((it for key, it in known.items() if key.address == task.address), None)

    def states(self) -> list[str | None]:
        return [it.state if (it := self.health(task)) else None for task in self.tasks]


async def until(fact: Callable[[], bool], seconds: float = 8.0) -> None:
    """The fact holds, or the test fails."""
    async with asyncio.timeout(seconds):
        while not fact():
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def balanced(ground: Ground, plane: FakeControlPlane, **declared: Any) -> AsyncIterator[Balanced]:
    """All targets are healthy, and all nodes send to them."""
    tasks = [await Origin(ground.addresses.of(zone, 80)).start() for zone in ZONES]
    declare(plane, tasks, **declared)
    part = LoadBalancerPart(ground)
    running = asyncio.create_task(part.run())
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        it = Balanced(ground, plane, part, tasks, client)
        try:
            await until(lambda: it.states() == ["healthy"] * 3)
            await until(lambda: all(_serves(it, zone) for zone in ZONES))
            await _all_answer(it)
            yield it
        finally:
            await ground.processes.stop_all()
            for task in tasks:
                task.stop()
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running


def _serves(it: Balanced, zone: str) -> bool:
    seen = it.region.nodes[zone].seen.get("group-portal-8080", {})
    return len(seen) == 3 and all(found.is_healthy for found in seen.values())


async def _all_answer(it: Balanced) -> None:
    """Each node listens, which it does once it has looked at its targets."""
    async with asyncio.timeout(8):
        for url in (it.edge, *(it.node(zone) for zone in ZONES)):
            while not await answers(it.client, url):
                await asyncio.sleep(0.02)


async def answers(client: httpx.AsyncClient, url: str) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        return (await client.get(f"{url}/warm")).status_code < 500
    return False
