"""Who may become the writer: one that has everything that was acknowledged, known and not guessed."""

from collections.abc import Iterator, Mapping, Sequence

from twin.runtime.database.group import MOST_PARTNERS, Group, Member, Record, Seen, Switch, cluster_of

__all__ = ["elect"]


def elect(group: Group, record: Record, seen: Mapping[str, Seen], switch: Switch | None) -> Record | None:
    """The next term's record; None while nobody can be known to have everything.

    The writer that the record names must have ended before `seen` was seen. Among equals the wanted one goes first,
    then the lowest tier, then the first made. Source: Aurora user guide, "Fault tolerance for an Aurora DB cluster"
    (promotion tiers; among equals AWS takes the largest, here all are of one size).
    """
    assert record.writer
    own = cluster_of(record.writer)
    cluster = switch.cluster if switch else own
    bound = _acknowledged(record, seen) if cluster == own else _elsewhere(record, seen, switch)
    if bound is None:
        return None
    able = list(_able(group, cluster, seen, bound))
    if not able:
        return None
    elected = _choose(able, seen, switch.target if switch else None)
    # The others that have everything too stay partners, so that the next loss finds one of them.
    others = sorted((it.key for it in able if it.key != elected), key=lambda it: -(seen[it].received or 0))
    return Record(record.term + 1, elected, frozenset(others[:MOST_PARTNERS] if cluster == own else ()))


def _choose(able: Sequence[Member], seen: Mapping[str, Seen], target: str | None) -> str:
    if any(it.key == target for it in able):
        return str(target)
    furthest = max(seen[it.key].received or 0 for it in able)
    return min((it for it in able if seen[it.key].received == furthest), key=lambda it: it.tier).key


def _acknowledged(record: Record, seen: Mapping[str, Seen]) -> int | None:
    """Who has received this much has all that was acknowledged."""
    known = [seen[it].received if it in seen else None for it in record.partners]
    if not known or None in known:
        return None
    return max(it for it in known if it is not None)


def _elsewhere(record: Record, seen: Mapping[str, Seen], switch: Switch | None) -> int | None:
    """The same for another region, which is never waited for: only an orderly end says what it must have."""
    if switch and switch.is_lossy:
        return 0
    final = seen[record.writer].final if record.writer and record.writer in seen else None
    return None if final is None else final + 1


def _able(group: Group, cluster: str, seen: Mapping[str, Seen], bound: int) -> Iterator[Member]:
    for member in group.members:
        it = seen[member.key]
        is_standby = it.is_well and not it.may_write and cluster_of(member.key) == cluster
        if is_standby and it.received is not None and it.received >= bound:
            yield member
