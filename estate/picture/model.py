"""What a picture of an estate shows: parts of it, where they stand, and what may reach what."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from stacks.names import Layer

__all__ = ["Edge", "EdgeKind", "Node", "NodeKind", "Picture", "Region"]


class NodeKind(StrEnum):
    """What a part is. The order is the one in which parts of a layer are drawn."""

    EDGE = "edge"
    CLUSTER = "cluster"
    CELL = "cell"
    SERVICE = "service"
    DATABASE = "database"
    DATABASE_INSTANCE = "instance"
    CACHE = "cache"
    CACHE_NODE = "node"
    TOPIC = "topic"
    BUS = "bus"
    STREAM = "stream"
    BUCKET = "bucket"
    QUEUE = "queue"
    DEAD_LETTER_QUEUE = "dead-letter queue"
    NETWORK = "network"
    SUBNET = "subnet"
    NAT = "nat"
    KEYS = "keys"
    VAULT = "vault"
    OTHER = "other"


class EdgeKind(StrEnum):
    """What one part does with another, as far as rules and grants let it."""

    ROUTES = "routes"
    """The edge passes requests on to it."""
    CALLS = "calls"
    """A service calls another."""
    USES = "uses"
    """A service reads or writes a store."""
    FEEDS = "feeds"
    """A topic or a bus delivers to a queue."""
    COPIES = "copies"
    """What is in one is copied to the other, in another region."""


_NAMED_BY_KIND = {
    NodeKind.CELL,
    NodeKind.DATABASE,
    NodeKind.DATABASE_INSTANCE,
    NodeKind.CACHE,
    NodeKind.CACHE_NODE,
    NodeKind.TOPIC,
    NodeKind.BUS,
    NodeKind.STREAM,
    NodeKind.BUCKET,
    NodeKind.QUEUE,
    NodeKind.SUBNET,
}
"""Kinds whose labels are names that somebody chose, such as ``core``."""


@dataclass(frozen=True)
class Region:
    """Attributes: role (``primary`` or ``standby``), zones (in the order of the network's subnets)."""

    name: str
    role: str
    zones: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return f"{self.name} · {self.role}"


@dataclass(frozen=True)
class Node:
    """One part of the estate, or several alike.

    Attributes:
        id: ``<role>/<kind>/<name>``, the same in every run.
        zone: where it is one zone that it stands in.
        zones: every zone that it spans; empty for what stands in no zone.
        count: desired tasks of a service or cell; of anything else how many there are.
        limits: fewest and most tasks, where scaling decides.
        holds: names of what it serves or keeps, such as the benefits of a cell.
        part_of: the id of what it belongs to, such as the database of an instance.
        note: one short fact.
    """

    id: str
    label: str
    layer: Layer
    kind: NodeKind
    region: str
    zone: str | None = None
    zones: tuple[str, ...] = ()
    count: int | None = None
    limits: tuple[int, int] | None = None
    holds: tuple[str, ...] = ()
    part_of: str | None = None
    note: str = ""

    @property
    def name(self) -> str:
        """What it is and what it is called, where the label alone does not say what it is."""
        if self.kind is NodeKind.QUEUE and self.holds:
            return f"queues of {self.label}"
        return f"{self.kind} {self.label}" if self.kind in _NAMED_BY_KIND else self.label

    def to_json(self) -> dict[str, Any]:
        """The node as a document, without what it has not."""
        known: dict[str, Any] = {
            "zone": self.zone,
            "count": self.count,
            "limits": list(self.limits) if self.limits else None,
            "zones": list(self.zones) or None,
            "holds": list(self.holds) or None,
            "part_of": self.part_of,
            "note": self.note or None,
        }
        return {
            "id": self.id,
            "label": self.label,
            "layer": str(self.layer),
            "kind": str(self.kind),
            "region": self.region,
            **{key: value for key, value in known.items() if value is not None},
        }


@dataclass(frozen=True, order=True)
class Edge:
    """Attributes: source, target: ids of nodes."""

    source: str
    target: str
    kind: EdgeKind

    def to_json(self) -> dict[str, str]:
        return {"from": self.source, "to": self.target, "kind": str(self.kind)}


@dataclass(frozen=True)
class Picture:
    """Attributes: resource_count: how many resources the estate has; every one is behind some node."""

    environment: str
    resource_count: int
    stack_count: int
    regions: tuple[Region, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = field(default=())

    @cached_property
    def node_by_id(self) -> dict[str, Node]:
        return {node.id: node for node in self.nodes}

    def whole(self, layer: Layer) -> Iterator[Node]:
        """The layer's nodes that are part of no other."""
        return (node for node in self.nodes if node.layer is layer and node.part_of is None)

    def parts(self, node: Node) -> Iterator[Node]:
        return (each for each in self.nodes if each.part_of == node.id)
