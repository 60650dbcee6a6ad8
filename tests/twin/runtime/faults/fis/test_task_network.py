"""Tasks whose packets are late or lost stand still in turns, for as long as the action lasts and no longer."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import psutil
import pytest

from tests.twin.runtime.deadlines import run, until
from twin.runtime.egress.faults import EgressFaults
from twin.runtime.faults.fis.exceptions import ActionFailed
from twin.runtime.faults.fis.model import Action
from twin.runtime.faults.fis.targets import Resource
from twin.runtime.faults.fis.task_network import Rhythm, TaskNetwork, latency, packet_loss
from twin.runtime.faults.kinds import TaskFreeze
from twin.runtime.faults.ledger import Ledger
from twin.runtime.faults.works import Works
from twin.runtime.ground import Ground
from twin.runtime.undertaker import JOURNAL

ARN, ZONE = "arn:aws:ecs:eu-west-2:123456789012:task/estate/one", "eu-west-2a"
LATE = Action("late", "aws:ecs:task-network-latency", {"duration": "PT1M", "delayMilliseconds": "30000"})
TASK = Resource(ARN, {}, {"availabilityZone": ZONE})


@pytest.fixture
def process() -> Iterator["subprocess.Popen[bytes]"]:
    started = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        yield started
    finally:
        os.kill(started.pid, signal.SIGCONT)
        started.kill()
        started.wait()


def is_still(process: "subprocess.Popen[bytes]") -> bool:
    return psutil.Process(process.pid).status() == psutil.STATUS_STOPPED


def deed(ground: Ground, action: Action = LATE) -> TaskNetwork:
    return TaskNetwork(ground, action, [TASK], latency(action.parameters))


def test_a_task_stands_still_twice_as_long_as_packets_are_late() -> None:
    assert latency({"delayMilliseconds": "1000"}).still_seconds == 2.0
    assert latency({}).still_seconds == 0.4


@pytest.mark.parametrize("percent", [1, 7, 50, 99])
def test_it_stands_still_for_the_share_of_time_that_packets_are_lost(percent: int) -> None:
    found = packet_loss({"lossPercent": str(percent)})
    assert found.still_seconds / (found.still_seconds + found.moving_seconds) == pytest.approx(percent / 100)


@pytest.mark.parametrize("given", ["0", "100001", "fast"])
def test_a_delay_that_cannot_be_fails_the_action(given: str) -> None:
    with pytest.raises(ActionFailed, match="delayMilliseconds is a number from 1 to 60000"):
        latency({"delayMilliseconds": given})


def test_an_action_without_a_duration_fails(ground: Ground) -> None:
    with pytest.raises(ActionFailed, match="must say its duration"):
        deed(ground, replace(LATE, parameters={}))


def test_a_task_that_does_not_run_fails_the_action(ground: Ground) -> None:
    async def main() -> None:
        with pytest.raises(ActionFailed, match="does not run"):
            await deed(ground).begin()

    run(main())


def test_it_stands_still_until_the_action_ends(ground: Ground, process: "subprocess.Popen[bytes]") -> None:
    async def main() -> None:
        ground.directory.task_pids.put(ARN, process.pid)
        late = deed(ground)
        await late.begin()
        await until(lambda: is_still(process), "it stands still")
        await late.end()
        await until(lambda: not is_still(process), "it goes on")

    run(main())


def test_it_moves_between_two_stands(ground: Ground, process: "subprocess.Popen[bytes]") -> None:
    async def main() -> None:
        ground.directory.task_pids.put(ARN, process.pid)
        late = TaskNetwork(ground, LATE, [TASK], Rhythm(0.02, 0.05))
        await late.begin()
        await until(lambda: is_still(process), "it stands still")
        await until(lambda: not is_still(process), "it moves")
        await until(lambda: is_still(process), "it stands still again")
        await late.end()

    run(main())


def test_a_task_in_a_frozen_zone_stays_frozen(ground: Ground, process: "subprocess.Popen[bytes]") -> None:
    async def main() -> None:
        ground.directory.task_pids.put(ARN, process.pid)
        late = deed(ground)
        await late.begin()
        await until(lambda: is_still(process), "it stands still")
        ground.zones.change(ZONE, is_frozen=True)
        await late.end()
        assert is_still(process)

    run(main())


@pytest.mark.parametrize("name", [ARN, "one"], ids=["by its ARN", "by its id"])
def test_a_task_that_another_fault_holds_stays_frozen(
    ground: Ground, process: "subprocess.Popen[bytes]", name: str
) -> None:
    async def main() -> None:
        ground.directory.task_pids.put(ARN, process.pid)
        ledger = Ledger(ground.folder / JOURNAL, Works(ground, EgressFaults()))
        held = ledger.begin(TaskFreeze(kind="task-freeze", task=name, seconds=None))
        late = TaskNetwork(ground, LATE, [TASK], Rhythm(0.02, 0.02))
        await late.begin()
        await asyncio.sleep(0.1)
        await late.end()
        assert is_still(process)
        ledger.end(held.id)
        await until(lambda: not is_still(process), "it goes on")

    run(main())
