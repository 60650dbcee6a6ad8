"""When the runner is killed, every fault is undone, and nothing is left of it."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from chaos.undo import pending
from tests.chaos.stand_in import StandIn, serving

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_SECONDS = 60.0


@pytest.fixture
def endpoint() -> Iterator[StandIn]:
    with serving() as stand_in:
        yield stand_in


def begun(file: Path, endpoint: StandIn, how: str) -> tuple["subprocess.Popen[str]", int]:
    """The runner, and its watchdog's process id."""
    runner = subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.runner", str(file), endpoint.url, how],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert runner.stdout
    return runner, int(runner.stdout.readline())


def gone(pid: int) -> bool:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_kill_9_of_the_runner_undoes_every_fault_and_the_watchdog_ends(
    tmp_path: Path, endpoint: StandIn
) -> None:
    file = tmp_path / "undo.jsonl"
    runner, watchdog = begun(file, endpoint, "waits")
    try:
        assert endpoint.active == ["f0", "f1"]
        runner.kill()
        runner.wait(10)
        assert gone(watchdog)
        assert endpoint.active == []
        assert pending(file)[0] == []
    finally:
        runner.kill()
        runner.communicate()


def test_a_run_that_is_over_leaves_no_watchdog(tmp_path: Path, endpoint: StandIn) -> None:
    file = tmp_path / "undo.jsonl"
    runner, watchdog = begun(file, endpoint, "ends")
    runner.communicate(timeout=DEADLINE_SECONDS)
    assert gone(watchdog)
    assert endpoint.active == []
