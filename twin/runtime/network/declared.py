"""Who stands in a region's VPCs, as far as it decides who may connect to whom. Subnets and groups are known by id."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from twin.runtime.network.model import Vpc
from twin.runtime.network.security_group import SecurityGroup

__all__ = ["Balancer", "Declared", "Endpoint", "Firewall", "Interfaces", "Service", "Store", "TargetGroup"]


@dataclass(frozen=True)
class Interfaces:
    """Network interfaces in these subnets that have these security groups; without any, the VPC's default one."""

    subnet_ids: tuple[str, ...] = ()
    group_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Service:
    """An ECS service.

    Attributes:
        has_public_address: its tasks do, without which an internet gateway serves them nothing.
        namespace: of Service Connect; None where it has no part in it.
        offers: port that its tasks listen on for the mesh, by discovery name.
    """

    name: str
    interfaces: Interfaces
    has_public_address: bool = False
    namespace: str | None = None
    offers: Mapping[str, int] = field(default_factory=dict[str, int])
    target_group_arns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Store:
    """A database cluster or a cache. Attributes: names: DNS names that lead to it."""

    names: tuple[str, ...]
    port: int
    interfaces: Interfaces


@dataclass(frozen=True)
class Endpoint:
    """A VPC endpoint that is available.

    Attributes:
        service: the end of its service's name, such as ``sqs``.
        interfaces: None for a gateway endpoint, which stands in route tables instead.
        has_private_dns: the service's usual name leads to it.
    """

    id: str
    vpc_id: str
    service: str
    interfaces: Interfaces | None = None
    has_private_dns: bool = True
    table_ids: frozenset[str] = field(default_factory=frozenset[str])


@dataclass(frozen=True)
class TargetGroup:
    """Attributes: ports: of requests and of health checks. balancer_arns: of those that lead to it."""

    arn: str
    name: str
    ports: frozenset[int]
    balancer_arns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Balancer:
    """Attributes: is_internal: it has no public addresses. ports: of its listeners."""

    arn: str
    interfaces: Interfaces
    is_internal: bool
    ports: frozenset[int]


@dataclass(frozen=True)
class Firewall:
    """Attributes: groups: by id. prefix_list_ids: AWS's own, by the end of the service's name."""

    groups: Mapping[str, SecurityGroup] = field(default_factory=dict[str, SecurityGroup])
    endpoints: tuple[Endpoint, ...] = ()
    prefix_list_ids: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Declared:
    """Everything of one region."""

    vpcs: tuple[Vpc, ...] = ()
    firewall: Firewall = field(default_factory=Firewall)
    services: tuple[Service, ...] = ()
    stores: tuple[Store, ...] = ()
    balancers: tuple[Balancer, ...] = ()
    target_groups: tuple[TargetGroup, ...] = ()
