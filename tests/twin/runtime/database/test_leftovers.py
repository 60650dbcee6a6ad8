"""What is left of a server whose supervisor died."""

import subprocess
import sys
from pathlib import Path

import pytest

from twin.runtime.database.leftovers import clear

pytestmark = pytest.mark.twin


def sleeper(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], cwd=folder)


def test_whatever_works_in_the_data_is_ended_and_nothing_else(tmp_path: Path) -> None:
    data, other = tmp_path / "data", tmp_path / "other"
    for folder in (data, other):
        folder.mkdir()
    # The process id in the lock file is long somebody else's.
    (data / "postmaster.pid").write_text("1\n")
    with sleeper(data) as mine, sleeper(other) as others:
        try:
            clear(data)
            mine.wait(5)
            assert others.poll() is None
        finally:
            mine.kill()
            others.kill()
    assert not (data / "postmaster.pid").exists()


def test_after_an_orderly_end_nobody_is_looked_for(tmp_path: Path) -> None:
    with sleeper(tmp_path) as process:
        try:
            clear(tmp_path)
            assert process.poll() is None
        finally:
            process.kill()
