"""One emulator for all tests of the handlers; it dies with them."""

import contextlib
import ctypes
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from twin.aws.provider import EmulatorProvider

PR_SET_PDEATHSIG = 1
READY = re.compile(r"listens on (http://\S+?)\.\s*$")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks for the emulator starts a real process."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and "endpoint" in getattr(
            item, "fixturenames", ()
        ):
            item.add_marker(pytest.mark.twin)


def _die_with_parent() -> None:
    """The kernel kills the emulator when the tests are killed. Source: prctl(2)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """Where a fresh emulator listens."""
    command = [sys.executable, "-m", "twin.aws.emulator", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=_die_with_parent) as process:
        assert process.stderr is not None
        try:
            yield _ready(process.stderr)
        finally:
            process.kill()


def _ready(log: IO[str]) -> str:
    """The endpoint that the emulator's log names. What it logs later is read, so that it never waits for us."""
    lines: list[str] = []
    for line in log:
        lines.append(line)
        if ready := READY.search(line):
            threading.Thread(target=_drain, args=(log,), daemon=True).start()
            return ready[1]
    pytest.fail("The emulator did not start:\n" + "".join(lines))


def _drain(log: IO[str]) -> None:
    with contextlib.suppress(ValueError):  # closed
        for _ in log:
            pass


@pytest.fixture(scope="session")
def provider(endpoint: str) -> EmulatorProvider:
    return EmulatorProvider(endpoint)
