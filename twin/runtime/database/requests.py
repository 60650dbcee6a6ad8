"""What is asked of databases through RDS's API."""

import asyncio
import datetime
import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

from twin.runtime.control_plane import Request
from twin.runtime.database.backups import Backups
from twin.runtime.database.controller import Controller
from twin.runtime.database.reports import GLOBAL_REGION
from twin.runtime.database.server import Server
from twin.runtime.database.storage import Storage
from twin.runtime.exceptions import RuntimeFailure
from twin.runtime.ground import Ground

__all__ = ["Requests"]

_log = logging.getLogger(__name__)

_SWITCH_SECONDS = 30.0
"""After which a switch that nobody could take over is given up."""

_WRITER_SECONDS = 120.0
_PAUSE_SECONDS = 0.1


class Databases(Protocol):
    backups: Backups

    def find(self, cluster: str) -> Controller | None: ...
    def find_global(self, name: str) -> Controller | None: ...
    def writer(self, cluster: str) -> Server | None: ...
    async def declare_again(self) -> None: ...
    def reboot(self, region: str, instance: str) -> bool: ...


class Requests:
    """Attributes: restoring: clusters whose data is being made; nothing may be started for them."""

    def __init__(self, ground: Ground, storage: Storage, databases: Databases) -> None:
        self.restoring: set[str] = set()
        self._ground, self._storage, self._databases = ground, storage, databases
        self._heard: dict[tuple[str, str, str], int] = {}
        self._generation = 0
        self._work: asyncio.Queue[Callable[[], Awaitable[None]]] = asyncio.Queue()
        self._begun: set[Path] = set()
        self.restoring |= {_cluster(json.loads(it.read_text())) for it in self._unfinished()}

    def listen(self) -> None:
        """Requests come here from now on."""
        table: dict[str, Callable[[Request], None]] = {
            "FailoverDBCluster": self._failover,
            "RebootDBInstance": self._reboot,
            "FailoverGlobalCluster": self._move,
            "SwitchoverGlobalCluster": self._move,
            "CreateDBClusterSnapshot": self._snapshot,
            "DeleteDBClusterSnapshot": self._drop_snapshot,
            "RestoreDBClusterToPointInTime": self._restore,
            "RestoreDBClusterFromSnapshot": self._restore,
        }
        for operation, taker in table.items():
            self._ground.control_plane.take("rds", [operation], taker)

    def heard(self, kind: str, region: str, key: str) -> int:
        """The last request about it; 0 before any."""
        self._check_generation()
        return self._heard.get((kind, region, key), 0)

    async def run(self) -> None:
        """What takes its time is done, each thing beside the others."""
        for path in self._unfinished():
            if path not in self._begun:
                self._begin_restore(json.loads(path.read_text()), path)
        async with asyncio.TaskGroup() as group:
            while True:
                group.create_task(_logged(await self._work.get()))

    # Failing over

    def _failover(self, request: Request) -> None:
        name, target = _id(request.parameters["DBClusterIdentifier"]), None
        cluster = f"{request.region}/{name}"
        if wanted := request.parameters.get("TargetDBInstanceIdentifier"):
            target = f"{cluster}/{_id(wanted)}"
        self._hear(request, "cluster", name)
        if controller := self._databases.find(cluster):
            controller.switch(cluster, target, is_lossy=False, seconds=_SWITCH_SECONDS)

    def _move(self, request: Request) -> None:
        name = request.parameters["GlobalClusterIdentifier"]
        controller = self._databases.find_global(name)
        self._hear(request, "global cluster", name, GLOBAL_REGION)
        wanted = request.parameters["TargetDbClusterIdentifier"]
        target = (
            next((it for it in controller.clusters.values() if it.arn == wanted), None)
            if controller
            else None
        )
        if controller and target:
            is_lossy = bool(request.parameters.get("AllowDataLoss"))
            controller.switch(target.key, None, is_lossy=is_lossy, seconds=_SWITCH_SECONDS)

    def _reboot(self, request: Request) -> None:
        name = _id(request.parameters["DBInstanceIdentifier"])
        self._hear(request, "instance", name)
        self._work.put_nowait(lambda: self._reboot_when_possible(request.region, name))

    async def _reboot_when_possible(self, region: str, name: str) -> None:
        deadline = _now() + _SWITCH_SECONDS
        while _now() < deadline and not self._databases.reboot(region, name):
            await asyncio.sleep(_PAUSE_SECONDS)

    # Snapshots and restored clusters

    def _snapshot(self, request: Request) -> None:
        name = _id(request.parameters["DBClusterSnapshotIdentifier"])
        self._hear(request, "cluster snapshot", name)
        cluster = f"{request.region}/{_id(request.parameters['DBClusterIdentifier'])}"
        self._work.put_nowait(lambda: self._make_snapshot(request.region, name, cluster))

    async def _make_snapshot(self, region: str, name: str, cluster: str) -> None:
        least = _now() + self._ground.profile.seconds("snapshot")
        writer = await self._writer(cluster)
        if writer is None:
            self._tell_snapshot(region, name, "failed", 0)
            return
        await self._databases.backups.snapshot(region, name, writer)
        await asyncio.sleep(max(0.0, least - _now()))
        self._tell_snapshot(region, name, "available", 100)

    def _tell_snapshot(self, region: str, name: str, status: str, percent: int) -> None:
        document: dict[str, Any] = {
            "Status": status,
            "PercentProgress": percent,
            "SnapshotCreateTime": datetime.datetime.now(datetime.UTC).isoformat(),
            "AsOfRequest": self.heard("cluster snapshot", region, name),
        }
        self._ground.control_plane.report("rds", region, "cluster snapshot", name, document)

    def _drop_snapshot(self, request: Request) -> None:
        name = _id(request.parameters["DBClusterSnapshotIdentifier"])
        self._ground.control_plane.report("rds", request.region, "cluster snapshot", name, None)
        self._databases.backups.drop_snapshot(request.region, name)

    def _restore(self, request: Request) -> None:
        """It is remembered on disk: a cluster of which half was restored must never start empty."""
        name = _id(request.parameters["DBClusterIdentifier"])
        self._hear(request, "cluster", name)
        document = {"region": request.region, "parameters": _plain(request.parameters)}
        path = self._storage.folder("restores") / f"{request.region}.{name}.json"
        path.write_text(json.dumps(document))
        self._begin_restore(document, path)

    def _begin_restore(self, document: dict[str, Any], path: Path) -> None:
        self.restoring.add(_cluster(document))
        self._begun.add(path)
        self._work.put_nowait(lambda: self._do_restore(document, path))

    async def _do_restore(self, document: dict[str, Any], path: Path) -> None:
        cluster = _cluster(document)
        try:
            await self._fill(cluster, document["region"], document["parameters"])
        except RuntimeFailure as error:
            _log.warning("%s could not be restored: %s", cluster, error)
            self._tell_cluster(cluster, "restore-failed")
            return
        finally:
            self._begun.discard(path)
        path.unlink(missing_ok=True)
        self.restoring.discard(cluster)
        self._tell_cluster(cluster, "available")
        await self._databases.declare_again()

    def _unfinished(self) -> list[Path]:
        return sorted(self._storage.folder("restores").glob("*.json"))

    async def _fill(self, cluster: str, region: str, parameters: dict[str, Any]) -> None:
        backups = self._databases.backups
        if snapshot := parameters.get("SnapshotIdentifier"):
            await backups.from_snapshot(cluster, region, _id(snapshot.rpartition(":")[2]))
            return
        source = f"{region}/{_id(parameters['SourceDBClusterIdentifier'].rpartition(':')[2])}"
        moment = _seconds(parameters.get("RestoreToTime"))
        await backups.to_time(
            cluster,
            source,
            moment,
            self._databases.writer(source),
        )

    def _tell_cluster(self, cluster: str, status: str) -> None:
        region, _, name = cluster.partition("/")
        document = {"Status": status, "Writer": None, "AsOfRequest": self.heard("cluster", region, name)}
        self._ground.control_plane.report("rds", region, "cluster", name, document)

    async def _writer(self, cluster: str) -> Server | None:
        deadline = _now() + _WRITER_SECONDS
        while _now() < deadline:
            if writer := self._databases.writer(cluster):
                return writer
            await asyncio.sleep(_PAUSE_SECONDS)
        return None

    # What was heard

    def _hear(self, request: Request, kind: str, key: str, region: str | None = None) -> None:
        self._check_generation()
        self._heard[kind, region or request.region, key] = request.id

    def _check_generation(self) -> None:
        """Another emulator numbers its requests anew."""
        generation = self._ground.control_plane.seen.generation
        if generation != self._generation:
            self._generation, self._heard = generation, {}


async def _logged(work: Callable[[], Awaitable[None]]) -> None:
    """What fails is told in the log; the other work goes on."""
    try:
        await work()
    except RuntimeFailure as error:
        _log.warning("%s", error)
    except Exception:
        _log.exception("a request to the databases failed")


def _cluster(document: dict[str, Any]) -> str:
    return f"{document['region']}/{_id(document['parameters']['DBClusterIdentifier'])}"


def _id(name: str) -> str:
    """Identifiers are stored in lower case. Source: RDS API reference, `CreateDBCluster`."""
    return name.lower()


def _plain(parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        name: it if isinstance(it, str | int | float | bool) else str(it) for name, it in parameters.items()
    }


def _seconds(moment: str | float | None) -> float | None:
    """Seconds since the epoch of a time in either of the forms in which it comes."""
    return datetime.datetime.fromisoformat(moment).timestamp() if isinstance(moment, str) else moment


def _now() -> float:
    return asyncio.get_running_loop().time()
