"""What one object of the lake holds: the events that follow a place in a shard."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["START", "Batch", "Record", "object_key", "pseudonymised"]

START = "start"
"""The place before the first record of a shard."""

KEPT = ("id", "type", "at", "benefit", "state", "outcome", "amount_pence")
"""Members of an event that figures need. Everything else stays out of the lake."""


@dataclass(frozen=True)
class Record:
    """Attributes: sequence: number of the record in its shard. event: what it holds, or None if it is none."""

    sequence: str
    event: Mapping[str, Any] | None


@dataclass(frozen=True)
class Batch:
    """Records of a shard that follow each other. Attributes: after: sequence number of the one before."""

    shard: str
    after: str
    records: Sequence[Record]

    @property
    def last(self) -> str:
        return self.records[-1].sequence

    def events(self) -> list[Mapping[str, Any]]:
        """Each event once, however often its sender put it into this batch."""
        by_id = {str(it.event.get("id", it.sequence)): it.event for it in self.records if it.event}
        return list(by_id.values())

    def content(self) -> bytes:
        """A line an event, pseudonymised."""
        return _ndjson(pseudonymised(event) for event in self.events())


def object_key(region: str, shard: str, after: str) -> str:
    """Of the batch that follows a place. There is one such batch, whoever loads it.

    Args: region: of the stream. A lake may hold copies of another region's, whose stream has shards of the same names.
    """
    return f"events/{region}/{shard}/{after.zfill(60)}.ndjson"


def pseudonymised(event: Mapping[str, Any]) -> dict[str, Any]:
    """What figures need, and a digest in place of the subject."""
    kept = {name: event[name] for name in KEPT if name in event}
    subject = str(event.get("subject", ""))
    return kept | {"subject": hashlib.sha256(subject.encode()).hexdigest()[:32]}


def _ndjson(documents: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(it, sort_keys=True, default=str)}\n" for it in documents).encode()
