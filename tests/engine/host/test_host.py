"""Programs run in processes of their own, and none of them outlives what started it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

pytestmark = pytest.mark.twin

DEADLINE_SECONDS = 60

DECLARES = """
import pulumi
pulumi.ComponentResource("shop:index:Cell", "north")
pulumi.export("zone", "a")
"""

NOTES_ITS_PROCESSES = """
import os, pathlib, time
pids = pathlib.Path(__file__).with_name("pids")
pids.with_suffix(".partial").write_text(f"{os.getpid()} {os.getppid()}")
pids.with_suffix(".partial").rename(pids)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "declares.py").write_text(DECLARES)
    return tmp_path


def command(folder: Path, *programs: str, workers: int = 1) -> list[str]:
    return [sys.executable, "-m", "tests.engine.host.driver", str(folder), str(workers), *programs]


def outcomes(folder: Path, *programs: str, workers: int = 1) -> list[dict[str, Any]]:
    """What came of each program. Whatever else is on stdout is no JSON, and fails the test."""
    done = subprocess.run(
        command(folder, *programs, workers=workers),
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


FINE = {"names": ["north", "shop-main-test"], "outputs": {"zone": "a"}}


@pytest.mark.parametrize(
    ("program", "error"),
    [
        ("import sys; sys.exit(3)", "the program exited with 3"),
        ("import sys; sys.exit('no such cell')", "the program exited with 'no such cell'"),
        ("\nraise LookupError('no such cell')", "LookupError: no such cell (bad.py:2)"),
        ("import", "SyntaxError: invalid syntax (bad.py, line 1)"),
        ("import os; os._exit(0)", "the program's process ended with status 0 before it could say why"),
        (
            "import os; os.kill(os.getpid(), 9)",
            "the program's process ended with status 9 before it could say why",
        ),
        (
            "import pulumi\npulumi.Output.from_input(1).apply(lambda it: 1 / 0)",
            "ZeroDivisionError: division by zero (bad.py:2)",
        ),
    ],
    ids=[
        "exits",
        "exits with a sentence",
        "raises",
        "is no Python",
        "vanishes",
        "is killed",
        "raises in apply",
    ],
)
def test_a_program_that_fails_is_told_in_a_sentence_and_the_next_one_runs(
    folder: Path, program: str, error: str
) -> None:
    (folder / "bad.py").write_text(program)
    failed, fine = outcomes(folder, "bad.py", "declares.py")
    assert list(failed) == ["error"]
    assert failed["error"].splitlines()[0] == f"The program of stack 'main-test' failed: {error}"
    assert fine == FINE


def test_a_program_may_exit_well(folder: Path) -> None:
    (folder / "exits.py").write_text(f"{DECLARES}\nimport sys; sys.exit(0)")
    assert outcomes(folder, "exits.py") == [FINE]


def test_a_host_of_several_workers_ends_when_it_is_left(folder: Path) -> None:
    """Each worker has the sockets of those before it: the end of a worker must not wait for them to be closed."""
    assert outcomes(folder, *["declares.py"] * 4, workers=3) == [FINE] * 4


def test_programs_share_nothing(folder: Path) -> None:
    (folder / "marks.py").write_text(
        "import builtins, os, pulumi\n"
        "builtins.mark = os.environ['MARK'] = 'made'\n"
        "pulumi.export('given', os.environ['GIVEN'])\n"
    )
    (folder / "looks.py").write_text(
        "import builtins, os, pulumi\n"
        "pulumi.export('found', [hasattr(builtins, 'mark'), 'MARK' in os.environ])\n"
    )
    marks, looks = outcomes(folder, "marks.py", "looks.py")
    assert marks["outputs"] == {"given": "by the session"}
    assert looks["outputs"] == {"found": [False, False]}


def test_what_a_program_prints_is_no_output_of_the_engine(folder: Path) -> None:
    (folder / "talks.py").write_text(f"import os\nprint('hello')\nos.system('echo hello')\n{DECLARES}")
    assert outcomes(folder, "talks.py") == [FINE]


def test_a_host_is_started_before_any_thread(folder: Path) -> None:
    code = (
        "import threading\n"
        "from engine.host import ProgramHost\n"
        "waiting = threading.Event()\n"
        "threading.Thread(target=waiting.wait).start()\n"
        "try:\n    ProgramHost()\n"
        "except Exception as error:\n    print(error)\n"
        "waiting.set()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=DEADLINE_SECONDS, check=True
    )
    assert done.stdout == "A program host must be started before any thread of this process.\n"


class TestProcesses:
    @pytest.fixture
    def engine(self, folder: Path) -> Iterator[subprocess.Popen[str]]:
        """An engine whose program has noted its processes and hangs."""
        (folder / "hangs.py").write_text(f"{NOTES_ITS_PROCESSES}\ntime.sleep(600)")
        with subprocess.Popen(
            command(folder, "hangs.py", "declares.py"), stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                _until_there(folder / "pids", process)
                yield process
            finally:
                process.kill()

    def test_killing_the_engine_ends_them_all(self, folder: Path, engine: subprocess.Popen[str]) -> None:
        program, host = _processes(folder)
        assert program.ppid() == host.pid
        assert host.ppid() == engine.pid
        os.kill(engine.pid, signal.SIGKILL)
        assert _left(program, host) == []

    def test_killing_the_host_is_told_as_such(self, folder: Path, engine: subprocess.Popen[str]) -> None:
        program, host = _processes(folder)
        host.kill()
        output, _ = engine.communicate(timeout=DEADLINE_SECONDS)
        died = {"error": "The program of stack 'main-test' failed: the process that runs programs died"}
        assert [json.loads(line) for line in output.splitlines()] == [died, died]
        assert _left(program, host) == []

    def test_killing_the_program_is_told_as_such(self, folder: Path, engine: subprocess.Popen[str]) -> None:
        program, host = _processes(folder)
        program.kill()
        output, _ = engine.communicate(timeout=DEADLINE_SECONDS)
        killed, fine = (json.loads(line) for line in output.splitlines())
        assert killed["error"].endswith("the program's process ended with status 9 before it could say why")
        assert fine == FINE
        assert _left(program, host) == []


def _until_there(file: Path, process: subprocess.Popen[str]) -> None:
    """The program has written the file. Polls: the process is a stranger's child by then."""
    engine = psutil.Process(process.pid)
    for _ in range(DEADLINE_SECONDS * 20):
        if file.exists():
            return
        try:
            engine.wait(0.05)
        except psutil.TimeoutExpired:
            continue
        break
    raise AssertionError("the program did not start")


def _processes(folder: Path) -> tuple[psutil.Process, psutil.Process]:
    """The program's process and its host's."""
    program, host = (psutil.Process(int(pid)) for pid in (folder / "pids").read_text().split())
    return program, host


def _left(*processes: psutil.Process) -> list[psutil.Process]:
    """Those that are still alive after the deadline; one that nobody has reaped is not."""
    _, alive = psutil.wait_procs(processes, timeout=DEADLINE_SECONDS, callback=None)
    return [it for it in alive if it.is_running() and it.status() != psutil.STATUS_ZOMBIE]
