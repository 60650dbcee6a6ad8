"""Where the DNS names of a cluster lead."""

from collections.abc import Mapping

from twin.runtime.database.declared import Cluster
from twin.runtime.database.group import Record, Seen
from twin.runtime.database.plan import is_lost
from twin.runtime.directory import Backend

__all__ = ["endpoints"]


def endpoints(
    cluster: Cluster,
    record: Record,
    seen: Mapping[str, Seen],
    backends: Mapping[str, Backend],
    is_held: bool,
) -> dict[tuple[str, str], tuple[Backend, ...]]:
    """Backends by (region, DNS name).

    An instance's own name always leads to it. The writer's name leads to nobody else than the writer that the record
    names, while that accepts commits; in a secondary cluster of a global database it leads nowhere.
    Source: Aurora user guide, "Amazon Aurora endpoint connections"; "Using Amazon Aurora Global Database".

    Args: backends: of every instance, by key. is_held: the time that AWS takes until the name leads on is not over.
    """
    region = cluster.region
    found: dict[tuple[str, str], tuple[Backend, ...]]
    found = {(region, name): (backends[key],) for key, name in cluster.names.items()}
    writer = _writer(cluster, record, seen)
    found[region, cluster.endpoint] = (backends[writer],) if writer and not is_held else ()
    found[region, cluster.reader_endpoint] = tuple(
        backends[it] for it in _readers(cluster, record, seen, None if is_held else writer)
    )
    return found


def _writer(cluster: Cluster, record: Record, seen: Mapping[str, Seen]) -> str | None:
    it = seen.get(record.writer or "")
    is_here = any(member.key == record.writer for member in cluster.members)
    return record.writer if it and is_here and it.may_write and not it.is_busy and not is_lost(it) else None


def _readers(
    cluster: Cluster, record: Record, seen: Mapping[str, Seen], writer: str | None
) -> tuple[str, ...]:
    """The standbys that answer; the writer where there are none. Source: as above, "reader endpoint"."""
    alive = tuple(
        member.key
        for member in cluster.members
        if member.key != record.writer and _serves(seen.get(member.key, Seen()))
    )
    return alive or ((writer,) if writer else ())


def _serves(it: Seen) -> bool:
    return not is_lost(it) and not it.is_busy and not it.may_write
