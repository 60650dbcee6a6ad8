"""What to do about a replication group now: which node is the primary, whom the others follow, what is started.

Fenced first: a lost primary is killed, and seen to be dead, before another is promoted. A primary that died is never
started again as one while a replica holds the data, because it would come back empty and empty the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from twin.runtime.cache.model import Answer, Event, Failover, Group, Known, Observed, Role, Surroundings

__all__ = ["MISSES", "NODE_ID", "NOWHERE", "Action", "Follow", "Kill", "Plan", "Promote", "Start", "plan"]

MISSES = 2
"""Looks without an answer that are a loss."""

_SILENT_MISSES = 10
"""Looks without an answer after which a replica is replaced. Assumption: AWS does not say."""

NOWHERE = ("127.0.0.1", 9)
"""What a replica follows that is cut off: nothing answers there, and the replica keeps what it holds."""

NODE_ID = "0001"
"""Of the one node that each cache cluster of a replication group has."""

Looks = Mapping[str, Observed]


@dataclass(frozen=True)
class Start:
    """Attributes: upstream: whom it follows from the start; None makes it a primary, and an empty one."""

    node: str
    upstream: tuple[str, int] | None


@dataclass(frozen=True)
class Kill:
    node: str


@dataclass(frozen=True)
class Promote:
    node: str


@dataclass(frozen=True)
class Follow:
    node: str
    upstream: tuple[str, int]


Action = Start | Kill | Promote | Follow


@dataclass(frozen=True)
class Plan:
    """Attributes: known: what to remember; actions: in order; events: for DescribeEvents."""

    known: Known
    actions: tuple[Action, ...] = ()
    events: tuple[Event, ...] = ()

    def then(self, other: "Plan") -> "Plan":
        return Plan(other.known, (*self.actions, *other.actions), (*self.events, *other.events))


def plan(
    group: Group, known: Known, looks: Looks, around: Surroundings, now: float, failover_seconds: float
) -> Plan:
    """The next step.

    Args:
        looks: at every node of the group.
        now: seconds, monotonic.
        failover_seconds: from the loss of a primary until its endpoint leads to the next.
    """
    there, looks = looks, _through_the_network(group, looks, around)
    known = _counted(group, known, looks, now)
    if known.primary not in group.names:
        known = replace(known, primary=_first(group, looks, around), endpoint=None, failover=None)
    decided = _decided(group, known, looks, around, now)
    busy = frozenset(action.node for action in decided.actions)
    pointed = _pointed(group, decided.known, looks, busy, now, failover_seconds)
    steady = _steady(group, pointed.known, _complete(group, there), around, busy)
    return decided.then(pointed).then(steady).then(_noted(group, steady.known, looks))


def _through_the_network(group: Group, looks: Looks, around: Surroundings) -> Looks:
    """What ElastiCache sees: a node that it cannot reach does not answer it."""
    return {
        name: look if name in around.reachable else replace(look, answer=None)
        for name, look in _complete(group, looks).items()
    }


def _complete(group: Group, looks: Looks) -> Looks:
    return {name: looks.get(name, Observed()) for name in group.names}


def _counted(group: Group, known: Known, looks: Looks, now: float) -> Known:
    silent = [name for name in group.names if looks[name].answer is None]
    return replace(
        known,
        misses={name: known.misses.get(name, 0) + 1 for name in silent},
        missing_since={name: known.missing_since.get(name, now) for name in silent},
    )


def _first(group: Group, looks: Looks, around: Surroundings) -> str | None:
    """The primary of a group that has none: one that already is, or else the first that can be."""
    able = [name for name in group.names if name in around.startable or looks[name].is_running]
    return max(able, key=lambda name: _rank(looks[name].answer), default=None)


def _rank(answer: Answer | None) -> tuple[bool, int]:
    """The first of equals wins in `max`."""
    return (answer is not None and answer.role is Role.PRIMARY, answer.offset if answer else -1)


# The primary


def _decided(group: Group, known: Known, looks: Looks, around: Surroundings, now: float) -> Plan:
    """The primary stays, or is lost, or to be lost for a test: then it is fenced, and the next is promoted."""
    if known.primary is None:
        return Plan(known)
    if known.endpoint is None and known.failover is None:
        return _beginning(group, known, looks, around)
    candidates = _candidates(group, known.primary, looks)
    begun = _begun(group, known, looks, bool(candidates), now) if known.failover is None else Plan(known)
    if begun.known.failover is None:
        return begun
    return begun.then(_succession(group, begun.known, looks, around, candidates))


def _beginning(group: Group, known: Known, looks: Looks, around: Surroundings) -> Plan:
    """The endpoint has not led anywhere yet: who dies before it does held nothing."""
    primary = str(known.primary)
    if looks[primary].is_running or primary in around.startable:
        return Plan(known, _as_primary(primary, looks))
    return Plan(replace(known, primary=_first(group, looks, around)))


def _as_primary(name: str, looks: Looks) -> tuple[Action, ...]:
    answer = looks[name].answer
    return (Promote(name),) if answer and answer.role is Role.REPLICA else ()


def _candidates(group: Group, primary: str, looks: Looks) -> list[str]:
    """Who can succeed, the most advanced first.

    Source: ElastiCache user guide, "Minimizing downtime by using Multi-AZ": the replica with the least lag.
    """
    answers = {name: answer for name in group.names if name != primary and (answer := looks[name].answer)}
    return sorted(answers, key=lambda name: -answers[name].offset)


def _begun(group: Group, known: Known, looks: Looks, has_candidates: bool, now: float) -> Plan:
    """A failover has begun where there is a reason for one."""
    primary = str(known.primary)
    is_lost = known.misses.get(primary, 0) >= MISSES or not looks[primary].is_running
    is_test = known.is_test_wanted and has_candidates and group.fails_over and not is_lost
    known = replace(known, is_test_wanted=False)
    if not is_lost and not is_test:
        return Plan(known)
    failover = Failover(primary, known.missing_since.get(primary, now), is_test)
    said = f"Test Failover API called for node group {group.shard}"
    events = (Event("replication-group", group.name, said),) if is_test else ()
    return Plan(replace(known, endpoint=None, failover=failover), events=events)


def _succession(
    group: Group, known: Known, looks: Looks, around: Surroundings, candidates: Sequence[str]
) -> Plan:
    """One step from a lost primary to the next: ordered rules, of which the first that applies is taken."""
    primary, failover = str(known.primary), known.failover
    is_condemned = failover is not None and failover.is_test and failover.lost == primary
    can_move = bool(candidates) and group.fails_over
    if looks[primary].answer and not (is_condemned and can_move):
        return Plan(known, _as_primary(primary, looks))
    if can_move and looks[primary].is_running:
        return Plan(known, (Kill(primary),))
    if can_move:
        return Plan(replace(known, primary=candidates[0]), (Promote(candidates[0]),))
    if _may_come_back(group, primary, looks):
        return Plan(known)
    return Plan(_anew(group, known, around))


def _may_come_back(group: Group, primary: str, looks: Looks) -> bool:
    """A process runs that may answer again, with what it holds.

    Assumption: AWS does not say how long it waits for a node that is silent and not dead.
    """
    names = group.names if group.fails_over else (primary,)
    return any(looks[name].is_running for name in names)


def _anew(group: Group, known: Known, around: Surroundings) -> Known:
    """All copies are gone, and the group goes on empty: nothing is on disk."""
    able = [name for name in (str(known.primary), *group.names) if name in around.startable]
    return replace(known, primary=able[0]) if able else known


# Where the endpoint leads


def _pointed(
    group: Group, known: Known, looks: Looks, busy: frozenset[str], now: float, failover_seconds: float
) -> Plan:
    """The endpoint leads to a primary that answers as one, and not earlier than AWS would have it lead there."""
    primary, failover = known.primary, known.failover
    answer = looks[primary].answer if primary and primary not in busy else None
    if known.endpoint is not None or answer is None or answer.role is not Role.PRIMARY:
        return Plan(known)
    if failover is None or failover.lost == primary:
        return Plan(replace(known, endpoint=primary, failover=None))
    told = _told(group, known, failover, str(primary))
    if now < failover.since + failover_seconds:
        return told
    return replace(told, known=replace(told.known, endpoint=primary, failover=None))


def _told(group: Group, known: Known, failover: Failover, primary: str) -> Plan:
    """Source: ElastiCache API reference, TestFailover, which gives the messages and their order."""
    if failover.is_told:
        return Plan(known)
    said = f"Failover from primary node {failover.lost} to replica node {primary} completed"
    events = (
        Event("cache-cluster", failover.lost, said),
        Event("replication-group", group.name, said),
        Event("cache-cluster", failover.lost, f"Recovering cache nodes {NODE_ID}"),
    )
    down = known.down | {failover.lost}
    return Plan(replace(known, failover=replace(failover, is_told=True), down=down), events=events)


# The others


def _steady(group: Group, known: Known, looks: Looks, around: Surroundings, busy: frozenset[str]) -> Plan:
    """Every node that can run runs, and follows the primary where the network lets it.

    Args: looks: past the network, because a replica behind a cut is to be kept from following as well.
    """
    if known.primary is None:
        return Plan(known)
    idle = [name for name in group.names if name not in busy]
    actions = [_for_node(group, name, known, looks, around) for name in idle]
    return Plan(known, tuple(action for action in actions if action))


def _for_node(group: Group, name: str, known: Known, looks: Looks, around: Surroundings) -> Action | None:
    look, primary = looks[name], str(known.primary)
    if look.is_running and name in around.held:
        return Kill(name)
    if not look.is_running and name not in around.startable:
        return None
    if name == primary:
        return None if look.is_running or not _may_be_empty(group, known, looks) else Start(name, None)
    upstream = NOWHERE if (name, primary) in around.cut else around.addresses[primary]
    if not look.is_running:
        return Start(name, upstream)
    if look.answer is None:
        is_given_up = known.misses.get(name, 0) >= _SILENT_MISSES and name in around.restless
        return Kill(name) if is_given_up else None
    return Follow(name, upstream) if look.answer.upstream != upstream else None


def _may_be_empty(group: Group, known: Known, looks: Looks) -> bool:
    """Starting the primary with nothing loses nothing: there was nothing yet, or nobody holds it any more."""
    return known.failover is None or not _may_come_back(group, str(known.primary), looks)


def _noted(group: Group, known: Known, looks: Looks) -> Plan:
    """Nodes that were lost, and those that are back, have been told of. Source of the words: as of `_told`."""
    well = frozenset(name for name in group.names if _is_well(name, known, looks[name]))
    lost = frozenset(name for name in known.up - known.down if known.misses.get(name, 0) >= MISSES)
    lost -= {known.failover.lost} if known.failover else set()
    said = [(name, "Recovering cache nodes") for name in sorted(lost)]
    said += [(name, "Finished recovery for cache nodes") for name in sorted(well & known.down)]
    events = tuple(Event("cache-cluster", name, f"{words} {NODE_ID}") for name, words in said)
    return Plan(replace(known, up=known.up | well, down=(known.down | lost) - well), events=events)


def _is_well(name: str, known: Known, look: Observed) -> bool:
    return look.answer is not None and (name == known.primary or look.answer.is_linked)
