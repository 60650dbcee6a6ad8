"""Which backups are kept, and so how far back a cluster can be restored. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["MOST_ARCHIVE_BYTES", "Base", "base_for", "is_due", "kept", "obsolete_segments", "start_segment"]

MOST_ARCHIVE_BYTES = 512 << 20
"""Of a cluster's write-ahead log, what is kept on this machine, whatever the retention declares."""

_MOST_BASE_SECONDS = 86_400.0
"""Aurora's backups are continuous; the log since the last base backup is replayed here, so it must not be long."""

_SEGMENT = re.compile(r"^[0-9A-F]{24}(\.partial)?$")
_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Base:
    """A base backup. Attributes: ended_at: seconds since the epoch; first_segment: of the log that it needs."""

    name: str
    ended_at: float
    first_segment: str


def is_due(bases: Sequence[Base], archive_bytes: int, now: float) -> bool:
    """Another base backup is to be made."""
    if not bases:
        return True
    newest = max(it.ended_at for it in bases)
    return now - newest > _MOST_BASE_SECONDS or (archive_bytes > MOST_ARCHIVE_BYTES and now - newest > 60)


def kept(bases: Sequence[Base], retention_days: int, archive_bytes: int, now: float) -> list[Base]:
    """Those that the retention needs, oldest first; only the newest where the log has grown too long."""
    ordered = sorted(bases, key=lambda it: it.ended_at)
    if archive_bytes > MOST_ARCHIVE_BYTES:
        return ordered[-1:]
    begin = now - retention_days * _DAY_SECONDS
    older = [it for it in ordered if it.ended_at <= begin]
    return older[-1:] + [it for it in ordered if it.ended_at > begin]


def obsolete_segments(names: Iterable[str], bases: Sequence[Base]) -> list[str]:
    """Segments before the oldest base. As `pg_archivecleanup` does, this ignores timelines, and keeps histories."""
    if not bases:
        return []
    first = min(it.first_segment[8:] for it in bases)
    return [name for name in names if _SEGMENT.match(name) and name[8:24] < first]


def base_for(bases: Sequence[Base], time: float | None) -> Base | None:
    """From which a time is restored: the newest that had ended by then. Args: time: None for the latest."""
    able = [it for it in bases if time is None or it.ended_at <= time]
    return max(able, key=lambda it: it.ended_at, default=None)


def start_segment(backup_label: str) -> str:
    """Source: PostgreSQL documentation, "Making a Base Backup Using the Low Level API" (backup_label)."""
    found = re.search(r"\(file ([0-9A-F]{24})\)", backup_label)
    return found.group(1) if found else "0" * 24
