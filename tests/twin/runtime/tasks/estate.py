"""A small estate for the scheduler: documents of the API, answered by the control plane in memory."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

from tests.twin.runtime.fake_control_plane import FakeControlPlane
from twin.runtime.directory import TargetHealth, TargetKey
from twin.runtime.ground import Ground
from twin.runtime.tasks.hosting import Workload
from twin.runtime.tasks.part import TaskPart

REGION = "eu-west-2"
ACCOUNT = "123456789012"
CLUSTER = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/estate"
GROUP = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/portal/0123456789abcdef"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/workload@sha256:{'0' * 64}"
ZONES = {f"subnet-{letter}": f"{REGION}{letter}" for letter in "abc"}
HERE = Path(__file__).parent / "image"
TINY = Workload(("python", "-m", "tiny_app"), ("tiny_app",), (HERE,))
CHECK = {"command": ["CMD", "python", "-m", "tiny_health"], "interval": 5, "timeout": 5, "retries": 2}

DEADLINE_SECONDS = 30.0


class Estate:
    """Declares services to the control plane in memory, and looks at what is reported."""

    def __init__(self, ground: Ground, plane: FakeControlPlane) -> None:
        self.ground, self.plane = ground, plane
        self.services: dict[str, dict[str, Any]] = {}
        self.definitions: dict[str, dict[str, Any]] = {}
        self.registered: list[tuple[str, str]] = []
        self._numbers = itertools.count(1)
        plane.answers("ecs", "list_clusters", {"clusterArns": [CLUSTER]}, REGION)
        plane.answers("ecs", "list_services", lambda _: {"serviceArns": list(self.services)})
        plane.answers(
            "ecs",
            "describe_services",
            lambda it: {"services": [self.services[arn] for arn in it["services"]]},
        )
        plane.answers(
            "ecs",
            "describe_task_definition",
            lambda it: {"taskDefinition": self.definitions[it["taskDefinition"]]},
        )
        subnets = [{"SubnetId": id_, "AvailabilityZone": zone} for id_, zone in ZONES.items()]
        plane.answers("ec2", "describe_subnets", {"Subnets": subnets})
        plane.answers("ecr", "describe_repositories", {"repositories": [{"repositoryName": "workload"}]})
        plane.answers("elbv2", "register_targets", self._noted("register"))
        plane.answers("elbv2", "deregister_targets", self._noted("deregister"))
        delay = {"Key": "deregistration_delay.timeout_seconds", "Value": "4"}
        plane.answers("elbv2", "describe_target_group_attributes", {"Attributes": [delay]})
        for zone in ZONES.values():
            for name in ("portal", "case"):
                ground.directory.proxies.put((zone, name), f"http://127.0.0.1:9/{zone}")

    def _noted(self, what: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
        def note(given: Mapping[str, Any]) -> dict[str, Any]:
            target = given["Targets"][0]
            self.registered.append((what, target["Id"]))
            key = TargetKey(given["TargetGroupArn"], target["Id"], target["Port"])
            if what == "register":
                self.ground.directory.target_health.put(key, TargetHealth("healthy"))
            return {}

        return note

    # Declaring

    def define(self, name: str, **container: Any) -> str:
        """The ARN of a new task definition. Args: container: members beside name, image and port."""
        arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{name}:{next(self._numbers)}"
        environment = [
            {"name": key, "value": value} for key, value in container.pop("environment", {}).items()
        ]
        document = {
            "name": name,
            "image": IMAGE,
            "essential": True,
            "portMappings": [{"name": "http", "containerPort": 8080}],
            "environment": environment,
            "healthCheck": CHECK,
            **container,
        }
        self.definitions[arn] = {
            "taskDefinitionArn": arn,
            "family": name,
            "cpu": "256",
            "memory": "512",
            "taskRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{name}-task-role",
            "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{name}-execution-role",
            "containerDefinitions": [document],
        }
        return arn

    def declare(self, name: str, definition: str, desired: int, **members: Any) -> str:
        """The ARN of a service, created or updated, which is a new deployment where its definition is another."""
        arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/estate/{name}"
        known = self.services.get(arn)
        deployment = known["deployments"][0] if known else None
        if deployment is None or deployment["taskDefinition"] != definition:
            deployment = {
                "id": f"ecs-svc/{next(self._numbers)}",
                "status": "PRIMARY",
                "taskDefinition": definition,
            }
        self.services[arn] = {
            "serviceArn": arn,
            "serviceName": name,
            "clusterArn": CLUSTER,
            "status": "ACTIVE",
            "desiredCount": desired,
            "taskDefinition": definition,
            "deployments": [deployment],
            "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": list(ZONES)}},
            "availabilityZoneRebalancing": "ENABLED",
            "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}],
            **{
                key: it
                for key, it in (known or {}).items()
                if key not in ("desiredCount", "taskDefinition", "deployments")
            },
            **members,
        }
        self.services[arn] |= {
            "desiredCount": desired,
            "taskDefinition": definition,
            "deployments": [deployment],
        }
        self.plane.change("ecs")
        return arn

    def withdraw(self, arn: str) -> None:
        del self.services[arn]
        self.plane.change("ecs")

    # Looking

    def tasks(self, status: str | None = "RUNNING") -> list[dict[str, Any]]:
        """Reported tasks, oldest first. Args: status: None for all."""
        found = [it for (_, _, kind, _), it in self.plane.reports.items() if kind == "task"]
        return sorted(
            (it for it in found if status in (None, it["lastStatus"])), key=lambda it: it["createdAt"]
        )

    def service(self, name: str) -> dict[str, Any]:
        arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/estate/{name}"
        return self.plane.reports.get(("ecs", REGION, "service", arn), {})

    def messages(self, name: str) -> list[str]:
        """Newest last."""
        return [it["message"] for it in reversed(self.service(name).get("events", []))]

    def is_steady(self, name: str, running: int) -> bool:
        deployments = self.service(name).get("deployments", [])
        is_done = [it["rolloutState"] for it in deployments] == ["COMPLETED"]
        tasks = [it for it in self.tasks() if it["group"] == f"service:{name}"]
        return is_done and len(tasks) == self.service(name)["runningCount"] == running


async def until(holds: Callable[[], Any], seconds: float = DEADLINE_SECONDS) -> None:
    """It holds, or the test fails."""
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def scheduling(ground: Ground, workload: Workload = TINY) -> AsyncIterator[TaskPart]:
    """The part runs meanwhile, and everything that it started has ended afterwards."""
    part = TaskPart(ground, workload)
    running = asyncio.create_task(part.run())
    try:
        yield part
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await ground.processes.stop_all()
