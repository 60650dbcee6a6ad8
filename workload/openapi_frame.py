"""What every role's API has in common: errors, and the paths that the frame serves."""

from collections.abc import Mapping
from typing import Any

__all__ = ["ERRORS", "FRAME_PATHS", "SCHEMAS"]

SCHEMAS: Mapping[str, Any] = {
    "Error": {
        "type": "object",
        "required": ["error", "message"],
        "properties": {
            "error": {"type": "string", "description": "For programs: a word that does not change."},
            "message": {"type": "string", "description": "For people: what broke, and what to do."},
            "request_id": {"type": ["string", "null"]},
            "degraded": {"type": "array", "items": {"$ref": "#/components/schemas/Degraded"}},
        },
    },
    "Degraded": {
        "type": "object",
        "description": "A dependency that is away, and what the service still does without it.",
        "required": ["dependency", "what_still_works"],
        "properties": {"dependency": {"type": "string"}, "what_still_works": {"type": "string"}},
    },
}

_RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds after which trying again with the same key may help.",
        "schema": {"type": "integer", "minimum": 1},
    }
}


def _error(description: str, headers: Mapping[str, Any] | None = None) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Error"}
    made: dict[str, Any] = {
        "description": description,
        "content": {"application/json": {"schema": schema}},
    }
    return made | ({"headers": dict(headers)} if headers else {})


ERRORS: Mapping[str, Any] = {
    "4XX": _error("The request cannot be served as it is; sending it again does not help."),
    "429": _error("Too many requests of this client.", _RETRY_AFTER),
    "503": _error("Shed, or something that it needs is away; nothing took effect.", _RETRY_AFTER),
    "504": _error("The caller's time was used up."),
    "5XX": _error("The service failed. Send the request again with the same key."),
}


def _frame_path(summary: str, statuses: Mapping[str, str]) -> dict[str, Any]:
    responses = {
        status: {"description": text, "content": {"application/json": {"schema": {"type": "object"}}}}
        for status, text in statuses.items()
    }
    return {"get": {"summary": summary, "responses": responses}}


FRAME_PATHS: Mapping[str, Any] = {
    "/health": _frame_path("Whether the process runs.", {"200": "It does."}),
    "/ready": _frame_path(
        "Whether each dependency answers.", {"200": "All do.", "503": "Some do not; the body names them."}
    ),
    "/metrics.json": _frame_path("Counters of this task.", {"200": "As they stand."}),
    "/openapi.json": _frame_path("This document.", {"200": "As served."}),
}
