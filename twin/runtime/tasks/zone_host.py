"""The fork server of one zone, as the scheduler uses it: started when it is needed, and again when it has ended."""

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from twin.runtime.ground import Ground
from twin.runtime.processes import MARK, Process
from twin.runtime.tasks.exceptions import HostLost

__all__ = ["Forked", "ZoneHost"]

_log = logging.getLogger(__name__)

KILLED = 128 + signal.SIGKILL
_READY_SECONDS = 60.0
_LATE_SECONDS = 0.5
_AGAIN_SECONDS = 1.0


@dataclass(eq=False)
class Forked:
    """A task's process.

    Attributes:
        code: its exit code, once it is known. ended: set once the process has ended.
        is_host_lost: it ended because its host did.
    """

    pid: int
    descriptor: int
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    code: int | None = None
    is_host_lost: bool = False

    def signal(self, number: int) -> None:
        """Sent to exactly this process, also while its host is frozen; nothing happens where it has ended."""
        if not self.ended.is_set():
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.descriptor, number)


class ZoneHost:
    """Args: preload: modules that tasks share. paths: folders from which they may be loaded beside the project's."""

    def __init__(self, ground: Ground, zone: str, preload: Sequence[str], paths: Iterable[Path] = ()) -> None:
        self._ground, self.zone = ground, zone
        self._preload, self._paths = preload, [str(it) for it in paths]
        self._process: Process | None = None
        self._starting: asyncio.Task[None] | None = None
        self._requests: asyncio.WriteTransport | None = None
        self._ready = asyncio.Event()
        self._started: dict[str, asyncio.Future[Forked]] = {}
        self._checked: dict[str, asyncio.Future[int]] = {}
        self._forked: dict[str, Forked] = {}
        self._pending = b""
        self._ids = count(1)

    @property
    def has_power(self) -> bool:
        return self._ground.zones.condition(self.zone).has_power

    async def start(
        self,
        task_id: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        niceness: int = 0,
    ) -> Forked:
        """The task's process.

        Args: niceness: how far it stands back behind the twin's other processes when cores are short, 0 to 19.
        Raises:
            HostLost: the host ended meanwhile.
            ZoneIsOff: the zone has no power.
        """
        await self._be_ready()
        log.parent.mkdir(parents=True, exist_ok=True)
        self._started[task_id] = answer = asyncio.get_running_loop().create_future()
        self._ask(task_id, arguments, environment, log, niceness=niceness)
        try:
            return await answer
        finally:
            self._started.pop(task_id, None)

    async def check(
        self, arguments: Sequence[str], environment: Mapping[str, str], log: Path, timeout_seconds: float
    ) -> bool:
        """Whether the command succeeds in time. A host that does not answer is a check that fails."""
        if not self._is_running() or not self._ready.is_set():
            return False
        check_id = f"check-{next(self._ids)}"
        self._checked[check_id] = answer = asyncio.get_running_loop().create_future()
        self._ask(check_id, arguments, environment, log, timeout_seconds=timeout_seconds)
        try:
            async with asyncio.timeout(timeout_seconds + _LATE_SECONDS):
                return await answer == 0
        except TimeoutError:
            return False
        finally:
            self._checked.pop(check_id, None)

    def _ask(
        self,
        id_: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        **further: float,
    ) -> None:
        request = {
            "id": id_,
            "arguments": list(arguments),
            "environment": {**environment, MARK: self._ground.run},
            "log": str(log),
            **further,
        }
        assert self._requests
        self._requests.write(json.dumps(request).encode() + b"\n")

    # The process

    def _is_running(self) -> bool:
        return self._process is not None and self._process.is_running

    async def _be_ready(self) -> None:
        while not self._is_running() or not self._ready.is_set():
            if self._starting is None or self._starting.done():
                self._starting = asyncio.create_task(self._begin())
            await asyncio.shield(self._starting)

    async def _begin(self) -> None:
        self._ready = asyncio.Event()
        self._pending = b""
        process = self._process = self._ground.processes.start(
            f"fork server of {self.zone}",
            [sys.executable, "-m", "twin.runtime.tasks.fork_server", *self._preload],
            zone=self.zone,
            log=self._ground.log("tasks", f"fork-server-{self.zone}.log"),
            environment={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(self._paths)},
            pipes=True,
        )
        try:
            await self._connect(process)
            waits = [asyncio.create_task(it.wait()) for it in (self._ready, process.exited)]
            try:
                await asyncio.wait(waits, timeout=_READY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for it in waits:
                    it.cancel()
        except BaseException:
            process.kill()
            raise
        if not self._ready.is_set():
            process.kill()
            await asyncio.sleep(_AGAIN_SECONDS)
            raise HostLost(self.zone)

    async def _connect(self, process: Process) -> None:
        loop = asyncio.get_running_loop()
        assert process.popen.stdin
        assert process.popen.stdout
        transport, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, process.popen.stdin)
        self._requests = transport
        descriptor = process.popen.stdout.fileno()
        os.set_blocking(descriptor, False)
        loop.add_reader(descriptor, self._read, process, descriptor)
        self._watching = asyncio.create_task(self._watch(process, descriptor))

    async def _watch(self, process: Process, descriptor: int) -> None:
        await process.exited.wait()
        self._read(process, descriptor)
        self._ready.clear()
        self._lose()
        asyncio.get_running_loop().remove_reader(descriptor)
        assert process.popen.stdout
        process.popen.stdout.close()
        if self._requests and not self._requests.is_closing():
            self._requests.abort()

    def _lose(self) -> None:
        """All that the host had forked is dead with it."""
        for answer in [*self._started.values(), *self._checked.values()]:
            if not answer.done():
                answer.set_exception(HostLost(self.zone))
                # Whoever asked may have stopped waiting.
                answer.exception()
        for id_, forked in list(self._forked.items()):
            forked.is_host_lost = True
            self._end(id_, KILLED)

    def _read(self, process: Process, descriptor: int) -> None:
        if process is not self._process:
            return
        with contextlib.suppress(BlockingIOError, OSError):
            while received := os.read(descriptor, 65_536):
                self._pending += received
        *lines, self._pending = self._pending.split(b"\n")
        for line in lines:
            self._hear(json.loads(line))

    def _hear(self, answer: Mapping[str, object]) -> None:
        match answer:
            case {"ready": _}:
                self._ready.set()
            case {"started": str(id_), "pid": int(pid)}:
                self._take(id_, pid)
            case {"exited": str(id_), "code": int(code)}:
                self._end(id_, code)
            case {"checked": str(id_), "code": int(code)}:
                waiting = self._checked.get(id_)
                if waiting and not waiting.done():
                    waiting.set_result(code)
            case _:
                _log.warning("the fork server of %s says %r", self.zone, answer)

    def _take(self, id_: str, pid: int) -> None:
        """A process that nobody waits for any more is ended at once."""
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            # It has ended, and been reaped: its exit code comes next.
            descriptor = -1
        forked = self._forked[id_] = Forked(pid, descriptor)
        if descriptor >= 0:
            asyncio.get_running_loop().add_reader(descriptor, self._has_ended, id_, forked)
        waiting = self._started.get(id_)
        if waiting and not waiting.done():
            waiting.set_result(forked)
        else:
            forked.signal(signal.SIGKILL)

    def _has_ended(self, id_: str, forked: Forked) -> None:
        """The kernel says so; the exit code comes from the host, unless that is frozen."""
        loop = asyncio.get_running_loop()
        loop.remove_reader(forked.descriptor)
        loop.call_later(_LATE_SECONDS, self._end, id_, KILLED, forked)

    def _end(self, id_: str, code: int, only: Forked | None = None) -> None:
        forked = self._forked.get(id_)
        if forked is None or (only is not None and forked is not only):
            return
        del self._forked[id_]
        forked.code = code
        if forked.descriptor >= 0:
            asyncio.get_running_loop().remove_reader(forked.descriptor)
            os.close(forked.descriptor)
        forked.ended.set()
