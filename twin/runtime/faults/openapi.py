"""The fault endpoint in OpenAPI 3.1, so that clients can be made and requests checked."""

from typing import Any

from pydantic.json_schema import models_json_schema

from twin.runtime.faults.kinds import KINDS, MODELS

__all__ = ["description"]

_REFERENCE = "#/components/schemas/{model}"

_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}


def description() -> dict[str, Any]:
    """The document, with a schema of each kind of fault."""
    _, definitions = models_json_schema([(it, "validation") for it in MODELS], ref_template=_REFERENCE)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Faults of the twin", "version": "1"},
        "paths": {
            "/faults": {
                "post": _operation("Begins a fault", "201", "400") | {"requestBody": _body()},
                "get": _operation("All faults, the oldest first", "200"),
                "delete": _operation("Ends all faults", "200"),
            },
            "/faults/{id}": {
                "parameters": [_ID],
                "get": _operation("One fault", "200", "404"),
                "delete": _operation("Ends it; again changes nothing", "200", "404"),
            },
            "/status": {"get": _operation("Parts, zones, processes and faults", "200")},
        },
        "components": {"schemas": definitions["$defs"]},
    }


_MEANINGS = {
    "200": "It is so.",
    "201": "It is at work, or done where nothing of it lasts.",
    "400": "Not begun: the answer names each field and what it may be.",
    "404": "There was never one of this id.",
}


def _operation(summary: str, *codes: str) -> dict[str, Any]:
    return {"summary": summary, "responses": {code: {"description": _MEANINGS[code]} for code in codes}}


def _body() -> dict[str, Any]:
    schema = KINDS.json_schema(ref_template=_REFERENCE)
    schema.pop("$defs", None)
    return {"required": True, "content": {"application/json": {"schema": schema}}}
