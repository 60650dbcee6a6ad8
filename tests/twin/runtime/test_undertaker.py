"""Nothing that a supervisor started outlives it, however it ended, and nothing else is touched."""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from twin.runtime.processes import MARK, marked
from twin.runtime.undertaker import FROZEN, JOURNAL, attend, bury, start_time

pytestmark = pytest.mark.twin

# Starts a child, a frozen child, a grandchild that left session and parent, and one that lost its mark, as
# PostgreSQL's backends do.
SUPERVISOR = """
import os, subprocess, sys, signal, time
from pathlib import Path
from twin.runtime.undertaker import attend
run, folder = sys.argv[1], Path(sys.argv[2])
marked = {"PATH": os.environ["PATH"], "ESTATE_TWIN_RUN": run}
unmarked = {"PATH": os.environ["PATH"]}
with attend(run, folder):
    subprocess.Popen(["sleep", "300"], env=marked)
    frozen = subprocess.Popen(["sleep", "300"], env=marked)
    frozen.send_signal(signal.SIGSTOP)
    subprocess.Popen(["setsid", "--fork", "sleep", "300"], env=marked).wait()
    with (folder / "logs" / "database.log").open("ab") as log:
        backend = subprocess.Popen(["sleep", "300"], env=unmarked, stderr=log)
    backend.send_signal(signal.SIGSTOP)
    print(backend.pid, flush=True)
    sys.stdin.read()
"""


def until(fact: Callable[[], object], what: str, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, f"{what} did not come true within {seconds:g} s"
        time.sleep(0.02)


def sleeping(run: str | None = None) -> subprocess.Popen[bytes]:
    mark = {MARK: run} if run else {}
    return subprocess.Popen(["sleep", "300"], env={"PATH": os.environ["PATH"], **mark})


@pytest.fixture
def others() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that are nobody's to kill."""
    found = [sleeping(secrets.token_hex(8)), sleeping()]
    try:
        yield found
    finally:
        for process in found:
            process.kill()
            process.wait()


@pytest.fixture
def run() -> Iterator[str]:
    run = secrets.token_hex(8)
    yield run
    for process in marked(run):
        with contextlib.suppress(psutil.Error):
            process.kill()


def undertakers(run: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if "twin.runtime.undertaker" in command and run in command:
            found.append(process)
    return found


def supervisor(run: str, folder: Path) -> tuple[subprocess.Popen[str], psutil.Process]:
    (folder / "logs").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, run, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    backend = int(process.stdout.readline())
    until(lambda: len(list(marked(run))) == 3, "three processes")
    return process, psutil.Process(backend)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["SIGKILL", "SIGTERM"])
def test_everything_of_the_run_ends_with_the_supervisor_and_nothing_else(
    number: int, run: str, others: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    supervising, backend = supervisor(run, tmp_path)
    with supervising as process:
        assert len(undertakers(run)) == 1
        process.send_signal(number)
        process.wait(10)
    until(lambda: not list(marked(run)) and not backend.is_running(), "the end of all")
    until(lambda: not undertakers(run), "the undertaker's end")
    assert [it.poll() for it in others] == [None, None]


def test_it_goes_when_the_supervisor_ends_in_order(run: str, tmp_path: Path) -> None:
    with attend(run, tmp_path):
        assert len(undertakers(run)) == 1
    assert undertakers(run) == []


def test_it_is_not_moved_by_signals_to_its_supervisor_s_group(run: str, tmp_path: Path) -> None:
    supervising, _ = supervisor(run, tmp_path)
    with supervising as process:
        (undertaker,) = undertakers(run)
        assert os.getsid(undertaker.pid) != os.getsid(process.pid)
        undertaker.send_signal(signal.SIGTERM)
        process.kill()
        process.wait(10)
    until(lambda: not list(marked(run)), "the end of all")


def test_what_was_frozen_on_purpose_goes_on_unless_its_pid_is_another_s(
    run: str, others: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    for process in others:
        process.send_signal(signal.SIGSTOP)
        until(lambda pid=process.pid: psutil.Process(pid).status() == "stopped", "the freeze")
    first, second = (process.pid for process in others)
    (tmp_path / JOURNAL).write_text(json.dumps({FROZEN: [[first, start_time(first)], [second, 1]]}))
    supervising, _ = supervisor(run, tmp_path)
    with supervising as process:
        process.kill()
        process.wait(10)
    until(lambda: psutil.Process(first).status() != "stopped", "the thaw")
    assert psutil.Process(second).status() == "stopped"


def test_a_later_run_in_the_same_folder_is_not_taken_for_the_one_that_ended(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    with (logs / "database.log").open("ab") as log:
        later = subprocess.Popen(["sleep", "300"], env={}, stderr=log)
        other = subprocess.Popen(["sleep", "300"], env={MARK: "another"}, stderr=log)
    try:
        before = start_time(later.pid)
        assert before
        assert bury("ended", logs, before - 1, 2)
        assert (later.poll(), other.poll()) == (None, None)
        assert bury("ended", logs, before + 100, 2)
        assert later.wait(5) == -signal.SIGKILL
        assert other.poll() is None
    finally:
        for process in (later, other):
            process.kill()
            process.wait()
