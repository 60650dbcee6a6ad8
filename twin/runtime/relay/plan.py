"""Which routes each zone's relay needs: its region's names as on AWS, and servers of other regions for copying.

A service that names a store has an address of its own for it: so callers are told apart, as security groups do.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from twin.runtime.addresses import SERVICE_ADDRESSES
from twin.runtime.directory import Backend, RegionLink, StoreLogin
from twin.runtime.network.ways import ClosedWays
from twin.runtime.relay.route import Conditions, LoginRule, Route, Target
from twin.runtime.zones import Link, Place, Tier, Zones

__all__ = [
    "OWN_HOSTS",
    "Ports",
    "Users",
    "conditions",
    "routes",
    "storage_conditions",
    "storage_name",
    "user_name",
]

OWN_HOSTS = range(4, 31)
"""Where names of the own region stand in their zone: each has the port that is declared for it."""

_STORAGE = "#storage"
_SHARED_HOST = 31
_FIRST_SHARED_PORT = 20_000


@dataclass
class Ports:
    """Host and port of every (region, name) in a zone of the region; they stay while the supervisor lives."""

    known: dict[tuple[str, str], tuple[int, int]] = field(
        default_factory=dict[tuple[str, str], tuple[int, int]]
    )
    users: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])

    def of_user(self, name: str, port: int) -> tuple[int, int]:
        """Number among the addresses for services, and the port, for one service's name of a store."""
        if name not in self.users:
            taken = set(self.users.values())
            self.users[name] = next((it, port) for it in count(1) if (it, port) not in taken)
        return self.users[name]

    def of(self, region: str, name: str, port: int | None = None) -> tuple[int, int]:
        """Args: port: that is wanted, None where any does."""
        if (region, name) not in self.known:
            self.known[region, name] = self._free(port)
        return self.known[region, name]

    def _free(self, port: int | None) -> tuple[int, int]:
        taken = set(self.known.values())
        own = ((host, port) for host in OWN_HOSTS if port and (host, port) not in taken)
        shared = (_SHARED_HOST, _FIRST_SHARED_PORT + len(self.known))
        return next(own, shared)


DATABASE_PORT, CACHE_PORT = 5432, 6379
"""Those of PostgreSQL and Valkey, which the estate leaves as they are."""


@dataclass(frozen=True)
class Users:
    """Services of one zone that name stores.

    Attributes: stores: names that each has. address: for services, by number. closed: of the zone's region.
        logins: by name of the store, of those where a token is shown.
    """

    stores: Mapping[str, frozenset[str]]
    address: Callable[[int], str]
    closed: ClosedWays
    logins: Mapping[str, StoreLogin] = field(default_factory=dict[str, StoreLogin])


def routes(
    zone: str,
    region: str,
    host_address: Mapping[int, str],
    stores: Mapping[tuple[str, str], tuple[Backend, ...]],
    ports: Ports,
    zones: Zones,
    region_of: Mapping[str, str],
    links: Mapping[tuple[str, str], RegionLink],
    users: Users | None = None,
) -> tuple[Route, ...]:
    """All routes of one zone's relay.

    Args:
        host_address: address by host, in the zone. region_of: by zone. links: by pair of regions, in order.
        ports: of this zone; grows by names that are new.
    """
    made: list[Route] = []
    for (home, name), backends in stores.items():
        is_storage = name.endswith(_STORAGE)
        port_of_store = backends[0].port if backends else _usual_port(name)
        wanted = port_of_store if home == region and not is_storage else None
        host, port = ports.of(home, name, wanted)
        met = storage_conditions if is_storage else conditions
        targets = tuple(
            Target(it.address, it.port, met(zone, it.zone, zones, region_of, links)) for it in backends
        )
        made.append(Route(name, host_address[host], port, targets))
        if users and not is_storage:
            is_near = home == region
            made += _user_routes(zone, name, port_of_store, targets, ports, users, is_near=is_near)
    return tuple(made)


def _user_routes(
    zone: str,
    name: str,
    port: int,
    targets: tuple[Target, ...],
    ports: Ports,
    users: Users,
    *,
    is_near: bool,
) -> Iterator[Route]:
    """Those for which there are addresses left; a task of another service says that no relay leads there.

    Args: is_near: the store is in the zone's region; none but its own VPC's tasks reach a store.
    """
    for service in sorted(it for it, names in users.stores.items() if name in names):
        own = user_name(service, name)
        number, its_port = ports.of_user(own, port)
        is_admitted = is_near and (service, zone, name) not in users.closed.stores
        if number <= SERVICE_ADDRESSES:
            login = users.logins.get(name)
            rule = LoginRule(login.kind, login.without_token) if login else None
            yield Route(own, users.address(number), its_port, targets, is_admitted, rule)


def user_name(service: str, name: str) -> str:
    """By which a service's tasks reach the store."""
    return f"{service}@{name}"


def _usual_port(name: str) -> int:
    """Of a store that leads nowhere yet, such as the writer's name in a secondary cluster: whoever tries is refused."""
    return CACHE_PORT if ".cache." in name else DATABASE_PORT


def storage_name(name: str) -> str:
    """By which servers reach each other to copy data.

    It stands for what Aurora's storage does: it passes between zones and regions, and knows no network ACL.
    """
    return name + _STORAGE


def conditions(
    zone: str,
    target: str | None,
    zones: Zones,
    region_of: Mapping[str, str],
    links: Mapping[tuple[str, str], RegionLink],
) -> Conditions:
    """What is between a task of one zone and a store in another."""
    met = zones.link(Place(zone, Tier.PRIVATE), Place(target, Tier.DATA))
    return _between(zone, target, met, region_of, links)


def storage_conditions(
    zone: str,
    target: str | None,
    zones: Zones,
    region_of: Mapping[str, str],
    links: Mapping[tuple[str, str], RegionLink],
) -> Conditions:
    """What is between two servers: the zones' boundaries, and the link between regions."""
    return _between(zone, target, zones.link(Place(zone), Place(target)), region_of, links)


def _between(
    zone: str,
    target: str | None,
    met: Link,
    region_of: Mapping[str, str],
    links: Mapping[tuple[str, str], RegionLink],
) -> Conditions:
    if target is None or region_of[zone] == region_of[target]:
        return _of(met, None)
    first, second = sorted((region_of[zone], region_of[target]))
    wide = links.get((first, second)) or RegionLink()
    return _of(met.worse_of(Link(wide.is_open, wide.latency_ms)), wide.bytes_per_second)


def _of(link: Link, bytes_per_second: float | None) -> Conditions:
    return Conditions(link.is_open, link.latency_ms, link.loss_percent, bytes_per_second)
