"""An experiment ends with the command that began it, also where that is killed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.twin.estate.live import until

pytestmark = pytest.mark.twin

COMMAND = """
import os, subprocess, sys
started = subprocess.Popen([sys.executable, "-m", "chaos", str(os.getpid()), "--no-log-file", "run", sys.argv[1]])
print(started.pid, flush=True)
started.wait()
"""
DEADLINE_SECONDS = 30


def _experiment(begun: Path) -> dict[str, Any]:
    """It makes a folder, and waits for a minute."""
    make = {"type": "python", "module": "os", "func": "makedirs", "arguments": {"name": str(begun)}}
    wait = {"type": "process", "path": "sleep", "arguments": "60"}
    return {
        "title": "Nothing happens",
        "description": "It waits for a minute.",
        "method": [{"type": "action", "name": it["type"], "provider": it} for it in (make, wait)],
    }


@pytest.fixture
def command(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    file = tmp_path / "experiment.json"
    file.write_text(json.dumps(_experiment(tmp_path / "begun")))
    arguments = [sys.executable, "-c", COMMAND, str(file)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(arguments, cwd=root, stdout=subprocess.PIPE, text=True) as started:
        try:
            yield started
        finally:
            started.kill()


def test_kill_9_of_the_command_ends_the_runner(command: "subprocess.Popen[str]", tmp_path: Path) -> None:
    assert command.stdout
    runner = psutil.Process(int(command.stdout.readline()))
    try:
        until(lambda: (tmp_path / "begun").exists(), "the experiment has begun", DEADLINE_SECONDS)
        command.kill()
        runner.wait(DEADLINE_SECONDS)
    finally:
        if runner.is_running():
            runner.kill()
