"""The fault endpoint and the runner of FIS experiments, in the supervisor."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Iterator, Mapping

import uvicorn

from twin.record import RecordFile, this_process
from twin.runtime.egress.faults import EgressFaults
from twin.runtime.faults.endpoint import application
from twin.runtime.faults.fis.experiments import Experiments
from twin.runtime.faults.kinds import parse
from twin.runtime.faults.ledger import Ledger
from twin.runtime.faults.status import Teller, status
from twin.runtime.faults.works import Works
from twin.runtime.ground import Ground
from twin.runtime.process import RECORD
from twin.runtime.supervisor import PartState
from twin.runtime.undertaker import JOURNAL, thaw

__all__ = ["FaultPart"]

_log = logging.getLogger(__name__)

_LOOPBACK = "127.0.0.1"


class FaultPart:
    """Serves faults and status, and leaves the record by which the supervisor is found.

    Attributes: endpoint: its URL, once it listens, and the same for as long as the supervisor lives.

    Args:
        states: of all parts, for the status.
        egress: faults that the egress carries out.
        tellers: of more members of the status.
    """

    name = "faults"

    def __init__(
        self,
        ground: Ground,
        states: Mapping[str, PartState],
        egress: EgressFaults,
        tellers: Mapping[str, Teller] | None = None,
    ) -> None:
        self.endpoint = ""
        self._ground, self._states, self._tellers = ground, states, tellers or {}
        self._port = 0
        self._journal = ground.folder / JOURNAL
        self._has_looked_back = False
        self._experiments = Experiments(ground)
        self.ledger = Ledger(self._journal, Works(ground, egress))

    async def run(self) -> None:
        self._look_back()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._serve())
            tasks.create_task(self._experiments.run())

    def _look_back(self) -> None:
        """Nothing is left of an earlier supervisor's faults: all but what it froze outside of it died with it."""
        if not self._has_looked_back:
            thaw(self._journal)
            self._journal.unlink(missing_ok=True)
        self._has_looked_back = True

    async def _serve(self) -> None:
        with self._listening() as listener:
            settings, zones = self._ground.settings, self._ground.zones.names
            regions = [region.name for region in settings.regions]
            app = application(
                self.ledger,
                lambda document: parse(document, zones, regions),
                lambda: status(self._ground, self._states, self.ledger, self._tellers),
            )
            config = uvicorn.Config(
                app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
            )
            await _until_cancelled(_Server(config), listener)

    @contextlib.contextmanager
    def _listening(self) -> Iterator[socket.socket]:
        """A socket on loopback, whose port is on record."""
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((_LOOPBACK, self._port))
            listener.listen()
            self._port = listener.getsockname()[1]
            self.endpoint = f"http://{_LOOPBACK}:{self._port}"
            folder = self._ground.folder
            folder.mkdir(parents=True, exist_ok=True)
            RecordFile(folder, RECORD).write(this_process(self._port, self._ground.run))
            _log.info("faults are asked for at %s", self.endpoint)
            yield listener


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the supervisor's."""
        yield


async def _until_cancelled(server: uvicorn.Server, listener: socket.socket) -> None:
    """It has served, and has closed what it had open."""
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await serving
