"""The online portal: information, how an application stands, and the waiting room."""

import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from workload import pages
from workload.answers import answer, body_of
from workload.availability import Availability
from workload.clock import timestamp
from workload.exceptions import DependencyAway, Refused
from workload.frame import Frame
from workload.identity import read_id
from workload.known import Known
from workload.parameters import Parameters, ParameterSource
from workload.priority import Priority
from workload.service import Handler, Loop, Operation, Probe, Service
from workload.waiting_room import Place, WaitingRoom

__all__ = ["Portal", "make"]

ROOM = "waiting-room"
CASE_SECONDS = 0.3
"""For an attempt, as in a cell."""

REFRESH_SECONDS = 10
FULL_WAITING_SHARE = 0.5
"""The estate is full when so much of this task's own line is taken: an assumption."""

_ANY: Mapping[str, Any] = {"type": "object"}


def make(frame: Frame) -> Service:
    """The portal, with a cache if it is given one."""
    cache = next(iter(frame.caches.values()), None)
    availability = Availability(frame, ("documents", "interaction"))
    portal = Portal(frame, WaitingRoom(cache), availability, Parameters(frame.aws))

    async def case() -> None:
        await frame.service("case").call("GET", "/health", seconds=1.0)

    probes: dict[str, Probe] = {"case": case}
    probes.update({it.name: it.probe for it in frame.caches.values()})
    return Service(portal.operations(), [Loop("availability", availability.run)], [], probes)


class Portal:
    """Operations of the portal."""

    def __init__(
        self, frame: Frame, room: WaitingRoom, availability: Availability, source: ParameterSource
    ) -> None:
        self._frame = frame
        self._room = room
        self._availability = availability
        self._source = source
        self._benefits = Known(self._read_benefits)

    def operations(self) -> list[Operation]:
        bulk = Priority.BULK
        return [
            Operation("GET", "/", self._admitted(self.home), "The first page.", bulk),
            Operation("GET", "/benefits", self._admitted(self.benefits), "Benefits and how to apply.", bulk),
            Operation("GET", "/help", self._admitted(self.help), "Ways to reach a person.", bulk),
            Operation("GET", f"/{ROOM}", self.wait, "A person's place in the line.", bulk),
            Operation(
                "GET",
                "/applications/{application_id}",
                self._admitted(self.status),
                "Says how an application stands.",
                Priority.NORMAL,
                answers={200: _ANY},
            ),
            Operation(
                "POST",
                "/field-changes",
                self.field_change,
                "Takes what a field device recorded offline.",
                Priority.NORMAL,
                request=_ANY,
                answers={202: _ANY},
            ),
        ]

    async def home(self, request: Request) -> Response:
        away = self._availability.away
        return self._page(request, pages.home_page, {"benefits": "/benefits", "help": "/help"}, away)

    async def benefits(self, request: Request) -> Response:
        known = await self._known_benefits()
        listed = [{"slug": slug, "name": name} for slug, name in sorted(known.items())]
        away = [it for it in self._availability.away if it == "documents"]
        return self._page(request, partial(pages.benefits_page, listed), {"benefits": listed}, away)

    async def help(self, request: Request) -> Response:
        away = [it for it in self._availability.away if it == "interaction"]
        document = {"webchat": not away, "telephone": pages.HELPLINE}
        return self._page(request, partial(pages.contact_page, not away), document, away)

    async def status(self, request: Request) -> Response:
        """As case says; without case, that this will be back."""
        id_ = read_id(request.path_params["application_id"])
        if id_ is None:
            raise Refused(404, "unknown-application", "An application's id is a UUID. See your receipt.")
        state, away = await self._state(id_, request)
        document = {"application_id": id_, "state": state}
        return self._page(request, partial(pages.status_page, state), document, away)

    async def _state(self, id_: str, request: Request) -> tuple[str | None, list[str]]:
        try:
            got = await self._frame.service("case").call(
                "GET", f"/cases/{id_}/state", deadline=request.state.deadline, seconds=CASE_SECONDS
            )
        except DependencyAway:
            return None, ["case"]
        if got.status == 404:
            raise Refused(
                404, "unknown-application", "No case shows this application yet. It may take a moment."
            )
        return got.json()["state"], []

    async def field_change(self, request: Request) -> Response:
        """The change is in its queue, from where it is taken up once."""
        document = await body_of(request)
        change_id = request.headers.get("idempotency-key") or document.get("change_id")
        if not change_id:
            raise Refused(
                400, "change-id-missing", "A change has a change_id, or comes with an Idempotency-Key."
            )
        queue = self._frame.queue("field-changes")
        if queue is None:
            raise DependencyAway("field-changes", "this region has none")
        change = {"recorded_at": timestamp()} | document | {"change_id": str(change_id)}
        await queue.send(change)
        return answer({"change_id": str(change_id), "state": "accepted"}, 202)

    async def wait(self, request: Request) -> Response:
        """The person's place, as a page or as JSON."""
        place = await self._place(request)
        if place.is_admitted:
            response = self._page(request, pages.home_page, {"position": 0}, [])
        else:
            response = self._waiting(request, place, 200)
        return _with_token(response, place)

    def _admitted(self, handler: Handler) -> Handler:
        """The handler, for those who are admitted; the others see their place in the line."""

        async def serve(request: Request) -> Response:
            self._room.observe(self._is_full(), time.time())
            if not self._room.is_open(time.time()):
                return await handler(request)
            place = await self._place(request)
            response = await handler(request) if place.is_admitted else self._waiting(request, place, 503)
            return _with_token(response, place)

        return serve

    def _is_full(self) -> bool:
        slots = self._frame.slots
        return slots.waiting >= FULL_WAITING_SHARE * slots.line_length

    async def _place(self, request: Request) -> Place:
        return await self._room.enter(request.cookies.get(ROOM), time.time())

    def _waiting(self, request: Request, place: Place, status: int) -> Response:
        headers = {"Retry-After": str(REFRESH_SECONDS)}
        if _wants_page(request):
            page = pages.waiting_page(place.position, REFRESH_SECONDS)
            return HTMLResponse(page, status, headers)
        document: dict[str, Any] = {"error": ROOM, "position": place.position}
        away = ["sessions"] if place.is_degraded else []
        return answer(self._frame.contract.mark(document, away), status, headers)

    def _page(
        self,
        request: Request,
        page: Any,
        document: Mapping[str, Any],
        away: Sequence[str],
    ) -> Response:
        """The page for a browser, and the document for a program."""
        if _wants_page(request):
            return HTMLResponse(page(self._frame.contract.without(*away)))
        return answer(self._frame.contract.mark(dict(document), away))

    async def _known_benefits(self) -> Mapping[str, str]:
        try:
            return await self._benefits.all()
        except DependencyAway:
            return {}

    async def _read_benefits(self) -> Mapping[str, str]:
        """Names by slug; none where the portal is not told at which path they are."""
        path = self._frame.settings.benefits_path
        documents = await self._source.below(path) if path else {}
        settings = {name: it for name, it in documents.items() if name.endswith("/settings")}
        return {name.split("/")[-2]: it["name"] for name, it in settings.items()}


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _with_token(response: Response, place: Place) -> Response:
    if place.token:
        response.set_cookie(ROOM, place.token, httponly=True, secure=True, samesite="lax", max_age=3600)
    return response
