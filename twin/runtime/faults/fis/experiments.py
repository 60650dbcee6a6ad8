"""Hears which experiments are started and stopped, and keeps one runner for each."""

import asyncio
import json
import logging
import time
from pathlib import Path

from botocore.exceptions import ClientError

from twin.runtime.control_plane import Document, Request
from twin.runtime.exceptions import ControlPlaneAway
from twin.runtime.faults.fis.actions import Deeds
from twin.runtime.faults.fis.connectivity import Swaps
from twin.runtime.faults.fis.model import experiment
from twin.runtime.faults.fis.runner import Runner
from twin.runtime.ground import Ground

__all__ = ["Experiments"]

_log = logging.getLogger(__name__)

_SERVICE, _KIND = "fis", "experiment"
_AGAIN_SECONDS = 0.5


class Experiments:
    """FIS, as far as this twin does it. An experiment ends with its supervisor, and the next one restores."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._journal = ground.folder / "experiments.json"
        self._swaps = Swaps(ground.control_plane, ground.folder / "network-acls.json")
        self._deeds = Deeds(ground, self._swaps)
        self._runners: dict[str, Runner] = {}
        self._requests: asyncio.Queue[Request] = asyncio.Queue()

    async def run(self) -> None:
        self._ground.control_plane.take(
            _SERVICE, ("StartExperiment", "StopExperiment"), self._requests.put_nowait
        )
        self._runners.clear()
        await self._restore()
        async with asyncio.TaskGroup() as tasks:
            while True:
                request = await self._requests.get()
                if request.operation == "StopExperiment":
                    self._stop(request)
                elif runner := await self._runner(request):
                    tasks.create_task(self._carry_out(runner))

    async def _restore(self) -> None:
        """What experiments of an earlier supervisor had changed is as it was, and they have failed."""
        while True:
            try:
                for swap in self._swaps.all():
                    await self._swaps.undo(swap)
                break
            except ControlPlaneAway:
                await asyncio.sleep(_AGAIN_SECONDS)
        for experiment_id, region in _read(self._journal).items():
            reason = "The supervisor that carried it out has ended."
            state = {"status": "failed", "reason": reason}
            self._report(region, experiment_id, {"state": state, "endTime": time.time()})
        self._write()

    async def _runner(self, request: Request) -> Runner | None:
        """Of the experiment that was started, whose id the answer to the call has."""
        experiment_id, region = request.answer["id"], request.region
        try:
            answer = await self._ground.control_plane.call(
                _SERVICE, region, "get_experiment", id=experiment_id
            )
        except (ClientError, ControlPlaneAway) as error:
            _log.warning("experiment %s cannot be carried out: %s", experiment_id, error)
            return None
        found = experiment(region, answer["experiment"])
        runner = Runner(found, self._deeds, lambda it: self._report(region, experiment_id, it), request.id)
        self._runners[experiment_id] = runner
        self._write()
        return runner

    async def _carry_out(self, runner: Runner) -> None:
        """Where this is cancelled, the next supervisor finds it in the journal."""
        await runner.run()
        del self._runners[runner.experiment.id]
        self._write()

    def _stop(self, request: Request) -> None:
        if runner := self._runners.get(request.parameters["id"]):
            runner.stop(request.id)

    def _report(self, region: str, experiment_id: str, document: Document) -> None:
        self._ground.control_plane.report(_SERVICE, region, _KIND, experiment_id, document)

    def _write(self) -> None:
        self._journal.parent.mkdir(parents=True, exist_ok=True)
        at_work = {it.experiment.id: it.experiment.region for it in self._runners.values()}
        self._journal.write_text(json.dumps(at_work))


def _read(journal: Path) -> dict[str, str]:
    try:
        return json.loads(journal.read_text())
    except (OSError, ValueError):
        return {}
