"""What a data plane says and hears, over the emulator's own endpoints."""

import http.client
import json
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.twin.aws.emulator.world import REGION

__all__ = ["changes", "document", "report", "send"]

RUNTIME = "the runtime of the tests"


def document(
    service: str, kind: str, key: str, it: dict[str, Any] | None, region: str = REGION
) -> dict[str, Any]:
    return {"service": service, "region": region, "kind": kind, "key": key, "document": it}


def report(endpoint: str, *documents: dict[str, Any]) -> None:
    status, answer = send(endpoint, "POST", "report", {"runtime": RUNTIME, "documents": list(documents)})
    assert (status, answer["reported"]) == (200, len(documents))


def changes(endpoint: str, **query: Any) -> dict[str, Any]:
    status, answer = send(endpoint, "GET", f"changes?{urlencode(query)}")
    assert status == 200
    return answer


def send(endpoint: str, method: str, name: str, body: object = None) -> tuple[int, Any]:
    address = urlsplit(endpoint)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=20)
    try:
        connection.request(method, f"/moto-api/estate/{name}", json.dumps(body) if body is not None else None)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()
