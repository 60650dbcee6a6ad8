"""Between which places the estate's connections are stopped by routes or network ACLs.

A pair of places is open only where all of the estate's traffic between them passes, both ways: half a way is a fault,
and is to be seen. A place is a tier of a zone, so a rule that denies one port of a tier closes the pair.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from itertools import product

from twin.runtime.network.acl import admits
from twin.runtime.network.model import Ports, Route, RouteTarget, Subnet, Traffic, Vpc
from twin.runtime.zones import OUTSIDE, Link, Place

__all__ = ["CLOSED", "INTERNET", "SOMEBODY", "End", "closed_links", "passes", "reaches_outside", "within"]

CLOSED = Link(is_open=False)

SOMEBODY = IPv4Network("198.51.100.1/32")
"""Stands for everybody on the internet. Source: RFC 5737, a block for documentation."""

_LINUX_CLIENT: Ports = (32768, 60999)
"""From which tasks and databases connect. Source: Linux kernel, ip-sysctl, ip_local_port_range."""

_ANY_CLIENT: Ports = (1024, 65535)
"""From which load balancers, NAT gateways and people connect. Source: VPC user guide, "Ephemeral ports"."""


@dataclass(frozen=True)
class End:
    """One end of a connection. Attributes: subnet: None on the internet; client_ports: it connects from these."""

    block: IPv4Network
    subnet: Subnet | None
    client_ports: Ports


def closed_links(
    vpc: Vpc, traffic: Traffic, unusable_zones: Iterable[str] = ()
) -> Mapping[tuple[Place, Place], Link]:
    """Pairs of client and server between which something of the traffic does not pass.

    Args: unusable_zones: zones that are without power or cut off, whose NAT gateways serve nobody.
    """
    dead = frozenset(unusable_zones)
    closed: set[tuple[Place, Place]] = set()
    for client, server in product(vpc.subnets, vpc.subnets):
        if not _reaches_within(client, server, traffic):
            closed.add((_place(client), _place(server)))
    for subnet in vpc.subnets:
        if not _is_reached_from_outside(subnet, traffic):
            closed.add((OUTSIDE, _place(subnet)))
        if not reaches_outside(vpc, subnet, traffic, dead):
            closed.add((_place(subnet), OUTSIDE))
    return dict.fromkeys(closed, CLOSED)


def _place(subnet: Subnet) -> Place:
    return Place(subnet.zone, subnet.tier)


def _reaches_within(client: Subnet, server: Subnet, traffic: Traffic) -> bool:
    """The route within a VPC is always there. Source: VPC user guide, "Subnet route tables", local route."""
    ports = traffic.by_tier.get(server.tier, frozenset())
    return passes(within(client), within(server), ports)


def within(subnet: Subnet) -> End:
    """Whoever stands in the subnet."""
    is_public = any(route.target is RouteTarget.INTERNET_GATEWAY for route in subnet.routes)
    return End(subnet.block, subnet, _ANY_CLIENT if is_public else _LINUX_CLIENT)


INTERNET = End(SOMEBODY, None, _ANY_CLIENT)


def _is_reached_from_outside(subnet: Subnet, traffic: Traffic) -> bool:
    """Only what has a route to an internet gateway is. Source: VPC user guide, "Internet gateways"."""
    route = _route_out(subnet)
    if route is None or route.target is not RouteTarget.INTERNET_GATEWAY:
        return False
    return passes(INTERNET, within(subnet), traffic.by_tier.get(subnet.tier, frozenset()))


def reaches_outside(vpc: Vpc, subnet: Subnet, traffic: Traffic, dead_zones: frozenset[str]) -> bool:
    """Requests to the internet have a way out of the VPC, and their answers one back."""
    route = _route_out(subnet)
    if route is None or not passes(within(subnet), INTERNET, traffic.outside):
        return False
    if route.target is RouteTarget.INTERNET_GATEWAY:
        return True
    gateway = _subnet_of_nat(vpc, route)
    return gateway is not None and gateway.zone not in dead_zones and _relays(subnet, gateway, traffic)


def _relays(subnet: Subnet, gateway: Subnet, traffic: Traffic) -> bool:
    """A NAT gateway takes from the subnet what is for the internet, and sends it on from its own subnet.

    Towards the subnet its packets have the internet's addresses. Source: VPC user guide, "NAT gateway basics".
    """
    entering = all(admits(gateway.acl.inbound, subnet.block, (port, port)) for port in traffic.outside)
    returning = admits(gateway.acl.outbound, subnet.block, _LINUX_CLIENT)
    is_inside = gateway.id == subnet.id
    onward = _route_out(gateway)
    return (
        (is_inside or (entering and returning))
        and onward is not None
        and onward.target is RouteTarget.INTERNET_GATEWAY
        and passes(End(gateway.block, gateway, _ANY_CLIENT), INTERNET, traffic.outside)
    )


def _route_out(subnet: Subnet) -> Route | None:
    """The most specific route to the internet. Source: VPC user guide, "Route priority"."""
    somebody = IPv4Address(int(SOMEBODY.network_address))
    ways = [route for route in subnet.routes if somebody in route.block]
    return max(ways, key=lambda route: route.block.prefixlen, default=None)


def _subnet_of_nat(vpc: Vpc, route: Route) -> Subnet | None:
    subnet_id = vpc.subnet_by_nat_gateway.get(route.gateway_id)
    return next((subnet for subnet in vpc.subnets if subnet.id == subnet_id), None)


def passes(client: End, server: End, ports: Iterable[int]) -> bool:
    """Requests to each of the ports pass, and so do their answers."""
    if client.subnet and server.subnet and client.subnet.id == server.subnet.id:
        return True
    return all(
        _crosses(client, server, (port, port)) and _crosses(server, client, client.client_ports)
        for port in ports
    )


def _crosses(sender: End, receiver: End, ports: Ports) -> bool:
    """Packets leave the one's subnet and enter the other's."""
    leaves = sender.subnet is None or admits(sender.subnet.acl.outbound, receiver.block, ports)
    return leaves and (receiver.subnet is None or admits(receiver.subnet.acl.inbound, sender.block, ports))
