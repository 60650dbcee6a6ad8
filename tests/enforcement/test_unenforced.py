"""What the benchmark compares with really judges nobody; and the twin's own processes have no such switch."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.enforcement import unenforced
from tests.enforcement.people import ROOT
from twin.aws.emulator.process import Emulator, find, start
from twin.runtime.network.part import NetworkPart

pytestmark = pytest.mark.twin

TRUST = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", '
    '"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}]}'
)


@pytest.fixture
def judged(tmp_path: Path) -> Iterator[Emulator]:
    emulator = start(tmp_path)
    yield emulator
    emulator.stop()


@pytest.fixture
def unjudged(tmp_path: Path) -> Iterator[Emulator]:
    arguments = [
        "-m",
        "tests.enforcement.unenforced",
        "emulator",
        "--port",
        "0",
        "--state-dir",
        str(tmp_path),
    ]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while not (emulator := find(tmp_path)):
            assert process.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield emulator
    finally:
        process.kill()
        process.wait(10)


def _queues_of_a_role_without_policies(emulator: Emulator) -> list[str]:
    def client(service: str, **credentials: str) -> Any:
        given = credentials or {"aws_access_key_id": "twin", "aws_secret_access_key": "twin"}
        return boto3.client(
            service,  # type: ignore[call-overload]
            region_name="eu-west-2",
            endpoint_url=emulator.endpoint,
            **given,
        )

    role = client("iam").create_role(RoleName="nobody", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    session = client("sts").assume_role(RoleArn=role, RoleSessionName="nobody")["Credentials"]
    names = {"AccessKeyId": "aws_access_key_id", "SecretAccessKey": "aws_secret_access_key"}
    given = {names.get(name, "aws_session_token"): session[name] for name in (*names, "SessionToken")}
    return client("sqs", **given).list_queues().get("QueueUrls", [])


def test_the_twins_emulator_refuses_a_role_without_policies(judged: Emulator) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        _queues_of_a_role_without_policies(judged)


def test_what_it_is_compared_with_refuses_nobody(unjudged: Emulator) -> None:
    assert _queues_of_a_role_without_policies(unjudged) == []


def test_what_is_replaced_in_the_supervisor_is_there() -> None:
    assert hasattr(NetworkPart, "_evaluate")
    with pytest.raises(AttributeError, match="has no judging any more"):
        unenforced._replace(NetworkPart, "judging", None)  # pyright: ignore[reportPrivateUsage]
