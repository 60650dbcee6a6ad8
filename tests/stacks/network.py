"""The network that a region's stacks declare, as the twin's network part would read it from AWS's APIs."""

import json
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import Any

from tests.stacks.graph import Graph, Resource
from twin.runtime.network.declared import (
    Balancer,
    Declared,
    Endpoint,
    Firewall,
    Interfaces,
    Service,
    Store,
    TargetGroup,
)
from twin.runtime.network.model import ANY_PORT, Acl, AclEntry, Route, RouteTarget, Subnet, Vpc
from twin.runtime.network.security_group import GroupRule, SecurityGroup
from twin.runtime.zones import Tier


def declared_network(graph: Graph, environment: str, *, is_standby: bool = False) -> Declared:
    """Stores are named ``database core`` and ``cache sessions``, target groups as their services."""
    return _Region(graph, environment, "-standby" if is_standby else "").declared()


class _Region:
    def __init__(self, graph: Graph, environment: str, suffix: str) -> None:
        self._resources = [
            it
            for layer in ("foundation", "data", "platform", "services")
            for it in graph
            if it.stack == f"{layer}-{environment}{suffix}"
        ]

    def declared(self) -> Declared:
        return Declared(
            vpcs=(self._vpc(),),
            firewall=Firewall(self._groups(), tuple(self._endpoints()), dict(self._prefix_lists())),
            services=tuple(self._service(it) for it in self._all("ecs/service:Service")),
            stores=tuple(self._stores()),
            balancers=tuple(self._balancer(it) for it in self._all("lb/loadBalancer:LoadBalancer")),
            target_groups=tuple(self._target_group(it) for it in self._all("lb/targetGroup:TargetGroup")),
        )

    def _all(self, type_: str) -> list[Resource]:
        return [it for it in self._resources if it.type == f"aws:{type_}"]

    def _inputs(self, type_: str, **members: Any) -> Iterator[Mapping[str, Any]]:
        for it in self._all(type_):
            if all(it.inputs.get(name) == value for name, value in members.items()):
                yield it.inputs

    # The VPC

    def _vpc(self) -> Vpc:
        (vpc,) = self._all("ec2/vpc:Vpc")
        subnets = tuple(self._subnet(it) for it in self._all("ec2/subnet:Subnet"))
        gateways = {it.output("id"): it.inputs["subnetId"] for it in self._all("ec2/natGateway:NatGateway")}
        return Vpc(vpc.output("id"), "", subnets, gateways)

    def _subnet(self, subnet: Resource) -> Subnet:
        own = subnet.output("id")
        (association,) = self._inputs("ec2/routeTableAssociation:RouteTableAssociation", subnetId=own)
        table_id = association["routeTableId"]
        (acl,) = [it for it in self._all("ec2/networkAcl:NetworkAcl") if own in it.inputs["subnetIds"]]
        return Subnet(
            own,
            subnet.inputs["availabilityZone"],
            Tier(subnet.tags["tier"]),
            IPv4Network(subnet.inputs["cidrBlock"]),
            Acl(acl.output("id"), self._entries(acl, egress=False), self._entries(acl, egress=True)),
            tuple(_route(it) for it in self._inputs("ec2/route:Route", routeTableId=table_id)),
            table_id,
        )

    def _entries(self, acl: Resource, *, egress: bool) -> tuple[AclEntry, ...]:
        of_acl = self._inputs(
            "ec2/networkAclRule:NetworkAclRule", networkAclId=acl.output("id"), egress=egress
        )
        found = [
            AclEntry(
                int(it["ruleNumber"]),
                IPv4Network(it["cidrBlock"]),
                ANY_PORT if it["protocol"] == "-1" else (int(it["fromPort"]), int(it["toPort"])),
                it["ruleAction"] == "allow",
            )
            for it in of_acl
        ]
        return tuple(sorted(found, key=lambda it: it.number))

    # Security groups and endpoints

    def _groups(self) -> dict[str, SecurityGroup]:
        ids = [it.output("id") for it in self._all("ec2/securityGroup:SecurityGroup")]
        return {
            it: SecurityGroup(it, "", self._rules("Ingress", it), self._rules("Egress", it)) for it in ids
        }

    def _rules(self, direction: str, group_id: str) -> tuple[GroupRule, ...]:
        type_ = f"vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule"
        return tuple(_rule(it) for it in self._inputs(type_, securityGroupId=group_id))

    def _endpoints(self) -> Iterator[Endpoint]:
        for it in self._all("ec2/vpcEndpoint:VpcEndpoint"):
            own = it.inputs
            has_interfaces = own["vpcEndpointType"] == "Interface"
            yield Endpoint(
                it.output("id"),
                own["vpcId"],
                own["serviceName"].split(".", 3)[-1],
                Interfaces(tuple(own["subnetIds"]), tuple(own["securityGroupIds"]))
                if has_interfaces
                else None,
                bool(own.get("privateDnsEnabled", False)),
                frozenset(own.get("routeTableIds", ())),
            )

    def _prefix_lists(self) -> Iterator[tuple[str, str]]:
        gateways = [it for it in self._all("ec2/vpcEndpoint:VpcEndpoint") if "routeTableIds" in it.inputs]
        for it in gateways:
            yield it.inputs["serviceName"].split(".", 3)[-1], it.output("prefixListId")

    # Who stands there

    def _service(self, service: Resource) -> Service:
        network, mesh = service.inputs["networkConfiguration"], service.inputs["serviceConnectConfiguration"]
        return Service(
            service.inputs["name"],
            Interfaces(tuple(network["subnets"]), tuple(network["securityGroups"])),
            network["assignPublicIp"],
            mesh["namespace"],
            {it["discoveryName"]: self._container_port(service, it["portName"]) for it in mesh["services"]},
            tuple(it["targetGroupArn"] for it in service.inputs.get("loadBalancers") or ()),
        )

    def _container_port(self, service: Resource, port_name: str) -> int:
        (definition,) = self._inputs("ecs/taskDefinition:TaskDefinition", family=service.inputs["name"])
        containers = json.loads(definition["containerDefinitions"])
        (port,) = [
            it["containerPort"]
            for container in containers
            for it in container.get("portMappings", ())
            if it["name"] == port_name
        ]
        return int(port)

    def _stores(self) -> Iterator[Store]:
        for it in self._all("rds/cluster:Cluster"):
            subnets = self._subnet_ids("rds/subnetGroup:SubnetGroup", it.inputs["dbSubnetGroupName"])
            groups = tuple(it.inputs["vpcSecurityGroupIds"])
            name = it.inputs["clusterIdentifier"]
            yield Store((f"database {name}",), int(it.inputs["port"]), Interfaces(subnets, groups))
        for it in self._all("elasticache/replicationGroup:ReplicationGroup"):
            subnets = self._subnet_ids("elasticache/subnetGroup:SubnetGroup", it.inputs["subnetGroupName"])
            groups = tuple(it.inputs["securityGroupIds"])
            yield Store(
                (f"cache {it.inputs['replicationGroupId']}",),
                int(it.inputs["port"]),
                Interfaces(subnets, groups),
            )

    def _subnet_ids(self, type_: str, name: str) -> tuple[str, ...]:
        (group,) = [it for it in self._all(type_) if name in (it.output("name"), it.inputs.get("name"))]
        return tuple(group.inputs["subnetIds"])

    def _balancer(self, balancer: Resource) -> Balancer:
        arn = self._arn(balancer)
        listeners = [
            it for it in self._all("lb/listener:Listener") if it.inputs["loadBalancerArn"].endswith(arn)
        ]
        own = balancer.inputs
        return Balancer(
            arn,
            Interfaces(tuple(own["subnets"]), tuple(own["securityGroups"])),
            own["internal"],
            frozenset(int(it.inputs["port"]) for it in listeners),
        )

    def _target_group(self, group: Resource) -> TargetGroup:
        balancers = tuple(self._arn(it) for it in self._all("lb/loadBalancer:LoadBalancer"))
        arn = next(
            arn
            for it in self._all("ecs/service:Service")
            for arn in (one["targetGroupArn"] for one in it.inputs.get("loadBalancers") or ())
            if arn.endswith(self._arn(group))
        )
        return TargetGroup(arn, group.inputs["name"], frozenset({int(group.inputs["port"])}), balancers)

    @staticmethod
    def _arn(resource: Resource) -> str:
        """The token in it, which is all that differs between two of a kind."""
        return resource.output("arn")


def _route(document: Mapping[str, Any]) -> Route:
    block = IPv4Network(document["destinationCidrBlock"])
    if "natGatewayId" in document:
        return Route(block, RouteTarget.NAT_GATEWAY, document["natGatewayId"])
    return Route(block, RouteTarget.INTERNET_GATEWAY, document["gatewayId"])


def _rule(document: Mapping[str, Any]) -> GroupRule:
    cidr = document.get("cidrIpv4")
    return GroupRule(
        (int(document["fromPort"]), int(document["toPort"])),
        (IPv4Network(cidr),) if cidr else (),
        document.get("referencedSecurityGroupId") or "",
        document.get("prefixListId") or "",
    )
