"""Case management: opens one case an application, has it decided, has awards paid."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from workload.answers import answer, body_of, key_of
from workload.case_progress import Progress
from workload.cases import CASE_STATEMENTS, SCHEMA, Case, Cases, Outcome, StoredCases
from workload.consumer import consumers_of
from workload.database import writer_or_replica
from workload.events import bus_sender, queue_sender, topic_sender
from workload.exceptions import DependencyAway, Refused
from workload.frame import Frame
from workload.identity import read_id
from workload.outbox import Item, Relay, Sender
from workload.priority import Priority
from workload.queue import Message, Outgoing, Queue
from workload.schema import Schema, SchemaMaker
from workload.service import Loop, Operation, Service

__all__ = ["CaseService", "make", "read_change"]

WORK = "case-work"
LOOKUP_SECONDS = 0.5
_ANY: Mapping[str, Any] = {"type": "object"}
_KEY = {"Idempotency-Key": "Of the change: the same key takes effect once."}


def make(frame: Frame) -> Service:
    """The service, on the database that it is given."""
    database = frame.databases["core"]
    maker = SchemaMaker(database, Schema(SCHEMA, CASE_STATEMENTS), frame.log)
    senders = _senders(frame)
    cases = StoredCases(database, maker, frozenset(senders))
    progress = Progress.of(frame, cases)
    senders |= _watched(senders, progress)
    relay = Relay(database, SCHEMA, senders, frame.log, lambda: maker.is_made)
    queue = frame.queue(WORK)
    service = CaseService(frame, cases, queue, relay, progress)
    consumers = consumers_of(
        WORK, queue, service.take, slots=frame.slots, log=frame.log, pace=database.wait_seconds
    )
    loops = [
        Loop("schema", maker.run),
        Loop("outbox", relay.run),
        Loop("readers", database.keep_readers),
        Loop("decisions", progress.decisions.run),
        Loop("payments", progress.payments.run),
        Loop("sweep", progress.sweep),
    ]
    return Service(service.operations(), loops, consumers, {"core": database.probe})


def _senders(frame: Frame) -> dict[str, Sender]:
    stores = frame.settings.stores
    senders: dict[str, Sender] = {}
    for name in stores.queues:
        queue = frame.queue(name)
        if queue and name != WORK:
            senders[name] = queue_sender(queue)
    for name, arn in stores.topics.items():
        senders[name] = topic_sender(frame.aws, name, arn)
    for name, bus in stores.buses.items():
        senders[name] = bus_sender(frame.aws, name, bus, "estate.case")
    return senders


def _watched(senders: dict[str, Sender], progress: Progress) -> dict[str, Sender]:
    """What was asked for is asked about from the moment that it was sent."""

    def then(send: Sender, watch: Any, member: str) -> Sender:
        async def sending(items: Any) -> Any:
            failed = await send(items)
            watch.add(_ids(items, member))
            return failed

        return sending

    ways = {"decision-requests": progress.decisions, "payment-requests": progress.payments}
    return {name: then(senders[name], watch, "case_id") for name, watch in ways.items() if name in senders}


def _ids(items: list[Item], member: str) -> list[str]:
    return [item.document[member] for item in items]


def read_change(document: Any) -> Case:
    """The case that an application asks to open.

    Raises: Refused: a member is missing or of another kind.
    """
    try:
        id_ = read_id(document["application_id"])
        facts = document.get("facts", {})
        if id_ is None or not isinstance(facts, dict):
            raise TypeError("application_id is a UUID, and facts an object")
        return Case(
            id_,
            str(document["benefit"]),
            str(document["client_reference"]),
            facts,
            str(document["received_at"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise Refused(
            400,
            "change-incomplete",
            f"A change names application_id, benefit, client_reference and received_at: {error!r}.",
        ) from error


class CaseService:
    """Operations of case."""

    def __init__(
        self, frame: Frame, cases: Cases, queue: Queue | None, relay: Relay, progress: Progress
    ) -> None:
        self._frame = frame
        self._cases = cases
        self._queue = queue
        self._relay = relay
        self._progress = progress

    def operations(self) -> list[Operation]:
        ok = {200: _ANY}
        return [
            Operation(
                "POST",
                "/changes",
                self.change,
                "Takes new applications, each once.",
                Priority.URGENT,
                request=_ANY,
                answers={201: _ANY, 202: _ANY},
                headers=_KEY,
            ),
            Operation(
                "POST", "/cases/known", self.known, "Says which cases there are.", answers=ok, request=_ANY
            ),
            Operation("GET", "/cases", self.of_client, "Lists a client's cases.", answers=ok),
            Operation("GET", "/cases/{application_id}", self.show, "Shows a case.", answers=ok),
            Operation(
                "GET", "/cases/{application_id}/state", self.state, "Says how a case stands.", answers=ok
            ),
            Operation(
                "POST",
                "/cases/{application_id}/decision",
                self.decide,
                "Decides a case by hand.",
                request=_ANY,
                answers=ok,
                headers=_KEY,
            ),
            Operation(
                "POST",
                "/cases/{application_id}/notes",
                self.note,
                "Adds a note.",
                request=_ANY,
                answers={200: _ANY, 201: _ANY},
                headers=_KEY,
            ),
        ]

    async def change(self, request: Request) -> Response:
        """202 where changes wait in the queue; 201 where they had to be stored at once."""
        key_of(request)
        changes = (await body_of(request)).get("changes", [])
        cases = [read_change(it) for it in changes]
        failed = await self._enqueue(changes)
        if not failed:
            return answer({"taken": [it.id for it in cases], "state": "queued"}, 202)
        for place in failed:
            await self._cases.open(cases[place], request.state.deadline)
        self._relay.wake()
        return self._answer({"taken": [it.id for it in cases], "state": "stored"}, 201, [WORK])

    async def _enqueue(self, changes: list[Any]) -> list[int]:
        """Places of those that the queue did not take."""
        if self._queue is None:
            return list(range(len(changes)))
        try:
            return await self._queue.send_batch([Outgoing(it) for it in changes])
        except DependencyAway:
            return list(range(len(changes)))

    async def take(self, message: Message) -> None:
        """The case that the message asks for is open."""
        await self._cases.open(read_change(message.document))
        self._relay.wake()

    async def known(self, request: Request) -> Response:
        ids = [id_ for it in (await body_of(request)).get("ids", []) if (id_ := read_id(str(it)))]
        return answer({"states": await self._cases.states(ids)})

    async def of_client(self, request: Request) -> Response:
        reference = request.query_params.get("client_reference")
        if not reference:
            raise Refused(400, "client-reference-missing", "Cases are listed by client_reference. Add it.")
        cases = await self._cases.of_client(reference, request.state.deadline)
        return answer({"cases": [_document(it) for it in cases]})

    async def state(self, request: Request) -> Response:
        case, age_seconds, away = await self._found(request)
        return self._answer(
            {"application_id": case.id, "state": case.state, **_age(age_seconds, away)}, 200, away
        )

    async def show(self, request: Request) -> Response:
        """With documents and the client's details, as far as their services answer."""
        case, age_seconds, away = await self._found(request)
        documents = await self._looked_up("documents", f"/documents?application={case.id}", request)
        details = await self._looked_up("master-data", f"/facts/{case.client_reference}", request)
        document = _document(case) | _age(age_seconds, away)
        document["documents"] = documents.get("documents", []) if documents is not None else None
        document["client"] = {"facts": (details or {}).get("facts", {}), "confirmed": details is not None}
        missing = [name for name, it in (("documents", documents), ("master-data", details)) if it is None]
        return self._answer(document, 200, [*away, *missing])

    async def decide(self, request: Request) -> Response:
        """A caseworker's decision, once; another one afterwards is refused."""
        key_of(request)
        outcome = _outcome(_id(request), await body_of(request))
        case = await self._cases.decide(outcome)
        if case is None:
            raise _unknown()
        if not _agrees(case, outcome):
            raise Refused(
                409, "decided-otherwise", f"The case is {case.state} already.", details=_document(case)
            )
        self._relay.wake()
        return answer(_document(case))

    async def note(self, request: Request) -> Response:
        is_new = await self._cases.note(_id(request), key_of(request), await body_of(request))
        if is_new is None:
            raise _unknown()
        return answer({"application_id": _id(request)}, 201 if is_new else 200)

    async def _found(self, request: Request) -> tuple[Case, float | None, list[str]]:
        """The case, and how old what is known of it may be.

        Raises: Refused: there is no such case.
        """
        id_, deadline = _id(request), request.state.deadline
        case, age_seconds, away = await writer_or_replica(
            "core", self._cases.find(id_, deadline), lambda: self._cases.find_in_replica(id_, deadline)
        )
        if case is None:
            raise _unknown()
        return case, age_seconds, away

    async def _looked_up(self, service: str, path: str, request: Request) -> dict[str, Any] | None:
        """What another service says, or None where it is away."""
        try:
            got = await self._frame.service(service).call(
                "GET", path, deadline=request.state.deadline, seconds=LOOKUP_SECONDS
            )
        except DependencyAway:
            return None
        return got.json() if got.status == 200 else {}

    def _answer(self, document: dict[str, Any], status: int, away: list[str]) -> Response:
        return answer(self._frame.contract.mark(document, away), status)


def _id(request: Request) -> str:
    id_ = read_id(request.path_params["application_id"])
    if id_ is None:
        raise _unknown()
    return id_


def _age(age_seconds: float | None, away: list[str]) -> dict[str, Any]:
    return {"age_seconds": age_seconds} if away else {}


def _unknown() -> Refused:
    return Refused(404, "unknown-case", "There is no case for this application yet.")


def _document(case: Case) -> dict[str, Any]:
    return {
        "application_id": case.id,
        "benefit": case.benefit,
        "client_reference": case.client_reference,
        "state": case.state,
        "received_at": case.received_at,
        "amount_pence": case.amount_pence,
        "decided_by": case.decided_by,
        "reason": case.reason,
    }


def _outcome(case_id: str, document: dict[str, Any]) -> Outcome:
    outcome, amount = document.get("outcome"), document.get("amount_pence")
    if outcome not in ("awarded", "refused"):
        raise Refused(400, "outcome-unknown", f"A case is awarded or refused, got {outcome!r}.")
    if outcome == "awarded" and (not isinstance(amount, int) or amount <= 0):
        raise Refused(400, "amount-missing", f"An award has an amount in pence above 0, got {amount!r}.")
    return Outcome(
        case_id, outcome, str(document.get("by", "caseworker")), amount, str(document.get("reason", ""))
    )


def _agrees(case: Case, outcome: Outcome) -> bool:
    stands = "awarded" if case.state == "paid" else case.state
    return stands == outcome.outcome and (stands == "refused" or case.amount_pence == outcome.amount_pence)
