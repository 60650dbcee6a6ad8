"""The emulator's process: started, found again, and stopped."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.twin.aws.emulator.world import clients_of
from twin import daemon
from twin.aws.emulator.exceptions import EmulatorNotReady, PortTaken
from twin.aws.emulator.process import RECORD, Emulator, find, start
from twin.record import Record, RecordFile


def _record(folder: Path) -> RecordFile:
    return RecordFile(folder, RECORD)


@pytest.fixture
def state_dir(tmp_path: Path) -> Iterator[Path]:
    """A state folder in which no emulator is left."""
    folder = tmp_path / "state"
    yield folder
    if recorded := _record(folder).read():
        with contextlib.suppress(ProcessLookupError):
            os.kill(recorded.pid, signal.SIGKILL)


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "twin.aws.emulator", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def _serving(state_dir: Path) -> list[int]:
    """Processes that serve the folder, or wait to."""
    found: list[int] = []
    for each in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if each.status() != psutil.STATUS_ZOMBIE and str(state_dir) in each.cmdline():
                found.append(each.pid)
    return found


def _vpcs(emulator: Emulator) -> int:
    return len(clients_of(emulator.endpoint)("ec2").describe_vpcs()["Vpcs"])


def test_it_is_found_again_and_answers_on_loopback_only(state_dir: Path) -> None:
    emulator = start(state_dir)
    assert find(state_dir) == emulator
    assert emulator.endpoint.startswith("http://127.0.0.1:")
    assert (state_dir / "session.key").stat().st_mode & 0o777 == 0o600
    listening = [
        it.laddr.ip for it in psutil.Process(emulator.pid).net_connections() if it.status == "LISTEN"
    ]
    assert listening == ["127.0.0.1"]


def test_starting_again_gives_the_one_that_runs(state_dir: Path) -> None:
    assert start(state_dir) == start(state_dir)


def test_two_that_start_at_once_are_given_the_same(state_dir: Path) -> None:
    started: list[Emulator] = []
    threads = [threading.Thread(target=lambda: started.append(start(state_dir))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert started == [find(state_dir)] * 3
    assert _serving(state_dir) == [started[0].pid]


def test_two_folders_have_two_emulators_side_by_side(tmp_path: Path) -> None:
    first, second = start(tmp_path / "a"), start(tmp_path / "b")
    try:
        clients_of(first.endpoint)("ec2").create_vpc(CidrBlock="10.0.0.0/16")
        assert (_vpcs(first), _vpcs(second)) == (2, 1)
    finally:
        first.stop()
        second.stop()


def test_it_outlives_whoever_started_it(state_dir: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from twin.aws.emulator.process import start;"
        "start(Path(sys.argv[1])); os.kill(os.getpid(), signal.SIGKILL)"
    )
    parent = subprocess.run([sys.executable, "-c", program, str(state_dir)], check=False, timeout=60)
    assert parent.returncode == -signal.SIGKILL
    assert find(state_dir) is not None


def test_stopping_ends_the_process_and_takes_its_record_away(state_dir: Path) -> None:
    emulator = start(state_dir)
    emulator.stop()
    assert not psutil.pid_exists(emulator.pid)
    assert (find(state_dir), _record(state_dir).read()) == (None, None)


def test_one_that_ignores_being_asked_is_killed(state_dir: Path) -> None:
    emulator = start(state_dir)
    os.kill(emulator.pid, signal.SIGSTOP)
    emulator.stop(deadline_seconds=0.2)
    assert not psutil.pid_exists(emulator.pid)


def test_stopping_twice_is_no_error(state_dir: Path) -> None:
    emulator = start(state_dir)
    emulator.stop()
    emulator.stop()


def test_a_killed_one_is_not_found_and_the_next_is_another_boot(state_dir: Path) -> None:
    first = start(state_dir)
    os.kill(first.pid, signal.SIGKILL)
    psutil.Process(first.pid).wait(10)
    assert (find(state_dir), _record(state_dir).read()) == (None, None)
    assert start(state_dir).nonce != first.nonce


def test_a_process_that_has_got_the_pid_of_a_dead_one_is_left_alone(state_dir: Path) -> None:
    state_dir.mkdir()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as stranger:
        try:
            started = psutil.Process(stranger.pid).create_time()
            _record(state_dir).write(Record(stranger.pid, started - 3600, 1, "nonce"))
            Emulator("http://127.0.0.1:1", stranger.pid, "nonce", state_dir).stop()
            assert stranger.poll() is None
            assert _record(state_dir).read() is None
        finally:
            stranger.kill()


def test_another_server_on_the_recorded_port_is_not_taken_for_it(state_dir: Path, taken_port: int) -> None:
    state_dir.mkdir()
    ours = psutil.Process()
    _record(state_dir).write(Record(ours.pid, ours.create_time(), taken_port, "nonce"))
    usual_seconds = daemon._ANSWER_SECONDS
    daemon._ANSWER_SECONDS = 0.2
    try:
        assert find(state_dir) is None
    finally:
        daemon._ANSWER_SECONDS = usual_seconds
        (state_dir / "emulator.json").unlink()


def test_a_taken_port_is_one_sentence_and_exit_code_2(taken_port: int) -> None:
    ended = _run("--port", str(taken_port))
    assert ended.returncode == 2
    assert ended.stderr == (
        f"Port {taken_port} on 127.0.0.1 is taken. Choose another port, or none to be given a free one.\n"
    )


def test_a_taken_port_is_told_to_whoever_starts_it(state_dir: Path, taken_port: int) -> None:
    with pytest.raises(PortTaken) as raised:
        start(state_dir, port=taken_port)
    assert raised.value.port == taken_port


def test_a_second_one_by_hand_does_not_get_the_folder(state_dir: Path) -> None:
    start(state_dir)
    ended = _run("--port", "0", "--state-dir", str(state_dir))
    assert (ended.returncode, ended.stderr.splitlines()) == (
        3,
        [f"Another emulator serves the state folder {str(state_dir)!r}. Use it, or stop it first."],
    )


def test_one_that_cannot_start_shows_the_end_of_its_log(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(state_dir))
    (state_dir / "moto").mkdir(parents=True)
    (state_dir / "moto" / "__init__.py").write_text("raise ImportError('broken on purpose')")
    with pytest.raises(EmulatorNotReady) as raised:
        start(state_dir)
    assert raised.value.log[-1] == "ImportError: broken on purpose"


def test_a_record_that_is_cut_off_is_no_record(state_dir: Path) -> None:
    state_dir.mkdir()
    (state_dir / "emulator.json").write_text(json.dumps({"pid": 1})[:-2])
    assert find(state_dir) is None


def test_a_signal_ends_it_at_once_even_while_it_answers(state_dir: Path) -> None:
    emulator = start(state_dir)
    running = psutil.Process(emulator.pid)
    with socket.create_connection(("127.0.0.1", int(emulator.endpoint.rpartition(":")[2]))) as waiting:
        waiting.sendall(b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf")
        running.terminate()
        assert running.wait(10) == -signal.SIGTERM
