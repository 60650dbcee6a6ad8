"""Clusters that hold the same data, what is known of their servers, and what can be done to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = [
    "MOST_PARTNERS",
    "Build",
    "Fence",
    "Follow",
    "Group",
    "Initialise",
    "Member",
    "Promote",
    "Record",
    "Rejoin",
    "Retire",
    "Seen",
    "SetPartners",
    "Start",
    "Step",
    "Switch",
    "Write",
    "cluster_of",
]

MOST_PARTNERS = 2
"""Copies of what is acknowledged besides the writer's, as Aurora's storage has them in three zones."""


def cluster_of(key: str) -> str:
    """``region/cluster`` of an instance ``region/cluster/instance``."""
    return key.rpartition("/")[0]


@dataclass(frozen=True)
class Member:
    """An instance. Attributes: key: ``region/cluster/instance``; tier: failover priority, 0 before 15."""

    key: str
    zone: str
    tier: int = 1


@dataclass(frozen=True)
class Group:
    """A cluster, or all clusters of a global database.

    Attributes:
        clusters: ``region/cluster``. members: in the order in which they were made.
        first_writer: the instance that writes before anything has failed; None while there is none.
    """

    name: str
    clusters: tuple[str, ...]
    members: tuple[Member, ...]
    first_writer: str | None

    def member(self, key: str | None) -> Member | None:
        return next((it for it in self.members if it.key == key), None)


@dataclass(frozen=True)
class Record:
    """What is on disk before anything relies on it.

    Attributes:
        term: grows with every new writer.
        writer: the only one that may accept commits; None before the first.
        partners: every acknowledged commit is on the writer and on one of these at least; where there are none, the
            writer may be the only one that has it.
    """

    term: int = 0
    writer: str | None = None
    partners: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Seen:
    """What is known of one server. Positions are in the write-ahead log, and read after `is_running` was.

    Attributes:
        has_data: there is a data directory. is_standby_data: it was last told to follow.
        is_busy: something is being done to it. is_running: its process lives.
        is_reachable: its zone has power, is not frozen, and is not cut off.
        is_linked: what it sends reaches the writer.
        misses: looks in a row that it did not answer.
        may_write: it runs, and nothing holds it in recovery.
        received: how far a standby has everything on its own disk, where that is certain.
        final: where the log of a writer ends that was shut down in order.
        upstream: whom it follows.
        names: whom a writer waits for. names_from: where its log was when that had taken effect.
        streams: how far each standby has confirmed to have received from this writer.
        alone_seconds: for how long a writer has had no standby that streams.
        astray_seconds: for how long a standby has not streamed from the writer, though it could.
    """

    has_data: bool = False
    is_standby_data: bool = False
    is_busy: bool = False
    is_running: bool = False
    is_reachable: bool = True
    is_linked: bool = True
    misses: int = 0
    may_write: bool = False
    received: int | None = None
    final: int | None = None
    upstream: str | None = None
    names: frozenset[str] = frozenset()
    names_from: int | None = None
    streams: Mapping[str, int] = field(default_factory=dict[str, int])
    alone_seconds: float = 0.0
    astray_seconds: float = 0.0

    @property
    def is_well(self) -> bool:
        return self.is_running and self.is_reachable and not self.is_busy and self.misses == 0


@dataclass(frozen=True)
class Switch:
    """Somebody wants another writer.

    Attributes:
        term: that is to end. until: when it is given up. cluster: in which the new writer is to be.
        target: the wanted instance; None any. is_lossy: even if it has not received everything.
    """

    term: int
    until: float
    cluster: str
    target: str | None = None
    is_lossy: bool = False


@dataclass(frozen=True)
class Write:
    """The record is on disk."""

    record: Record


@dataclass(frozen=True)
class Initialise:
    """The instance has an empty database, or the one that was restored for it, and is the writer."""

    key: str


@dataclass(frozen=True)
class Start:
    """Its process runs: following, or as the writer that waits for `names`."""

    key: str
    upstream: str | None
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Fence:
    """Its processes are dead, whatever state its zone is in."""

    key: str


@dataclass(frozen=True)
class Retire:
    """It is shut down; what it had acknowledged or not is with everybody who followed."""

    key: str


@dataclass(frozen=True)
class Promote:
    """The standby accepts commits, and waits for one of `names`."""

    key: str
    names: frozenset[str]


@dataclass(frozen=True)
class Follow:
    key: str
    upstream: str


@dataclass(frozen=True)
class Build:
    """It follows, from a copy of all data."""

    key: str
    upstream: str


@dataclass(frozen=True)
class Rejoin:
    """It follows again; what it had that the writer does not have is undone."""

    key: str
    upstream: str


@dataclass(frozen=True)
class SetPartners:
    """The writer waits for one of the names, and for nobody else; where there are none, for nobody."""

    key: str
    names: frozenset[str]


Step = Write | Initialise | Start | Fence | Retire | Promote | Follow | Build | Rejoin | SetPartners
