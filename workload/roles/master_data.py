"""The master copy of each fact about a client, with its version."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from workload.answers import answer, body_of, key_of
from workload.event import event
from workload.events import stream_sender
from workload.exceptions import DependencyAway, Refused
from workload.frame import Frame
from workload.identity import content_digest
from workload.keeping import Keeping, Session
from workload.service import Operation, Service

__all__ = ["make"]

DATABASE = "core"
STREAM = "events"
LONGEST_NAME = 100

STATEMENTS = (
    """
    CREATE TABLE IF NOT EXISTS {schema}.facts (
        client_reference text, name text, value jsonb NOT NULL, version int NOT NULL,
        at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (client_reference, name)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS {schema}.changes (
        key text PRIMARY KEY, digest text NOT NULL, version int NOT NULL, at timestamptz NOT NULL DEFAULT now()
    )
    """,
)

_FACTS = {
    "type": "object",
    "required": ["client_reference", "facts"],
    "properties": {
        "client_reference": {"type": "string"},
        "facts": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["value", "version", "at"],
                "properties": {
                    "value": {},
                    "version": {"type": "integer", "minimum": 1},
                    "at": {"type": "string", "format": "date-time"},
                },
            },
        },
        "age_seconds": {"type": ["number", "null"], "description": "Only where a replica answered."},
    },
}
_VALUE = {"type": "object", "required": ["value"], "properties": {"value": {}}}
_VERSION = {
    "type": "object",
    "required": ["client_reference", "name", "version"],
    "properties": {
        "client_reference": {"type": "string"},
        "name": {"type": "string"},
        "version": {"type": "integer"},
    },
}


def make(frame: Frame) -> Service:
    """Facts are read and changed; each change is announced to the stream."""
    stream = frame.settings.stores.streams.get(STREAM)
    senders = {STREAM: stream_sender(frame.aws, STREAM, stream)} if stream else {}
    keeping = Keeping(frame.databases[DATABASE], "master_data", STATEMENTS, senders, frame.log)
    facts = Facts(frame, keeping, is_announced=bool(stream))
    return Service(
        operations=[
            Operation(
                "GET",
                "/facts/{client_reference}",
                facts.read,
                "All facts about a client; none for a client of whom nothing is known.",
                answers={200: _FACTS},
            ),
            Operation(
                "PUT",
                "/facts/{client_reference}/{name}",
                facts.change,
                "Changes one fact, once however often the change is repeated with its key.",
                request=_VALUE,
                answers={200: _VERSION},
                headers={"Idempotency-Key": "Of this change; sent again with every retry."},
            ),
        ],
        loops=keeping.loops(),
        probes={DATABASE: keeping.probe},
    )


class Facts:
    def __init__(self, frame: Frame, keeping: Keeping, is_announced: bool) -> None:
        self._frame = frame
        self._keeping = keeping
        self._is_announced = is_announced

    async def read(self, request: Request) -> Response:
        """From the writer; without it from a replica, marked with its age."""
        client_reference = request.path_params["client_reference"]

        async def work(session: Session) -> list[tuple[Any, ...]]:
            return await session.rows(
                "SELECT name, value, version, at FROM {schema}.facts WHERE client_reference = %s ORDER BY name",
                client_reference,
            )

        try:
            rows = await self._keeping.read(work, request.state.deadline)
            return answer(_facts(client_reference, rows))
        except DependencyAway:
            aged = await self._keeping.read_replica(work, request.state.deadline)
        document = _facts(client_reference, aged.value) | {"age_seconds": aged.age_seconds}
        return answer(self._frame.contract.mark(document, [DATABASE]))

    async def change(self, request: Request) -> Response:
        """The fact has a new version, and the change is announced."""
        key, content = key_of(request), await body_of(request)
        if "value" not in content:
            raise Refused(422, "value-missing", "A change has a member 'value', got none. Send it.")
        name = request.path_params["name"]
        if len(name) > LONGEST_NAME:
            raise Refused(422, "name-too-long", f"A fact's name has at most {LONGEST_NAME} characters.")
        client_reference = request.path_params["client_reference"]
        change = _Change(key, client_reference, name, content["value"])

        async def work(session: Session) -> int:
            return await self._change(session, change)

        version = await self._keeping.write(work, request.state.deadline)
        document: dict[str, object] = {
            "client_reference": client_reference,
            "name": name,
            "version": version,
        }
        return answer(self._frame.contract.mark(document, self._keeping.away))

    async def _change(self, session: Session, change: "_Change") -> int:
        await session.rows("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", change.key)
        known = await session.row("SELECT digest, version FROM {schema}.changes WHERE key = %s", change.key)
        if known is not None:
            return _same(known, change)
        version = await self._raise(session, change)
        await session.run(
            "INSERT INTO {schema}.changes (key, digest, version) VALUES (%s, %s, %s)",
            change.key,
            change.digest,
            version,
        )
        if self._is_announced:
            subject = f"{content_digest(change.client_reference)[:32]}/{change.name}/{version}"
            announced = event("fact.changed", subject, name=change.name, version=version)
            await session.announce(STREAM, announced["id"], announced)
        return version

    async def _raise(self, session: Session, change: "_Change") -> int:
        row = await session.row(
            "INSERT INTO {schema}.facts AS known (client_reference, name, value, version) VALUES (%s, %s, %s, 1) "
            "ON CONFLICT (client_reference, name) DO UPDATE "
            "SET value = excluded.value, version = known.version + 1, at = now() RETURNING version",
            change.client_reference,
            change.name,
            json.dumps(change.value),
        )
        assert row
        return row[0]


class _Change:
    def __init__(self, key: str, client_reference: str, name: str, value: Any) -> None:
        self.key = key
        self.client_reference = client_reference
        self.name = name
        self.value = value
        self.digest = content_digest([client_reference, name, value])


def _same(known: tuple[Any, ...], change: _Change) -> int:
    digest, version = known
    if digest != change.digest:
        raise Refused(
            422, "key-used", "This Idempotency-Key was used for another change. Take a new one for this."
        )
    return version


def _facts(client_reference: str, rows: list[tuple[Any, ...]]) -> dict[str, object]:
    facts = {
        name: {"value": value, "version": version, "at": at.isoformat()} for name, value, version, at in rows
    }
    return {"client_reference": client_reference, "facts": facts}
