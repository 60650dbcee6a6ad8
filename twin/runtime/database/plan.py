"""Who is to be writer, who follows whom, and who has to go: decided from what is on disk and what is seen.

Safety: at most one server accepts commits, it is the one that the record names, and it has all that was
acknowledged. Progress: once zones and links are well, a writer accepts commits and a standby holds them as well.
"""

from collections.abc import Iterator, Mapping

from twin.runtime.database.election import elect
from twin.runtime.database.group import (
    Build,
    Fence,
    Follow,
    Group,
    Initialise,
    Member,
    Promote,
    Record,
    Rejoin,
    Retire,
    Seen,
    Start,
    Step,
    Switch,
    Write,
    cluster_of,
)
from twin.runtime.database.partnership import partner_steps, suitable

__all__ = ["ASTRAY_SECONDS", "MISSES", "is_lost", "plan"]

MISSES = 2
"""Looks in a row without an answer that are a loss."""

STANDBY_MISSES = 12
"""The same for a standby, of which nothing depends: it is started again."""

ASTRAY_SECONDS = 8.0
"""After which a standby that could follow the writer, and does not, is taken to hold what the writer has not."""


def plan(
    group: Group, record: Record, seen: Mapping[str, Seen], switch: Switch | None, now: float
) -> tuple[Step, ...]:
    """What to do next, in order.

    Args: seen: of every member, and of what was one and still runs or is named by the record.
    """
    if fences := tuple(Fence(it) for it in seen if it != record.writer and seen[it].may_write):
        return fences
    active = switch if switch and switch.term == record.term and now < switch.until else None
    leaving = tuple(
        Retire(key) for key, it in seen.items() if not group.member(key) and it.is_running and not it.is_busy
    )
    if record.writer is None:
        return leaving + tuple(_begin(group, record, seen))
    return (
        leaving
        + tuple(_writer_steps(group, record, seen, active))
        + tuple(_standby_steps(group, record, seen))
        + _partners(group, record, seen, active)
    )


def is_lost(writer: Seen) -> bool:
    """Nobody outside its zone is served by it."""
    return not writer.is_running or not writer.is_reachable or writer.misses >= MISSES


def _begin(group: Group, record: Record, seen: Mapping[str, Seen]) -> Iterator[Step]:
    """The first writer of all; where there is data that no record knows, who has it."""
    filled = sorted((seen[it.key].is_standby_data, it.key) for it in group.members if seen[it.key].has_data)
    first = group.first_writer
    if filled:
        yield Write(Record(record.term + 1, filled[0][1]))
    elif first and seen[first].is_reachable and not seen[first].is_busy:
        yield Write(Record(record.term + 1, first))
        yield Initialise(first)


def _writer_steps(
    group: Group, record: Record, seen: Mapping[str, Seen], switch: Switch | None
) -> Iterator[Step]:
    assert record.writer
    it = seen.get(record.writer, Seen())
    if it.is_busy:
        return
    is_leaving = group.member(record.writer) is None
    if it.is_running and is_leaving:
        return
    if it.is_running and is_lost(it):
        yield Fence(record.writer)
    elif it.is_running and switch and _can_switch(group, record, seen, switch):
        yield Fence(record.writer) if switch.is_lossy else Retire(record.writer)
    elif not it.is_running:
        yield from _replace(group, record, seen, switch, is_leaving)
    elif not it.may_write:
        yield Promote(record.writer, record.partners or _followers(group, record, seen))


def _replace(
    group: Group, record: Record, seen: Mapping[str, Seen], switch: Switch | None, is_leaving: bool
) -> Iterator[Step]:
    """The writer has ended: another takes over, or it comes back."""
    assert record.writer
    it = seen.get(record.writer, Seen())
    if elected := elect(group, record, seen, switch):
        yield Write(elected)
    elif is_leaving or not it.is_reachable or (switch and _can_switch(group, record, seen, switch)):
        return
    elif it.has_data:
        yield Start(record.writer, None, record.partners)
    elif not record.partners and not any(other.has_data for other in seen.values()):
        yield Initialise(record.writer)


def _can_switch(group: Group, record: Record, seen: Mapping[str, Seen], switch: Switch) -> bool:
    """Somebody could take over. Before a writer is stopped for it, they must follow it now."""
    assert record.writer
    others = [it for it in group.members if cluster_of(it.key) == switch.cluster and it.key != record.writer]
    if switch.cluster == cluster_of(record.writer):
        return any(it.key in record.partners and seen[it.key].is_well for it in others)
    return any(seen[it.key].is_well for it in others)


def _followers(group: Group, record: Record, seen: Mapping[str, Seen]) -> frozenset[str]:
    """Whom a new writer waits for from its first commit: who lives and will follow it."""
    alive = {
        key for key, it in seen.items() if it.is_well and it.received is not None and key != record.writer
    }
    return suitable(group, record, seen, alive, frozenset())


def _standby_steps(group: Group, record: Record, seen: Mapping[str, Seen]) -> Iterator[Step]:
    assert record.writer
    writer = seen.get(record.writer, Seen())
    is_served = writer.is_well and writer.may_write
    for member in group.members:
        it = seen[member.key]
        if member.key != record.writer and not it.is_busy and it.is_reachable:
            yield from _standby_step(member, record.writer, it, is_served and it.is_linked)


def _standby_step(member: Member, writer: str, it: Seen, is_served: bool) -> Iterator[Step]:
    if it.is_running and it.misses >= STANDBY_MISSES:
        yield Fence(member.key)
    elif it.is_running and it.upstream != writer:
        yield Follow(member.key, writer)
    elif it.is_running:
        if is_served and it.astray_seconds >= ASTRAY_SECONDS:
            yield Rejoin(member.key, writer)
    elif it.has_data and it.is_standby_data:
        yield Start(member.key, writer)
    elif is_served:
        yield Rejoin(member.key, writer) if it.has_data else Build(member.key, writer)


def _partners(
    group: Group, record: Record, seen: Mapping[str, Seen], switch: Switch | None
) -> tuple[Step, ...]:
    assert record.writer
    writer = seen.get(record.writer, Seen())
    if not writer.is_well or not writer.may_write or switch or not group.member(record.writer):
        return ()
    wanted = suitable(group, record, seen, writer.streams, writer.names)
    return partner_steps(record, writer, wanted)
