"""The partners' stand-ins: one process outside all zones, started again when it ends."""

import asyncio
import logging
import os
import sys

import httpx

from twin.runtime.directory import Backend
from twin.runtime.ground import Ground
from twin.runtime.processes import Process

__all__ = ["KEY", "PartnersPart"]

_log = logging.getLogger(__name__)

KEY = "partners"
"""Of the directory's table."""

_PORT = 8000
_MODULE = "workload.partners"
_AGAIN_SECONDS = 0.5
_READY_SECONDS = 30.0
_POLL_SECONDS = 0.05


class PartnersPart:
    """Answers for ``*.partners.<domain>``. Their ledgers are in a folder, and outlast the process."""

    name = "partners"

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._process: Process | None = None

    async def run(self) -> None:
        while True:
            process = self._process
            if process is None or not process.is_running:
                process = self._process = self._start()
            await self._answers(process)
            backend = Backend(self._ground.addresses.partners, _PORT, None)
            self._ground.directory.partners.put(KEY, backend)
            await process.exited.wait()
            self._ground.directory.partners.drop(KEY)
            _log.warning("the partners' stand-ins ended with %s and are started again", process.exit_code)
            await asyncio.sleep(_AGAIN_SECONDS)

    def _start(self) -> Process:
        folder = self._ground.folder / "partners"
        folder.mkdir(parents=True, exist_ok=True)
        address = self._ground.addresses.partners
        command = [sys.executable, "-m", _MODULE, "--host", address, "--port", str(_PORT), "--folder", folder]
        environment = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
        log = self._ground.log("partners.log")
        return self._ground.processes.start(
            "partners", command, zone=None, log=log, environment=environment, folder=folder
        )

    async def _answers(self, process: Process) -> None:
        """It answers, or has ended. Raises: TimeoutError: neither within the time that it is given."""
        url = f"http://{self._ground.addresses.partners}:{_PORT}/"
        async with httpx.AsyncClient(timeout=1, trust_env=False) as client, asyncio.timeout(_READY_SECONDS):
            while process.is_running:
                try:
                    await client.get(url)
                    return
                except httpx.HTTPError:
                    await asyncio.sleep(_POLL_SECONDS)
