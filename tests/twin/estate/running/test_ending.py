"""What keeps it running is killed, its logs are read, and it is taken away. In this order, and last."""

import json
import os
import signal
import uuid
from pathlib import Path

import psutil
import pytest

from tests.twin.estate.command import Twin
from tests.twin.estate.live import APPLICATIONS, ask, exports, healthy, state_of, submit, supervisor, until
from twin.runtime.processes import marked

pytestmark = pytest.mark.twin


def test_without_the_control_plane_people_are_served_and_up_brings_it_back(running: Twin) -> None:
    edge = exports(running)["ESTATE_EDGE"]
    os.kill(running.emulator["pid"], signal.SIGKILL)
    receipt = submit(edge, str(uuid.uuid4()))
    status = json.loads(running.run("status", "--json").stdout)
    assert (status["control_plane"], status["data_plane"] is not None) == ("down", True)
    running.document("up")
    healthy(running)
    path = f"{edge}{APPLICATIONS}/{receipt['application_id']}"
    until(lambda: state_of(path) == "in-decision", "what was accepted meanwhile is not lost")


def test_a_killed_supervisor_leaves_nothing_and_up_starts_from_what_is_on_disk(running: Twin) -> None:
    edge = exports(running)["ESTATE_EDGE"]
    receipt = submit(edge, str(uuid.uuid4()))
    until(
        lambda: state_of(f"{edge}{APPLICATIONS}/{receipt['application_id']}") == "in-decision",
        "it is stored",
    )
    killed = supervisor(running)
    os.kill(killed.pid, signal.SIGKILL)
    until(lambda: not list(marked(killed.run)), "everything that it started is gone")
    running.document("up")
    edge = exports(running)["ESTATE_EDGE"]
    until(
        lambda: ask(f"{edge}{APPLICATIONS}/{receipt['application_id']}")[0] == 200, "the application is there"
    )


def test_logs_are_found_by_service(running: Twin) -> None:
    found = running.document("logs", "portal", "--lines", "2")
    assert found["lines"]
    assert {it["log"].split("/")[0] for it in found["lines"]} == {"portal"}


def test_down_leaves_no_process_and_no_file(running: Twin) -> None:
    run, home = supervisor(running).run, Path(running.home)
    assert running.document("down")["was_up"]
    assert list(marked(run)) == []
    assert running.processes() == []
    assert list(home.rglob("*")) == []
    assert not [it for it in psutil.process_iter() if it.name() in ("envoy", "postgres") and _is_of(it, home)]


def _is_of(process: psutil.Process, home: Path) -> bool:
    try:
        return str(home) in " ".join(process.cmdline())
    except psutil.Error:
        return False
