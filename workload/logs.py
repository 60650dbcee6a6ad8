"""Lines of JSON on standard output. No personal data: identifiers and states only."""

import json
import sys
from contextvars import ContextVar
from typing import Any, TextIO

from workload.clock import timestamp

__all__ = ["Log", "request_id"]

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Of the request that is being served, handed on to every service that is called for it."""


class Log:
    """One line an event. ``ERROR`` is a fault of this service: an alarm counts them. What others lack is ``WARN``."""

    def __init__(self, service: str, stream: TextIO | None = None) -> None:
        self._service = service
        self._stream = stream

    def info(self, event: str, **facts: Any) -> None:
        self._write("INFO", event, facts)

    def warn(self, event: str, **facts: Any) -> None:
        self._write("WARN", event, facts)

    def error(self, event: str, error: BaseException, **facts: Any) -> None:
        """The error's type and place are written; its text only where it is ours, for another's may quote data."""
        where = error.__traceback__
        while where and where.tb_next:
            where = where.tb_next
        place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else None
        self._write("ERROR", event, facts | {"error": type(error).__name__, "where": place})

    def _write(self, level: str, event: str, facts: dict[str, Any]) -> None:
        line = {"at": timestamp(), "level": level, "service": self._service, "event": event}
        served = request_id.get()
        if served:
            line["request_id"] = served
        stream = self._stream or sys.stdout
        stream.write(json.dumps(line | facts, default=str) + "\n")
        stream.flush()
