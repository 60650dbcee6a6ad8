"""Documents and evidence, taken in, scanned, filed and shown."""

from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from workload.answers import answer, key_of
from workload.bucket import Bucket, bucket_of
from workload.clock import timestamp
from workload.consumer import Consumer
from workload.database import writer_or_replica
from workload.documents import STATEMENTS, Document, Index, Scans, State
from workload.documents.index import SCANS
from workload.events import queue_sender
from workload.exceptions import DependencyAway, Refused, SettingsWrong
from workload.frame import Frame
from workload.keeping import Keeping
from workload.patience import Patient
from workload.queue import Queue
from workload.service import Operation, Service

__all__ = ["make"]

DATABASE = "sensitive"
EVIDENCE = "evidence"
FILED = "case-documents"
MOST_BYTES = 10_000_000
"""Of one document: an assumption."""

LONGEST_NAME = 200
AGAIN_SECONDS = 10.0

_RECEIPT = {
    "type": "object",
    "required": ["document_id", "application_id", "state"],
    "properties": {
        "document_id": {"type": "string"},
        "application_id": {"type": "string"},
        "state": {"enum": [*State]},
    },
}
_LISTED = {
    "type": "object",
    "required": ["application_id", "documents"],
    "properties": {
        "application_id": {"type": "string"},
        "documents": {"type": "array", "items": {"type": "object"}},
        "waiting": {"type": "integer", "description": "Documents that are not scanned yet, and not shown."},
        "age_seconds": {"type": ["number", "null"]},
    },
}
_KEY = {"Idempotency-Key": "Of this document; sent again with every retry."}


def make(frame: Frame) -> Service:
    """Evidence goes to its bucket and its index; what was scanned is filed with the case's documents."""
    queue = frame.queue(SCANS)
    senders = {SCANS: queue_sender(queue)} if queue else {}
    keeping = Keeping(frame.databases[DATABASE], "documents", STATEMENTS, senders, frame.log)
    index = Index(keeping)
    evidence, filed = _bucket(frame, EVIDENCE), _bucket(frame, FILED)
    desk = Desk(frame, index, queue, evidence, filed)
    scans = Scans(index, evidence, filed)
    workers = [_scanner(frame, queue, scans)] if queue else []
    probes = {DATABASE: keeping.probe, EVIDENCE: evidence.probe, FILED: filed.probe}
    return Service(operations=desk.operations(), loops=keeping.loops(), workers=workers, probes=probes)


def _bucket(frame: Frame, name: str) -> Bucket:
    bucket = bucket_of(frame, name)
    if bucket is None:
        raise SettingsWrong(
            f"The documents' service needs the bucket {name!r}, got none. Look at ESTATE_STORES."
        )
    return bucket


def _scanner(frame: Frame, queue: Queue, scans: Scans) -> Consumer:
    return Consumer(SCANS, queue, Patient(queue, scans.take), slots=frame.slots, log=frame.log)


class Desk:
    def __init__(
        self, frame: Frame, index: Index, queue: Queue | None, evidence: Bucket, filed: Bucket
    ) -> None:
        self._frame = frame
        self._index = index
        self._queue = queue
        self._evidence = evidence
        self._filed = filed

    def operations(self) -> list[Operation]:
        return [
            Operation(
                "POST",
                "/evidence/{application_id}",
                self.receive,
                "Takes a document in: its bytes are the body, its name the query parameter `name`.",
                answers={201: _RECEIPT, 202: _RECEIPT},
                headers=_KEY,
            ),
            Operation(
                "GET",
                "/evidence/{application_id}",
                self.listed,
                "The documents of an application, those that were scanned.",
                answers={200: _LISTED},
            ),
            Operation(
                "GET",
                "/documents",
                self.listed,
                "The same for other services, by the query parameter `application`.",
                answers={200: _LISTED},
            ),
            Operation(
                "GET",
                "/documents/{application_id}/{document_id}",
                self.shown,
                "A document's bytes, once it was scanned.",
                answers={200: {"type": "string", "contentMediaType": "application/octet-stream"}},
            ),
        ]

    async def receive(self, request: Request) -> Response:
        """201 where it is indexed; 202 where it is kept, and is filed when the index can be written."""
        key, content = key_of(request), await _content(request)
        name = request.query_params.get("name", "document")[:LONGEST_NAME]
        application_id = request.path_params["application_id"]
        document = Document.received(application_id, key, name, content, timestamp())
        await self._keep(document, content)
        try:
            known = await self._index.add(document, request.state.deadline)
        except DependencyAway as away:
            return await self._file_later(document, away)
        if known.digest != document.digest:
            raise _key_used()
        return answer(_receipt(known), 201)

    async def _keep(self, document: Document, content: bytes) -> None:
        """Its bytes are kept.

        Raises: Refused: the bucket is away, or another document has this key.
        """
        try:
            is_new = await self._evidence.put_once(document.key, content, {"digest": document.digest})
            facts = None if is_new else await self._evidence.facts(document.key)
        except DependencyAway as away:
            raise Refused(
                503,
                "no-evidence-now",
                "Evidence cannot be kept at the moment. Send it again after the seconds in Retry-After.",
                retry_after_seconds=away.retry_after_seconds or AGAIN_SECONDS,
                details={"degraded": self._frame.contract.without(EVIDENCE)},
            ) from away
        if facts and facts.get("digest", document.digest) != document.digest:
            raise _key_used()

    async def _file_later(self, document: Document, no_index: DependencyAway) -> Response:
        """Raises: DependencyAway: the queue is away as well; the same request may be sent again."""
        if self._queue is None:
            raise no_index
        await self._queue.send(document.to_message())
        return answer(self._frame.contract.mark(_receipt(document), [DATABASE]), 202)

    async def listed(self, request: Request) -> Response:
        application_id = request.path_params.get("application_id") or request.query_params.get("application")
        if not application_id:
            raise Refused(
                400, "application-missing", "Say whose documents: ?application=ID, got none. Add it."
            )
        index, deadline = self._index, request.state.deadline
        documents, age_seconds, away = await writer_or_replica(
            DATABASE,
            index.of(application_id, deadline),
            lambda: index.of_in_replica(application_id, deadline),
        )
        document = _list(application_id, documents) | ({"age_seconds": age_seconds} if away else {})
        return answer(self._frame.contract.mark(document, away))

    async def shown(self, request: Request) -> Response:
        """From case documents; without them, from the evidence as it came in."""
        document = await self._index.find(request.path_params["document_id"], request.state.deadline)
        if document is None or document.application_id != request.path_params["application_id"]:
            raise Refused(404, "unknown-document", "There is no such document of this application.")
        if document.state is not State.FILED:
            raise Refused(
                409,
                f"document-{document.state}",
                f"The document is {document.state}, and only one that was scanned and is harmless is shown.",
            )
        content = await self._content_of(document)
        if content is None:
            raise Refused(404, "document-gone", "The document's bytes are no longer kept.")
        disposition = f"attachment; filename*=UTF-8''{quote(document.name)}"
        return Response(
            content, headers={"Content-Disposition": disposition, "Content-Type": "application/octet-stream"}
        )

    async def _content_of(self, document: Document) -> bytes | None:
        try:
            return await self._filed.get(document.key)
        except DependencyAway:
            return await self._evidence.get(document.key)


async def _content(request: Request) -> bytes:
    content = await request.body()
    if not 0 < len(content) <= MOST_BYTES:
        raise Refused(
            413 if content else 400,
            "document-size",
            f"A document has 1 to {MOST_BYTES} bytes, got {len(content)}. Send it in parts.",
        )
    return content


def _receipt(document: Document) -> dict[str, object]:
    return {
        "document_id": document.document_id,
        "application_id": document.application_id,
        "state": document.state.value,
    }


def _list(application_id: str, documents: list[Document]) -> dict[str, object]:
    shown = [_entry(it) for it in documents if it.state is not State.WAITING]
    return {
        "application_id": application_id,
        "documents": shown,
        "waiting": len(documents) - len(shown),
    }


def _entry(document: Document) -> dict[str, Any]:
    return {
        "document_id": document.document_id,
        "name": document.name,
        "bytes": document.size_bytes,
        "state": document.state.value,
        "received_at": document.received_at,
    }


def _key_used() -> Refused:
    return Refused(
        422, "key-used", "This Idempotency-Key was used for another document. Take a new one for this."
    )
