"""One call to a partner: what was sent, read or refused."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from workload.partners.directory import Partner
from workload.partners.exceptions import CallRefused
from workload.partners.record_book import RecordBook

__all__ = ["book_of", "json_object", "later", "page_of", "partner_of", "text_in", "whole_number"]

LARGEST_BODY_BYTES = 10_000_000
"""Of a file; anything larger is refused."""


def partner_of(request: Request) -> Partner:
    """The partner that was called."""
    return request.scope["partner"]


def book_of(request: Request) -> RecordBook:
    """Where what partners were sent is kept."""
    return request.scope["book"]


async def json_object(request: Request) -> dict[str, Any]:
    """The body. Raises: CallRefused where it is no JSON object."""
    body = await request.body()
    if len(body) > LARGEST_BODY_BYTES:
        raise CallRefused(
            413, "too-large", f"A body has at most {LARGEST_BODY_BYTES} bytes, got {len(body)}."
        )
    try:
        content = json.loads(body)
    except ValueError as error:
        raise CallRefused(400, "not-json", f"The body is a JSON object, got {error}.") from error
    if not isinstance(content, dict):
        raise CallRefused(400, "not-an-object", f"The body is a JSON object, got {type(content).__name__}.")
    return content


def text_in(content: dict[str, Any], member: str) -> str:
    """The member's text. Raises: CallRefused where there is none."""
    value = content.get(member)
    if not isinstance(value, str) or not value:
        raise CallRefused(422, "invalid", f"{member!r} is a text that is not empty, got {value!r}.")
    return value


def whole_number(request: Request, name: str, default: int, most: int | None = None) -> int:
    """A query parameter, not negative and not above `most`. Raises: CallRefused."""
    given = request.query_params.get(name, str(default))
    if not given.isascii() or not given.isdigit():
        raise CallRefused(400, "invalid", f"{name!r} is a whole number, got {given!r}.")
    return int(given) if most is None else min(int(given), most)


def page_of(request: Request) -> tuple[int, int]:
    """After which sequence number, and how many entries: query parameters `after` and `limit`."""
    return whole_number(request, "after", 0), whole_number(request, "limit", 500, most=5000)


def later(seconds: float, message: str) -> JSONResponse:
    """Not there yet: 404 with the time to try again."""
    headers = {"Retry-After": str(max(1, round(seconds)))}
    return JSONResponse({"error": "not-yet", "message": message}, 404, headers)
