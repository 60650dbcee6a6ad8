"""Calls of AWS's API: those of a role's session, which are judged, beside the operator's, which are not."""

import json
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3
import psutil

from tests.enforcement.sides import Side, beside, turns
from twin.aws.emulator.environment import ACCOUNT_ID
from twin.aws.emulator.process import Emulator, start

__all__ = ["measured"]

REGION, ROLE, QUEUE = "eu-west-2", "bench", "bench"
STATEMENTS = 10
"""Of the role's policy, the last of which allows: a cell's role has about so many."""

CALLS, ROUNDS = 200, 6


def measured(calls: int = CALLS, rounds: int = ROUNDS) -> dict[str, Any]:
    """One client that sends one message after another, in turns as either; its own work counts on both sides."""
    with tempfile.TemporaryDirectory(prefix="estate-bench-") as folder:
        emulator = start(Path(folder))
        try:
            return _measured(emulator, calls, rounds)
        finally:
            emulator.stop()


def _measured(emulator: Emulator, calls: int, rounds: int) -> dict[str, Any]:
    operator = _session(emulator, {"aws_access_key_id": "twin", "aws_secret_access_key": "twin"})
    queue = operator("sqs").create_queue(QueueName=QUEUE)["QueueUrl"]
    clients = {"judged": _session(emulator, _role(operator))("sqs"), "not judged": operator("sqs")}
    process = psutil.Process(emulator.pid)
    sides = {name: Side(name) for name in clients}
    for name in clients:
        _send(Side(name), clients[name], queue, calls // 4, process)
    for side in turns(list(sides.values()), rounds):
        _send(side, clients[side.name], queue, calls, process)
    return beside(*sides.values())


def _send(side: Side, sqs: Any, queue: str, calls: int, process: psutil.Process) -> None:
    began, busy = time.perf_counter(), sum(process.cpu_times()[:2])
    for number in range(calls):
        sent = time.perf_counter()
        sqs.send_message(QueueUrl=queue, MessageBody=str(number))
        side.latencies.append(time.perf_counter() - sent)
    side.seconds += time.perf_counter() - began
    side.busy_seconds += sum(process.cpu_times()[:2]) - busy


def _session(emulator: Emulator, credentials: Mapping[str, str]) -> Callable[[str], Any]:
    session = boto3.Session(region_name=REGION, **credentials)
    return lambda service: session.client(service, endpoint_url=emulator.endpoint)  # type: ignore[call-overload]


def _role(operator: Callable[[str], Any]) -> dict[str, str]:
    """Credentials of a session of a role that may send to the queue."""
    iam, sts = operator("iam"), operator("sts")
    principal = {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"}
    trust = [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]
    role = iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=_policy(trust))["Role"]["Arn"]
    queues = [*(f"other-{number}" for number in range(STATEMENTS - 1)), QUEUE]
    allowed = [
        {
            "Effect": "Allow",
            "Action": ["sqs:SendMessage", "sqs:GetQueueAttributes"],
            "Resource": f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{name}",
        }
        for name in queues
    ]
    iam.put_role_policy(RoleName=ROLE, PolicyName="queues", PolicyDocument=_policy(allowed))
    given = sts.assume_role(RoleArn=role, RoleSessionName="bench")["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


def _policy(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
