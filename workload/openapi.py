"""The API of a role as an OpenAPI document, made from the operations that it serves.

`python -m workload.openapi ROLE` writes it; a task serves its own at `/openapi.json`.
"""

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from workload.answers import LONGEST_KEY
from workload.deadline import HEADER as DEADLINE
from workload.openapi_frame import ERRORS, FRAME_PATHS, SCHEMAS
from workload.priority import HEADER as ATTEMPT
from workload.service import Operation, Service

__all__ = ["document_of", "main"]

OPENAPI = "3.1.0"
"""Source: OpenAPI Specification 3.1.0, https://spec.openapis.org/oas/v3.1.0."""

PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
"""In a path, as Starlette writes it: a name, and a convertor that OpenAPI does not know."""

JSON = "application/json"
KEYED = "Idempotency-Key"
KEY: Mapping[str, Any] = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": r"\S"}
DESCRIPTIONS = {
    200: "Done.",
    201: "Made, or made before with the same key.",
    202: "Taken; it takes effect later.",
}


def document_of(service: Service, role: str) -> dict[str, Any]:
    """The OpenAPI document of a service."""
    paths: dict[str, dict[str, Any]] = {path: dict(item) for path, item in FRAME_PATHS.items()}
    for operation in service.operations:
        path = PARAMETER.sub(r"{\1}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": OPENAPI,
        "info": {
            "title": f"The {role} service",
            "version": _version(),
            "description": "Of the benefit-neutral reference service. Errors name what broke in `error`.",
        },
        "paths": paths,
        "components": {"schemas": dict(SCHEMAS)},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": _operation_id(operation),
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation), *_header_parameters(operation)],
        "responses": {**_answers(operation), **ERRORS},
        "x-priority": operation.priority.word,
    }
    if operation.request is not None:
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": dict(operation.request)}}}
    return described


def _operation_id(operation: Operation) -> str:
    words = re.findall(r"\w+", PARAMETER.sub(r"by_\1", operation.path))
    return "_".join([operation.method.lower(), *words]).replace("-", "_")


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    names = PARAMETER.findall(operation.path)
    return [{"name": it, "in": "path", "required": True, "schema": {"type": "string"}} for it in names]


def _header_parameters(operation: Operation) -> list[dict[str, Any]]:
    deadline = {
        "name": DEADLINE,
        "in": "header",
        "description": "Milliseconds for which the caller waits. Work that is late is not begun.",
        "schema": {"type": "integer", "minimum": 0},
    }
    attempt = {
        "name": ATTEMPT,
        "in": "header",
        "description": "Which attempt of the same operation this is, from 1. Who was sent away twice goes first.",
        "schema": {"type": "integer", "minimum": 1},
    }
    own = [
        {
            "name": name,
            "in": "header",
            "required": name == KEYED,
            "description": description,
            "schema": KEY if name == KEYED else {"type": "string"},
        }
        for name, description in operation.headers.items()
    ]
    return [*own, deadline, attempt]


def _answers(operation: Operation) -> dict[str, Any]:
    answers: Mapping[int, Mapping[str, Any]] = operation.answers or {200: {}}
    return {str(status): _answer(status, schema) for status, schema in answers.items()}


def _answer(status: int, schema: Mapping[str, Any]) -> dict[str, Any]:
    media_type = schema.get("contentMediaType", JSON)
    return {
        "description": DESCRIPTIONS.get(status, "Answered."),
        "headers": {
            "X-Request-Id": {"description": "Of the request, as in the log.", "schema": {"type": "string"}}
        },
        "content": {media_type: {"schema": dict(schema)}},
    }


def _version() -> str:
    """Of the installed project; an image that holds the workload alone has none."""
    try:
        return version("estate")
    except PackageNotFoundError:
        return "0"


def main(arguments: Sequence[str] | None = None) -> int:
    """The role's document is on standard output."""
    from workload.openapi_role import service_for

    parser = argparse.ArgumentParser(prog="python -m workload.openapi", description="Writes a role's API.")
    parser.add_argument("role", help="such as cell, case, payments, exchange")
    role = parser.parse_args(arguments).role
    json.dump(document_of(service_for(role), role), sys.stdout, indent=2, sort_keys=True)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
