"""A twin on which the estate runs, as tests ask it, move it and wait for it."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import boto3

from tests.twin.estate.command import Twin
from twin.runtime.process import Supervisor
from twin.runtime.process import find as find_supervisor

__all__ = [
    "APPLICATIONS",
    "address_of",
    "ask",
    "client",
    "exports",
    "fault",
    "healthy",
    "state_of",
    "submit",
    "supervisor",
    "tasks_of",
    "undo",
    "until",
]

DEADLINE_SECONDS = 60.0
APPLICATIONS = "/benefits/scottish-child-payment/applications"


def client(twin: Twin, service: str) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]
        region_name="eu-west-2",
        endpoint_url=twin.endpoint,
        aws_access_key_id="twin",
        aws_secret_access_key="twin",
    )


def supervisor(twin: Twin) -> Supervisor:
    found = find_supervisor(twin.home / "slice" / "runtime")
    assert found
    return found


def exports(twin: Twin) -> dict[str, str]:
    return twin.document("env")["exports"]


def ask(
    url: str, method: str = "GET", body: Any = None, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    """Status and document; 0 where nobody answered."""
    sent = {"Content-Type": "application/json"} | (headers or {})
    request = urllib.request.Request(
        url, method=method, data=None if body is None else json.dumps(body).encode(), headers=sent
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError as error:
        return 0, error


def state_of(url: str) -> str | None:
    """How an application stands; None where that cannot be told at the moment."""
    status, document = ask(url)
    return str(document["state"]) if status == 200 else None


def until(holds: Callable[[], Any], what: str, within_seconds: float = DEADLINE_SECONDS) -> Any:
    """What `holds` gives, once it is true. It may fail with an assertion on the way."""
    deadline = time.monotonic() + within_seconds
    while True:
        try:
            if found := holds():
                return found
        except AssertionError:
            pass
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def submit(edge: str, key: str) -> dict[str, Any]:
    """The receipt, tried as a client does."""

    def tried() -> Any:
        status, answer = ask(
            f"{edge}{APPLICATIONS}", "POST", {"client_reference": f"client-{key}"}, {"Idempotency-Key": key}
        )
        return answer if status in (200, 201, 202) else None

    return until(tried, "an application is accepted")


def tasks_of(twin: Twin, service: str) -> list[dict[str, Any]]:
    ecs = client(twin, "ecs")
    arns = ecs.list_tasks(cluster="estate", serviceName=service)["taskArns"]
    return ecs.describe_tasks(cluster="estate", tasks=arns)["tasks"] if arns else []


def address_of(task: dict[str, Any]) -> str:
    details = {it["name"]: it["value"] for it in task["attachments"][0]["details"]}
    return details["privateIPv4Address"]


def healthy(twin: Twin) -> None:
    until(lambda: twin.run("status").returncode == 0, "everything is healthy")


def fault(twin: Twin, **members: Any) -> str:
    status, made = ask(f"{supervisor(twin).faults}/faults", "POST", members)
    assert status == 201, made
    return str(made["id"])


def undo(twin: Twin, id_: str) -> None:
    assert ask(f"{supervisor(twin).faults}/faults/{id_}", "DELETE")[0] in (200, 204)
