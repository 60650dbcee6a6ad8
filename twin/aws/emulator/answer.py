"""One complete HTTP answer, and running a WSGI application to get one.

Everything the emulator serves is held whole before it is sent: an answer can then be kept and sent again, a
client that hangs up cannot cut an operation short, and connections can be kept open.
"""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from wsgiref.handlers import format_date_time

__all__ = ["Answer", "Application", "Responder", "complete", "json_answer", "run"]

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_BODILESS = frozenset({204, 304})


@dataclass(frozen=True)
class Answer:
    """Status line, headers and body, as they go on the wire."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def code(self) -> int:
        return int(self.status.split(" ", 1)[0])

    @property
    def size_bytes(self) -> int:
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers)


Responder = Callable[[dict[str, Any]], Answer]


def run(application: Application, environ: dict[str, Any]) -> Answer:
    """The application has answered in full. Its exceptions pass through."""
    started: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        started.append((status, headers))
        return written.append

    chunks = application(environ, start_response)
    try:
        written.extend(chunks)
    finally:
        getattr(chunks, "close", lambda: None)()
    status, headers = started[-1]
    return complete(status, headers, b"".join(written), is_head=environ["REQUEST_METHOD"] == "HEAD")


def complete(status: str, headers: Sequence[tuple[str, str]], body: bytes, is_head: bool = False) -> Answer:
    """An answer with its date and length, ready to be sent on a connection that stays open."""
    kept = [(name, value) for name, value in headers if is_head or name.lower() != "content-length"]
    names = {name.lower() for name, _ in kept}
    if "date" not in names:
        kept.append(("Date", format_date_time(time.time())))
    if "content-length" not in names and int(status.split(" ", 1)[0]) not in _BODILESS:
        kept.append(("Content-Length", str(len(body))))
    return Answer(status, tuple(kept), b"" if is_head else body)


def json_answer(status: str, document: Any) -> Answer:
    """A JSON document, its keys sorted, so that equal documents are equal bytes."""
    body = json.dumps(document, sort_keys=True).encode() + b"\n"
    return complete(status, [("Content-Type", "application/json")], body)
