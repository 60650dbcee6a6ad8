"""Processes: none outlives the supervisor, a zone's are ended together, and an end is noticed."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from twin.runtime.exceptions import ZoneIsOff
from twin.runtime.processes import Process, Processes, marked
from twin.runtime.zones import Zones

pytestmark = pytest.mark.twin

SLEEPS = ("sleep", "60")
TREE = ("sh", "-c", "sleep 60 & sleep 60 & wait")

SUPERVISOR = """
import asyncio, os, sys
from pathlib import Path
from twin.runtime.processes import Processes
from twin.runtime.zones import Zones
async def main():
    processes = Processes(Zones(("a",)), sys.argv[2])
    for _ in range(3):
        processes.start("sleep", ["sleep", "60"], zone="a", log=Path(sys.argv[1]) / "x.log")
    print("ready", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


def _run(scenario: Callable[[Processes], Awaitable[None]], zones: Zones | None = None) -> None:
    async def whole() -> None:
        processes = Processes(zones or Zones(("a", "b")), f"run-{os.getpid()}")
        try:
            await scenario(processes)
        finally:
            await processes.stop_all()

    asyncio.run(asyncio.wait_for(whole(), 30))


async def _ended(process: Process) -> None:
    await asyncio.wait_for(process.exited.wait(), 10)


async def _becomes(process: Process, is_stopped: bool) -> None:
    """The kernel delivers a signal a little after it was sent."""
    async with asyncio.timeout(5):
        while (psutil.Process(process.pid).status() == psutil.STATUS_STOPPED) != is_stopped:
            await asyncio.sleep(0.01)


def _is_dead(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_an_end_is_noticed_with_its_code(tmp_path: Path) -> None:
    async def scenario(processes: Processes) -> None:
        process = processes.start("ends", ["sh", "-c", "exit 7"], zone="a", log=tmp_path / "x.log")
        await _ended(process)
        assert (process.exit_code, processes.running()) == (7, [])

    _run(scenario)


def test_a_zone_that_loses_power_loses_whole_trees_and_no_other_zone_anything(tmp_path: Path) -> None:
    async def scenario(processes: Processes) -> None:
        lost = processes.start("lost", TREE, zone="a", log=tmp_path / "x.log")
        kept = processes.start("kept", SLEEPS, zone="b", log=tmp_path / "x.log")
        while len(tree := psutil.Process(lost.pid).children(recursive=True)) < 2:
            await asyncio.sleep(0.01)
        processes.cut_power("a")
        await _ended(lost)
        async with asyncio.timeout(5):
            while not all(_is_dead(it) for it in tree):
                await asyncio.sleep(0.01)
        assert kept.is_running

    _run(scenario)


def test_whoever_stops_a_process_can_be_cancelled_the_moment_it_ends(tmp_path: Path) -> None:
    async def scenario(processes: Processes) -> None:
        process = processes.start("ends", SLEEPS, zone="a", log=tmp_path / "x.log")

        async def stops_and_goes_on() -> None:
            await process.stop(5)
            await asyncio.sleep(60)

        stopping = asyncio.create_task(stops_and_goes_on())
        await process.exited.wait()
        stopping.cancel()
        done, _ = await asyncio.wait([stopping], timeout=5)
        assert done

    _run(scenario)


def test_nothing_starts_in_a_zone_without_power(tmp_path: Path) -> None:
    zones = Zones(("a",))
    zones.change("a", has_power=False)

    async def scenario(processes: Processes) -> None:
        with pytest.raises(ZoneIsOff, match="has no power"):
            processes.start("late", SLEEPS, zone="a", log=tmp_path / "x.log")

    _run(scenario, zones)


def test_a_frozen_zone_stops_and_goes_on(tmp_path: Path) -> None:
    async def scenario(processes: Processes) -> None:
        process = processes.start("grey", SLEEPS, zone="a", log=tmp_path / "x.log")
        processes.freeze("a")
        await _becomes(process, is_stopped=True)
        processes.thaw("a")
        await _becomes(process, is_stopped=False)

    _run(scenario)


def test_what_ignores_being_asked_is_killed(tmp_path: Path) -> None:
    async def scenario(processes: Processes) -> None:
        deaf = ["sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 1; done"]
        log = tmp_path / "x.log"
        process = processes.start("deaf", deaf, zone="a", log=log)
        while not log.read_text():
            await asyncio.sleep(0.01)
        await process.stop(0.1)
        assert process.exit_code == -signal.SIGKILL

    _run(scenario)


def test_a_process_has_the_given_environment_and_no_other(tmp_path: Path) -> None:
    async def scenario(processes: Processes) -> None:
        log = tmp_path / "x.log"
        process = processes.start("env", ["env"], zone=None, log=log, environment={"TOLD": "1"})
        await _ended(process)
        names = {line.partition("=")[0] for line in log.read_text().splitlines()}
        assert names - {"PWD", "SHLVL", "_"} == {"PATH", "TOLD", "ESTATE_TWIN_RUN"}

    _run(scenario)


def _all_marked(run: str, number: int) -> list[psutil.Process]:
    """So many; one that is just being executed has no environment for a moment."""
    deadline = time.monotonic() + 10
    while len(found := list(marked(run))) < number:
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return found


def test_a_killed_supervisor_leaves_none(tmp_path: Path) -> None:
    run = f"killed-{os.getpid()}"
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(tmp_path), run], stdout=subprocess.PIPE, text=True
    ) as supervisor:
        assert supervisor.stdout
        assert supervisor.stdout.readline() == "ready\n"
        started = _all_marked(run, 3)
        supervisor.kill()
    assert psutil.wait_procs(started, timeout=10)[1] == []
