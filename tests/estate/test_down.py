"""`estate down` ends what runs, also where it does not answer."""

import os
import signal
from pathlib import Path

import psutil
import pytest

from estate.commands import down
from estate.places import Places
from estate.terminal import Terminal
from twin.aws.emulator import process


def test_an_emulator_that_is_too_busy_to_answer_is_ended_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESTATE_HOME", str(tmp_path))
    places = Places.of("slice")
    emulator = process.start(places.folder)
    try:
        os.kill(emulator.pid, signal.SIGSTOP)
        assert process.alive(places.folder) == emulator

        assert down.run("slice", Terminal(as_json=True)).was_up
        assert not psutil.pid_exists(emulator.pid)
        assert not places.folder.exists()
    finally:
        if psutil.pid_exists(emulator.pid):
            os.kill(emulator.pid, signal.SIGKILL)
