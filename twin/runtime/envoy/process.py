"""One Envoy: started, kept running, and told of changes one after the other."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path

from twin.runtime.binaries import ENVOY, find
from twin.runtime.envoy.administration import Administration, Unanswered
from twin.runtime.envoy.configuration import Configuration, Step, names, steps
from twin.runtime.envoy.discovery import Discovery
from twin.runtime.envoy.fragments import bootstrap
from twin.runtime.exceptions import ZoneIsOff
from twin.runtime.ground import Ground
from twin.runtime.processes import Process

__all__ = ["Envoy"]

_log = logging.getLogger(__name__)

_ACCEPT_SECONDS = 15.0
_AGAIN_SECONDS = 0.5
_DRAIN_SECONDS = 2
_FLUSH_MILLISECONDS = 250
_REPLACE_AT_BYTES = 64_000_000


class Envoy:
    """Args: address: its own, which those that it connects to see.

    Attributes:
    problem: why it does not do what it was last told; None while it does.
    restarts: how often it was started after it ended.
    """

    def __init__(self, ground: Ground, name: str, zone: str | None, region: str, address: str) -> None:
        self.name, self.zone, self.address = name, zone, address
        self.problem: str | None = None
        self.restarts = -1
        self.folder = ground.folder / "envoy" / name
        self.log = ground.log("envoy", f"{name}.log")
        self.access_log = ground.log("access", f"{name}.jsonl")
        self.health_events = ground.log("envoy", f"{name}-health.jsonl")
        self.administration = Administration(self.folder / "administration")
        self._ground = ground
        self._place = (zone, region, (address, ground.addresses.administration))
        self._discovery = Discovery()
        self._configuration = Configuration()
        self._process: Process | None = None
        self._wanted = Configuration()
        self._told = asyncio.Event()
        self._telling = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.is_running else None

    @property
    def configuration(self) -> Configuration:
        return self._configuration

    @property
    def is_told(self) -> bool:
        """It does what was last wanted of it, or has refused to."""
        return not self._told.is_set() and not self._telling.locked()

    def want(self, configuration: Configuration) -> None:
        """It will soon do what the configuration says, or go on as before and `problem` says why."""
        if configuration != self._wanted:
            self._wanted = configuration
            self._told.set()

    async def run(self) -> None:
        """It runs, unless its zone has no power, until cancelled; cancelled, it is left running for the next call."""
        await self._prepare()
        self._told.set()
        await asyncio.gather(self._keep_running(), self._keep_told())

    async def stop(self) -> None:
        """It has ended."""
        if self._process:
            await self._process.stop(1)
        await self.administration.close()

    async def _keep_told(self) -> None:
        while True:
            await self._told.wait()
            self._told.clear()
            await self.apply(self._wanted)

    async def _keep_running(self) -> None:
        while True:
            if self.pid is None and self._has_power():
                self._start()
            if self._process:
                await self._attend(self._process)
            else:
                await asyncio.sleep(_AGAIN_SECONDS)

    async def ready(self, deadline_seconds: float = 15.0) -> bool:
        """Whether it serves what it was told within the time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(deadline_seconds):
                while not await self.administration.is_ready():
                    await asyncio.sleep(0.05)
                return True
        return False

    async def apply(self, configuration: Configuration) -> None:
        """It does what the configuration says, or goes on as before and `problem` says why."""
        async with self._telling:
            old, self._configuration = self._configuration, configuration
            problems = [await self._take(step) for step in steps(old, configuration)]
            if problems:
                self._find(next(filter(None, problems), None))
            self._discovery.keep(names(configuration))

    # The process

    def _has_power(self) -> bool:
        return self.zone is None or self._ground.zones.condition(self.zone).has_power

    async def _prepare(self) -> None:
        await self._discovery.start(self._ground.addresses.administration)
        for name in ("listeners", "clusters"):
            if not self._configuration.listeners:
                self._discovery.put(name, ())
        for folder in (self.folder, self.log.parent, self.access_log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        told = bootstrap(self.name, *self._place, self._discovery.port)
        (self.folder / "bootstrap.json").write_text(json.dumps(told, indent=1))

    def _start(self) -> None:
        (self.folder / "administration").unlink(missing_ok=True)
        self.health_events.unlink(missing_ok=True)
        self._discovery.begin()
        with contextlib.suppress(ZoneIsOff):
            self._process = self._ground.processes.start(
                self.name, self._command(), zone=self.zone, log=self.log
            )
            self.restarts += 1
            self._reviewing = asyncio.create_task(self._review())

    async def _review(self) -> None:
        """What it was started with was accepted, or `problem` says why not."""
        known = tuple(names(self._configuration))
        if await self.ready() and not self._telling.locked():
            refused = self._discovery.is_refused(known)
            self._find(f"it refuses what it was started with: {self._reason()}" if refused else None)

    def _find(self, problem: str | None) -> None:
        if problem != self.problem:
            self.problem = problem
            if problem:
                _log.error("%s: %s", self.name, problem)

    def _command(self) -> Sequence[str | Path]:
        return [
            *(find(ENVOY), "-c", self.folder / "bootstrap.json", "-l", "warning"),
            *("--concurrency", "1", "--disable-hot-restart", "--reject-unknown-dynamic-fields"),
            *("--drain-time-s", str(_DRAIN_SECONDS), "--drain-strategy", "immediate"),
            *("--file-flush-interval-msec", str(_FLUSH_MILLISECONDS)),
            *("--admin-address-path", self.folder / "administration"),
        ]

    async def _attend(self, process: Process) -> None:
        """It has ended, or a while has passed."""
        self._keep_log_short()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                await process.exited.wait()
            _log.warning("%s ended with %s", self.name, process.exit_code)
            self._process = None
            await asyncio.sleep(_AGAIN_SECONDS)

    def _keep_log_short(self) -> None:
        with contextlib.suppress(OSError):
            if self.access_log.stat().st_size > _REPLACE_AT_BYTES:
                self.access_log.replace(self.access_log.with_suffix(".1.jsonl"))
                self._reopening = asyncio.create_task(self._reopen_logs())

    async def _reopen_logs(self) -> None:
        with contextlib.suppress(Unanswered):
            await self.administration.reopen_logs()

    # Its configuration

    async def _take(self, step: Step) -> str | None:
        """What keeps it from doing what the step says."""
        for name, resources in step.changes.items():
            self._discovery.put(name, resources)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _ACCEPT_SECONDS
        while self._can_be_told():
            if self._discovery.is_refused(step.awaited):
                return f"it refuses a change and goes on as before: {self._reason()}"
            if self._discovery.is_accepted(step.awaited) and await self._is_warm(step):
                return None
            if loop.time() > deadline:
                return f"it has not taken up a change of {', '.join(step.changes)} in {_ACCEPT_SECONDS} s"
            await self._discovery.wait(0.05)
        return None

    def _can_be_told(self) -> bool:
        """A process that is starting, or stands still, finds everything when it asks."""
        is_frozen = self.zone is not None and self._ground.zones.condition(self.zone).is_frozen
        return self.pid is not None and not is_frozen

    async def _is_warm(self, step: Step) -> bool:
        """New clusters have looked at their endpoints, so that routes may lead to them."""
        if "clusters" not in step.changes:
            return True
        with contextlib.suppress(Unanswered):
            return not (await self.administration.counters(_WARMING)).get(_WARMING)
        return False

    def _reason(self) -> str:
        with contextlib.suppress(OSError):
            lines = self.log.read_text(errors="replace").splitlines()
            said = [it for it in lines[-200:] if "reject" in it or "rror" in it or "nable" in it]
            return said[-1] if said else "it gives no reason"
        return "it has no log"


_WARMING = "cluster_manager.warming_clusters"
