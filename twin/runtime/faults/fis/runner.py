"""Carries out one experiment, and reports every change of it."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from twin.runtime.control_plane import Document
from twin.runtime.exceptions import ControlPlaneAway
from twin.runtime.faults.fis.actions import Deed, Deeds
from twin.runtime.faults.fis.exceptions import ActionFailed
from twin.runtime.faults.fis.model import Action, Experiment, Status, Step, seconds_of
from twin.runtime.faults.fis.plan import Outcome, orders, outcome
from twin.runtime.faults.fis.targets import Resource, resolve

__all__ = ["Runner"]

_RUNNING = (Status.RUNNING, "Experiment is running.")

_HALTED = "Experiment halted by stop condition."
"""The words are assumed: the user guide says only that FIS stops the experiment."""

_ALARM_SECONDS = 1.0
"""Between two looks at the alarms of stop conditions. Assumed: it is not documented."""

_POLL_SECONDS = 0.1
_AGAIN_SECONDS = 0.5


class Runner:
    """Attributes: experiment; asked: id of the last request about it that was heard.

    Args: report: is given the experiment's document.
    """

    def __init__(
        self, experiment: Experiment, deeds: Deeds, report: Callable[[Document], None], asked: int
    ) -> None:
        self.experiment, self.asked = experiment, asked
        self._deeds, self._tell = deeds, report
        self._steps = {action.name: Step() for action in experiment.actions}
        self._at_work: dict[str, Deed] = {}
        self._is_stopping = asyncio.Event()
        self._started_at = time.time()
        self._looked_at = float("-inf")
        self._is_halted = False
        self._chance = random.Random(experiment.id)  # noqa: S311

    def stop(self, asked: int) -> None:
        """What runs ends now, and nothing more begins."""
        self.asked = asked
        self._is_stopping.set()

    async def run(self) -> None:
        """The experiment is over, and what lasted has been ended, also where this is cancelled."""
        try:
            self._report(*_RUNNING)
            while (ended := self._outcome()) is None:
                await self._step()
                await asyncio.sleep(_POLL_SECONDS)
            self._report(ended.status, ended.reason, time.time())
        finally:
            for name in list(self._at_work):
                await self._end(name, Status.STOPPED)

    def _outcome(self) -> Outcome | None:
        found = outcome(self.experiment, self._steps, is_stopping=self._is_stopping.is_set())
        return replace(found, reason=_HALTED) if found and self._is_halted else found

    async def _step(self) -> None:
        now = time.time()
        if await self._is_alarmed():
            self._is_halted = True
            self._is_stopping.set()
        wanted = orders(self.experiment, self._steps, now, is_stopping=self._is_stopping.is_set())
        for name in wanted.cancel:
            self._put(name, status=Status.CANCELLED, reason="Action was cancelled.", ended_at=now)
        for name in wanted.end:
            await self._end(name, wanted.end_as)
        await asyncio.gather(*(self._begin(it) for it in self.experiment.actions if it.name in wanted.begin))

    async def _is_alarmed(self) -> bool:
        """Whether an alarm of a stop condition is in ALARM; what cannot be asked now is asked again."""
        names, now = self.experiment.stop_alarms, time.monotonic()
        if not names or self._is_stopping.is_set() or now - self._looked_at < _ALARM_SECONDS:
            return False
        self._looked_at = now
        try:
            answer = await self._deeds.ground.control_plane.call(
                "cloudwatch",
                self.experiment.region,
                "describe_alarms",
                AlarmNames=list(names),
                StateValue="ALARM",
            )
        except (ClientError, ControlPlaneAway):
            return False
        return bool(answer.get("MetricAlarms") or answer.get("CompositeAlarms"))

    async def _begin(self, action: Action) -> None:
        self._put(
            action.name, status=Status.INITIATING, reason="Action is initiating.", started_at=time.time()
        )
        try:
            await self._begun(action)
        except (ActionFailed, ClientError, ControlPlaneAway) as error:
            await self._end(action.name, Status.FAILED, str(error))

    async def _begun(self, action: Action) -> None:
        resources = await self._resources(action)
        if not resources and action.target:
            if not self.experiment.skips_empty_targets:
                raise ActionFailed("Target resolution returned empty set.")
            self._put(action.name, status=Status.SKIPPED, reason="No target was found.", ended_at=time.time())
            return
        seconds = seconds_of(action.parameters["duration"]) if "duration" in action.parameters else 0.0
        deed = self._deeds.of(action, self.experiment.region, resources, self.experiment.id)
        self._at_work[action.name] = deed
        await deed.begin()
        ends_at = time.time() + self._deeds.ground.profile.declared(seconds)
        self._put(action.name, status=Status.RUNNING, reason="Action is running.", ends_at=ends_at)

    async def _resources(self, action: Action) -> list[Resource]:
        if action.target is None:
            return []
        plane, region = self._deeds.ground.control_plane, self.experiment.region
        return await resolve(plane, region, action.target, self._chance)

    async def _end(self, name: str, status: Status, reason: str = "") -> None:
        """It has ended. While the control plane is away that takes as long as it is."""
        deed = self._at_work.get(name)
        while deed:
            try:
                await deed.end()
                break
            except ControlPlaneAway:
                await asyncio.sleep(_AGAIN_SECONDS)
        self._at_work.pop(name, None)
        said = reason or f"Action {status}."
        self._put(name, status=status, reason=said[:512], ended_at=time.time())

    def _put(self, name: str, **members: Any) -> None:
        self._steps[name] = replace(self._steps[name], **members)
        self._report(*_RUNNING)

    def _report(self, status: Status, reason: str, ended_at: float | None = None) -> None:
        """Source: FIS API reference, Experiment."""
        document: Document = {
            "state": {"status": status.value, "reason": reason[:512]},
            "startTime": self._started_at,
            "actions": {name: _shown(step) for name, step in self._steps.items()},
            "AsOfRequest": self.asked,
        }
        self._tell(document | ({"endTime": ended_at} if ended_at else {}))


def _shown(step: Step) -> Document:
    times = {"startTime": step.started_at, "endTime": step.ended_at}
    state = {"status": step.status.value, "reason": step.reason}
    return {"state": state, **{name: at for name, at in times.items() if at is not None}}
