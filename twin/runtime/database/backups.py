"""Base backups and the log between them, snapshots, and clusters made from either."""

import asyncio
import contextlib
import datetime
import json
import shutil
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from twin.runtime.database.configuration import HBA, server_settings
from twin.runtime.database.exceptions import DatabaseFailure, ServerNotReady, SessionFailed
from twin.runtime.database.programs import Programs
from twin.runtime.database.server import Server
from twin.runtime.database.session import Session
from twin.runtime.database.storage import Storage
from twin.runtime.database.window import Base, base_for, is_due, kept, obsolete_segments, start_segment

__all__ = ["Backups", "Window"]

_COPY_SECONDS = 300.0
_ARCHIVE_SECONDS = 20.0
_RECOVERY_SECONDS = 300.0
_STOP_SECONDS = 30.0
_ASK_SECONDS = 5.0
_PAUSE_SECONDS = 0.05


@dataclass(frozen=True)
class Window:
    """Attributes: earliest, latest: seconds since the epoch between which a cluster can be restored."""

    earliest: float
    latest: float


@dataclass(frozen=True)
class _Spot:
    key: str
    zone: str | None = None


class Backups:
    """Regional, as AWS's: no zone's loss touches them. Args: administration: address for servers that only restore."""

    def __init__(self, storage: Storage, programs: Programs, administration: str) -> None:
        self._storage, self._programs, self._administration = storage, programs, administration
        self._archived_at: dict[str, float] = {}

    def window(self, cluster: str) -> Window | None:
        """None while there is no backup yet."""
        bases = self._bases(cluster)
        if not bases:
            return None
        earliest = min(it.ended_at for it in bases)
        return Window(earliest, max(earliest, self._archived_at.get(cluster, 0.0)))

    async def care(self, cluster: str, writer: Server, retention_days: int) -> None:
        """There is a recent base backup, and no more is kept than is needed. Raises: DatabaseFailure"""
        archived = await writer.errands.value(_ARCHIVED, _ASK_SECONDS)
        self._archived_at[cluster] = archived or 0.0
        size = await asyncio.to_thread(_size, self._storage.archive(cluster))
        if is_due(self._bases(cluster), size, time.time()):
            await self._base_backup(cluster, writer)
            await asyncio.to_thread(self._prune, cluster, retention_days, size)

    async def snapshot(self, region: str, name: str, writer: Server) -> None:
        """The snapshot holds what the cluster holds. Raises: DatabaseFailure"""
        folder = self._storage.snapshot(region, name)
        draft = folder.with_name(f".{name}")
        await self._copy_server(draft, writer, _Spot(f"{region}/snapshots/{name}"))
        draft.rename(folder)

    def drop_snapshot(self, region: str, name: str) -> None:
        shutil.rmtree(self._storage.snapshot(region, name), ignore_errors=True)

    def drop_cluster(self, cluster: str) -> None:
        """Automated backups go with their cluster. Source: Aurora user guide, "Deleting Aurora DB clusters"."""
        for folder in (self._storage.bases(cluster), self._storage.archive(cluster)):
            shutil.rmtree(folder, ignore_errors=True)

    # Restoring

    async def from_snapshot(self, cluster: str, region: str, name: str) -> None:
        """The cluster's first instance will hold what the snapshot holds. Raises: DatabaseFailure"""
        draft = await self._draft(cluster, self._storage.snapshot(region, name))
        draft.rename(self._storage.volume(cluster))

    async def to_time(self, cluster: str, source: str, moment: float | None, writer: Server | None) -> None:
        """The cluster's first instance will hold what the source held then.

        Args: moment: seconds since the epoch, None for the latest. writer: of the source, if it has one now.

        Raises: DatabaseFailure
        """
        if writer:
            with contextlib.suppress(DatabaseFailure):
                await self._archive_all(writer)
        base = base_for(self._bases(source), moment)
        if base is None:
            raise ServerNotReady(source, f"has no backup from before {moment}")
        draft = await self._draft(cluster, self._storage.bases(source) / base.name)
        try:
            await self._recover(draft, cluster, self._storage.archive(source), moment)
        except ServerNotReady:
            if moment is None:
                raise
            # Nothing was committed after that moment that the archive has: all of it is what there was.
            await self._recover(draft, cluster, self._storage.archive(source), None)
        draft.rename(self._storage.volume(cluster))

    async def _draft(self, cluster: str, source: Path) -> Path:
        volume = self._storage.volume(cluster)
        draft = volume.with_name(f".{volume.name}")
        for folder in (volume, draft):
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        await self._programs.copy_tree(source, draft, _Spot(f"{cluster}/volume"), _COPY_SECONDS)
        return draft

    async def _archive_all(self, writer: Server) -> None:
        """Everything that is committed now is in the archive."""
        await writer.errands.rows(_MARK, _ASK_SECONDS)
        name = await writer.errands.value(_SWITCH, _ASK_SECONDS)
        deadline = asyncio.get_running_loop().time() + _ARCHIVE_SECONDS
        while not (writer.archive / name).exists():
            if asyncio.get_running_loop().time() > deadline:
                raise ServerNotReady(writer.place.key, f"did not archive within {_ARCHIVE_SECONDS:g} s")
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _recover(self, data: Path, cluster: str, archive: Path, moment: float | None) -> None:
        port = _free_port(self._administration)
        self._storage.write(data / "postgresql.conf", server_settings({}))
        self._storage.write(data / "node.conf", _recovery(self._administration, port, archive, moment))
        self._storage.write(data / "pg_hba.conf", HBA)
        self._storage.write(data / "recovery.signal", "")
        (data / "postmaster.pid").unlink(missing_ok=True)
        spot = _Spot(f"{cluster}/volume")
        process = self._programs.serve(data, spot)
        session = Session(spot.key, self._administration, port)
        try:
            await self._until_recovered(session, lambda: process.is_running, spot.key)
        finally:
            session.close()
            await process.stop(_STOP_SECONDS, signal.SIGINT)

    async def _until_recovered(self, session: Session, is_running: Callable[[], bool], name: str) -> None:
        async with asyncio.timeout(_RECOVERY_SECONDS):
            while True:
                with contextlib.suppress(SessionFailed):
                    if not await session.value("select pg_is_in_recovery()", _ASK_SECONDS):
                        return
                if not is_running():
                    raise ServerNotReady(name, "did not reach the moment that was asked for")
                await asyncio.sleep(_PAUSE_SECONDS)

    # Keeping

    async def _base_backup(self, cluster: str, writer: Server) -> None:
        folder = self._storage.bases(cluster)
        draft = folder / ".draft"
        await self._copy_server(draft, writer, _Spot(f"{cluster}/base"))
        ended_at = time.time()
        facts = {"ended_at": ended_at, "first_segment": start_segment((draft / "backup_label").read_text())}
        draft.rename(folder / f"base-{int(ended_at * 1000)}")
        (folder / f"base-{int(ended_at * 1000)}.json").write_text(json.dumps(facts))

    async def _copy_server(self, target: Path, writer: Server, spot: _Spot) -> None:
        await asyncio.to_thread(shutil.rmtree, target, ignore_errors=True)
        place = (writer.place.address, writer.place.port)
        await self._programs.base_backup(target, place, spot, _COPY_SECONDS)

    def _bases(self, cluster: str) -> list[Base]:
        found: list[Base] = []
        for file in self._storage.bases(cluster).glob("base-*.json"):
            facts = json.loads(file.read_text())
            found.append(Base(file.stem, facts["ended_at"], facts["first_segment"]))
        return found

    def _prune(self, cluster: str, retention_days: int, size: int) -> None:
        bases, folder, archive = (
            self._bases(cluster),
            self._storage.bases(cluster),
            self._storage.archive(cluster),
        )
        needed = kept(bases, retention_days, size, time.time())
        for base in bases:
            if base not in needed:
                (folder / f"{base.name}.json").unlink()
                shutil.rmtree(folder / base.name, ignore_errors=True)
        for name in obsolete_segments((it.name for it in archive.iterdir()), needed):
            (archive / name).unlink(missing_ok=True)


_ARCHIVED = "select extract(epoch from last_archived_time)::float8 from pg_stat_archiver"
_MARK = "select pg_logical_emit_message(true, 'estate', 'end')"
_SWITCH = "select pg_walfile_name(pg_switch_wal())"


def _recovery(address: str, port: int, archive: Path, moment: float | None) -> str:
    lines = {
        "listen_addresses": address,
        "port": str(port),
        "archive_mode": "off",
        "max_connections": "100",
        "hot_standby": "off",
        "restore_command": f'cp "{archive}/%f" "%p"',
        "recovery_target_timeline": "latest",
    }
    if moment is not None:
        lines["recovery_target_time"] = datetime.datetime.fromtimestamp(moment, datetime.UTC).isoformat()
        lines["recovery_target_action"] = "promote"
    return "".join(f"{name} = '{value}'\n" for name, value in lines.items())


def _free_port(address: str) -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


def _size(folder: Path) -> int:
    """Bytes on disk, which of a sparse file are fewer than its length."""
    return sum(it.stat().st_blocks * 512 for it in folder.iterdir() if it.is_file())
