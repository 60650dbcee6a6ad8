"""The generator as it really runs: Locust in a process of its own, against a small real server."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from evidence.ledger import Operation, read_operations
from load_tests.generator_process import GeneratorProcess, busiest_percent, progress_of
from load_tests.plan import Plan, PlanSettings
from load_tests.tally import Tally, tally
from tests.load_tests.plans import CATALOGUE
from tests.load_tests.stand_in import StandIn, standing_in

pytestmark = pytest.mark.twin
LOCUSTFILE = Path(__file__).parents[2] / "load_tests" / "locustfile.py"
LEAD_SECONDS, DEADLINE_SECONDS = 10.0, 90.0
RATE, DURATION = 0.08, 0.04
"""Of the ten-fold step: 4 operations a second and 40 in the middle, for eleven seconds."""


def planned(edge: str, seed: int = 5) -> tuple[Plan, PlanSettings]:
    settings = PlanSettings("slice", "ten-fold-step", seed, f"test-{time.time_ns()}", RATE, DURATION, edge)
    return Plan.of(CATALOGUE, settings), settings


@contextmanager
def generating(
    plan: Plan, settings: PlanSettings, begin_at: float, folder: Path
) -> Iterator[GeneratorProcess]:
    process = GeneratorProcess(plan, settings, begin_at, folder)
    try:
        yield process
    finally:
        process.stop()


def counted(plan: Plan, operations: list[Operation]) -> Tally:
    return tally({it.key: str(it.kind) for it in plan.schedule.operations()}, operations)


def test_a_stall_stops_nobody_from_coming_and_shows_in_every_latency(tmp_path: Path) -> None:
    begin_at = time.time() + LEAD_SECONDS
    stall = (begin_at + 3.0, begin_at + 8.0)
    with standing_in(StandIn(stall=stall, sheds_once=("/help",))) as server:
        plan, settings = planned(server.url)
        with generating(plan, settings, begin_at, tmp_path) as process:
            assert process.wait(DEADLINE_SECONDS) == 0, (tmp_path / "generator.log").read_text()
    schedule = list(plan.schedule.operations())
    operations = read_operations(tmp_path.glob("ledger-*.jsonl"))
    by_key = {it.key: it for it in operations}

    assert [it.key for it in schedule if it.key not in by_key] == []
    assert {key: by_key[key].scheduled_at for key in by_key if by_key[key].scheduled_at >= begin_at} == {
        it.key: pytest.approx(begin_at + it.at, abs=1e-3) for it in schedule
    }
    due = [it for it in schedule if stall[0] <= begin_at + it.at < stall[1]]
    assert len(due) > 80
    for it in due:
        ended_at = by_key[it.key].ended_at
        assert ended_at is not None
        assert ended_at >= stall[1], "nothing was answered during the stall"
    seen = counted(plan, operations)
    assert seen.p99_ms is not None
    assert seen.p99_ms >= 1000 * (stall[1] - begin_at - sorted(it.at for it in due)[len(schedule) // 100])
    assert (seen.operations_failed, seen.scheduled) == (0, len(schedule))
    shed = [it for it in operations if any(attempt.error == "shed" for attempt in it.attempts)]
    assert seen.shed == len(shed) > 0
    assert {it.kind for it in shed} == {"information"}
    assert {it.key: it.id for it in operations if it.kind == "submit"} == server.stored
    lines = progress_of(tmp_path)
    assert (lines[-1].sent, lines[-1].acknowledged) == (len(operations), len(operations))
    assert busiest_percent(lines, begin_at, begin_at + plan.schedule.seconds) is not None


def test_processes_of_a_distributed_run_send_each_operation_once(tmp_path: Path) -> None:
    begin_at = time.time() + LEAD_SECONDS
    with standing_in(StandIn()) as server:
        plan, settings = planned(server.url)
        options = ["--host", server.url, "--edge", server.url, "--environment", "slice", "--seed", "5"]
        scales = ["--rate-scale", str(RATE), "--duration-scale", str(DURATION), "--run-key", settings.run]
        done = subprocess.run(
            [
                *(sys.executable, "-m", "load_tests", str(os.getpid()), "--headless", "--only-summary"),
                *("--processes", "2", *options, *scales),
                *("--begin-at", str(begin_at), "--ledger", str(tmp_path)),
            ],
            capture_output=True,
            text=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    files = sorted(tmp_path.glob("ledger-*.jsonl"))
    sent = Counter(it.key for file in files for it in read_operations([file]) if it.scheduled_at >= begin_at)

    assert len(files) == 2
    assert sent == Counter(it.key for it in plan.schedule.operations())


def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    with standing_in(StandIn()) as server:
        _, settings = planned(server.url)
        starts = (
            "import sys, time\n"
            "from pathlib import Path\n"
            "from catalogue import load_catalogue\n"
            "from load_tests.generator_process import GeneratorProcess\n"
            "from load_tests.plan import Plan, PlanSettings\n"
            f"settings = {settings!r}\n"
            "plan = Plan.of(load_catalogue(), settings)\n"
            f"process = GeneratorProcess(plan, settings, time.time() + 60, Path({str(tmp_path)!r}))\n"
            "print(process.pid, flush=True)\n"
            "time.sleep(60)\n"
        )
        parent = subprocess.Popen([sys.executable, "-c", starts], stdout=subprocess.PIPE, text=True)
        try:
            assert parent.stdout
            generator = psutil.Process(int(parent.stdout.readline()))
            parent.send_signal(signal.SIGKILL)
        finally:
            parent.kill()
            parent.communicate()
        generator.wait(timeout=30)
        assert not generator.is_running()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--host", "http://203.0.113.9"], "so load goes to its loopback addresses only, got '203.0.113.9'"),
        (["--launch", "ten-fold-stepp"], "There is no launch 'ten-fold-stepp' in launches.yaml. There are "),
    ],
    ids=["unlisted-host", "unknown-launch"],
)
def test_a_plan_that_cannot_be_carried_out_is_one_sentence_and_exit_code_2(
    options: list[str], sentence: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless"),
            *("--edge", "http://127.0.0.1:9", "--environment", "slice", *options),
        ],
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
        cwd=tmp_path,
    )

    said = [line for line in done.stderr.splitlines() if line.startswith("load: ")]
    assert done.returncode == 2
    assert len(said) == 1
    assert sentence in said[0]
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
