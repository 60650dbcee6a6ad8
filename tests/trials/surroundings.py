"""The twin under trial: its edge, its faults, its API, its databases and the ledger of the Central Payments System."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import psycopg

from catalogue import Estate, load_catalogue
from estate.aws import Clients
from estate.blocked import BlockedCall, read_blocked
from estate.observation import HEALTH, observe
from estate.refusals import roles_of

__all__ = ["REGION", "ROOT", "ZONES", "Surroundings"]

REGION = "eu-west-2"
ZONES = ("eu-west-2a", "eu-west-2b", "eu-west-2c")
"""Where the load goes."""

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Surroundings:
    environment: str
    exports: Mapping[str, str]

    @classmethod
    def of(cls, environment: str) -> "Surroundings":
        """Raises: RuntimeError: the environment is not up."""
        done = subprocess.run(
            [sys.executable, "-m", "estate", "env", environment, "--json"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=ROOT,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return cls(environment, json.loads(done.stdout)["exports"])

    @cached_property
    def _estate(self) -> Estate:
        return load_catalogue().estate(self.environment)

    @cached_property
    def _clients(self) -> Clients:
        return Clients(self._estate, self.exports["AWS_ENDPOINT_URL"])

    @property
    def edge(self) -> str:
        return self.exports["ESTATE_EDGE"]

    @property
    def faults(self) -> str:
        return self.exports["ESTATE_FAULTS_URL"]

    async def inject(self, fault: Mapping[str, Any]) -> str:
        """The fault is in effect. Returns its id."""
        async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
            answer = await client.post(f"{self.faults}/faults", json=dict(fault))
            answer.raise_for_status()
            return str(answer.json()["id"])

    async def undo(self, fault_id: str) -> None:
        async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
            (await client.delete(f"{self.faults}/faults/{fault_id}")).raise_for_status()

    async def status(self) -> dict[str, Any]:
        async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
            return (await client.get(f"{self.faults}/status")).json()

    async def until_healthy(self, deadline_seconds: float) -> float:
        """Seconds until nothing is complained of. Raises: TimeoutError, with what is."""
        return await _until_none(self.complaints, "not healthy", 1, deadline_seconds)

    async def until_deployed(self, deadline_seconds: float) -> float:
        """Seconds until every deployment is complete, and its alarms are not watched any more. Raises: TimeoutError"""
        return await _until_none(self.unfinished, "deployments are not complete", 5, deadline_seconds)

    async def until_spread(self, deadline_seconds: float) -> float:
        """Seconds until every service stands as evenly in its zones as it can. Raises: TimeoutError"""
        return await _until_none(self.crowded, "not spread over the zones", 2, deadline_seconds)

    def crowded(self) -> list[str]:
        """Services of which a zone of the load's region has two healthy tasks more than another."""
        places = self.places()
        return sorted(name for name, zones in places.items() if max(zones.values()) - min(zones.values()) > 1)

    def short(self, without: str) -> dict[bool, list[str]]:
        """Services of the load's region with fewer healthy tasks outside a zone than are wanted, by whether a load
        balancer asks them.
        """
        places = self.places()
        short: dict[bool, list[str]] = {True: [], False: []}
        ecs = self.aws("ecs")
        for page in ecs.get_paginator("list_services").paginate(cluster="estate"):
            arns = page["serviceArns"]
            for service in ecs.describe_services(cluster="estate", services=arns)["services"]:
                zones = places.get(name := service["serviceName"], Counter())
                if zones.total() - zones[without] < service["desiredCount"]:
                    short[bool(service["loadBalancers"])].append(name)
        return short

    def places(self) -> dict[str, Counter[str]]:
        """Healthy tasks of the load's region by service and zone."""
        ecs = self.aws("ecs")
        places: dict[str, Counter[str]] = {}
        for page in ecs.get_paginator("list_tasks").paginate(cluster="estate"):
            arns = page["taskArns"]
            for task in ecs.describe_tasks(cluster="estate", tasks=arns)["tasks"] if arns else ():
                name = task["group"].removeprefix("service:")
                zones = places.setdefault(name, Counter(dict.fromkeys(ZONES, 0)))
                zones[task["availabilityZone"]] += task["healthStatus"] == "HEALTHY"
        return places

    def addresses(self, service: str) -> list[str]:
        """Where the running tasks of a service of the load's region listen."""
        ecs = self.aws("ecs")
        arns = ecs.list_tasks(cluster="estate", serviceName=service, desiredStatus="RUNNING")["taskArns"]
        tasks = ecs.describe_tasks(cluster="estate", tasks=arns)["tasks"] if arns else []
        details = [it for task in tasks for attachment in task["attachments"] for it in attachment["details"]]
        return [it["value"] for it in details if it["name"] == "privateIPv4Address"]

    def stop_tasks(self, service: str, reason: str) -> None:
        """All running tasks of a service of the load's region are asked to stop; ECS starts others."""
        ecs = self.aws("ecs")
        for arn in ecs.list_tasks(cluster="estate", serviceName=service, desiredStatus="RUNNING")["taskArns"]:
            ecs.stop_task(cluster="estate", task=arn, reason=reason)

    def unfinished(self) -> list[str]:
        """Services whose deployment is not complete."""
        seen = observe(self._estate, self._clients, ("services",))
        return [row["name"] for row in seen.services if row["rollout"] != "COMPLETED"]

    def counts(self, service: str) -> dict[str, int]:
        """Of one service in the load's region: tasks that are wanted, and healthy ones."""
        described = self.aws("ecs").describe_services(cluster="estate", services=[service])["services"][0]
        healthy = self.places().get(service, Counter()).total()
        return {"desired": described["desiredCount"], "healthy": healthy}

    def activities(self, service: str, since: datetime) -> list[dict[str, Any]]:
        """What scaled a service of the load's region, and why, the first first."""
        found = self.aws("application-autoscaling").describe_scaling_activities(
            ServiceNamespace="ecs", ResourceId=f"service/estate/{service}"
        )["ScalingActivities"]
        return [
            {
                "after_seconds": round((it["StartTime"] - since).total_seconds()),
                "description": it["Description"],
                "cause": it["Cause"],
                "status": it["StatusCode"],
            }
            for it in reversed(found)
            if it["StartTime"] >= since
        ]

    def aws(self, service: str) -> Any:
        """A boto3 client of the load's region."""
        return self._clients.of(service, REGION)

    def permissions(self) -> list[dict[str, Any]]:
        """What roles were allowed and refused, with their name, as the twin counts it."""
        return roles_of(self.exports["AWS_ENDPOINT_URL"])

    def blocked(self) -> list[BlockedCall]:
        """Calls that the network let nobody begin, as the twin counts them."""
        answer = httpx.get(f"{self.faults}/status", timeout=30, trust_env=False)
        return read_blocked(answer.raise_for_status().json())

    def complaints(self) -> list[str]:
        return observe(self._estate, self._clients, HEALTH).complaints()

    def query(self, database: str, statement: str) -> list[tuple[Any, ...]]:
        """Rows from the writer."""
        url = self.exports[f"ESTATE_DATABASE_{database.upper()}_URL"]
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            return connection.execute(statement.encode()).fetchall()

    def ledger(self) -> Iterator[dict[str, Any]]:
        """Every payment that the Central Payments System has taken."""
        base = self.exports["ESTATE_PARTNERS_URL"]
        host = {"Host": f"dwp.partners.{self._estate.environment.domain_name}"}
        after = 0
        with httpx.Client(timeout=30, trust_env=False, headers=host) as client:
            while True:
                page = client.get(f"{base}/central-payments/ledger", params={"after": after}).json()
                yield from page["payments"]
                if not page["payments"]:
                    return
                after = page["last"]


async def _until_none(
    found: Callable[[], Sequence[str]], what: str, look_seconds: float, deadline_seconds: float
) -> float:
    """Seconds until nothing is found any more. Raises: TimeoutError, with the first of what still is."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    while names := await asyncio.to_thread(found):
        if loop.time() - started > deadline_seconds:
            raise TimeoutError(f"{what}: {'; '.join(names[:5])}")
        await asyncio.sleep(look_seconds)
    return loop.time() - started
