"""One PostgreSQL server: a data directory, and a process while it runs."""

import asyncio
import contextlib
import shutil
import signal
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from twin.runtime.database.configuration import (
    HBA,
    application_name,
    node_settings,
    server_settings,
    synchronous_standby_names,
)
from twin.runtime.database.exceptions import ServerNotReady, SessionFailed
from twin.runtime.database.leftovers import clear
from twin.runtime.database.programs import Programs
from twin.runtime.database.session import Session, answers
from twin.runtime.database.storage import Storage
from twin.runtime.processes import Process

__all__ = ["Place", "Server"]

_READY_SECONDS = 20.0
_RETIRE_SECONDS = 4.0
_COPY_SECONDS = 120.0
_PROMOTE_SECONDS = 15.0
_RELOAD_SECONDS = 1.0
_SETTLE_SECONDS = 0.2
_PAUSE_SECONDS = 0.02
_PROBE_SECONDS = 1.0

_STANDBY = "standby.signal"
_INITDB = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions", "--wal-segsize=1")
"""A small segment, so that one that was left unfinished takes little of the archive."""

_FLUSHED = "select (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint"
_DISMISS = "select pg_terminate_backend(pid) from pg_stat_replication where application_name = any(%s)"


@dataclass(frozen=True)
class Place:
    """Where a server stands. Attributes: key: ``region/cluster/instance``; zone: None outside all zones."""

    key: str
    zone: str | None
    address: str
    port: int


class Server:
    """Attributes:
    upstream: key of whom it follows. names: keys of whom it waits for as a writer.
    waits_from: where its log was when it surely waited for them; None while that is not sure.
    session, errands: the one for looking and leading, the other for what may take its time.
    final: where its log ends since it was shut down in order.
    """

    def __init__(self, place: Place, data: Path, archive: Path, storage: Storage, programs: Programs) -> None:
        self.place, self.data = place, data
        self.upstream: str | None = None
        self.names: frozenset[str] = frozenset()
        self.waits_from: int | None = None
        self.final: int | None = None
        self.parameters: Mapping[str, str] = {}
        self.session = Session(place.key, place.address, place.port)
        self.errands = Session(place.key, place.address, place.port)
        self.archive, self._storage, self._programs = archive, storage, programs
        self._source: tuple[str, int] | None = None
        self._process: Process | None = None
        self._is_promoting = False

    @property
    def has_data(self) -> bool:
        return (self.data / "PG_VERSION").exists() and not self._unfinished.exists()

    @property
    def is_standby_data(self) -> bool:
        return (self.data / _STANDBY).exists()

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.is_running

    @property
    def may_write(self) -> bool:
        """It runs, and nothing but time keeps it from accepting commits."""
        return self.is_running and (self._is_promoting or not self.is_standby_data)

    @property
    def process(self) -> Process | None:
        return self._process

    # Data

    async def initialise(self) -> None:
        """An empty cluster is there. Raises: ServerCommandFailed"""
        with self._whole():
            await self._programs.run(
                "initdb",
                ["-D", self.data, "-U", "postgres", *_INITDB],
                self.place,
                _COPY_SECONDS,
            )

    async def copy(self, source: tuple[str, int]) -> None:
        """It holds what the server at the source holds, and is to follow. Raises: ServerCommandFailed"""
        await self.kill()
        await asyncio.to_thread(clear, self.data)
        with self._whole():
            await self._programs.base_backup(self.data, source, self.place, _COPY_SECONDS)
            self._storage.write(self.data / _STANDBY, "")

    async def rewind(self, source: tuple[str, int]) -> None:
        """What it has that the source has not is undone, and it is to follow. Raises: ServerCommandFailed"""
        await self.kill()
        await asyncio.to_thread(clear, self.data)
        self._configure()
        host, port = source
        connection = (
            f"host={host} port={port} user=postgres dbname=postgres sslmode=disable connect_timeout=5"
        )
        await self._programs.run(
            "pg_rewind",
            [f"--target-pgdata={self.data}", f"--source-server={connection}"],
            self.place,
            _COPY_SECONDS,
        )
        self._storage.write(self.data / _STANDBY, "")

    def adopt(self, folder: Path) -> None:
        """Its data directory is what was in the folder."""
        shutil.rmtree(self.data, ignore_errors=True)
        folder.rename(self.data)

    def discard(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self._unfinished.unlink(missing_ok=True)

    # Life

    async def start(
        self, upstream: str | None, source: tuple[str, int] | None, names: Iterable[str] = ()
    ) -> None:
        """It runs and answers. Raises: ZoneIsOff, ServerNotReady, SessionFailed"""
        self._lead(upstream, source, names)
        self._configure()
        await asyncio.to_thread(clear, self.data)
        self.final = None
        self._process = self._programs.serve(self.data, self.place)
        await self._until(self._is_ready, _READY_SECONDS, "was not ready")
        if self.may_write:
            self.waits_from = await self._flushed()

    async def retire(self) -> None:
        """It was shut down, and killed where that took too long."""
        if self._process:
            await self._process.stop(_RETIRE_SECONDS, signal.SIGINT)
        self._ended()
        self.final = await self._programs.final(self.data, self.place)

    async def kill(self) -> None:
        """Its processes are dead, even stopped ones."""
        if self._process and self._process.is_running:
            self._process.kill()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(10):
                    await self._process.exited.wait()
        self._ended()

    async def promote(self, names: Iterable[str]) -> None:
        """It accepts commits, and none without the names. Raises: ServerNotReady, SessionFailed"""
        self._is_promoting = True
        self._lead(None, None, names)
        self._reload()
        statement = f"select pg_promote(true, {int(_PROMOTE_SECONDS)})"
        if not await self.session.value(statement, _PROMOTE_SECONDS + 1):
            raise ServerNotReady(self.place.key, f"did not become the writer within {_PROMOTE_SECONDS:g} s")
        self.waits_from = await self._flushed()

    def follow(self, upstream: str, source: tuple[str, int]) -> None:
        """It turns to another writer."""
        self._lead(upstream, source, ())
        self._reload()

    async def wait_for(self, names: frozenset[str]) -> None:
        """It acknowledges no commit that none of the names has; of others it takes no word any more.

        Raises: ServerNotReady, SessionFailed
        """
        gone = [application_name(it, self.place.key) for it in self.names - names]
        self.names, self.waits_from = names, None
        self._reload()
        await self._until(self._has_reloaded, _RELOAD_SECONDS, "did not take its partners")
        await self.session.rows(_DISMISS, _RELOAD_SECONDS, gone)
        # The checkpointer tells the others, and no view shows that it has.
        await asyncio.sleep(_SETTLE_SECONDS)
        self.waits_from = await self._flushed()

    def configure(self, parameters: Mapping[str, str]) -> None:
        """Parameters act as far as they can without a restart, and wholly after one."""
        if parameters != self.parameters:
            self.parameters = dict(parameters)
            if self.is_running:
                self._reload()

    # How

    @property
    def _unfinished(self) -> Path:
        return self.data.with_suffix(".unfinished")

    @contextlib.contextmanager
    def _whole(self) -> Iterator[None]:
        """Data that is half made counts as none, also after a crash."""
        self.discard()
        self._unfinished.touch()
        yield
        self._unfinished.unlink()

    async def _until(self, holds: Callable[[], Awaitable[bool]], seconds: float, failed: str) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not await holds():
            if not self.is_running:
                raise ServerNotReady(self.place.key, "ended; see its log")
            if loop.time() > deadline:
                raise ServerNotReady(self.place.key, f"{failed} within {seconds:g} s")
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _has_reloaded(self) -> bool:
        return await self.session.value("show synchronous_standby_names", _RELOAD_SECONDS) == self._partners

    async def _flushed(self) -> int:
        return await self.session.value(_FLUSHED, _RELOAD_SECONDS)

    @property
    def _partners(self) -> str:
        return synchronous_standby_names(application_name(it, self.place.key) for it in self.names)

    def _lead(self, upstream: str | None, source: tuple[str, int] | None, names: Iterable[str]) -> None:
        self.upstream, self._source = upstream, source
        self.names, self.waits_from = frozenset(names), None

    def _configure(self) -> None:
        upstream = self.upstream or self.place.key
        node = node_settings(
            address=self.place.address,
            port=self.place.port,
            archive=self.archive,
            instance=self.place.key.rpartition("/")[2],
            upstream=self._source,
            name=application_name(self.place.key, upstream),
            partners=self._partners,
        )
        self._storage.write(self.data / "postgresql.conf", server_settings(self.parameters))
        self._storage.write(self.data / "node.conf", node)
        self._storage.write(self.data / "pg_hba.conf", HBA)

    def _reload(self) -> None:
        self._configure()
        if self._process and self._process.is_running:
            with contextlib.suppress(ProcessLookupError):
                self._process.popen.send_signal(signal.SIGHUP)

    async def _is_ready(self) -> bool:
        if not await answers(self.place.address, self.place.port, _PROBE_SECONDS):
            return False
        with contextlib.suppress(SessionFailed):
            return await self.session.value("select true", _PROBE_SECONDS)
        return False

    def _ended(self) -> None:
        self._is_promoting = False
        self.waits_from = None
        self.session.close()
        self.errands.close()
