"""Databases and relays that really run, against a control plane in memory."""

import asyncio
import contextlib
import secrets
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg

from tests.twin.runtime.fake_control_plane import FakeControlPlane
from twin.runtime.addresses import claim
from twin.runtime.database import DatabasePart, remove
from twin.runtime.directory import Directory
from twin.runtime.ground import Ground
from twin.runtime.processes import Process, Processes, marked
from twin.runtime.profile import PROFILES
from twin.runtime.relay import RelayPart
from twin.runtime.settings import RegionSettings, Settings
from twin.runtime.zones import Zones

__all__ = [
    "AWAY",
    "CLUSTER",
    "HOME",
    "Stage",
    "cluster_document",
    "eventually",
    "grounded",
    "instance_document",
    "staged",
]

HOME = RegionSettings("eu-west-2", ("eu-west-2a", "eu-west-2b", "eu-west-2c"))
AWAY = RegionSettings("eu-west-1", ("eu-west-1a",))
"""One zone, because a relay in each takes its time to start."""

REGION = "eu-west-2"
CLUSTER = "core"
ACCOUNT = "123456789012"


def cluster_document(name: str = CLUSTER, region: str = REGION, **members: Any) -> dict[str, Any]:
    return {
        "DBClusterIdentifier": name,
        "DBClusterArn": f"arn:aws:rds:{region}:{ACCOUNT}:cluster:{name}",
        "DbClusterResourceId": f"cluster-{name.upper()}",
        "Engine": "aurora-postgresql",
        "Endpoint": f"{name}.cluster-x.{region}.rds.amazonaws.com",
        "ReaderEndpoint": f"{name}.cluster-ro-x.{region}.rds.amazonaws.com",
        "Port": 5432,
        "MasterUsername": "master",
        "DatabaseName": "estate",
        "BackupRetentionPeriod": 7,
        "DBClusterParameterGroup": "parameters",
        "DBClusterMembers": [],
        **members,
    }


def instance_document(number: int, zone: str, cluster: str = CLUSTER, region: str = REGION) -> dict[str, Any]:
    name = f"{cluster}-{number}"
    return {
        "DBInstanceIdentifier": name,
        "DBClusterIdentifier": cluster,
        "AvailabilityZone": zone,
        "PromotionTier": 1,
        "InstanceCreateTime": f"2026-01-01T00:00:0{number}+00:00",
        "Endpoint": {"Address": f"{name}.x.{region}.rds.amazonaws.com", "Port": 5432},
    }


class Stage:
    """Attributes: clusters, instances: that the control plane describes, by region."""

    def __init__(self, ground: Ground, plane: FakeControlPlane) -> None:
        self.ground, self.plane = ground, plane
        self.clusters: dict[str, list[dict[str, Any]]] = {"eu-west-2": [], "eu-west-1": []}
        self.instances: dict[str, list[dict[str, Any]]] = {"eu-west-2": [], "eu-west-1": []}
        self.global_clusters: list[dict[str, Any]] = []
        self.roles: list[dict[str, Any]] = []
        self.parameters: list[dict[str, Any]] = [{"ParameterName": "max_connections", "ParameterValue": "60"}]
        self.databases = DatabasePart(ground)

    def declare(self) -> None:
        """The control plane describes what the attributes say."""
        for region in self.clusters:
            self.plane.answers("rds", "describe_db_clusters", {"DBClusters": self.clusters[region]}, region)
            self.plane.answers(
                "rds", "describe_db_instances", {"DBInstances": self.instances[region]}, region
            )
        self.plane.answers("rds", "describe_global_clusters", {"GlobalClusters": self.global_clusters})
        self.plane.answers("rds", "describe_db_cluster_parameters", {"Parameters": self.parameters})
        self.plane.answers("iam", "get_account_authorization_details", {"RoleDetailList": self.roles})

    def declare_core(self, zones: Sequence[str] = ("eu-west-2a", "eu-west-2b", "eu-west-2c")) -> None:
        self.clusters[REGION] = [cluster_document()]
        self.instances[REGION] = [instance_document(it + 1, zone) for it, zone in enumerate(zones)]
        self.declare()

    # What is there

    def place(
        self, name: str = CLUSTER, *, is_reader: bool = False, zone: str | None = None
    ) -> tuple[str, int] | None:
        """Where a task of the zone, or of one that is well, reaches the cluster; None while the name leads nowhere."""
        zone = zone or self.ground.zones.usable(self.ground.settings.regions[0].zones)[-1]
        region = zone[:-1]
        kind = "cluster-ro" if is_reader else "cluster"
        full = f"{name}.{kind}-x.{region}.rds.amazonaws.com"
        leads = self.ground.directory.stores.get((region, full))
        return self.ground.directory.store_ports.get((zone, full)) if leads else None

    def reported(self, kind: str, key: str, region: str = REGION) -> dict[str, Any]:
        return self.plane.reports.get(("rds", region, kind, key), {})

    def events(self) -> list[str]:
        return [it["Message"] for key, it in self.plane.reports.items() if key[2] == "event"]

    def writer(self, cluster: str = f"{REGION}/{CLUSTER}") -> str | None:
        controller = self.databases.find(cluster)
        return controller.record.writer if controller else None

    def process(self, key: str) -> Process:
        return next(it for it in self.ground.processes.running() if it.name == f"postgres-{key}")

    def kill(self, key: str) -> None:
        """As `kill -9` of the server and all its processes."""
        self.process(key).kill()

    def freeze(self, key: str) -> None:
        self.process(key).signal_tree(signal.SIGSTOP)

    def cut_power(self, zone: str) -> None:
        self.ground.zones.change(zone, has_power=False)
        self.ground.processes.cut_power(zone)

    # What is done

    async def sql(self, statement: str, seconds: float = 5, **place: Any) -> list[tuple[Any, ...]]:
        """Through the relay, as a task does. Raises: psycopg.Error, TimeoutError, OSError"""
        user, database = place.pop("user", "postgres"), place.pop("database", "estate")
        found = self.place(**place)
        if found is None:
            raise ConnectionRefusedError("the name leads nowhere")
        return await asyncio.to_thread(_run, found, statement, seconds, user, database)

    async def whole(
        self, partners: int = 2, seconds: float = 30, cluster: str = f"{REGION}/{CLUSTER}"
    ) -> None:
        """A writer accepts commits, and so many standbys hold them."""

        def is_whole() -> bool:
            controller = self.databases.find(cluster)
            record = controller.record if controller else None
            has_place = self.place(cluster.partition("/")[2]) is not None
            return bool(record and record.writer and len(record.partners) >= partners and has_place)

        await eventually(is_whole, seconds)

    async def settled(self, statement: str, seconds: float = 20, **place: Any) -> list[tuple[Any, ...]]:
        """The statement's answer, once there is one."""
        async with asyncio.timeout(seconds):
            while True:
                try:
                    return await self.sql(statement, 2, **place)
                except (psycopg.Error, OSError):
                    await asyncio.sleep(0.05)


@contextlib.contextmanager
def grounded(folder: Path, plane: FakeControlPlane, *regions: RegionSettings) -> Iterator[Ground]:
    """In profile `quick`, with zones in these regions only. Whatever was started has ended afterwards."""
    settings = Settings("test", folder / "emulator", folder / "runtime", "example", regions, "quick")
    addresses = claim([it.zones for it in regions])
    zones = Zones(tuple(zone for _, zone in settings.zones))
    run = secrets.token_hex(8)
    processes = Processes(zones, run)
    try:
        yield Ground(settings, run, PROFILES["quick"], addresses, zones, Directory(), processes, plane.plane)
    finally:
        for process in marked(run):
            process.kill()
        if addresses.claim:
            addresses.claim.close()


async def eventually(holds: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def staged(ground: Ground, plane: FakeControlPlane, *, keeps: bool = False) -> AsyncIterator[Stage]:
    """Both parts run; afterwards nothing runs, and no data is left unless `keeps`."""
    stage = Stage(ground, plane)
    tasks = [asyncio.create_task(it.run()) for it in (RelayPart(ground), stage.databases)]
    try:
        yield stage
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await ground.processes.stop_all()
        if not keeps:
            remove(ground.folder)


def _run(
    place: tuple[str, int], statement: str, seconds: float, user: str, database: str
) -> list[tuple[Any, ...]]:
    host, port = place
    with psycopg.connect(
        host=host,
        port=port,
        user=user,
        dbname=database,
        connect_timeout=max(2, int(seconds)),
        sslmode="disable",
        autocommit=True,
        options=f"-c statement_timeout={int(seconds * 1000)}",
        tcp_user_timeout=int(seconds * 1000),
    ) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []
