"""The world reaches the edge, and nothing else."""

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

from ._graph import Graph
from ._policy import Policy
from ._resource import Resource

__all__ = ["PublicIngress", "check", "is_any_protocol", "is_open_to_the_world"]

GROUP = "aws_security_group"
RULES = ("aws_vpc_security_group_ingress_rule", "aws_security_group_rule")
EDGE_PORTS = frozenset({80, 443})
EVERY_PROTOCOL = frozenset({"-1", "all"})
"""With these, ports mean nothing. Source: EC2 API reference, IpPermission; the provider's aws_security_group_rule."""
LARGEST_OF_ONE = {4: 16, 6: 32}
"""Bits of the prefix by version of IP: assumptions. A larger block of public addresses is nobody's alone, and whoever
splits the world into smaller ones needs more rules than there may be: 65,536, or 2^32. Source: VPC user guide, "Amazon
VPC quotas" (60 inbound rules in a security group, 1,000 for a network interface at most)."""
PRIVATE = tuple(
    map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"))
)
"""Source: RFC 1918, RFC 6598, RFC 4193."""
SOURCES = ("cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks")


class PublicIngress(Policy):
    """An internet-facing load balancer may be reached on its web ports; whatever else is open is an accident."""

    number = 5
    title = "Only internet-facing load balancers admit the world, and on web ports only"
    kinds = (GROUP, *RULES)

    def holds(self, resource: Resource, graph: Graph) -> bool | None:
        if resource.kind == "aws_security_group_rule" and resource.value("type") != "ingress":
            return None
        blocks = resource.blocks("ingress") if resource.kind == GROUP else [resource.settings]
        opened = [it for it in blocks if is_open_to_the_world(it)]
        if not opened:
            return True
        return all(map(_is_web, opened)) and all(_is_edge(it, graph) for it in _groups(resource, graph))


def is_open_to_the_world(block: Mapping[str, Any]) -> bool:
    """Whether a rule's block names every address there is, or a part that is nobody's alone: halves make the whole."""
    rule = Resource("", "", block)
    return any(_reaches_the_world(str(it)) for name in SOURCES for it in rule.values(name))


def _reaches_the_world(cidr: str) -> bool:
    try:
        network = ip_network(cidr, strict=False)
    except ValueError:  # a reference to a block that is given elsewhere
        return False
    is_private = any(it.version == network.version and network.subnet_of(it) for it in PRIVATE)  # pyright: ignore
    return not is_private and network.prefixlen < LARGEST_OF_ONE[network.version]


def is_any_protocol(block: Mapping[str, Any]) -> bool:
    rule = Resource("", "", block)
    return not EVERY_PROTOCOL.isdisjoint(map(str, (*rule.values("ip_protocol"), *rule.values("protocol"))))


def _is_web(block: Mapping[str, Any]) -> bool:
    rule = Resource("", "", block)
    is_one = rule.value("from_port") == rule.value("to_port") and rule.value("from_port") in EDGE_PORTS
    return is_one and not is_any_protocol(block)


def _groups(resource: Resource, graph: Graph) -> list[Resource | None]:
    """The groups that the rule opens; None for one that the plan does not show."""
    if resource.kind == GROUP:
        return [graph.resources[resource.address]]
    return [graph.resolve(resource.value("security_group_id"))]


def _is_edge(group: Resource | None, graph: Graph) -> bool:
    """Whether internet-facing load balancers are all that uses the group."""
    users = [it for it in graph.naming(group) if "security_group" not in it.kind] if group else []
    return bool(users) and all(it.kind == "aws_lb" and it.value("internal") is False for it in users)


check = PublicIngress()
