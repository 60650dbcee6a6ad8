"""What the parts of the data plane tell each other: who listens where, and what they see of each other's health.

Tables in memory, each written by one part and read by others. A reader remembers the version it has seen and waits
for the next.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from twin.runtime.network.blocked import Blocked
from twin.runtime.network.ways import ClosedWays

__all__ = [
    "Backend",
    "Directory",
    "MeshEndpoint",
    "RegionLink",
    "StoreLogin",
    "Table",
    "TargetHealth",
    "TargetKey",
]

K = TypeVar("K")
V = TypeVar("V")


class Table(Generic[K, V]):
    """Facts by key, with a version that grows at every change."""

    def __init__(self) -> None:
        self._facts: dict[K, V] = {}
        self._changed = asyncio.Event()
        self.version = 0

    def get(self, key: K) -> V | None:
        return self._facts.get(key)

    def all(self) -> Mapping[K, V]:
        """What is known now; a copy."""
        return dict(self._facts)

    def put(self, key: K, fact: V) -> None:
        if self._facts.get(key) != fact:
            self._facts[key] = fact
            self._bump()

    def drop(self, key: K) -> None:
        if self._facts.pop(key, None) is not None:
            self._bump()

    def replace(self, facts: Mapping[K, V]) -> None:
        """These facts and no others."""
        if self._facts != facts:
            self._facts = dict(facts)
            self._bump()

    def _bump(self) -> None:
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait(self, version: int, timeout_seconds: float | None = None) -> int:
        """The table's version, once it differs from `version` or the time is over."""
        changed = self._changed
        if self.version == version:
            with contextlib.suppress(TimeoutError):
                # Not `wait_for`, which before Python 3.12 loses a cancellation that meets the event.
                async with asyncio.timeout(timeout_seconds):
                    await changed.wait()
        return self.version


@dataclass(frozen=True)
class Backend:
    """Something that listens. Attributes: zone: None outside all zones."""

    address: str
    port: int
    zone: str | None


@dataclass(frozen=True)
class MeshEndpoint:
    """A task as Service Connect knows it. Attributes: name: its discovery name; port: the alias's and the task's."""

    region: str
    name: str
    service: str
    backend: Backend
    request_timeout_seconds: float = 15.0
    idle_timeout_seconds: float = 300.0


@dataclass(frozen=True)
class TargetKey:
    target_group_arn: str
    address: str
    port: int


@dataclass(frozen=True)
class TargetHealth:
    """Attributes: state, reason, description: in the words of DescribeTargetHealth."""

    state: str
    reason: str | None = None
    description: str | None = None


@dataclass(frozen=True)
class RegionLink:
    """What passes between two regions.

    Attributes:
        is_open: otherwise packets vanish. latency_ms: one way; an assumption, AWS gives no figure.
        bytes_per_second: each way; None without bound.
    """

    is_open: bool = True
    latency_ms: float = 5.0
    bytes_per_second: float | None = None


@dataclass(frozen=True)
class StoreLogin:
    """How tasks log in to a store.

    Attributes:
        kind: ``database`` or ``cache``.
        store_id: resource id of the cluster, or id of the replication group.
        without_token: users that show no token of IAM's.
        takes_tokens: IAM authentication is switched on.
    """

    kind: str
    store_id: str
    without_token: tuple[str, ...] = ()
    takes_tokens: bool = True


@dataclass(frozen=True)
class Directory:
    """Attributes:
    mesh: tasks that others may call, by task ARN; written by tasks, read by the egress.
    task_pids: the process of each running task, by task ARN; written by tasks, read by faults.
    target_health: written by the load balancer, read by tasks.
    stores: where a database's or cache's DNS name leads now, by (region, name); None while it leads nowhere.
        A name that belongs to several backends (a reader endpoint) is dealt out in turn. Written by database and
        cache, read by the relays.
    store_ports: where a store is reached from a zone, by (zone, DNS name): address and port of the zone's relay.
        Services have names of their own for it (`relay.plan.user_name`); under its own name people and servers reach
        it. Written by the relays, read by tasks.
    store_logins: how tasks log in to it, by (region, DNS name); of a store that is not named everybody's word is taken.
        Written by database and cache, read by the relays.
    store_users: stores that tasks of a service name, by (zone, service). Written by tasks, read by the relays.
    closed_ways: what security groups, endpoints and routes let nobody begin, by region. Written by the network part,
        read by the egress, the relays, the load balancer and tasks.
    blocked: what was tried all the same. Written by the egress and the relays, read by the status.
    endpoints: by which VPC endpoint a service's calls of AWS pass, by region, then (service, zone, AWS's service as its
        endpoint is named). Written by the network part, read by the egress and tasks.
    proxies: URL of the HTTP proxy for tasks, by (zone, service); written by the egress, read by tasks.
    partners: where hosts below ``partners.<domain>`` are answered, under the key "partners".
    edge: URL at which people come in, by region; written by the load balancer.
    led: region to whose load balancer those are led who come in at a region's edge, where a name says so; written by
        the names, read by the load balancer.
    region_links: what is between two regions, by their names in order, where it is not as usual. Written by faults,
        read by the relays.
    cache_interruptions: why nodes of a cache do not come back, by (region, replication group, zone). Written by
        faults, read by the cache.
    """

    mesh: Table[str, MeshEndpoint] = field(default_factory=Table[str, MeshEndpoint])
    task_pids: Table[str, int] = field(default_factory=Table[str, int])
    target_health: Table[TargetKey, TargetHealth] = field(default_factory=Table[TargetKey, TargetHealth])
    stores: Table[tuple[str, str], tuple[Backend, ...]] = field(
        default_factory=Table[tuple[str, str], tuple[Backend, ...]]
    )
    store_ports: Table[tuple[str, str], tuple[str, int]] = field(
        default_factory=Table[tuple[str, str], tuple[str, int]]
    )
    store_logins: Table[tuple[str, str], StoreLogin] = field(
        default_factory=Table[tuple[str, str], StoreLogin]
    )
    store_users: Table[tuple[str, str], frozenset[str]] = field(
        default_factory=Table[tuple[str, str], frozenset[str]]
    )
    closed_ways: Table[str, ClosedWays] = field(default_factory=Table[str, ClosedWays])
    blocked: Blocked = field(default_factory=Blocked)
    endpoints: Table[str, Mapping[tuple[str, str, str], str]] = field(
        default_factory=Table[str, Mapping[tuple[str, str, str], str]]
    )
    proxies: Table[tuple[str, str], str] = field(default_factory=Table[tuple[str, str], str])
    partners: Table[str, Backend] = field(default_factory=Table[str, Backend])
    edge: Table[str, str] = field(default_factory=Table[str, str])
    led: Table[str, str] = field(default_factory=Table[str, str])
    region_links: Table[tuple[str, str], RegionLink] = field(
        default_factory=Table[tuple[str, str], RegionLink]
    )
    cache_interruptions: Table[tuple[str, str, str], str] = field(
        default_factory=Table[tuple[str, str, str], str]
    )
