"""What every request goes through: an id, a deadline, a slot, an answer whatever happens, and a line in the log."""

import asyncio
import hashlib
import re
from uuid import uuid4

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from workload import deadline as deadlines
from workload.answers import error_answer, refusal_of
from workload.clock import monotonic
from workload.deadline import Deadline
from workload.exceptions import DeadlinePassed, DependencyAway, Refused
from workload.frame import Frame
from workload.logs import request_id
from workload.priority import HEADER as ATTEMPT
from workload.priority import attempt_of
from workload.service import Handler, Operation

__all__ = ["admitted"]

DEFAULT_SECONDS = 10.0
"""For a request that names no deadline: an assumption."""

CLIENT_GONE = 499
"""Nobody hears it; it stands in the log. A convention of proxies: nginx, "ngx_http_request.h"."""

REQUEST_ID = re.compile(r"[A-Za-z0-9._=;:-]{1,128}")


def admitted(frame: Frame, operation: Operation) -> Handler:
    """The operation's handler, with everything around it."""

    async def serve(request: Request) -> Response:
        began = monotonic()
        token = request_id.set(_request_id(request))
        try:
            response = await _answered(frame, operation, request)
            response.headers["X-Request-Id"] = request_id.get() or ""
            _tell(frame, operation, request, response.status_code, 1000 * (monotonic() - began))
        finally:
            request_id.reset(token)
        return response

    return serve


async def _answered(frame: Frame, operation: Operation, request: Request) -> Response:
    try:
        deadline = Deadline.read(request.headers.get(deadlines.HEADER), monotonic(), DEFAULT_SECONDS)
        request.state.deadline = deadline
        arrived = monotonic()
        priority = operation.priority.on_attempt(attempt_of(request.headers.get(ATTEMPT)))
        async with frame.slots.hold(priority, deadline):
            request.state.waited_milliseconds = round(1000 * (monotonic() - arrived), 1)
            return await _handled(frame, operation, request, deadline)
    except Refused as refusal:
        return _refused(request, refusal)


async def _handled(frame: Frame, operation: Operation, request: Request, deadline: Deadline) -> Response:
    deadline.check(monotonic())
    try:
        async with asyncio.timeout(deadline.remaining_seconds(monotonic())):
            return await operation.handler(request)
    except Refused as refusal:
        return _refused(request, refusal)
    except DependencyAway as away:
        frame.log.warn("dependency-away", dependency=away.dependency, why=away.why)
        return _refused(request, refusal_of(away, frame.contract.without(away.dependency)))
    except TimeoutError:
        begun = DeadlinePassed("It was begun, and may be done yet: ask again with the same key.")
        return _refused(request, begun)
    except ClientDisconnect:
        return _refused(request, Refused(CLIENT_GONE, "client-gone", "The caller has hung up."))
    except Exception as error:
        frame.log.error("request-failed", error, operation=operation.summary)
        message = "The service failed on this request. The fault was logged under its id."
        return _refused(request, Refused(500, "internal", message))


def _refused(request: Request, refusal: Refused) -> Response:
    request.state.error = refusal.code
    return error_answer(refusal)


def _request_id(request: Request) -> str:
    """The caller's, where it is one, or a new one. An Amazon trace id is accepted as it is."""
    given = request.headers.get("x-request-id") or request.headers.get("x-amzn-trace-id") or ""
    return given if REQUEST_ID.fullmatch(given) else uuid4().hex


def _tell(frame: Frame, operation: Operation, request: Request, status: int, milliseconds: float) -> None:
    frame.metrics.count(f"answers.{status // 100}xx")
    slug = request.path_params.get("slug")
    if operation.measured and slug and status != 404:
        frame.metrics.operation(slug, milliseconds, failed=status >= 500)
    key = request.headers.get("idempotency-key")
    frame.log.info(
        "request",
        operation=f"{operation.method} {operation.path}",
        operation_id=hashlib.sha256(key.encode()).hexdigest()[:16] if key else None,
        status=status,
        error=getattr(request.state, "error", None),
        milliseconds=round(milliseconds, 1),
        waited_milliseconds=getattr(request.state, "waited_milliseconds", None),
    )
