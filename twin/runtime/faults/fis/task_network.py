"""A task whose packets are late or lost: its process stands still for a while, over and over.

AWS delays and drops packets in the task's network namespace, which needs root. Here the process is stopped and goes on
again: what it would have sent waits as long as a delayed or retransmitted packet does on average. Source: FIS user
guide, actions reference, aws:ecs:task-network-latency and aws:ecs:task-network-packet-loss. That it stands still in
turns, where AWS delays every packet alike, is this twin's approximation.
"""

import asyncio
import contextlib
import json
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from twin.runtime.faults.fis.exceptions import ActionFailed
from twin.runtime.faults.fis.model import Action
from twin.runtime.faults.fis.targets import Resource
from twin.runtime.ground import Ground
from twin.runtime.processes import signal_trees
from twin.runtime.undertaker import JOURNAL

__all__ = ["RHYTHMS", "Rhythm", "TaskNetwork", "latency", "packet_loss"]

MOVING_SECONDS = 0.05
"""For which it goes on between two stands: long enough to answer what has come meanwhile. A choice."""

RETRANSMISSION_SECONDS = 0.2
"""That a lost packet is late at least. Source: Linux, include/net/tcp.h, TCP_RTO_MIN."""

DEFAULT_DELAY_MS, DEFAULT_LOSS_PERCENT = 200.0, 7.0
"""Source: FIS user guide, actions reference, delayMilliseconds and lossPercent."""


@dataclass(frozen=True)
class Rhythm:
    """For how long a process stands still, and for how long it goes on before it does again."""

    still_seconds: float
    moving_seconds: float


def latency(parameters: Mapping[str, str]) -> Rhythm:
    """What comes while it stands still waits for half of that on average, so it is twice the delay."""
    delay_ms = _number(parameters, "delayMilliseconds", DEFAULT_DELAY_MS, 1, 60_000)
    return Rhythm(2 * delay_ms / 1000, MOVING_SECONDS)


def packet_loss(parameters: Mapping[str, str]) -> Rhythm:
    """It stands still for as large a share of time as packets are lost, a retransmission at a time."""
    percent = _number(parameters, "lossPercent", DEFAULT_LOSS_PERCENT, 1, 99)
    return Rhythm(RETRANSMISSION_SECONDS, RETRANSMISSION_SECONDS * (100 - percent) / percent)


def _number(parameters: Mapping[str, str], name: str, default: float, least: float, most: float) -> float:
    try:
        value = float(parameters.get(name, default))
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise ActionFailed(
            f"Parameter {name} is a number from {least:g} to {most:g}, got {parameters.get(name)!r}."
        )
    return value


class TaskNetwork:
    """The tasks keep the rhythm until it ends. One that is frozen, by itself or with its zone, stays frozen."""

    def __init__(self, ground: Ground, action: Action, resources: Sequence[Resource], rhythm: Rhythm) -> None:
        if "duration" not in action.parameters:
            raise ActionFailed(f"{action.id} must say its duration.")
        self._ground, self._rhythm = ground, rhythm
        self._tasks = {it.arn: str(it.document.get("availabilityZone")) for it in resources}
        self._going: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Raises: ActionFailed: one of the tasks does not run."""
        pids = self._ground.directory.task_pids
        if missing := [arn for arn in self._tasks if pids.get(arn) is None]:
            raise ActionFailed(f"Task {missing[0]} does not run.")
        self._going = asyncio.create_task(self._go())

    async def end(self) -> None:
        if self._going:
            self._going.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._going

    async def _go(self) -> None:
        try:
            while True:
                self._signal(signal.SIGSTOP)
                await asyncio.sleep(self._rhythm.still_seconds)
                self._signal(signal.SIGCONT)
                await asyncio.sleep(self._rhythm.moving_seconds)
        finally:
            self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        """Sent to those that no other fault holds."""
        held = _frozen(self._ground.folder / JOURNAL)
        for arn, zone in self._tasks.items():
            pid = self._ground.directory.task_pids.get(arn)
            is_held = self._ground.zones.condition(zone).is_frozen or not held.isdisjoint(_names(arn))
            if pid is not None and not is_held:
                signal_trees([pid], number)


def _frozen(journal: Path) -> frozenset[str]:
    """The tasks that a fault of kind `task-freeze` holds, as it was asked for. It is on disk before it is done."""
    try:
        faults = json.loads(journal.read_text())["faults"]
    except (OSError, ValueError, KeyError):
        return frozenset()
    return frozenset(it["task"] for it in faults if it["kind"] == "task-freeze")


def _names(arn: str) -> tuple[str, str]:
    """By which a fault may name a task."""
    return arn, arn.rpartition("/")[2]


RHYTHMS: Mapping[str, Callable[[Mapping[str, str]], Rhythm]] = {
    "aws:ecs:task-network-latency": latency,
    "aws:ecs:task-network-packet-loss": packet_loss,
}
