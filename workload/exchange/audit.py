"""The trail of interactions: a line each, without its content, kept in batches."""

import asyncio
import json
import uuid
from collections import deque
from datetime import UTC, datetime
from typing import Any

from workload.bucket import Bucket
from workload.clock import timestamp
from workload.exceptions import DependencyAway
from workload.logs import Log
from workload.waiting import is_set_within

__all__ = ["AuditTrail"]

PERIOD_SECONDS = 10.0
BATCH = 1_000
MOST = 20_000
"""Lines that wait while the bucket is away. They are in the log as well, from which older ones are filled in."""

STOP_SECONDS = 5.0


class AuditTrail:
    """A worker. What it is told is in the bucket after some seconds; while the bucket is away, in the log at once."""

    name = "audit"

    def __init__(self, service: str, bucket: Bucket | None, log: Log) -> None:
        self._service = service
        self._bucket = bucket
        self._log = log
        self._lines: deque[dict[str, Any]] = deque(maxlen=MOST)
        self._is_away = bucket is None
        self._stopping = asyncio.Event()

    def add(self, **facts: Any) -> None:
        """One interaction. Identifiers and states only."""
        line = {"at": timestamp(), "service": self._service, **facts}
        if self._is_away:
            self._log.info("audit", **line)
        if self._bucket is not None:
            self._lines.append(line)

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Until it is told to stop; the last lines are kept then, if the bucket answers."""
        while not self._stopping.is_set():
            await is_set_within(self._stopping, PERIOD_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Every line is in the bucket, or in the log if it does not answer."""
        while self._bucket is not None and self._lines:
            batch = [self._lines.popleft() for _ in range(min(BATCH, len(self._lines)))]
            try:
                await self._bucket.put(self._key(), _ndjson(batch))
                self._is_away = False
            except DependencyAway as away:
                self._withhold(batch, away)
                return

    def _withhold(self, batch: list[dict[str, Any]], away: DependencyAway) -> None:
        if not self._is_away:
            self._log.warn("audit-away", why=away.why)
            for line in [*batch, *self._lines]:
                self._log.info("audit", **line)
        self._is_away = True
        self._lines.extendleft(reversed(batch[: MOST - len(self._lines)]))

    def _key(self) -> str:
        return f"{datetime.now(UTC):%Y/%m/%d/%H}/{self._service}/{uuid.uuid4()}.ndjson"


def _ndjson(lines: list[dict[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(line, sort_keys=True)}\n" for line in lines).encode()
