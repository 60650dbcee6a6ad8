"""What happened inside moto's services, until it is published."""

import threading
from collections import deque
from dataclasses import dataclass

__all__ = ["LEDGER", "Entry", "Ledger", "Resource"]

_KEPT = 100_000
"""So many at most where nobody publishes them, as in an emulator that is used within a test."""


@dataclass(frozen=True, order=True)
class Resource:
    """What a metric is about. Attributes: dimension: name of the metric's one dimension, whose value is `name`."""

    account: str
    region: str
    namespace: str
    dimension: str
    name: str


@dataclass(frozen=True)
class Entry:
    """One value that was measured. Attributes: at: seconds since the epoch."""

    resource: Resource
    metric: str
    unit: str
    value: float
    at: float


class Ledger:
    """Entries in the order in which they came. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=_KEPT)

    def note(self, *entries: Entry) -> None:
        with self._lock:
            self._entries.extend(entries)

    def take(self, before: float) -> list[Entry]:
        """Those from before that moment; they are in it no more."""
        with self._lock:
            taken = [it for it in self._entries if it.at < before]
            kept = [it for it in self._entries if it.at >= before]
            self._entries = deque(kept, maxlen=_KEPT)
        return taken


LEDGER = Ledger()
"""Of this process: moto's services are the process's as well."""
