"""A cell: takes applications for its benefits, stores each once, and tells case."""

import asyncio
import re
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from workload.answers import answer, body_of, key_of
from workload.applications import Application, Draft
from workload.benefits import Benefit, Benefits
from workload.bucket import bucket_of
from workload.clock import timestamp
from workload.database import writer_or_replica
from workload.drafts import DRAFTS, WaitingDrafts
from workload.exceptions import DependencyAway, Refused
from workload.frame import Frame
from workload.identity import application_id, read_id
from workload.parameters import Parameters
from workload.priority import Priority
from workload.rate_limit import RateLimit
from workload.receipts import Receipts
from workload.service import Loop, Operation, Probe, Service

__all__ = ["Cell", "make"]

PER_MINUTE = 60
"""Applications and drafts of one client: an assumption."""

LONGEST_REFERENCE = 100
DRAFT_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
STORE_SECONDS = 2.5
CASE_SECONDS = 0.3
"""For an attempt: some ten times what one takes. Whoever asks holds a slot, and while a third of case's tasks do not
answer, those who wait for them must not hold them all."""

STORED_SECONDS = 12
"""After which somebody asks again for what may wait to be stored. Who asks three times more outlasts the failover of a
writer, which is typically over within 30 s. Source: Aurora user guide, "Fault tolerance for an Aurora DB cluster"."""

_APPLICATION = {
    "type": "object",
    "required": ["client_reference"],
    "properties": {
        "client_reference": {"type": "string", "maxLength": LONGEST_REFERENCE},
        "weekly_income_pence": {"type": "integer", "minimum": 0},
        "checks": {"type": "array", "items": {"type": "string"}},
    },
}
_RECEIPT = {
    "type": "object",
    "required": ["application_id", "benefit", "state"],
    "properties": {
        "application_id": {"type": "string", "format": "uuid"},
        "benefit": {"type": "string"},
        "state": {
            "type": "string",
            "enum": ["accepted", "received", "in-decision", "awarded", "refused", "paid"],
        },
        "received_at": {"type": "string", "format": "date-time"},
        "degraded": {"type": "array", "items": {"type": "object"}},
    },
}
_ANY = {"type": "object"}
_KEY = {"Idempotency-Key": "A value of your own, sent again with every retry of the same request."}


def make(frame: Frame) -> Service:
    """The cell's service."""
    benefits = Benefits(frame, Parameters(frame.aws))
    cell = Cell(frame, benefits)
    return Service(
        cell.operations(),
        loops=[
            Loop("aws", lambda: frame.aws.prepare("sqs", "s3")),
            *(Loop("readers", it.keep_readers) for it in frame.databases.values()),
        ],
        workers=[benefits],
        probes=_probes(frame, benefits),
    )


def _probes(frame: Frame, benefits: Benefits) -> dict[str, Probe]:
    async def parameters() -> None:
        await benefits.all()

    probes: dict[str, Probe] = {"parameters": parameters}
    for database in frame.databases.values():
        probes["database"] = database.probe
    for cache in frame.caches.values():
        probes["cache"] = cache.probe
    return probes


class Cell:
    """Args: benefits: found by their slugs."""

    def __init__(self, frame: Frame, benefits: Benefits) -> None:
        self._frame = frame
        self._benefits = benefits
        cache = next(iter(frame.caches.values()), None)
        self._limit = RateLimit(cache, PER_MINUTE)
        self._receipts = Receipts(cache)
        self._waiting = WaitingDrafts(bucket_of(frame, DRAFTS), frame.log)

    def operations(self) -> list[Operation]:
        base = "/benefits/{slug}"
        return [
            Operation(
                "POST",
                f"{base}/applications",
                self.apply,
                "Submits an application, once however often it is repeated with its key.",
                Priority.URGENT,
                measured=True,
                request=_APPLICATION,
                answers={201: _RECEIPT, 202: _RECEIPT},
                headers=_KEY,
            ),
            Operation(
                "GET",
                f"{base}/applications/{{application_id}}",
                self.status,
                "Says how an application stands.",
                Priority.NORMAL,
                measured=True,
                answers={200: _RECEIPT},
            ),
            Operation(
                "PUT",
                f"{base}/drafts/{{draft_id}}",
                self.save,
                "Saves what was entered so far, to return to it.",
                Priority.NORMAL,
                measured=True,
                request=_ANY,
                answers={200: _ANY, 202: _ANY},
            ),
            Operation(
                "GET",
                f"{base}/drafts/{{draft_id}}",
                self.draft,
                "Gives back what was saved.",
                Priority.NORMAL,
                measured=True,
                answers={200: _ANY},
            ),
            Operation(
                "GET", base, self.about, "Says what the benefit is.", Priority.BULK, answers={200: _ANY}
            ),
            Operation(
                "GET",
                "/cells/{cell}/benefits",
                self.listed,
                "Lists the benefits of the cell.",
                Priority.BULK,
                answers={200: _ANY},
            ),
        ]

    async def apply(self, request: Request) -> Response:
        """201 where it is stored; 202 with the same id where it is kept in the queue until the writer is back."""
        key = key_of(request)
        benefit = await self._benefit(request)
        content = await body_of(request)
        reference = _reference(content)
        is_limited = await self._limit.check(f"{benefit.slug}/{reference}")
        application = Application(
            application_id(benefit.slug, key), benefit.slug, reference, content, timestamp()
        )
        away = [] if is_limited else ["cache"]
        try:
            limit = request.state.deadline
            stored, digest = await benefit.applications.store(application, limit)
        except DependencyAway as no_writer:
            return await self._accept(benefit, application, no_writer, away)
        if digest != application.digest:
            raise _key_used()
        benefit.wake()
        return self._answer(_receipt(stored, "received"), 201, [*away, *benefit.away()])

    async def _accept(
        self, benefit: Benefit, application: Application, no_writer: DependencyAway, away: list[str]
    ) -> Response:
        """The application waits in the benefit's queue.

        Raises: Refused: the queue is away as well.
        """
        await self._enqueue(benefit, {"kind": "application"} | _fields(application), no_writer)
        receipt = _receipt(application, "accepted")
        await self._receipts.keep(receipt)
        return self._answer(receipt, 202, ["database", *away])

    async def _enqueue(self, benefit: Benefit, document: dict[str, Any], no_writer: DependencyAway) -> None:
        try:
            await benefit.queue.send(document)
        except DependencyAway as no_queue:
            self._frame.log.warn("cannot-accept", database=no_writer.why, queue=no_queue.why)
            raise Refused(
                503,
                "cannot-store",
                "This cannot be stored at the moment, and was not. Send it again with the same Idempotency-Key.",
                retry_after_seconds=2,
                details={"degraded": self._frame.contract.without("database", "queue")},
            ) from no_queue

    async def status(self, request: Request) -> Response:
        """As case says; without case, as the cell knows; without the writer, as a replica has it.

        What waits in the queue to be stored is accepted, as its receipt says. Without the receipt nobody knows, and
        while something waits it is not said that there is no such application.
        """
        benefit = await self._benefit(request)
        id_ = read_id(request.path_params["application_id"])
        application, age_seconds, away = await self._found(benefit, id_, request)
        if application is None and (accepted := await self._accepted(benefit, id_, away)):
            return accepted
        if application is None:
            # What waited when it was looked for may have been stored before the queue was asked.
            application, age_seconds, away = await self._found(benefit, id_, request)
        if application is None and away:
            return self._not_known_yet(benefit, id_)
        if application is None:
            raise _unknown("application")
        state, case_away = await self._state(application, request)
        document = _receipt(application, state)
        if away:
            document["age_seconds"] = age_seconds
        return self._answer(document, 200, [*away, *case_away])

    async def _accepted(self, benefit: Benefit, id_: str | None, away: list[str]) -> Response | None:
        """What is known of an application that may not be stored yet; None where nothing waits to be."""
        if receipt := await self._receipts.find(id_):
            return self._answer(receipt, 200, ["database"])
        if id_ is None or not (away or await self._something_waits(benefit)):
            return None
        return self._not_known_yet(benefit, id_)

    def _not_known_yet(self, benefit: Benefit, id_: str | None) -> Response:
        document = {"application_id": id_, "benefit": benefit.slug, "state": "not-known-yet"}
        return self._answer(document, 200, ["database"])

    async def _something_waits(self, benefit: Benefit) -> bool:
        try:
            return await benefit.queue.length() > 0
        except DependencyAway:
            return True

    async def _found(
        self, benefit: Benefit, id_: str | None, request: Request
    ) -> tuple[Application | None, float | None, list[str]]:
        if id_ is None:
            return None, None, []
        stored, deadline = benefit.applications, request.state.deadline
        return await writer_or_replica(
            "database", stored.find(id_, deadline), lambda: stored.find_in_replica(id_, deadline)
        )

    async def _state(self, application: Application, request: Request) -> tuple[str, list[str]]:
        case = self._frame.service("case")
        try:
            got = await case.call(
                "GET",
                f"/cases/{application.id}/state",
                deadline=request.state.deadline,
                seconds=CASE_SECONDS,
            )
        except DependencyAway:
            return application.state, ["case"]
        return (got.json()["state"] if got.status == 200 else application.state), []

    async def save(self, request: Request) -> Response:
        benefit = await self._benefit(request)
        draft = Draft(_draft_id(request), await body_of(request), timestamp())
        document: dict[str, Any] = {"draft_id": draft.id, "saved_at": draft.saved_at}
        try:
            await benefit.applications.save(draft, request.state.deadline)
        except DependencyAway as no_writer:
            # Both at once, for the slot is held meanwhile. A draft that is then refused may be seen until it expires.
            _, is_seen = await asyncio.gather(
                self._enqueue(benefit, {"kind": "draft"} | asdict(draft), no_writer),
                self._waiting.keep(benefit.slug, draft),
            )
            unseen = [] if is_seen else [DRAFTS]
            return self._answer(document | {"state": "accepted"}, 202, ["database", *unseen])
        return self._answer(document | {"state": "saved"}, 200, [])

    async def draft(self, request: Request) -> Response:
        """As it was last saved, also while that waits to be stored.

        While something waits that cannot be found, it is not said that there is no such draft.
        """
        benefit, id_ = await self._benefit(request), _draft_id(request)
        draft, age_seconds, away = await self._drafted(benefit, id_, request)
        if draft is None or away:
            waiting = await self._waiting.find(benefit.slug, id_)
            if waiting and (draft is None or draft.saved_at < waiting.saved_at):
                draft, age_seconds, away = waiting, 0.0, ["database"]
        if draft is None and not away:
            waits = await self._something_waits(benefit)
            # What waited when it was looked for may have been stored before the queue was asked.
            draft, age_seconds, away = await self._drafted(benefit, id_, request)
            if draft is None and not (waits or away):
                raise _unknown("draft")
        if draft is None:
            raise _not_stored_yet("draft")
        document: dict[str, Any] = {
            "draft_id": draft.id,
            "content": draft.content,
            "saved_at": draft.saved_at,
        }
        return self._answer(document | ({"age_seconds": age_seconds} if away else {}), 200, away)

    async def _drafted(
        self, benefit: Benefit, id_: str, request: Request
    ) -> tuple[Draft | None, float | None, list[str]]:
        stored, deadline = benefit.applications, request.state.deadline
        return await writer_or_replica(
            "database", stored.draft(id_, deadline), lambda: stored.draft_in_replica(id_, deadline)
        )

    async def about(self, request: Request) -> Response:
        benefit = await self._benefit(request)
        return answer(
            {"benefit": benefit.slug, "name": benefit.name, "apply": f"/benefits/{benefit.slug}/applications"}
        )

    async def listed(self, _: Request) -> Response:
        benefits = await self._benefits.all()
        return answer(
            {"benefits": [{"slug": slug, "name": it.name} for slug, it in sorted(benefits.items())]}
        )

    async def _benefit(self, request: Request) -> Benefit:
        slug = request.path_params["slug"]
        benefit = await self._benefits.named(slug)
        if benefit is None:
            raise Refused(404, "unknown-benefit", f"This cell serves no benefit {slug!r}. See /benefits.")
        return benefit

    def _answer(self, document: dict[str, Any], status: int, away: list[str]) -> Response:
        return answer(self._frame.contract.mark(document, away), status)


def _reference(content: dict[str, Any]) -> str:
    reference = content.get("client_reference")
    if not isinstance(reference, str) or not 0 < len(reference) <= LONGEST_REFERENCE:
        raise Refused(
            400,
            "client-reference-missing",
            f"An application names its client in client_reference, with 1 to {LONGEST_REFERENCE} characters.",
        )
    return reference


def _draft_id(request: Request) -> str:
    id_ = request.path_params["draft_id"]
    if not DRAFT_ID.fullmatch(id_):
        raise Refused(400, "draft-id-wrong", "A draft's id has 8 to 64 letters, digits and hyphens.")
    return id_


def _receipt(application: Application, state: str) -> dict[str, Any]:
    return {
        "application_id": application.id,
        "benefit": application.benefit,
        "state": state,
        "received_at": application.received_at,
    }


def _fields(application: Application) -> dict[str, Any]:
    return {
        "id": application.id,
        "benefit": application.benefit,
        "client_reference": application.client_reference,
        "content": application.content,
        "received_at": application.received_at,
    }


def _key_used() -> Refused:
    return Refused(
        422,
        "key-used",
        "This Idempotency-Key was used for another application. Send that one again, or take a new key.",
    )


def _unknown(what: str) -> Refused:
    return Refused(404, f"unknown-{what}", f"There is no such {what}.")


def _not_stored_yet(what: str) -> Refused:
    """It may yet be there."""
    message = f"The {what} may wait to be stored. Ask again after the seconds in Retry-After."
    return Refused(503, "not-known-yet", message, retry_after_seconds=STORED_SECONDS)
