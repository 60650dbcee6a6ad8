"""All partners behind one port, told apart by the host that is called: `<partner>.partners.<domain>`."""

import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from workload.call_budget import CallBudget
from workload.partners import central_payments, transports
from workload.partners.directory import Directory, Partner, Transport
from workload.partners.exceptions import CallRefused
from workload.partners.record_book import RecordBook

__all__ = ["create_app", "partner_name"]

HEALTH_PATH = "/health"
PARTNERS_LABEL = "partners"

_ROUTES_BY_TRANSPORT: dict[Transport, tuple[BaseRoute, ...]] = {
    Transport.API: transports.API_ROUTES,
    Transport.FILE: transports.FILE_ROUTES,
    Transport.MESSAGING: transports.MESSAGING_ROUTES,
}


def create_app(
    folder: Path,
    settings: Path | None = None,
    clock: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
) -> ASGIApp:
    """The partners' application; what they are sent is kept in the folder.

    Args: settings: file with the partners (`directory.read_partners`); without it any name is a partner.
    """
    return _Partners(folder, Directory(settings), clock, monotonic)


def partner_name(host: str) -> str | None:
    """The partner in `<partner>.partners.<domain>[:port]`, or None where a host is nothing like that."""
    labels = host.partition(":")[0].split(".")
    return labels[0] if len(labels) > 2 and labels[1] == PARTNERS_LABEL and labels[0] else None


class _Partners:
    def __init__(
        self,
        folder: Path,
        directory: Directory,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
    ) -> None:
        self._folder = folder
        self._directory = directory
        self._clock = clock
        self._monotonic = monotonic
        self._budgets: dict[Partner, CallBudget] = {}
        self._apps: dict[Partner, Starlette] = {}
        self._book: RecordBook | None = None
        self._lifespan = Starlette(lifespan=self._open_book)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
        elif scope["path"] == HEALTH_PATH:
            await self._health()(scope, receive, send)
        else:
            await self._answer(Request(scope), receive, send)

    @asynccontextmanager
    async def _open_book(self, _: Starlette) -> AsyncIterator[None]:
        self._book = RecordBook(self._folder / "partners.sqlite", self._clock)
        try:
            yield
        finally:
            self._book.close()
            self._book = None

    def _health(self) -> Response:
        return JSONResponse({"state": "ok", "complaint": self._directory.complaint})

    async def _answer(self, request: Request, receive: Receive, send: Send) -> None:
        host = request.headers.get("host", "")
        partner = self._directory.find(partner_name(host) or "") if partner_name(host) else None
        if partner is None:
            await _misdirected(host)(request.scope, receive, send)
            return
        wait_seconds = self._wait_seconds(partner, request)
        if wait_seconds:
            await _too_many(partner, wait_seconds)(request.scope, receive, send)
            return
        scope = dict(request.scope) | {"partner": partner, "book": self._book}
        await self._app_of(partner)(scope, receive, send)

    def _wait_seconds(self, partner: Partner, request: Request) -> float:
        """Seconds until the partner takes another call. Looking into the ledger is not one."""
        is_audit = request.method == "GET" and request.url.path.startswith("/central-payments/")
        if partner.calls_per_second is None or is_audit:
            return 0.0
        budget = self._budgets.setdefault(partner, CallBudget(partner.calls_per_second))
        return budget.take(self._monotonic())

    def _app_of(self, partner: Partner) -> Starlette:
        if partner not in self._apps:
            self._apps[partner] = _app(partner)
        return self._apps[partner]


def _app(partner: Partner) -> Starlette:
    routes = [route for transport in sorted(partner.transports) for route in _ROUTES_BY_TRANSPORT[transport]]
    if partner.makes_payments:
        routes += central_payments.ROUTES
    routes.append(Route("/{path:path}", _not_there, methods=["GET", "POST", "PUT", "DELETE"]))
    return Starlette(routes=routes, exception_handlers={CallRefused: _refused})


async def _not_there(request: Request) -> Response:
    partner: Partner = request.scope["partner"]
    known = ", ".join(sorted(partner.transports))
    return _error(404, "not-found", f"{partner.name} has no {request.url.path!r}. It is reached by {known}.")


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, CallRefused)
    return _error(error.status, error.code, error.message)


def _misdirected(host: str) -> Response:
    return _error(
        421,
        "no-such-partner",
        f"A partner's host is <partner>.partners.<domain>, got {host!r}. Look at its name.",
    )


def _too_many(partner: Partner, wait_seconds: float) -> Response:
    response = _error(
        429,
        "too-many-calls",
        f"{partner.name} takes {partner.calls_per_second:g} calls a second. Wait as Retry-After says.",
    )
    response.headers["Retry-After"] = str(max(1, math.ceil(wait_seconds)))
    return response


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": code, "message": message}, status)
