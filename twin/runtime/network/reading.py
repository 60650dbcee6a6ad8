"""VPCs, and what the estate listens on, as AWS's APIs describe them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Network
from typing import Any

from twin.runtime.control_plane import ControlPlane, Document
from twin.runtime.network.model import (
    ANY_PORT,
    Acl,
    AclEntry,
    Ports,
    Route,
    RouteTarget,
    Subnet,
    Traffic,
    Vpc,
)
from twin.runtime.zones import Tier

__all__ = ["NETWORK_SERVICES", "TRAFFIC_SERVICES", "read_traffic", "read_vpcs", "vpcs"]

NETWORK_SERVICES = ("ec2",)
TRAFFIC_SERVICES = ("elbv2", "rds", "elasticache")

_ALL_PROTOCOLS, _TCP = "-1", "6"
_TIER_TAG = "tier"
_DEFAULT_RULE = 32_767
_OPERATIONS = (
    "describe_vpcs",
    "describe_subnets",
    "describe_route_tables",
    "describe_network_acls",
    "describe_nat_gateways",
)


async def read_vpcs(control_plane: ControlPlane, region: str) -> tuple[Vpc, ...]:
    """The region's VPCs, without its default one. Raises: ClientError, ControlPlaneAway."""
    answers = await asyncio.gather(*(control_plane.call("ec2", region, it) for it in _OPERATIONS))
    return vpcs(region, *answers)


async def read_traffic(control_plane: ControlPlane, region: str) -> Traffic:
    """Ports of load balancers, tasks, databases and caches. Raises: ClientError, ControlPlaneAway."""
    groups, balancers, clusters, caches = await asyncio.gather(
        control_plane.call("elbv2", region, "describe_target_groups"),
        control_plane.call("elbv2", region, "describe_load_balancers"),
        control_plane.call("rds", region, "describe_db_clusters"),
        control_plane.call("elasticache", region, "describe_replication_groups"),
    )
    arns = [it["LoadBalancerArn"] for it in balancers.get("LoadBalancers", [])]
    listeners = [
        await control_plane.call("elbv2", region, "describe_listeners", LoadBalancerArn=it) for it in arns
    ]
    shards = [it for group in caches.get("ReplicationGroups", []) for it in group.get("NodeGroups", [])]
    stores = [it.get("PrimaryEndpoint", {}) for it in shards]
    return Traffic(
        {
            Tier.PUBLIC: _ports(it for answer in listeners for it in answer.get("Listeners", [])),
            Tier.PRIVATE: _ports(groups.get("TargetGroups", [])),
            Tier.DATA: _ports(clusters.get("DBClusters", [])) | _ports(stores),
        }
    )


def _ports(documents: Iterable[Mapping[str, Any]]) -> frozenset[int]:
    return frozenset(int(it["Port"]) for it in documents if it.get("Port"))


def vpcs(
    region: str, described: Document, subnets: Document, tables: Document, acls: Document, gateways: Document
) -> tuple[Vpc, ...]:
    """What the answers say. A subnet's tier is its tag; without one its routes tell."""
    found = [it["VpcId"] for it in described.get("Vpcs", []) if not it.get("IsDefault")]
    acl_by_subnet = _acl_by_subnet(acls.get("NetworkAcls", []))
    nat = {
        it["NatGatewayId"]: it["SubnetId"]
        for it in gateways.get("NatGateways", [])
        if it.get("State") == "available"
    }
    table_by_subnet = {
        it["SubnetId"]: _table(tables.get("RouteTables", []), it["SubnetId"], it["VpcId"])
        for it in subnets.get("Subnets", [])
    }
    return tuple(
        Vpc(
            vpc_id,
            region,
            tuple(
                _subnet(it, table_by_subnet[it["SubnetId"]], acl_by_subnet)
                for it in subnets.get("Subnets", [])
                if it["VpcId"] == vpc_id
            ),
            nat,
        )
        for vpc_id in found
    )


def _subnet(document: Document, table: Document, acls: Mapping[str, Acl]) -> Subnet:
    subnet_id, routes = document["SubnetId"], _routes(table)
    return Subnet(
        id=subnet_id,
        zone=document["AvailabilityZone"],
        tier=_tier(document, routes),
        block=IPv4Network(document["CidrBlock"]),
        acl=acls.get(subnet_id, Acl("none")),
        routes=routes,
        table_id=table.get("RouteTableId", ""),
    )


def _tier(document: Document, routes: Sequence[Route]) -> Tier:
    tags = {it["Key"]: it["Value"] for it in document.get("Tags", [])}
    if tags.get(_TIER_TAG) in set(Tier):
        return Tier(tags[_TIER_TAG])
    targets = {route.target for route in routes}
    if RouteTarget.INTERNET_GATEWAY in targets:
        return Tier.PUBLIC
    return Tier.PRIVATE if RouteTarget.NAT_GATEWAY in targets else Tier.DATA


# Network ACLs


def _acl_by_subnet(documents: Iterable[Document]) -> dict[str, Acl]:
    acls = [(document, _acl(document)) for document in documents]
    return {it["SubnetId"]: acl for document, acl in acls for it in document.get("Associations", [])}


def _acl(document: Document) -> Acl:
    entries = document.get("Entries", [])
    return Acl(
        document["NetworkAclId"],
        _entries(it for it in entries if not it["Egress"]),
        _entries(it for it in entries if it["Egress"]),
    )


def _entries(documents: Iterable[Document]) -> tuple[AclEntry, ...]:
    found = [
        AclEntry(it["RuleNumber"], IPv4Network(it["CidrBlock"]), _tcp_ports(it), it["RuleAction"] == "allow")
        for it in documents
        if "CidrBlock" in it and it["RuleNumber"] < _DEFAULT_RULE
    ]
    return tuple(sorted(found, key=lambda entry: entry.number))


def _tcp_ports(document: Document) -> Ports | None:
    """Of a rule for all protocols the ports are ignored. Source: EC2 API reference, CreateNetworkAclEntry."""
    if document["Protocol"] == _ALL_PROTOCOLS:
        return ANY_PORT
    if document["Protocol"] != _TCP:
        return None
    asked = document.get("PortRange", {})
    return (asked.get("From", ANY_PORT[0]), asked.get("To", ANY_PORT[1]))


# Routes


def _table(tables: Iterable[Document], subnet_id: str, vpc_id: str) -> Document:
    """The one that is associated, or the main one. Source: VPC user guide, "Route table concepts"."""
    own = [table for table in tables if table["VpcId"] == vpc_id]
    explicit = [
        it for it in own if any(one.get("SubnetId") == subnet_id for one in it.get("Associations", []))
    ]
    main = [it for it in own if any(one.get("Main") for one in it.get("Associations", []))]
    return next(iter([*explicit, *main]), {})


def _routes(table: Document) -> tuple[Route, ...]:
    routes = [_route(it) for it in table.get("Routes", [])]
    return tuple(route for route in routes if route)


def _route(document: Document) -> Route | None:
    """A way that works, out of the VPC. One whose target is gone is a black hole."""
    block, gateway = document.get("DestinationCidrBlock"), document.get("GatewayId", "")
    if block is None or document.get("State", "active") != "active":
        return None
    if "NatGatewayId" in document:
        return Route(IPv4Network(block), RouteTarget.NAT_GATEWAY, document["NatGatewayId"])
    if gateway.startswith("igw-"):
        return Route(IPv4Network(block), RouteTarget.INTERNET_GATEWAY, gateway)
    return None
