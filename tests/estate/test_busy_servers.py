"""What a load must not measure instead of the estate is watched: a twin's emulator, and its Envoys."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from estate.busy_servers import BusyServers
from twin.aws.emulator.process import Emulator
from twin.runtime.processes import MARK

RUN = "a-run-of-this-test"


@contextmanager
def an_envoy(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    program = folder / "envoy"
    if not program.exists():
        shutil.copy(shutil.which("sleep") or "/bin/sleep", program)
    process = subprocess.Popen([program, "60"], env={MARK: RUN})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def envoy(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is called as Envoy is, and carries the mark of the run."""
    with an_envoy(tmp_path) as process:
        yield process


@pytest.mark.twin
def test_emulator_and_envoys_of_the_run_are_watched_and_those_that_are_gone_no_more(
    envoy: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    clock = [0.0]
    emulator = Emulator("http://127.0.0.1:1", os.getpid(), "nonce", tmp_path)
    servers = BusyServers(emulator, RUN, lambda: clock[0])

    assert servers() == {}
    clock[0] += 1000
    used = servers()
    assert set(used) == {"the emulator", f"Envoy {envoy.pid}"}
    assert all(0 <= it < 100 for it in used.values())
    envoy.kill()
    envoy.wait()
    clock[0] += 1000
    assert set(servers()) == {"the emulator"}


@pytest.mark.twin
def test_an_envoy_that_is_started_again_is_watched_from_its_second_look_on(
    envoy: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    clock = [0.0]
    servers = BusyServers(
        Emulator("http://127.0.0.1:1", os.getpid(), "nonce", tmp_path), RUN, lambda: clock[0]
    )
    servers()
    envoy.kill()
    envoy.wait()
    with an_envoy(tmp_path) as successor:
        clock[0] += 1000
        assert set(servers()) == {"the emulator"}
        clock[0] += 1000
        assert set(servers()) == {"the emulator", f"Envoy {successor.pid}"}
