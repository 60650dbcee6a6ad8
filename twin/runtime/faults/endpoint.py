"""The fault endpoint: JSON over HTTP, on loopback only, and refused to whoever came by another name.

A page in somebody's browser can send requests to loopback too. Those that change something want JSON or DELETE, for
which a browser asks first, and nobody here says yes.
"""

from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from twin.runtime.faults.exceptions import FaultRefused, Objection, UnknownFault
from twin.runtime.faults.kinds import AnyKind
from twin.runtime.faults.ledger import Ledger
from twin.runtime.faults.openapi import description

__all__ = ["application"]

Parse = Callable[[Any], AnyKind]


def application(ledger: Ledger, parse: Parse, status: Callable[[], dict[str, Any]]) -> ASGIApp:
    """The endpoint. Args: parse: a fault from JSON; status: of the supervisor."""

    async def begin(request: Request) -> Response:
        fault = ledger.begin(parse(await _json(request)))
        return JSONResponse(fault.document(), 201, {"Location": f"/faults/{fault.id}"})

    async def shown(request: Request) -> Response:
        return JSONResponse({"faults": [fault.document() for fault in ledger.all()]})

    async def one(request: Request) -> Response:
        return JSONResponse(ledger.get(request.path_params["id"]).document())

    async def end(request: Request) -> Response:
        return JSONResponse(ledger.end(request.path_params["id"]).document())

    async def end_all(request: Request) -> Response:
        return JSONResponse({"faults": [fault.document() for fault in ledger.end_all()]})

    async def tell(request: Request) -> Response:
        return JSONResponse(status())

    async def describe(request: Request) -> Response:
        return JSONResponse(description())

    routes = [
        Route("/faults", begin, methods=["POST"]),
        Route("/faults", shown, methods=["GET"]),
        Route("/faults", end_all, methods=["DELETE"]),
        Route("/faults/{id}", one, methods=["GET"]),
        Route("/faults/{id}", end, methods=["DELETE"]),
        Route("/status", tell, methods=["GET"]),
        Route("/openapi.json", describe, methods=["GET"]),
    ]
    handlers = {FaultRefused: _refused, UnknownFault: _unknown}
    return _LoopbackOnly(Starlette(routes=routes, exception_handlers=handlers))  # type: ignore[arg-type]


class _LoopbackOnly:
    """Refuses requests whose Host is not loopback: a name that leads here is somebody else's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = Headers(scope=scope).get("host", "") if scope["type"] == "http" else "localhost"
        if not _is_loopback(host):
            response = PlainTextResponse(f"Only loopback is served here, got the host {host!r}.\n", 403)
            return await response(scope, receive, send)
        return await self._app(scope, receive, send)


def _is_loopback(host: str) -> bool:
    name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
    parts = name.split(".")
    is_address = len(parts) == 4 and parts[0] == "127" and all(it.isdigit() and int(it) < 256 for it in parts)
    return is_address or name in ("localhost", "[::1]")


async def _json(request: Request) -> Any:
    """Raises: FaultRefused: it is none."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise FaultRefused(Objection("content-type", "Must be one of those allowed.", ("application/json",)))
    try:
        return await request.json()
    except ValueError:
        raise FaultRefused(Objection("body", "Must be JSON.")) from None


async def _refused(request: Request, error: FaultRefused) -> Response:
    fields = [
        {"field": it.field, "message": it.message, "allowed": list(it.allowed)} for it in error.objections
    ]
    return JSONResponse({"error": "fault-refused", "message": str(error), "fields": fields}, 400)


async def _unknown(request: Request, error: UnknownFault) -> Response:
    return JSONResponse({"error": "unknown-fault", "message": str(error)}, 404)
