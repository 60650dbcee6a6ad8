"""``python -m tests.twin.estate.guard``: takes a twin away once whoever started this closes its input, or is killed.

The first line that it reads names the twin. No argument does, so that it is not taken for a part of it.
"""

import json
import subprocess
import sys
from pathlib import Path

import psutil

from tests.twin.estate.command import DEADLINE_SECONDS, ROOT, Twin


def main() -> None:
    named = sys.stdin.readline()
    sys.stdin.read()
    if not named:
        return
    home, environment = json.loads(named)
    twin = Twin(Path(home), environment=environment)
    try:
        subprocess.run(
            [sys.executable, "-m", "estate", "down", environment],
            env=twin.variables(),
            cwd=ROOT,
            capture_output=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        )
    finally:
        for process in twin.processes():
            _kill(process)


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
        process.wait(10)
    except psutil.NoSuchProcess:
        pass


if __name__ == "__main__":
    main()
