"""One node's Valkey server: started, asked, told whom to follow."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from valkey.asyncio import Valkey
from valkey.exceptions import ValkeyError

from twin.runtime.binaries import VALKEY, find
from twin.runtime.cache.configuration import CONTROL_USER, access_file, access_list, configuration
from twin.runtime.cache.model import Answer, Group, Node, Observed, Role
from twin.runtime.ground import Ground
from twin.runtime.processes import Process

__all__ = ["ANSWER_SECONDS", "Server"]

_log = logging.getLogger(__name__)

ANSWER_SECONDS = 1.0
"""How long a node may take over an answer. Assumption: AWS does not say."""

_LARGEST_LOG_BYTES = 4_000_000


@dataclass
class Server:
    """A node and its process, if it has one.

    Attributes: password: of the controller and the replicas, the same in a whole group.
    """

    ground: Ground
    group: Group
    node: Node
    address: str
    password: str
    process: Process | None = None
    _client: Valkey | None = None

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.is_running

    @property
    def folder(self) -> Path:
        return self.ground.folder / "caches" / self.group.region / self.node.name

    async def start(self, upstream: tuple[str, int] | None) -> None:
        """A process runs, and holds nothing yet. Raises: ZoneIsOff."""
        await self.leave()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        settings = self.folder / "valkey.conf"
        settings.write_text(configuration(self.group, self.address, self.folder, self.password, upstream))
        settings.chmod(0o600)
        self._write_users()
        log = self.ground.log("caches", self.group.region, f"{self.node.name}.log")
        if log.exists() and log.stat().st_size > _LARGEST_LOG_BYTES:
            log.unlink()
        self.process = self.ground.processes.start(
            f"valkey {self.node.name}", [find(VALKEY), settings], zone=self.node.zone, log=log
        )

    def kill(self) -> None:
        """It is dead, or will be when the kernel gets to it."""
        if self.process:
            self.process.kill()

    async def ended(self) -> None:
        """Nothing of it is left."""
        await self.leave()
        if self.process:
            await self.process.stop(0)

    async def look(self) -> Observed:
        """What it says of itself now, and that it says nothing where it does not within `ANSWER_SECONDS`."""
        if not self.is_running:
            return Observed()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return Observed(True, _answer(await self._connection().info("replication")))
        except (ValkeyError, OSError, TimeoutError):
            await self.leave()
            return Observed(self.is_running)

    async def information(self) -> Mapping[str, Any] | None:
        """All that it says of itself; None where it does not within `ANSWER_SECONDS`."""
        if not self.is_running:
            return None
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._connection().info()
        except (ValkeyError, OSError, TimeoutError):
            return None

    async def promote(self) -> None:
        await self._tell("REPLICAOF", "NO", "ONE")

    async def follow(self, upstream: tuple[str, int]) -> None:
        await self._tell("REPLICAOF", upstream[0], str(upstream[1]))

    async def admit(self) -> None:
        """Its users are those of its group; who lost an access is disconnected."""
        if not self.is_running or not self._write_users():
            return
        await self._tell("ACL", "LOAD")

    async def leave(self) -> None:
        """No connection to it is used any more; one that a frozen server keeps open is left to it."""
        client, self._client = self._client, None
        if client:
            with contextlib.suppress(ValkeyError, OSError):
                await client.aclose()

    def _write_users(self) -> bool:
        file, wanted = access_file(self.folder), access_list(self.group, self.password)
        if file.exists() and file.read_text() == wanted:
            return False
        file.touch(mode=0o600)
        file.write_text(wanted)
        return True

    async def _tell(self, *words: str) -> None:
        """It was told, or does not answer: then the next look shows it, and the next step tells it again."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._connection().execute_command(*words)
        except (ValkeyError, OSError, TimeoutError) as error:
            _log.warning("%s does not take %s: %s", self.node.name, " ".join(words), error)
            await self.leave()

    def _connection(self) -> Valkey:
        if self._client is None:
            self._client = Valkey(
                host=self.address,
                port=self.group.port,
                username=CONTROL_USER,
                password=self.password,
                socket_timeout=ANSWER_SECONDS,
                socket_connect_timeout=ANSWER_SECONDS,
                single_connection_client=False,
            )
        return self._client


def _answer(info: dict[str, Any]) -> Answer:
    """Source: Valkey's INFO command, section "replication"."""
    if info["role"] == "master":
        return Answer(Role.PRIMARY, int(info["master_repl_offset"]))
    return Answer(
        Role.REPLICA,
        int(info.get("slave_repl_offset", 0)),
        (str(info["master_host"]), int(info["master_port"])),
        info["master_link_status"] == "up" and not int(info.get("master_sync_in_progress", 0)),
    )
