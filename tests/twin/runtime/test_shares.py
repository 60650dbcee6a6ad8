"""Everything that the supervisor starts stands back, also where Linux shares cores among sessions."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from tests.twin.sessions import HAS_GROUPS, group_niceness
from twin.niceness import NICENESS, group, leads_with, stand_back
from twin.runtime.shares import SharesPart, descendants


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts a command in a session of its own, which has ended afterwards."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(*command: str) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen(command, start_new_session=True))
        return started[-1]

    yield begin
    for it in started:
        family = [psutil.Process(it.pid), *psutil.Process(it.pid).children(recursive=True)]
        for process in family:
            process.kill()
        it.wait(10)


def until(fact: Callable[[], object]) -> None:
    deadline = time.monotonic() + 15
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def looked(part: SharesPart) -> None:
    until(part.step)


@pytest.mark.skipif(not HAS_GROUPS, reason="Linux groups no sessions here")
def test_a_session_shares_cores_as_its_leader_asks_whoever_started_it_and_whenever_it_asks(
    start: Callable[..., subprocess.Popen[bytes]],
) -> None:
    # As a postmaster has backends: each in a session of its own.
    server = start("sh", "-c", "setsid sleep 60 & wait")
    until(lambda: psutil.Process(server.pid).children())
    backend = psutil.Process(server.pid).children()[0].pid
    until(lambda: os.getsid(backend) == backend)
    part = SharesPart()
    looked(part)
    assert (group_niceness(server.pid), group_niceness(backend)) == (os.nice(0), os.nice(0))

    os.setpriority(os.PRIO_PROCESS, server.pid, os.nice(0) + 3)
    os.setpriority(os.PRIO_PROCESS, backend, os.nice(0) + 8)
    looked(part)

    assert (group_niceness(server.pid), group_niceness(backend)) == (os.nice(0) + 3, os.nice(0) + 8)


def test_what_stands_back_has_the_niceness_itself_and_as_a_session(
    start: Callable[..., subprocess.Popen[bytes]],
) -> None:
    daemon = start("sleep", "60")

    stand_back(daemon.pid)

    assert os.getpriority(os.PRIO_PROCESS, daemon.pid) == os.nice(0) + NICENESS
    assert leads_with(daemon.pid) == os.nice(0) + NICENESS
    if HAS_GROUPS:
        assert group_niceness(daemon.pid) == os.nice(0) + NICENESS


def test_a_session_that_the_kernel_puts_off_is_asked_for_again_and_one_that_has_it_is_not(
    start: Callable[..., subprocess.Popen[bytes]],
) -> None:
    pids = {start("nice", "-n", "2", "sleep", "60").pid for _ in range(4)}
    until(lambda: all(leads_with(it) == os.nice(0) + 2 for it in pids))
    asked: list[int] = []

    def every_second_is_put_off(pid: int, _: int) -> bool:
        if pid in pids:
            asked.append(pid)
        return pid not in pids or len(asked) % 2 == 0

    part = SharesPart(every_second_is_put_off)
    looks = 0
    while not part.step():
        looks += 1
        assert looks < 20

    assert set(asked) == pids
    asked.clear()
    assert part.step()
    assert not asked


def test_what_has_ended_is_nobody_to_ask() -> None:
    ended = subprocess.Popen(["true"])
    ended.wait(10)
    assert leads_with(ended.pid) is None
    assert group(ended.pid, 5)
    assert list(descendants(ended.pid)) == [ended.pid]
    stand_back(ended.pid)
