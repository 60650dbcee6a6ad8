"""What was accepted into a queue and is not stored yet, so that whoever asks for it hears that it was accepted."""

import json
from typing import Any, Protocol

from workload.exceptions import DependencyAway

__all__ = ["Notes", "Receipts"]

KEPT_SECONDS = 86_400
"""A day: far longer than an outage after which anything would still be waiting for its first attempt."""


class Notes(Protocol):
    async def get(self, key: str) -> str | None: ...

    async def set(self, key: str, value: str, seconds: float) -> None: ...


class Receipts:
    """Kept in the cache, for all tasks together. Without it they are not known, and nothing else is lost."""

    def __init__(self, notes: Notes | None) -> None:
        self._notes = notes

    async def keep(self, receipt: dict[str, Any]) -> None:
        """Args: receipt: with its `application_id`; it holds nothing that a person wrote."""
        if self._notes is None:
            return
        try:
            await self._notes.set(_key(receipt["application_id"]), json.dumps(receipt), KEPT_SECONDS)
        except DependencyAway:
            return

    async def find(self, application_id: str | None) -> dict[str, Any] | None:
        """The receipt; None where there is none that can be found."""
        if self._notes is None or application_id is None:
            return None
        try:
            kept = await self._notes.get(_key(application_id))
        except DependencyAway:
            return None
        return json.loads(kept) if kept else None


def _key(application_id: str) -> str:
    return f"accepted:{application_id}"
