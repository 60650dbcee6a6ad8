"""A task's process: how it starts, how it is asked for its health, how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.workload.postgres import free_port
from workload.health import is_healthy
from workload.settings import DEFAULT_SLOTS

pytestmark = pytest.mark.twin

DEADLINE_SECONDS = 20
ROOT = Path(__file__).parents[2]

FORKED = """
import os, sys, threading
from workload.preload import preload
preload()
assert threading.active_count() == 1, threading.enumerate()
child = os.fork()
if child == 0:
    from workload.main import main
    os._exit(main())
print(child, flush=True)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.fixture
def environment() -> dict[str, str]:
    port = free_port()
    return {
        "PATH": os.environ["PATH"],
        "ESTATE_SERVICE": "portal",
        "ESTATE_ROLE": "portal",
        "ESTATE_HOST": "127.0.0.1",
        "ESTATE_PORT": str(port),
        "AWS_REGION": "eu-west-2",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
    }


@pytest.fixture
def task(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    yield from _started([sys.executable, "-m", "workload"], environment)


@pytest.fixture
def forked(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    yield from _started([sys.executable, "-c", FORKED], environment)


def _started(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        _wait_until_healthy(process, int(environment["ESTATE_PORT"]))
        yield process
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait(DEADLINE_SECONDS)
        assert process.stdout
        process.stdout.close()


def _wait_until_healthy(process: subprocess.Popen[str], port: int) -> None:
    end = time.monotonic() + DEADLINE_SECONDS
    while not is_healthy("127.0.0.1", port):
        assert process.poll() is None, "the task ended"
        assert time.monotonic() < end, "the task did not become healthy"
        time.sleep(0.05)


def _get(environment: dict[str, str], path: str) -> Any:
    url = f"http://127.0.0.1:{environment['ESTATE_PORT']}{path}"
    with urllib.request.urlopen(url, timeout=DEADLINE_SECONDS) as answer:
        return json.load(answer)


def test_a_task_is_healthy_whatever_is_away_and_ends_well_when_it_is_told_to(
    task: subprocess.Popen[str], environment: dict[str, str]
) -> None:
    assert _get(environment, "/health") == {"status": "ok"}
    assert _get(environment, "/metrics.json")["slots"] == DEFAULT_SLOTS
    assert "/applications/{application_id}" in json.dumps(_get(environment, "/openapi.json"))
    command = [sys.executable, "-m", "workload.health"]
    proxies = environment | {"HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    assert subprocess.run(command, cwd=ROOT, env=proxies, timeout=DEADLINE_SECONDS).returncode == 0
    task.send_signal(signal.SIGTERM)
    assert task.wait(DEADLINE_SECONDS) == 0
    assert subprocess.run(command, cwd=ROOT, env=proxies, timeout=DEADLINE_SECONDS).returncode == 1


def test_a_forked_task_serves_from_what_was_loaded_before(
    forked: subprocess.Popen[str], environment: dict[str, str]
) -> None:
    assert forked.stdout
    child = int(forked.stdout.readline())
    assert _get(environment, "/health") == {"status": "ok"}
    os.kill(child, signal.SIGTERM)
    assert forked.wait(DEADLINE_SECONDS) == 0


def test_a_task_that_is_not_told_who_it_is_says_so_and_ends() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "workload"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("The task needs ESTATE_SERVICE")
    assert "Traceback" not in done.stderr
