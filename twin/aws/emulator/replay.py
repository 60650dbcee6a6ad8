"""One operation takes effect once, however often its request is sent.

A caller that may be killed between a request and its answer marks the request with
``x-estate-operation: <token>/<n>``. The first time it is carried out and its answer is kept; whoever sends the same
value again is given that answer, byte for byte. Only answers that say that something was done (2xx and 3xx) are
kept: after an error the same step is tried anew, once what was wrong has been put right.
"""

import hashlib
import json
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from twin.aws.emulator.answer import Answer, Responder, json_answer
from twin.aws.emulator.scope import signing_scope

__all__ = ["ENTRIES", "HEADER", "SIZE_BYTES", "WAIT_SECONDS", "Replay", "digest"]

HEADER = "x-estate-operation"
_ENVIRON_KEY = "HTTP_X_ESTATE_OPERATION"

ENTRIES = 50_000
SIZE_BYTES = 256 * 1024 * 1024
WAIT_SECONDS = 60.0

# botocore fills these in with a random value where the caller gives none (the models' idempotencyToken trait).
_GENERATED_MEMBERS = frozenset(
    {"clienttoken", "clientrequesttoken", "clientidempotencytoken", "idempotencytoken", "creatorrequestid"}
)


@dataclass(frozen=True)
class _Kept:
    digest: str
    answer: Answer


@dataclass
class _Running:
    digest: str
    done: threading.Event


class Replay:
    """Answers requests through `respond`, each marked one at most once with success.

    Args:
        respond: carries a request out.
        entries, size_bytes: the least recently used answers beyond either are dropped.
        wait_seconds: how long a request waits for another one with the same mark.
    """

    def __init__(
        self,
        respond: Responder,
        entries: int = ENTRIES,
        size_bytes: int = SIZE_BYTES,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._respond = respond
        self._entries, self._size_bytes, self._wait_seconds = entries, size_bytes, wait_seconds
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._running: dict[str, _Running] = {}
        self._held_bytes = 0

    def __call__(self, environ: dict[str, Any]) -> Answer:
        operation = environ.get(_ENVIRON_KEY)
        return self._respond(environ) if operation is None else self._once(operation, environ)

    def forget(self, token: str) -> int:
        """Nothing is kept for the token any more. Returns how many answers were."""
        with self._lock:
            names = [name for name in self._kept if name.rpartition("/")[0] == token]
            for name in names:
                self._drop(name)
        return len(names)

    def _once(self, operation: str, environ: dict[str, Any]) -> Answer:
        asked = digest(environ)
        while True:
            with self._lock:
                known = self._kept.get(operation) or self._running.get(operation)
                if known is None:
                    self._running[operation] = _Running(asked, threading.Event())
                    break
                if known.digest != asked:
                    return _other_request(operation)
                if isinstance(known, _Kept):
                    self._kept.move_to_end(operation)
                    return known.answer
            if not known.done.wait(self._wait_seconds):
                return _still_running(operation, self._wait_seconds)
        return self._carry_out(operation, asked, environ)

    def _carry_out(self, operation: str, asked: str, environ: dict[str, Any]) -> Answer:
        try:
            answer = self._respond(environ)
            if 200 <= answer.code < 400:
                self._keep(operation, _Kept(asked, answer))
            return answer
        finally:
            with self._lock:
                self._running.pop(operation).done.set()

    def _keep(self, operation: str, kept: _Kept) -> None:
        with self._lock:
            self._kept[operation] = kept
            self._held_bytes += kept.answer.size_bytes
            while len(self._kept) > self._entries or self._held_bytes > self._size_bytes:
                self._drop(next(iter(self._kept)))

    def _drop(self, operation: str) -> None:
        self._held_bytes -= self._kept.pop(operation).answer.size_bytes


def digest(environ: dict[str, Any]) -> str:
    """What a request asks for, without what differs between two attempts: signature, date, generated ids."""
    asked = [
        environ["REQUEST_METHOD"],
        environ.get("PATH_INFO", ""),
        signing_scope(environ),
        environ.get("HTTP_X_AMZ_TARGET", ""),
        _canonical_pairs(environ.get("QUERY_STRING", "")),
        _canonical_body(environ),
    ]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _canonical_body(environ: dict[str, Any]) -> Any:
    body: bytes = environ["wsgi.input"].read()
    environ["wsgi.input"].seek(0)
    content_type = environ.get("CONTENT_TYPE", "")
    if content_type.startswith("application/x-www-form-urlencoded"):
        return _canonical_pairs(body.decode("utf-8", "surrogateescape"))
    try:
        document = json.loads(body)
    except ValueError:
        return hashlib.sha256(body).hexdigest()
    return _without_generated(document) if isinstance(document, dict) else document


def _canonical_pairs(encoded: str) -> list[list[str]]:
    pairs = parse_qsl(encoded, keep_blank_values=True, errors="surrogateescape")
    return sorted([name, value] for name, value in pairs if not _is_generated(name))


def _without_generated(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if not _is_generated(name)}


def _is_generated(name: str) -> bool:
    lowered = name.lower()
    return lowered in _GENERATED_MEMBERS or lowered.startswith("x-amz-")


def _other_request(operation: str) -> Answer:
    message = (
        f"Operation {operation!r} was already carried out with another request. "
        "One value marks one request: send a new value with a new one."
    )
    return json_answer("409 Conflict", {"__type": "OperationMismatch", "message": message})


def _still_running(operation: str, seconds: float) -> Answer:
    message = f"Operation {operation!r} is still being carried out after {seconds:g} s. Send it again later."
    return json_answer("503 Service Unavailable", {"__type": "OperationRunning", "message": message})
