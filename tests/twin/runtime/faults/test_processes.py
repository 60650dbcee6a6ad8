"""Faults reach real processes: those of a zone, of a task, and the control plane's."""

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator, Iterator

import psutil
import pytest

from tests.twin.runtime.deadlines import run, until
from twin.aws.emulator.process import RECORD
from twin.record import Record, RecordFile
from twin.runtime.egress.faults import EgressFaults
from twin.runtime.faults.exceptions import FaultRefused
from twin.runtime.faults.kinds import parse
from twin.runtime.faults.ledger import Ledger
from twin.runtime.faults.part import FaultPart
from twin.runtime.faults.works import Works
from twin.runtime.ground import Ground
from twin.runtime.processes import Process
from twin.runtime.undertaker import JOURNAL

pytestmark = pytest.mark.twin

A = "eu-west-2a"
TASK = "arn:aws:ecs:eu-west-2:1:task/estate/0123"


def ledger(ground: Ground) -> Ledger:
    return Ledger(ground.folder / JOURNAL, Works(ground, EgressFaults()))


def begin(faults: Ledger, ground: Ground, **fault: object) -> str:
    return faults.begin(parse(fault, ground.zones.names, ("eu-west-2", "eu-west-1"))).id


@contextlib.asynccontextmanager
async def server(ground: Ground, zone: str = A) -> AsyncIterator[Process]:
    """One with a child, as a fork server has its tasks."""
    command = ["sh", "-c", "sleep 300 & wait"]
    process = ground.processes.start("fork server", command, zone=zone, log=ground.log("x.log"))
    try:
        await until(lambda: psutil.Process(process.pid).children(recursive=True), "the child")
        yield process
    finally:
        await ground.processes.stop_all()


def is_stopped(pid: int) -> bool:
    return psutil.Process(pid).status() == psutil.STATUS_STOPPED


def child(process: Process) -> int:
    return psutil.Process(process.pid).children(recursive=True)[-1].pid


def test_a_zone_without_power_is_dead_and_can_be_started_in_again(ground: Ground) -> None:
    async def main() -> None:
        faults = ledger(ground)
        async with server(ground) as process, server(ground, "eu-west-2b") as other:
            pid = child(process)
            fault = begin(faults, ground, kind="zone-power-loss", zone=A)
            await until(lambda: not process.is_running and not psutil.pid_exists(pid), "the end")
            assert other.is_running
            faults.end(fault)
            async with server(ground) as again:
                assert again.is_running

    run(main())


def test_a_frozen_zone_stands_still_and_goes_on(ground: Ground) -> None:
    async def main() -> None:
        faults = ledger(ground)
        async with server(ground) as process:
            fault = begin(faults, ground, kind="zone-freeze", zone=A)
            await until(lambda: is_stopped(process.pid) and is_stopped(child(process)), "the freeze")
            faults.end(fault)
            await until(lambda: not is_stopped(process.pid) and not is_stopped(child(process)), "the thaw")

    run(main())


def test_a_frozen_task_stays_so_when_its_zone_thaws_and_the_other_way_round(ground: Ground) -> None:
    async def main() -> None:
        faults = ledger(ground)
        async with server(ground) as process:
            task = child(process)
            ground.directory.task_pids.put(TASK, task)
            of_task = begin(faults, ground, kind="task-freeze", task="0123")
            await until(lambda: is_stopped(task), "the freeze")
            assert not is_stopped(process.pid)
            of_zone = begin(faults, ground, kind="zone-freeze", zone=A)
            faults.end(of_zone)
            await until(lambda: not is_stopped(process.pid), "the zone's thaw")
            assert is_stopped(task)
            of_zone = begin(faults, ground, kind="zone-freeze", zone=A)
            faults.end(of_task)
            assert is_stopped(task)
            faults.end(of_zone)
            await until(lambda: not is_stopped(task), "the thaw")

    run(main())


def test_a_task_is_killed_and_nothing_is_left_to_undo(ground: Ground) -> None:
    async def main() -> None:
        faults = ledger(ground)
        async with server(ground) as process:
            task = child(process)
            ground.directory.task_pids.put(TASK, task)
            fault = begin(faults, ground, kind="task-kill", task=TASK)
            await until(lambda: not process.is_running, "its end")
            assert faults.get(fault).ending == "done at once"

    run(main())


def test_a_server_is_killed_by_name(ground: Ground) -> None:
    async def main() -> None:
        faults = ledger(ground)
        async with server(ground) as process, server(ground, "eu-west-2b") as other:
            begin(faults, ground, kind="process-kill", name="fork server", zone=A)
            await until(lambda: not process.is_running, "its end")
            assert other.is_running
            with pytest.raises(FaultRefused, match="No such process runs, got 'envoy'"):
                begin(faults, ground, kind="process-kill", name="envoy")
            assert len(faults.all()) == 1

    run(main())


@pytest.fixture
def emulator(ground: Ground) -> Iterator[psutil.Process]:
    """A process that is on record as the emulator."""
    with subprocess.Popen(["sleep", "300"]) as process:
        found = psutil.Process(process.pid)
        ground.settings.emulator_dir.mkdir()
        file = RecordFile(ground.settings.emulator_dir, RECORD)
        file.write(Record(process.pid, found.create_time(), 1, "nonce"))
        try:
            yield found
        finally:
            process.kill()


def test_the_control_plane_stands_still_and_goes_on(ground: Ground, emulator: psutil.Process) -> None:
    async def main() -> None:
        faults = ledger(ground)
        fault = begin(faults, ground, kind="control-plane-loss")
        await until(lambda: is_stopped(emulator.pid), "the freeze")
        faults.end(fault)
        await until(lambda: not is_stopped(emulator.pid), "the thaw")

    run(main())


def test_the_control_plane_is_killed(ground: Ground, emulator: psutil.Process) -> None:
    async def main() -> None:
        begin(ledger(ground), ground, kind="control-plane-loss", how="kill")
        await until(lambda: emulator.status() == psutil.STATUS_ZOMBIE, "the end")

    run(main())


def test_a_control_plane_that_is_not_there_cannot_be_lost(ground: Ground) -> None:
    async def main() -> None:
        faults = ledger(ground)
        with pytest.raises(FaultRefused, match="not running"):
            begin(faults, ground, kind="control-plane-loss")
        assert faults.all() == []

    run(main())


def test_a_supervisor_thaws_what_an_earlier_one_left_frozen(ground: Ground, emulator: psutil.Process) -> None:
    async def main() -> None:
        begin(ledger(ground), ground, kind="control-plane-loss")
        await until(lambda: is_stopped(emulator.pid), "the freeze")
        part = FaultPart(ground, {}, EgressFaults())
        task = asyncio.create_task(part.run())
        await until(lambda: not is_stopped(emulator.pid), "the thaw")
        assert part.ledger.all() == []
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    run(main())
