"""Decision: decides each case once, by rule, from facts that partners confirm."""

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from workload.answers import answer, body_of
from workload.clock import monotonic
from workload.consumer import consumers_of
from workload.decisions import DECISION_STATEMENTS, SCHEMA, Decision, Decisions, StoredDecisions
from workload.events import bus_sender
from workload.exceptions import DependencyAway, Refused, TryLater
from workload.frame import Frame
from workload.identity import read_id
from workload.outbox import Relay, Sender
from workload.queue import Message
from workload.rules import Request, checks_needed, decide, is_refused_at_once
from workload.schema import Schema, SchemaMaker
from workload.service import Loop, Operation, Service

__all__ = ["DecisionService", "make", "read_request"]

REQUESTS = "decision-requests"
CHECK = "circumstances"
CHECK_SECONDS = 3.0
DETAILS_SECONDS = 0.5
ANSWER_LATER_SECONDS = 30.0
"""After which a partner is asked again that answers later."""

_ANY: Mapping[str, Any] = {"type": "object"}


def make(frame: Frame) -> Service:
    """The service, on the database that it is given."""
    database = frame.databases["core"]
    maker = SchemaMaker(database, Schema(SCHEMA, DECISION_STATEMENTS), frame.log)
    senders: dict[str, Sender] = {
        name: bus_sender(frame.aws, name, bus, "estate.decision")
        for name, bus in frame.settings.stores.buses.items()
    }
    decisions = StoredDecisions(database, maker, frozenset(senders))
    relay = Relay(database, SCHEMA, senders, frame.log, lambda: maker.is_made)
    service = DecisionService(frame, decisions, relay)
    government = frame.service("exchange-government", "dwp").breaker
    queue = frame.queue(REQUESTS)
    consumers = consumers_of(
        REQUESTS,
        queue,
        service.take,
        slots=frame.slots,
        log=frame.log,
        pace=lambda: max(database.pace_seconds(), government.wait_seconds(monotonic())),
    )
    return Service(
        service.operations(),
        [Loop("schema", maker.run), Loop("outbox", relay.run)],
        consumers,
        {"core": database.probe},
    )


def read_request(document: Any) -> Request:
    """The request for a decision.

    Raises: Refused: a member is missing or of another kind.
    """
    try:
        case_id = read_id(document["case_id"])
        if case_id is None:
            raise TypeError("case_id is a UUID")
        facts = dict(document.get("facts", {}))
        return Request(case_id, str(document["benefit"]), str(document["client_reference"]), facts)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused(
            400, "request-incomplete", f"A request names case_id, benefit and client_reference: {error!r}."
        ) from error


class DecisionService:
    """Operations of decision."""

    def __init__(self, frame: Frame, decisions: Decisions, relay: Relay) -> None:
        self._frame = frame
        self._decisions = decisions
        self._relay = relay

    def operations(self) -> list[Operation]:
        return [
            Operation(
                "POST",
                "/decisions/outcomes",
                self.outcomes,
                "Says what was decided of some cases.",
                request=_ANY,
                answers={200: _ANY},
            ),
            Operation(
                "POST",
                "/decisions",
                self.decide_now,
                "Decides one case at once.",
                request=_ANY,
                answers={200: _ANY, 202: _ANY},
            ),
        ]

    async def take(self, message: Message) -> None:
        """The case that the message asks about is decided."""
        await self.decided(read_request(message.document))

    async def decided(self, request: Request) -> Decision:
        """The decision on the case, made now or before.

        Raises:
            DependencyAway: a partner that must confirm something is away, or the database.
            TryLater: a partner answers later.
        """
        made = await self._decisions.of([request.case_id])
        if made:
            return made[0]
        outcomes = {} if is_refused_at_once(request) else await self._checked(request)
        decision = decide(request, outcomes, await self._to_confirm(request))
        kept = await self._decisions.keep(decision)
        self._relay.wake()
        return kept

    async def outcomes(self, request: HttpRequest) -> Response:
        ids = [id_ for it in (await body_of(request)).get("ids", []) if (id_ := read_id(str(it)))]
        return answer({"outcomes": [_document(it) for it in await self._decisions.of(ids)]})

    async def decide_now(self, request: HttpRequest) -> Response:
        asked = read_request(await body_of(request))
        try:
            return answer(_document(await self.decided(asked)))
        except TryLater as later:
            document = {"case_id": asked.case_id, "state": "later", "why": str(later)}
            return answer(document, 202, {"Retry-After": str(int(later.after_seconds))})

    async def _checked(self, request: Request) -> dict[str, bool]:
        """Whether each partner confirmed."""
        needed = checks_needed(request)
        results = await asyncio.gather(*(self._check(it, request) for it in needed), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return dict(zip(needed, [it is True for it in results], strict=True))

    async def _check(self, needed: str, request: Request) -> bool:
        kind, _, partner = needed.rpartition(":")
        exchange = self._frame.service(f"exchange-{kind or 'government'}", partner)
        document = {"client_reference": request.client_reference, "check": CHECK}
        got = await exchange.call(
            "POST",
            f"/partners/{partner}/checks",
            document=document,
            key=f"{request.case_id}-{partner}",
            seconds=CHECK_SECONDS,
        )
        if got.status == 202:
            raise TryLater(ANSWER_LATER_SECONDS, f"{partner} answers later")
        if got.status != 200:
            self._frame.log.warn("check-impossible", partner=partner, status=got.status)
            return False
        return got.json()["outcome"] == "confirmed"

    async def _to_confirm(self, request: Request) -> tuple[str, ...]:
        """What has to be confirmed afterwards, because master data is away."""
        try:
            await self._frame.service("master-data").call(
                "GET", f"/facts/{request.client_reference}", seconds=DETAILS_SECONDS
            )
        except DependencyAway:
            return ("client-details",)
        return ()


def _document(decision: Decision) -> dict[str, Any]:
    return {
        "case_id": decision.case_id,
        "benefit": decision.benefit,
        "outcome": decision.outcome,
        "amount_pence": decision.amount_pence,
        "reason": decision.reason,
        "to_confirm": list(decision.to_confirm),
    }
