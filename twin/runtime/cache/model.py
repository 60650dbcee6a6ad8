"""What is known of a replication group: as it is declared, as it is seen, and as it was decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = [
    "Answer",
    "Event",
    "Failover",
    "Group",
    "Known",
    "Node",
    "Observed",
    "Role",
    "Surroundings",
    "User",
]


class Role(StrEnum):
    """In the words of ElastiCache's API."""

    PRIMARY = "primary"
    REPLICA = "replica"


@dataclass(frozen=True)
class Node:
    """Attributes: name: its CacheClusterId; endpoint: DNS name of it alone."""

    name: str
    zone: str
    endpoint: str


@dataclass(frozen=True)
class User:
    """Attributes: access: its access string, in Valkey's own syntax. shows_token: it logs in by IAM."""

    name: str
    access: str
    shows_token: bool = False


@dataclass(frozen=True)
class Group:
    """A replication group with one shard.

    Attributes:
        shard: id of its one node group.
        fails_over: automatic failover is on.
        users: empty where no user group is attached, and everybody is let in.
        parameters: of the parameter group, name and value.
        node_type: such as ``cache.t4g.micro``; empty where it is not known.
    """

    region: str
    name: str
    shard: str
    port: int
    nodes: tuple[Node, ...]
    primary_endpoint: str
    reader_endpoint: str
    fails_over: bool = True
    users: tuple[User, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()
    node_type: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(node.name for node in self.nodes)

    def node(self, name: str) -> Node:
        return next(node for node in self.nodes if node.name == name)


@dataclass(frozen=True)
class Answer:
    """What a node says of itself.

    Attributes:
        offset: how much of the replication stream it holds, in bytes.
        upstream: host and port that it follows; None for a primary.
        is_linked: it is connected to its upstream and has all that was there before.
    """

    role: Role
    offset: int = 0
    upstream: tuple[str, int] | None = None
    is_linked: bool = False


@dataclass(frozen=True)
class Observed:
    """One look at a node. Attributes: is_running: it has a process; answer: None where none came."""

    is_running: bool = False
    answer: Answer | None = None


@dataclass(frozen=True)
class Surroundings:
    """What the network and the power allow now, nodes by name.

    Attributes:
        startable: a process can be started there, and nothing holds it down.
        reachable: ElastiCache gets through to it.
        restless: may be killed for not answering: nobody froze its zone on purpose.
        cut: pairs of a replica and a primary between which nothing passes.
        addresses: host and port.
        held: have lost their power, and theirs alone.
    """

    startable: frozenset[str]
    reachable: frozenset[str]
    restless: frozenset[str]
    addresses: Mapping[str, tuple[str, int]]
    cut: frozenset[tuple[str, str]] = frozenset()
    held: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Failover:
    """Attributes:
    lost: the primary that it is from.
    since: when that was first missed.
    is_test: it was asked for.
    is_told: the successor is the primary, and events have said so; the endpoint may not lead there yet.
    """

    lost: str
    since: float
    is_test: bool = False
    is_told: bool = False


@dataclass(frozen=True)
class Event:
    """One line of DescribeEvents. Attributes: source_type: ``replication-group`` or ``cache-cluster``."""

    source_type: str
    source: str
    message: str


@dataclass(frozen=True)
class Known:
    """What the controller remembers from look to look.

    Attributes:
        primary: the node that is, or is being made, the primary.
        endpoint: the node to which the primary endpoint leads; None while it leads nowhere.
        misses: looks in a row that a node did not answer; missing_since: time of the first of them.
        failover: under way.
        up: nodes that were well once; down: those of them that were lost and have not come back.
        is_test_wanted: somebody asked for a failover.
    """

    primary: str | None = None
    endpoint: str | None = None
    misses: Mapping[str, int] = field(default_factory=dict[str, int])
    missing_since: Mapping[str, float] = field(default_factory=dict[str, float])
    failover: Failover | None = None
    up: frozenset[str] = frozenset()
    down: frozenset[str] = frozenset()
    is_test_wanted: bool = False
