"""Telephone, video, webchat, post and visits: notes of them, joined to the client's case."""

import json
import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from workload.answers import answer, body_of, key_of
from workload.events import service_sender
from workload.exceptions import DependencyAway, Refused
from workload.frame import Frame
from workload.identity import content_digest
from workload.keeping import Keeping, Session
from workload.outbox import Item
from workload.service import Operation, Service
from workload.service_probe import service_probe

__all__ = ["make"]

DATABASE = "core"
CACHE = "sessions"
CASE = "case"
CHANNELS = ("telephone", "video", "webchat", "post", "visit")
SESSION_SECONDS = 1800
"""An assumption."""

STATEMENTS = (
    """
    CREATE TABLE IF NOT EXISTS {schema}.notes (
        id text PRIMARY KEY, application_id text NOT NULL, channel text NOT NULL, content jsonb NOT NULL,
        digest text NOT NULL, at timestamptz NOT NULL DEFAULT now()
    )
    """,
    "CREATE INDEX IF NOT EXISTS notes_of_application ON {schema}.notes (application_id, at)",
)

_NOTE = {
    "type": "object",
    "required": ["channel", "text"],
    "properties": {"channel": {"enum": list(CHANNELS)}, "text": {"type": "string"}},
}
_KEPT = {
    "type": "object",
    "required": ["note_id", "state"],
    "properties": {"note_id": {"type": "string"}, "state": {"const": "kept"}},
}
_NOTES = {
    "type": "object",
    "required": ["application_id", "notes"],
    "properties": {
        "application_id": {"type": "string"},
        "notes": {"type": "array", "items": {"type": "object"}},
        "age_seconds": {"type": ["number", "null"]},
    },
}
_WHO = {
    "type": "object",
    "required": ["client_reference"],
    "properties": {"client_reference": {"type": "string"}},
}
_SESSION = {
    "type": "object",
    "required": ["known"],
    "properties": {
        "known": {"type": "boolean", "description": "False: ask the person again who they are."},
        "session": {"type": ["string", "null"]},
        "client_reference": {"type": "string"},
    },
}
_KEY = {"Idempotency-Key": "Of this note; sent again with every retry."}


def make(frame: Frame) -> Service:
    """Notes are kept and filed with the case; sessions say who a person is."""
    case = service_sender(frame.service(CASE), _note_path)
    keeping = Keeping(frame.databases[DATABASE], "interaction", STATEMENTS, {CASE: case}, frame.log)
    contact = Contact(frame, keeping)
    notes, session = "/contact/{application_id}/notes", "/contact/sessions"
    probes = {DATABASE: keeping.probe, CASE: service_probe(frame.service(CASE))}
    probes |= {name: it.probe for name, it in frame.caches.items()}
    return Service(
        operations=[
            Operation(
                "POST", session, contact.begin, "Begins a session.", request=_WHO, answers={200: _SESSION}
            ),
            Operation(
                "GET", f"{session}/{{session}}", contact.who, "Who a person is.", answers={200: _SESSION}
            ),
            Operation(
                "POST",
                notes,
                contact.note,
                "Keeps a note of a contact, once however often it is repeated with its key.",
                request=_NOTE,
                answers={201: _KEPT},
                headers=_KEY,
            ),
            Operation(
                "GET", notes, contact.notes, "The notes of an application's contacts.", answers={200: _NOTES}
            ),
        ],
        loops=keeping.loops(),
        probes=probes,
    )


class Contact:
    def __init__(self, frame: Frame, keeping: Keeping) -> None:
        self._frame = frame
        self._keeping = keeping
        self._sessions = frame.caches.get(CACHE)

    async def begin(self, request: Request) -> Response:
        """A session is begun; without the cache the person is asked again each time."""
        client_reference = str((await body_of(request)).get("client_reference", ""))
        if not client_reference:
            raise Refused(422, "who-missing", "A session has a member 'client_reference', got none. Send it.")
        token = secrets.token_urlsafe(16)
        try:
            if self._sessions is None:
                raise DependencyAway(CACHE, "it is not in this region")
            await self._sessions.set(f"session/{token}", client_reference, SESSION_SECONDS)
        except DependencyAway:
            return self._ask_again()
        return answer({"known": True, "session": token})

    async def who(self, request: Request) -> Response:
        try:
            if self._sessions is None:
                raise DependencyAway(CACHE, "it is not in this region")
            found = await self._sessions.get(f"session/{request.path_params['session']}")
        except DependencyAway:
            return self._ask_again()
        return answer({"known": True, "client_reference": found} if found else {"known": False})

    async def note(self, request: Request) -> Response:
        """The note is kept, and on its way to the case.

        Raises: Refused: it was not kept; the answer says that it must be entered again.
        """
        note_id, content = key_of(request), await body_of(request)
        if content.get("channel") not in CHANNELS:
            raise Refused(422, "channel-unknown", f"'channel' is one of {', '.join(CHANNELS)}. Name one.")
        application_id = request.path_params["application_id"]

        async def work(session: Session) -> str:
            return await _keep(session, note_id, application_id, content)

        try:
            digest = await self._keeping.write(work, request.state.deadline)
        except DependencyAway as away:
            raise self._enter_again(note_id, away) from away
        if digest != content_digest([application_id, content]):
            raise Refused(422, "key-used", "This Idempotency-Key was used for another note. Take a new one.")
        return answer(
            self._frame.contract.mark({"note_id": note_id, "state": "kept"}, self._keeping.away), 201
        )

    async def notes(self, request: Request) -> Response:
        application_id = request.path_params["application_id"]

        async def work(session: Session) -> list[tuple[Any, ...]]:
            return await session.rows(
                "SELECT id, channel, content, at FROM {schema}.notes WHERE application_id = %s ORDER BY at, id",
                application_id,
            )

        document: dict[str, object] = {"application_id": application_id}
        try:
            rows = await self._keeping.read(work, request.state.deadline)
            return answer(document | {"notes": [_shown(it) for it in rows]})
        except DependencyAway:
            aged = await self._keeping.read_replica(work, request.state.deadline)
        document |= {"notes": [_shown(it) for it in aged.value], "age_seconds": aged.age_seconds}
        return answer(self._frame.contract.mark(document, [DATABASE]))

    def _ask_again(self) -> Response:
        document: dict[str, object] = {"known": False, "session": None}
        return answer(self._frame.contract.mark(document, [CACHE]))

    def _enter_again(self, note_id: str, away: DependencyAway) -> Refused:
        return Refused(
            503,
            "enter-again",
            "The note was not kept. Enter it again later, with the same Idempotency-Key.",
            retry_after_seconds=away.retry_after_seconds or 5.0,
            details={"enter_again": [note_id], "degraded": self._frame.contract.without(DATABASE)},
        )


async def _keep(session: Session, note_id: str, application_id: str, content: dict[str, Any]) -> str:
    """The digest of the note that has this id."""
    digest = content_digest([application_id, content])
    inserted = await session.run(
        "INSERT INTO {schema}.notes (id, application_id, channel, content, digest) "
        "VALUES (%s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
        note_id,
        application_id,
        content["channel"],
        json.dumps(content),
        digest,
    )
    if inserted:
        document = {"application_id": application_id, "kind": "contact", "content": content}
        await session.announce(CASE, note_id, document)
    row = await session.row("SELECT digest FROM {schema}.notes WHERE id = %s", note_id)
    assert row
    return row[0]


def _note_path(item: Item) -> str:
    return f"/cases/{item.document['application_id']}/notes"


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    note_id, channel, content, at = row
    return {"note_id": note_id, "channel": channel, "text": content.get("text"), "at": at.isoformat()}
