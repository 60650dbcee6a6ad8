"""For whom the writer waits before it acknowledges a commit, and what the record says of it.

The order matters: nobody acknowledges whom the record does not name, and nobody is left out of the record before
another has what only they may have had.
"""

from collections.abc import Iterable, Iterator, Mapping

from twin.runtime.database.group import (
    MOST_PARTNERS,
    Group,
    Record,
    Seen,
    SetPartners,
    Step,
    Write,
    cluster_of,
)

__all__ = ["ALONE_SECONDS", "partner_steps", "suitable"]

ALONE_SECONDS = 3.0
"""How long the writer waits for a standby to come back before it goes on alone. A choice of this project: Aurora's
storage does not depend on readers, so a cluster whose readers are all away goes on there as well."""


def partner_steps(record: Record, writer: Seen, wanted: frozenset[str]) -> tuple[Step, ...]:
    """The next steps towards the wanted partners. Args: writer: which must be well; wanted: who streams and stays."""
    if not wanted:
        return tuple(_alone(record, writer))
    assert record.writer
    if record.partners and not wanted <= record.partners:
        named = _with(record, record.partners | wanted)
        return (Write(named), SetPartners(record.writer, wanted))
    if writer.names != wanted:
        return (SetPartners(record.writer, wanted),)
    has_caught_up = writer.names_from is not None and any(
        writer.streams.get(it, -1) >= writer.names_from for it in wanted
    )
    if record.partners != wanted and has_caught_up:
        return (Write(_with(record, wanted)),)
    return ()


def suitable(
    group: Group, record: Record, seen: Mapping[str, Seen], following: Iterable[str], names: frozenset[str]
) -> frozenset[str]:
    """Of those who follow, who is to acknowledge: instances of the writer's cluster, rather those that do already,
    then those in other zones than the writer's."""
    writer = group.member(record.writer)
    if writer is None:
        return frozenset()
    ready = set(following)
    able = [
        it
        for it in group.members
        if it.key in ready and cluster_of(it.key) == cluster_of(writer.key) and seen[it.key].is_well
    ]
    able.sort(key=lambda it: (it.key not in names, it.zone == writer.zone))
    return frozenset(it.key for it in able[:MOST_PARTNERS])


def _alone(record: Record, writer: Seen) -> Iterator[Step]:
    if not record.partners and not writer.names:
        return
    if writer.alone_seconds >= ALONE_SECONDS:
        assert record.writer
        yield Write(_with(record, frozenset()))
        yield SetPartners(record.writer, frozenset())


def _with(record: Record, partners: frozenset[str]) -> Record:
    return Record(record.term, record.writer, partners)
