"""Answers in JSON, and the errors among them."""

import json
import math
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from workload.exceptions import DependencyAway, Refused
from workload.logs import request_id

__all__ = ["LONGEST_KEY", "answer", "body_of", "error_answer", "key_of", "refusal_of"]

MOST_BODY_BYTES = 256 * 1024
"""What a message of SQS may hold at the least; 1 MiB since August 2025.
Source: SQS developer guide, "Amazon SQS message quotas"."""

LONGEST_KEY = 200


def answer(document: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """The document as JSON."""
    body = json.dumps(document, default=str).encode()
    return Response(body, status, headers, media_type="application/json")


def error_answer(refusal: Refused) -> Response:
    """The refusal as a body that a program can read, with Retry-After where it helps."""
    document = {"error": refusal.code, "message": refusal.message, "request_id": request_id.get()}
    headers = {}
    if refusal.retry_after_seconds is not None:
        headers["Retry-After"] = str(max(1, math.ceil(refusal.retry_after_seconds)))
    return answer(document | refusal.details, refusal.status, headers)


def refusal_of(error: DependencyAway, degraded: list[dict[str, str]]) -> Refused:
    """503 that names the dependency and what still works without it."""
    return Refused(
        503,
        "dependency-away",
        f"{error.dependency} does not answer at the moment. Try again after the seconds in Retry-After.",
        retry_after_seconds=error.retry_after_seconds or 2.0,
        details={"degraded": degraded},
    )


def key_of(request: Request) -> str:
    """The idempotency key of the request.

    Raises: Refused: it has none, or one that is too long.
    """
    key = request.headers.get("idempotency-key", "").strip()
    if not key:
        raise Refused(
            400,
            "idempotency-key-missing",
            "This request needs the header Idempotency-Key: a value of your own, such as a UUID, that you send again "
            "with every retry of the same request.",
        )
    if len(key) > LONGEST_KEY:
        raise Refused(
            400,
            "idempotency-key-too-long",
            f"An Idempotency-Key has at most {LONGEST_KEY} characters, got {len(key)}. Choose a shorter one.",
        )
    return key


async def body_of(request: Request) -> dict[str, Any]:
    """The body as a JSON object.

    Raises: Refused: it is too large, or something else.
    """
    content = await request.body()
    if len(content) > MOST_BODY_BYTES:
        raise Refused(
            413,
            "body-too-large",
            f"A body has at most {MOST_BODY_BYTES} bytes, got {len(content)}. Send evidence as a document.",
        )
    try:
        document = json.loads(content or b"{}")
    except ValueError as error:
        raise Refused(
            400, "body-not-json", f"The body must be a JSON object: {error}. Correct the request."
        ) from error
    if not isinstance(document, dict):
        raise Refused(400, "body-not-an-object", "The body must be a JSON object. Put the values into one.")
    return document
