"""What people ask, by what they want done: the request, and what they know afterwards.

People apply, save what they entered and return to it, send evidence, ask how things stand, and read pages. Staff do
some of it on behalf of a person. An arrival is one operation of such a journey; which draft or application it is about
is drawn from those that the estate has acknowledged, so a question is never about something that nobody was promised.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from catalogue import OperationKind
from evidence.ledger import Outcome
from load_tests.operation import Done, Request
from load_tests.schedule import ScheduledOperation

__all__ = ["JOURNEYS", "Known", "Thing", "learn", "request_of"]

PAGES = 8
"""That a form has: of so many saves one begins a draft, and the others go on with it. The mix has some eight saves for
each submission: an assumption."""

EVIDENCE_BYTES = 2_000
"""Of a document. A photograph is a thousand times larger; what is tried here is the operation, not the line."""

INFORMATION = ("/", "/benefits", "/help")

MOST_KNOWN = 5_000
"""Drafts and applications that are remembered, the latest: memory does not grow with a launch."""


@dataclass(frozen=True)
class Thing:
    """A draft or an application. Attributes: id: by which the estate can be asked for it."""

    benefit: str
    id: str


@dataclass
class Known:
    """What people hold that the estate has acknowledged."""

    drafts: list[Thing] = field(default_factory=list[Thing])
    applications: list[Thing] = field(default_factory=list[Thing])


def request_of(operation: ScheduledOperation, known: Known) -> Request:
    """What the operation sends."""
    return JOURNEYS[operation.kind](operation, known)


def learn(operation: ScheduledOperation, request: Request, done: Done, known: Known) -> str:
    """What was acknowledged can be returned to. Returns: the id by which the estate knows it, or nothing."""
    if done.outcome is not Outcome.ACKNOWLEDGED or done.answer is None:
        return ""
    document = done.answer.json()
    answered = document if isinstance(document, dict) else {}
    match operation.kind:
        case OperationKind.SUBMIT:
            id_ = str(answered.get("application_id", ""))
            _remember(known.applications, Thing(operation.benefit, id_))
        case OperationKind.SAVE:
            id_ = str(answered.get("draft_id", ""))
            if request.path.endswith(operation.key):
                _remember(known.drafts, Thing(operation.benefit, id_))
        case OperationKind.EVIDENCE:
            id_ = str(answered.get("document_id", ""))
        case _:
            id_ = ""
    return id_


def _submit(operation: ScheduledOperation, _: Known) -> Request:
    body: dict[str, object] = {"client_reference": f"client-{operation.key}", "answers": {"children": 1}}
    if operation.by_agent:
        body["made_by"] = "agent"
    return _written(operation, "POST", f"/benefits/{operation.benefit}/applications", body)


def _save(operation: ScheduledOperation, known: Known) -> Request:
    begins = operation.draw < 1 / PAGES
    thing = None if begins else _pick(known.drafts, operation.draw)
    thing = thing or Thing(operation.benefit, operation.key)
    page = 1 + int(operation.draw * PAGES)
    body: dict[str, object] = {"answers": {"page": page}}
    if operation.by_agent:
        body["made_by"] = "agent"
    return _written(operation, "PUT", f"/benefits/{thing.benefit}/drafts/{thing.id}", body)


def _return(operation: ScheduledOperation, known: Known) -> Request:
    thing = _pick(known.drafts, operation.draw)
    return _read(operation, f"/benefits/{thing.benefit}/drafts/{thing.id}" if thing else "/benefits")


def _status(operation: ScheduledOperation, known: Known) -> Request:
    thing = _pick(known.applications, operation.draw)
    return _read(operation, f"/benefits/{thing.benefit}/applications/{thing.id}" if thing else "/benefits")


def _evidence(operation: ScheduledOperation, known: Known) -> Request:
    thing = _pick(known.applications, operation.draw)
    if thing is None:
        return _read(operation, "/help")
    headers = {"Idempotency-Key": operation.key, "Content-Type": "application/octet-stream"}
    body = operation.key.encode().ljust(EVIDENCE_BYTES, b".")
    path = f"/evidence/{quote(thing.id)}?name=payslip-{operation.number}.txt"
    return Request(_name(operation), "POST", path, headers, body)


def _information(operation: ScheduledOperation, _: Known) -> Request:
    return _read(operation, INFORMATION[int(operation.draw * len(INFORMATION))])


JOURNEYS: Mapping[OperationKind, Callable[[ScheduledOperation, Known], Request]] = {
    OperationKind.SUBMIT: _submit,
    OperationKind.SAVE: _save,
    OperationKind.RETURN: _return,
    OperationKind.EVIDENCE: _evidence,
    OperationKind.STATUS: _status,
    OperationKind.INFORMATION: _information,
}


def _written(operation: ScheduledOperation, method: str, path: str, body: Mapping[str, object]) -> Request:
    headers = {"Idempotency-Key": operation.key, "Content-Type": "application/json"}
    return Request(_name(operation), method, path, headers, json.dumps(body, separators=(",", ":")).encode())


def _read(operation: ScheduledOperation, path: str) -> Request:
    return Request(_name(operation), "GET", path)


def _name(operation: ScheduledOperation) -> str:
    return f"{operation.kind} by an agent" if operation.by_agent else str(operation.kind)


def _pick(things: list[Thing], draw: float) -> Thing | None:
    return things[int(draw * len(things))] if things else None


def _remember(things: list[Thing], thing: Thing) -> None:
    if not thing.id:
        return
    things.append(thing)
    if len(things) > MOST_KNOWN:
        del things[: MOST_KNOWN // 2]
