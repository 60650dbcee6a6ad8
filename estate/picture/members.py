"""What a part has in each zone: subnets, NAT gateways, database instances, cache nodes."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from engine.resource import Registration
from estate.picture.model import Node, NodeKind
from estate.picture.parts import Part, Parts

__all__ = ["members_of", "zones_of"]

_SUBNET = "aws:ec2/subnet:Subnet"


def members_of(part: Part, node: Node, parts: Parts) -> Iterator[Node]:
    """The nodes of what the part has in single zones."""
    return _MEMBERS[part.kind](part, node, parts) if part.kind in _MEMBERS else iter(())


def zones_of(part: Part, parts: Parts) -> tuple[str, ...]:
    """The zones that the part's subnets are in, in order; none for what is not placed in subnets."""
    if part.kind is NodeKind.NETWORK:
        return _zones(part.of_type(_SUBNET))
    if part.kind not in _SUBNETS:
        return ()
    type_token, subnets = _SUBNETS[part.kind]
    return _zones(
        subnet
        for resource in part.of_type(type_token)
        for subnet in parts.registrations_meant_by(subnets(resource))
        if subnet.type == _SUBNET
    )


_SUBNETS: Mapping[NodeKind, tuple[str, Callable[[Registration], Any]]] = {
    NodeKind.EDGE: ("aws:lb/loadBalancer:LoadBalancer", lambda it: it.inputs.get("subnets")),
    NodeKind.SERVICE: ("aws:ecs/service:Service", lambda it: it.inputs.get("networkConfiguration")),
    NodeKind.DATABASE: ("aws:rds/subnetGroup:SubnetGroup", lambda it: it.inputs.get("subnetIds")),
    NodeKind.CACHE: ("aws:elasticache/subnetGroup:SubnetGroup", lambda it: it.inputs.get("subnetIds")),
}
"""By kind: the resource that says in which subnets a part stands, and where it says so."""


def _zones(subnets: Any) -> tuple[str, ...]:
    return tuple(sorted({str(it.inputs["availabilityZone"]) for it in subnets}))


def _network(part: Part, node: Node, parts: Parts) -> Iterator[Node]:
    for subnet in part.of_type(_SUBNET):
        tier, zone = subnet.inputs["tags"]["tier"], subnet.inputs["availabilityZone"]
        label = f"{tier} {subnet.inputs['cidrBlock']}"
        yield _member(node, NodeKind.SUBNET, f"{tier}-{zone}", label, zone)
    for gateway in part.of_type("aws:ec2/natGateway:NatGateway"):
        for subnet in parts.registrations_meant_by(gateway.inputs["subnetId"]):
            zone = subnet.inputs["availabilityZone"]
            yield _member(node, NodeKind.NAT, f"nat-{zone}", "NAT gateway", zone)


def _database(part: Part, node: Node, parts: Parts) -> Iterator[Node]:
    for instance in part.of_type("aws:rds/clusterInstance:ClusterInstance"):
        name, zone = str(instance.inputs["identifier"]), instance.inputs["availabilityZone"]
        label = str(instance.inputs["instanceClass"])
        yield _member(node, NodeKind.DATABASE_INSTANCE, name, label, zone)


def _cache(part: Part, node: Node, parts: Parts) -> Iterator[Node]:
    for group in part.of_type("aws:elasticache/replicationGroup:ReplicationGroup"):
        for number, zone in enumerate(group.inputs["preferredCacheClusterAzs"], start=1):
            name = f"{group.inputs['replicationGroupId']}-{number:03}"
            yield _member(node, NodeKind.CACHE_NODE, name, str(group.inputs["nodeType"]), zone)


_MEMBERS: Mapping[NodeKind, Callable[[Part, Node, Parts], Iterator[Node]]] = {
    NodeKind.NETWORK: _network,
    NodeKind.DATABASE: _database,
    NodeKind.CACHE: _cache,
}


def _member(whole: Node, kind: NodeKind, name: str, label: str, zone: str) -> Node:
    return Node(
        id=f"{whole.id}/{name}",
        label=label,
        layer=whole.layer,
        kind=kind,
        region=whole.region,
        zone=zone,
        part_of=whole.id,
    )
