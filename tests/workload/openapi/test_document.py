"""Every role has an API document that keeps OpenAPI's rules."""

import json
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.responses import Response

from workload.exceptions import SettingsWrong
from workload.openapi import document_of, main
from workload.openapi_role import ROLES, service_for
from workload.service import Operation, Service

FRAME = {"/health", "/metrics.json", "/openapi.json", "/ready"}


async def _nothing(_: Any) -> Response:
    return Response()


def _operation(**changes: Any) -> Operation:
    given = {
        "method": "PUT",
        "path": "/facts/{client}/{name:path}",
        "handler": _nothing,
        "summary": "Changes.",
    }
    return Operation(**(given | changes))


@pytest.mark.parametrize("role", ROLES)
def test_every_roles_document_is_valid(role: str) -> None:
    document = document_of(service_for(role), role)
    OpenAPIV31SpecValidator(document).validate()
    assert set(document["paths"]) >= FRAME


@pytest.mark.parametrize("role", ROLES)
def test_every_operation_is_in_the_document(role: str) -> None:
    service = service_for(role)
    paths = document_of(service, role)["paths"]
    described = sum(len(item) for path, item in paths.items() if path not in FRAME)
    assert described == len(service.operations)


def test_path_parameters_are_described_without_their_convertors() -> None:
    document = document_of(Service([_operation()]), "x")
    described = document["paths"]["/facts/{client}/{name}"]["put"]
    assert [it["name"] for it in described["parameters"] if it["in"] == "path"] == ["client", "name"]


def test_headers_and_the_deadline_are_described() -> None:
    document = document_of(Service([_operation(headers={"Idempotency-Key": "Yours."})]), "x")
    described = document["paths"]["/facts/{client}/{name}"]["put"]["parameters"]
    headers = {it["name"]: it.get("required", False) for it in described if it["in"] == "header"}
    assert headers == {"Idempotency-Key": True, "Estate-Deadline": False, "Estate-Attempt": False}


def test_answers_are_described_by_status_with_the_errors_of_every_role() -> None:
    schema = {"type": "object", "properties": {"version": {"type": "integer"}}}
    document = document_of(Service([_operation(answers={201: schema})]), "x")
    answers = document["paths"]["/facts/{client}/{name}"]["put"]["responses"]
    assert list(answers) == ["201", "4XX", "429", "503", "504", "5XX"]
    assert answers["201"]["content"] == {"application/json": {"schema": schema}}
    assert set(answers["503"]["headers"]) == {"Retry-After"}


def test_the_command_writes_the_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["master-data"]) == 0
    written = json.loads(capsys.readouterr().out)
    assert "/facts/{client_reference}" in written["paths"]


def test_a_role_that_there_is_not_is_named() -> None:
    with pytest.raises(SettingsWrong, match="baker"):
        main(["baker"])
