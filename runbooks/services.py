"""ECS services as ECS describes them: how many tasks they want, where those stand, and in which subnets they may."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runbooks.step import Scene

__all__ = [
    "Service",
    "Tasks",
    "allow",
    "not_settled",
    "services",
    "tasks_by_service",
    "want",
    "zone_by_subnet",
]

MOST_SERVICES = 10
"""Source: docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html"""
MOST_TASKS = 100
"""Source: docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html"""

Tasks = Mapping[str, Counter[str]]
"""Tasks by service and zone."""


@dataclass(frozen=True)
class Service:
    """Attributes:
    running: tasks of the latest deployment. rollout: its state.
    network: awsvpc configuration. deployments: how many have tasks.
    """

    name: str
    desired: int
    running: int
    network: Mapping[str, Any]
    deployments: int
    rollout: str

    @property
    def subnets(self) -> tuple[str, ...]:
        return tuple(self.network.get("subnets", ()))

    @property
    def is_settled(self) -> bool:
        """One deployment has all tasks that are wanted. Its alarms may be watched for some minutes more."""
        return self.deployments == 1 and self.running == self.desired


def services(scene: Scene, region: str | None = None) -> list[Service]:
    """In order of their names. Raises: botocore's errors."""
    ecs, name = scene.aws("ecs", region), scene.around.cluster
    pages = ecs.get_paginator("list_services").paginate(cluster=name)
    arns = [arn for page in pages for arn in page["serviceArns"]]
    described = [
        it
        for some in _portions(arns, MOST_SERVICES)
        for it in ecs.describe_services(cluster=name, services=list(some))["services"]
    ]
    return sorted(map(_service, described), key=lambda it: it.name)


def tasks_by_service(scene: Scene, region: str | None = None) -> Tasks:
    """Tasks that are healthy, or that nobody has found ill yet. Raises: botocore's errors."""
    ecs, name = scene.aws("ecs", region), scene.around.cluster
    pages = ecs.get_paginator("list_tasks").paginate(cluster=name, desiredStatus="RUNNING")
    arns = [arn for page in pages for arn in page["taskArns"]]
    found: dict[str, Counter[str]] = {}
    for some in _portions(arns, MOST_TASKS):
        for task in ecs.describe_tasks(cluster=name, tasks=list(some))["tasks"]:
            if task.get("lastStatus") == "RUNNING" and task.get("healthStatus") == "HEALTHY":
                zones = found.setdefault(task["group"].removeprefix("service:"), Counter())
                zones[task.get("availabilityZone", "")] += 1
    return found


def zone_by_subnet(scene: Scene) -> dict[str, str]:
    pages = scene.aws("ec2").get_paginator("describe_subnets").paginate()
    return {it["SubnetId"]: it["AvailabilityZone"] for page in pages for it in page["Subnets"]}


def allow(scene: Scene, service: Service, subnets: Sequence[str]) -> None:
    """The service's tasks may stand in these subnets and in no others; ECS replaces those that stand elsewhere.

    Source: docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html, networkConfiguration: a change
    begins a deployment.
    """
    if set(service.subnets) == set(subnets):
        return
    scene.aws("ecs").update_service(
        cluster=scene.around.cluster,
        service=service.name,
        networkConfiguration={"awsvpcConfiguration": {**service.network, "subnets": list(subnets)}},
    )


def want(scene: Scene, service: Service, count: int, region: str) -> None:
    """ECS is asked for so many tasks of the service, unless it was.

    Source: docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html, desiredCount.
    """
    if service.desired != count:
        scene.aws("ecs", region).update_service(
            cluster=scene.around.cluster, service=service.name, desiredCount=count
        )


def not_settled(found: Sequence[Service]) -> str | None:
    """Which services still wait for tasks, as a sentence."""
    short = [
        f"{it.name} ({it.running} of {it.desired} tasks, {it.deployments} deployments)"
        for it in found
        if not it.is_settled
    ]
    return f"Not settled: {', '.join(short)}." if short else None


def _service(document: Mapping[str, Any]) -> Service:
    deployments = document.get("deployments", [])
    primary = next((it for it in deployments if it["status"] == "PRIMARY"), {})
    return Service(
        document["serviceName"],
        document["desiredCount"],
        primary.get("runningCount", 0),
        document.get("networkConfiguration", {}).get("awsvpcConfiguration", {}),
        len(deployments),
        primary.get("rolloutState", "COMPLETED"),
    )


def _portions(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))
