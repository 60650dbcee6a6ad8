"""Experiments on a running slice: what is broken is undone, also when the runner is killed, and nothing is lost.

What it took is not asserted: waits are those of profile `quick`, so that every verdict here is void, and says why.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from chaos.experiment import FOLDER
from tests.twin.estate.command import Twin
from tests.twin.estate.live import ask, exports, healthy, supervisor, until

pytestmark = pytest.mark.twin

VARIABLES = {
    "ESTATE_CHAOS_RATE": "10",
    "ESTATE_CHAOS_AFTER_SECONDS": "8",
    "ESTATE_CHAOS_LEAD_SECONDS": "12",
    "ESTATE_CHAOS_HEAL_SECONDS": "60",
}
OPTIONS = ("--rate", "10", "--after-seconds", "8", "--lead-seconds", "12", "--heal-seconds", "60")


def active(twin: Twin) -> list[Any]:
    status, document = ask(f"{supervisor(twin).faults}/faults")
    assert status == 200
    return [it for it in document["faults"] if it["is_active"]]


def test_a_dry_run_says_what_it_would_break_and_breaks_nothing(running: Twin) -> None:
    done = running.estate("chaos", "run", "az-power-loss", "slice", "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    (said,) = json.loads(done.stdout)["faults"]
    assert said.startswith("zone-power-loss of eu-west-2")
    assert active(running) == []
    assert not (running.home / "evidence").exists()


def test_an_experiment_whose_target_is_not_there_is_refused_and_changes_nothing(running: Twin) -> None:
    done = running.estate("chaos", "run", "dwp-down", "slice")
    assert done.returncode == 2
    assert "needs exchange-government, decision" in done.stderr
    assert active(running) == []


def test_kill_9_of_the_runner_leaves_neither_fault_nor_process(running: Twin, tmp_path: Path) -> None:
    variables = running.variables() | exports(running) | VARIABLES | {"ESTATE_EVIDENCE": str(tmp_path)}
    runner = psutil.Popen(
        [
            *(sys.executable, "-m", "chaostoolkit", "--no-version-check", "--no-log-file", "run"),
            *("--journal-path", str(tmp_path / "journal.json"), str(FOLDER / "az-power-loss.json")),
        ],
        env=variables,
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: active(running), "the fault is at work", 120)
        started = runner.children(recursive=True)
    finally:
        runner.kill()
        runner.wait(10)
    until(lambda: not active(running), "the fault is undone")
    psutil.wait_procs(started, timeout=30)
    assert [it for it in started if it.is_running() and it.status() != psutil.STATUS_ZOMBIE] == []
    healthy(running)


def test_a_zone_is_lost_under_load_and_nothing_that_was_acknowledged_with_it(
    running: Twin, tmp_path: Path
) -> None:
    before = time.time()
    done = running.estate(
        "chaos", "run", "az-power-loss", "slice", *OPTIONS, "--json", "--evidence", str(tmp_path)
    )
    assert done.returncode == 2, done.stderr
    document = json.loads(done.stdout)
    (row,) = document["rounds"]
    assert before < row["fault_at"] < row["undone_at"]
    assert row["operations"] > 50
    assert (document["lost"], document["doubled"], document["rolled_back"]) == (0, 0, True)
    assert document["acknowledged"] > 0
    assert row["promises"]["given"] > 0
    assert (row["promises"]["broken"], row["fails"]) == (0, bool(row["operations_failed"] or row["aborted"]))
    assert document["verdict"] == "VOID"
    assert "The clock did not run in real time" in " ".join(document["reasons"])
    assert active(running) == []
    assert (Path(document["evidence"]) / "report.html").exists()
