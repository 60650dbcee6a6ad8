"""Security groups, endpoints, services, stores and load balancers, as AWS's APIs describe them."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network
from typing import Any

from twin.runtime.control_plane import ControlPlane, Document
from twin.runtime.network.declared import Balancer, Endpoint, Firewall, Interfaces, Store, TargetGroup
from twin.runtime.network.model import ANY_PORT, Ports
from twin.runtime.network.security_group import GroupRule, SecurityGroup

__all__ = [
    "BALANCER_SERVICES",
    "FIREWALL_SERVICES",
    "STORE_SERVICES",
    "read_balancers",
    "read_firewall",
    "read_stores",
]

FIREWALL_SERVICES, STORE_SERVICES, BALANCER_SERVICES = ("ec2",), ("rds", "elasticache"), ("elbv2",)

_ALL_PROTOCOLS = "-1"
_TCP = ("tcp", "6")
_OWNED_BY_AWS = "AWS"


# Security groups and endpoints


async def read_firewall(plane: ControlPlane, region: str) -> Firewall:
    """Raises: ClientError, ControlPlaneAway."""
    groups, endpoints, lists = await asyncio.gather(
        plane.call("ec2", region, "describe_security_groups"),
        plane.call("ec2", region, "describe_vpc_endpoints"),
        plane.call("ec2", region, "describe_managed_prefix_lists"),
    )
    listed = lists.get("PrefixLists", [])
    own = [it["PrefixListId"] for it in listed if it.get("OwnerId") != _OWNED_BY_AWS]
    entries = await asyncio.gather(*(_entries(plane, region, it) for it in own))
    blocks = dict(zip(own, entries, strict=True))
    made = [_group(it, blocks) for it in groups.get("SecurityGroups", [])]
    return Firewall(
        groups={it.id: it for it in made},
        endpoints=tuple(_endpoints(endpoints.get("VpcEndpoints", []))),
        prefix_list_ids={
            _end_of(it["PrefixListName"]): it["PrefixListId"]
            for it in listed
            if it.get("OwnerId") == _OWNED_BY_AWS
        },
    )


async def _entries(plane: ControlPlane, region: str, list_id: str) -> tuple[IPv4Network, ...]:
    answer = await plane.call("ec2", region, "get_managed_prefix_list_entries", PrefixListId=list_id)
    return tuple(IPv4Network(it["Cidr"]) for it in answer.get("Entries", []) if ":" not in it["Cidr"])


def _end_of(name: str) -> str:
    """What follows the region: ``s3`` of ``com.amazonaws.eu-west-2.s3``."""
    return name.split(".", 3)[-1]


def _group(document: Document, blocks: Mapping[str, tuple[IPv4Network, ...]]) -> SecurityGroup:
    return SecurityGroup(
        id=document["GroupId"],
        vpc_id=document.get("VpcId", ""),
        inbound=tuple(_rules(document.get("IpPermissions", []), blocks)),
        outbound=tuple(_rules(document.get("IpPermissionsEgress", []), blocks)),
        is_default=document.get("GroupName") == "default",
    )


def _rules(
    permissions: Iterable[Document], blocks: Mapping[str, tuple[IPv4Network, ...]]
) -> Iterator[GroupRule]:
    """Those about TCP over IPv4. A prefix list of one's own is the blocks that it has now."""
    for it in permissions:
        ports = _ports(it)
        if ports:
            for cidr in it.get("IpRanges", []):
                yield GroupRule(ports, (IPv4Network(cidr["CidrIp"]),))
            for pair in it.get("UserIdGroupPairs", []):
                yield GroupRule(ports, group_id=pair["GroupId"])
            for listed in it.get("PrefixListIds", []):
                list_id = listed["PrefixListId"]
                yield GroupRule(ports, blocks.get(list_id, ()), prefix_list_id=list_id)


def _ports(permission: Document) -> Ports | None:
    """Of a rule for all protocols the ports are ignored. Source: EC2 API reference, IpPermission."""
    if permission["IpProtocol"] == _ALL_PROTOCOLS:
        return ANY_PORT
    if permission["IpProtocol"] not in _TCP:
        return None
    first, last = permission.get("FromPort", ANY_PORT[0]), permission.get("ToPort", ANY_PORT[1])
    return ANY_PORT if first == -1 else (first, last)


def _endpoints(documents: Iterable[Document]) -> Iterator[Endpoint]:
    for it in documents:
        if str(it.get("State", "available")).lower() == "available":
            yield Endpoint(
                id=it["VpcEndpointId"],
                vpc_id=it["VpcId"],
                service=_end_of(it["ServiceName"]),
                interfaces=_endpoint_interfaces(it),
                has_private_dns=_has_private_dns(it),
                table_ids=frozenset(it.get("RouteTableIds", [])),
            )


def _endpoint_interfaces(document: Document) -> Interfaces | None:
    if document.get("VpcEndpointType") != "Interface":
        return None
    groups = tuple(it["GroupId"] for it in document.get("Groups", []))
    return Interfaces(tuple(document.get("SubnetIds", [])), groups)


def _has_private_dns(document: Document) -> bool:
    """Source: S3 user guide, "AWS PrivateLink for Amazon S3": private DNS may be for inbound resolvers alone."""
    is_for_others = document.get("DnsOptions", {}).get("PrivateDnsOnlyForInboundResolverEndpoint", False)
    return bool(document.get("PrivateDnsEnabled", False)) and not is_for_others


# Databases and caches


async def read_stores(plane: ControlPlane, region: str) -> tuple[Store, ...]:
    """Raises: ClientError, ControlPlaneAway."""
    clusters, instances, groups, caches, nodes, cache_groups = await asyncio.gather(
        plane.call("rds", region, "describe_db_clusters"),
        plane.call("rds", region, "describe_db_instances"),
        plane.call("rds", region, "describe_db_subnet_groups"),
        plane.call("elasticache", region, "describe_replication_groups"),
        plane.call("elasticache", region, "describe_cache_clusters"),
        plane.call("elasticache", region, "describe_cache_subnet_groups"),
    )
    subnets = {it["DBSubnetGroupName"]: _subnet_ids(it) for it in groups.get("DBSubnetGroups", [])}
    cache_subnets = {
        it["CacheSubnetGroupName"]: _subnet_ids(it) for it in cache_groups.get("CacheSubnetGroups", [])
    }
    members = nodes.get("CacheClusters", [])
    return (
        *(_database(it, instances.get("DBInstances", []), subnets) for it in clusters.get("DBClusters", [])),
        *(_cache(it, members, cache_subnets) for it in caches.get("ReplicationGroups", [])),
    )


def _subnet_ids(document: Document) -> tuple[str, ...]:
    return tuple(it["SubnetIdentifier"] for it in document.get("Subnets", []))


def _database(
    document: Document, instances: Iterable[Document], subnets: Mapping[str, tuple[str, ...]]
) -> Store:
    cluster = document["DBClusterIdentifier"]
    own = [it for it in instances if it.get("DBClusterIdentifier") == cluster]
    names = [document.get("Endpoint"), document.get("ReaderEndpoint"), *document.get("CustomEndpoints", [])]
    names += [it.get("Endpoint", {}).get("Address") for it in own]
    groups = tuple(it["VpcSecurityGroupId"] for it in document.get("VpcSecurityGroups", []))
    return Store(
        tuple(it for it in names if it),
        int(document.get("Port", 5432)),
        Interfaces(subnets.get(document.get("DBSubnetGroup", ""), ()), groups),
    )


def _cache(document: Document, members: Iterable[Document], subnets: Mapping[str, tuple[str, ...]]) -> Store:
    own = [it for it in members if it.get("CacheClusterId") in document.get("MemberClusters", [])]
    parts: list[Document] = document.get("NodeGroups", [])
    places = [part.get(name, {}) for part in parts for name in ("PrimaryEndpoint", "ReaderEndpoint")]
    places += [node.get("ReadEndpoint", {}) for part in parts for node in part.get("NodeGroupMembers", [])]
    groups = {it["SecurityGroupId"] for node in own for it in node.get("SecurityGroups", [])}
    named = next((it["CacheSubnetGroupName"] for it in own if it.get("CacheSubnetGroupName")), "")
    return Store(
        tuple(it["Address"] for it in places if it.get("Address")),
        next((int(it["Port"]) for it in places if it.get("Port")), 6379),
        Interfaces(subnets.get(named, ()), tuple(sorted(groups))),
    )


# Load balancers


async def read_balancers(
    plane: ControlPlane, region: str
) -> tuple[tuple[Balancer, ...], tuple[TargetGroup, ...]]:
    """Raises: ClientError, ControlPlaneAway."""
    balancers, groups = await asyncio.gather(
        plane.call("elbv2", region, "describe_load_balancers"),
        plane.call("elbv2", region, "describe_target_groups"),
    )
    found = balancers.get("LoadBalancers", [])
    listeners = await asyncio.gather(
        *(
            plane.call("elbv2", region, "describe_listeners", LoadBalancerArn=it["LoadBalancerArn"])
            for it in found
        )
    )
    made = [_balancer(it, answer) for it, answer in zip(found, listeners, strict=True)]
    return tuple(made), tuple(_target_group(it) for it in groups.get("TargetGroups", []))


def _balancer(document: Document, listeners: Document) -> Balancer:
    subnets = tuple(it["SubnetId"] for it in document.get("AvailabilityZones", []) if it.get("SubnetId"))
    return Balancer(
        document["LoadBalancerArn"],
        Interfaces(subnets, tuple(document.get("SecurityGroups", []))),
        document.get("Scheme") == "internal",
        frozenset(int(it["Port"]) for it in listeners.get("Listeners", []) if it.get("Port")),
    )


def _target_group(document: Mapping[str, Any]) -> TargetGroup:
    check = str(document.get("HealthCheckPort", "traffic-port"))
    ports = [document.get("Port"), int(check) if check.isdigit() else None]
    return TargetGroup(
        document.get("TargetGroupArn", ""),
        document.get("TargetGroupName", ""),
        frozenset(int(it) for it in ports if it),
        tuple(document.get("LoadBalancerArns", [])),
    )
