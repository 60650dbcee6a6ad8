"""A VPC as far as it decides what passes: subnets, their network ACLs and their routes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network

from twin.runtime.zones import Tier

__all__ = ["ANY_PORT", "Acl", "AclEntry", "Ports", "Route", "RouteTarget", "Subnet", "Traffic", "Vpc"]

Ports = tuple[int, int]
"""First and last of a range."""

ANY_PORT: Ports = (0, 65535)


@dataclass(frozen=True)
class AclEntry:
    """One rule of a network ACL, in one direction.

    Attributes: block: of the other end; ports: destination ports of TCP; None where the rule is not about TCP.
    """

    number: int
    block: IPv4Network
    ports: Ports | None
    is_allowed: bool


@dataclass(frozen=True)
class Acl:
    """Attributes: inbound, outbound: in the order in which they are tried."""

    id: str
    inbound: tuple[AclEntry, ...] = ()
    outbound: tuple[AclEntry, ...] = ()


class RouteTarget(StrEnum):
    INTERNET_GATEWAY = "internet gateway"
    NAT_GATEWAY = "NAT gateway"


@dataclass(frozen=True)
class Route:
    """A way out of the VPC that works. Attributes: gateway_id: of the target."""

    block: IPv4Network
    target: RouteTarget
    gateway_id: str


@dataclass(frozen=True)
class Subnet:
    """Attributes: routes: out of the VPC; within it there is always one. table_id: of the route table."""

    id: str
    zone: str
    tier: Tier
    block: IPv4Network
    acl: Acl
    routes: tuple[Route, ...] = ()
    table_id: str = ""


@dataclass(frozen=True)
class Vpc:
    """Attributes: subnet_by_nat_gateway: ids; of the gateways that are available."""

    id: str
    region: str
    subnets: tuple[Subnet, ...]
    subnet_by_nat_gateway: Mapping[str, str]


@dataclass(frozen=True)
class Traffic:
    """What the estate's connections are made to: ports by the tier that listens.

    Attributes: outside: ports of the internet to which tasks connect.
    """

    by_tier: Mapping[Tier, frozenset[int]]
    outside: frozenset[int] = frozenset({443})
