"""When the runner is killed, every fault is undone, and nothing is left of it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest

from chaos.undo import Deed, UndoJournal, pending
from chaos.watchdog import by_hand
from tests.chaos.stand_in import StandIn
from twin.aws.emulator.process import Emulator

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_SECONDS = 60.0
AWS = {"AWS_ACCESS_KEY_ID": "twin", "AWS_SECRET_ACCESS_KEY": "twin", "AWS_DEFAULT_REGION": "eu-west-2"}
FAULT = {"kind": "zone-power-loss", "zone": "a"}

HANGING = """
import socket, sys
from pathlib import Path
from chaos.watchdog import end_after
end_after(0.2, Path(sys.argv[1]))
with socket.create_server(("127.0.0.1", 0)) as server:
    server.accept()
"""


def begun(
    file: Path,
    endpoint: StandIn,
    how: str,
    deeds: Sequence[Mapping[str, Any]] = (),
    variables: Mapping[str, str] | None = None,
) -> tuple["subprocess.Popen[str]", int]:
    """The runner, and its watchdog's process id."""
    runner = subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.runner", str(file), endpoint.url, how, json.dumps(deeds)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, **(variables or {})},
    )
    assert runner.stdout
    return runner, int(runner.stdout.readline())


def gone(pid: int) -> bool:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def killed(runner: "subprocess.Popen[str]", watchdog: int) -> bool:
    """Whether the watchdog has ended after it."""
    try:
        runner.kill()
        runner.wait(10)
        return gone(watchdog)
    finally:
        runner.communicate()


def test_kill_9_of_the_runner_undoes_every_fault_and_the_watchdog_ends(
    tmp_path: Path, endpoint: StandIn
) -> None:
    file = tmp_path / "undo.jsonl"
    runner, watchdog = begun(file, endpoint, "waits")
    assert endpoint.active == ["f0", "f1"]
    assert killed(runner, watchdog)
    assert endpoint.active == []
    assert pending(file)[0] == []


@pytest.mark.twin
def test_kill_9_of_the_runner_puts_back_what_aws_was_told(
    tmp_path: Path, endpoint: StandIn, emulator: Emulator
) -> None:
    """A protection that was taken away, and a template of FIS with what goes on of it."""
    file, given = tmp_path / "undo.jsonl", AWS | {"AWS_ENDPOINT_URL": emulator.endpoint}
    sqs, fis = (_client(it, emulator) for it in ("sqs", "fis"))
    queue = sqs.create_queue(QueueName="told", Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
    call = {
        "service": "sqs",
        "operation": "set_queue_attributes",
        "parameters": {"QueueUrl": queue, "Attributes": {"VisibilityTimeout": "30"}},
    }
    template = _started(fis)
    deeds = [
        {"id": "protection", "title": "no patience", "at": 0, "calls": [call]},
        {"id": "fault", "title": "a wait", "at": 0, "template": template},
    ]
    runner, watchdog = begun(file, endpoint, "waits", deeds, given)
    assert killed(runner, watchdog)
    assert pending(file)[0] == []
    shown = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])["Attributes"]
    assert shown == {"VisibilityTimeout": "30"}
    assert template not in {it["id"] for it in fis.list_experiment_templates()["experimentTemplates"]}
    states = [it["state"]["status"] for it in fis.list_experiments()["experiments"]]
    assert not {"pending", "initiating", "running"}.intersection(states)


def _client(service: str, emulator: Emulator) -> Any:
    session = boto3.Session("twin", "twin", region_name="eu-west-2")
    return session.client(service, endpoint_url=emulator.endpoint)  # type: ignore[call-overload]


def _started(fis: Any) -> str:
    """The template of an experiment that goes on for a minute."""
    made = fis.create_experiment_template(
        description="a wait",
        roleArn="arn:aws:iam::123456789012:role/fis",
        stopConditions=[{"source": "none"}],
        targets={},
        actions={"wait": {"actionId": "aws:fis:wait", "parameters": {"duration": "PT1M"}}},
    )
    template = str(made["experimentTemplate"]["id"])
    fis.start_experiment(experimentTemplateId=template)
    return template


def test_a_run_that_is_over_leaves_no_watchdog(tmp_path: Path, endpoint: StandIn) -> None:
    file = tmp_path / "undo.jsonl"
    runner, watchdog = begun(file, endpoint, "ends")
    runner.communicate(timeout=DEADLINE_SECONDS)
    assert gone(watchdog)
    assert endpoint.active == []


def test_time_that_is_over_ends_it_whatever_it_waits_for(tmp_path: Path) -> None:
    file = tmp_path / "undo.jsonl"
    UndoJournal(file).write(Deed("one", "a zone", 0))
    done = subprocess.run(
        [sys.executable, "-c", HANGING, str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "not undone: a zone: no time was left for it\n")


def test_what_is_left_is_undone_by_hand_where_the_twin_is_now(
    tmp_path: Path, endpoint: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was started again knows nothing of the fault: it ended with the twin that it was asked of."""
    monkeypatch.delenv("ESTATE_FAULTS_URL", raising=False)
    file = tmp_path / "undo.jsonl"
    UndoJournal(file).write(
        Deed("one", "a zone", 0, endpoint="http://127.0.0.1:1", fault=FAULT, fault_id="f")
    )
    assert by_hand(file)[0].startswith("a zone: The fault endpoint 127.0.0.1:1 does not answer")
    monkeypatch.setenv("ESTATE_FAULTS_URL", endpoint.url)
    assert by_hand(file) == ()
    assert pending(file)[0] == []
