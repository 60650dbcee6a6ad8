"""The network component: subnets, routes, endpoints, and what watches them."""

from collections.abc import Mapping, Sequence
from typing import Literal, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.exceptions import ComponentError
from components.network.address_plan import AddressPlan, plan_addresses
from components.network.endpoints import (
    INTERFACE_SERVICES,
    endpoint_security_group,
    gateway_endpoints,
    interface_endpoints,
)
from components.network.flow_log import FlowLogSettings, flow_log
from components.network.network_acl import (
    DATA_RULES,
    PRIVATE_RULES,
    PUBLIC_RULES,
    lock_default_acl,
    tier_acl,
)
from components.tagging import named

__all__ = ["Network", "NetworkArgs"]

Nat = Literal["per-zone", "single", "none"]


class NetworkArgs(TypedDict):
    cidr_block: str
    """IPv4 block of the VPC, such as 10.0.0.0/16. A mask of 16 to 24 where subnets are derived from it."""
    zones: Sequence[str]
    """Names of two to four availability zones. Every list of the component is in this order."""
    log_key_arn: pulumi.Input[str]
    """ARN of the KMS key that encrypts the flow logs; it must admit CloudWatch Logs."""
    public_cidr_blocks: NotRequired[Sequence[str]]
    """Blocks of the public subnets, one a zone. Default: the first sixteenths of the VPC."""
    private_cidr_blocks: NotRequired[Sequence[str]]
    """Blocks of the private subnets, one a zone. Default: the sixteenths from the fifth."""
    data_cidr_blocks: NotRequired[Sequence[str]]
    """Blocks of the data subnets, one a zone. Default: the sixteenths from the ninth."""
    nat: NotRequired[Nat]
    """Way from the private subnets to the internet: `per-zone` (default), `single` (the first zone serves all
    and all depend on it) or `none`."""
    interface_services: NotRequired[Sequence[str]]
    """Services with an interface endpoint, by the end of the endpoint's name (`ecr.api`). Default: what tasks
    on Fargate and the usual services of an estate call."""
    flow_log_group_name: NotRequired[str]
    """Name of the log group. Default: /vpc/<component>/flow-logs."""
    flow_log_retention_days: NotRequired[int]
    """Days that flow logs stay, one of CloudWatch's values. Default: 365."""
    tags: NotRequired[Mapping[str, str]]
    """Tags of everything that can carry them. Default: none."""


class Network(pulumi.ComponentResource):
    """A VPC with a public, a private and a data subnet in each zone.

    Public subnets hold load balancers and NAT gateways, private ones tasks and endpoints, data ones databases
    and caches, whose only way is within the VPC. The default security group and network ACL have no rules.
    """

    vpc_id: pulumi.Output[str]
    """Id of the VPC."""
    cidr_block: pulumi.Output[str]
    """Block of the VPC."""
    public_subnet_ids: pulumi.Output[Sequence[str]]
    """Ids of the public subnets, in the order of the zones."""
    private_subnet_ids: pulumi.Output[Sequence[str]]
    """Ids of the private subnets, in the order of the zones."""
    data_subnet_ids: pulumi.Output[Sequence[str]]
    """Ids of the data subnets, in the order of the zones."""
    public_route_table_id: pulumi.Output[str]
    """Id of the route table that all public subnets share."""
    private_route_table_id_by_zone: pulumi.Output[Mapping[str, str]]
    """Ids of the private route tables, by zone."""
    data_route_table_id_by_zone: pulumi.Output[Mapping[str, str]]
    """Ids of the data route tables, by zone."""
    endpoint_security_group_id: pulumi.Output[str]
    """Id of the security group of the interface endpoints."""
    prefix_list_id_by_service: pulumi.Output[Mapping[str, str]]
    """Ids of the gateway endpoints' prefix lists, by service (`s3`, `dynamodb`)."""
    nat_public_ips: pulumi.Output[Sequence[str]]
    """Addresses from which the private subnets reach the internet, in the order of the zones."""
    flow_log_group_name: pulumi.Output[str]
    """Name of the log group that holds the flow logs."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("estate:foundation:Network", name, None, opts)
        self._name = name
        self._zones = tuple(args["zones"])
        self._tags = dict(args.get("tags", {}))
        self._own = pulumi.ResourceOptions(parent=self)
        nat = _checked_nat(args.get("nat", "per-zone"))
        plan = self._plan(args)

        vpc = self._vpc(args["cidr_block"])
        public, private, data = self._tiers(vpc, plan)
        self._lock_defaults(vpc)
        public_table = self._public_routes(vpc, public)
        gateways = self._nat_gateways(nat, public)
        private_tables = self._private_routes(vpc, private, [gateway for gateway, _ in gateways])
        data_tables = self._tables("data", vpc, data)
        self._acls(vpc, public, private, data)

        by_gateway = gateway_endpoints(name, vpc, private_tables, self._tags, self._own)
        endpoints = endpoint_security_group(name, vpc, self._tags, self._own)
        services = args.get("interface_services", INTERFACE_SERVICES)
        interface_endpoints(name, vpc, services, private, endpoints, self._tags, self._own)
        logs = flow_log(name, vpc.id, _flow_log_settings(name, args), self._tags, self._own)

        self.vpc_id = vpc.id
        self.cidr_block = vpc.cidr_block
        self.public_subnet_ids = _ids(public)
        self.private_subnet_ids = _ids(private)
        self.data_subnet_ids = _ids(data)
        self.public_route_table_id = public_table.id
        self.private_route_table_id_by_zone = self._id_by_zone(private_tables)
        self.data_route_table_id_by_zone = self._id_by_zone(data_tables)
        self.endpoint_security_group_id = endpoints.id
        self.prefix_list_id_by_service = pulumi.Output.all(
            **{service: endpoint.prefix_list_id for service, endpoint in by_gateway.items()}
        )
        self.nat_public_ips = pulumi.Output.all(*(address.public_ip for _, address in gateways))
        self.flow_log_group_name = logs.name
        self.register_outputs({output: getattr(self, output) for output in Network.__annotations__})

    def _plan(self, args: NetworkArgs) -> AddressPlan:
        given = {
            "public": args.get("public_cidr_blocks"),
            "private": args.get("private_cidr_blocks"),
            "data": args.get("data_cidr_blocks"),
        }
        return plan_addresses(args["cidr_block"], self._zones, given)

    def _vpc(self, cidr_block: str) -> aws.ec2.Vpc:
        return aws.ec2.Vpc(
            f"{self._name}-vpc",
            cidr_block=cidr_block,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=named(self._tags, f"{self._name}-vpc"),
            opts=self._own,
        )

    def _tiers(self, vpc: aws.ec2.Vpc, plan: AddressPlan) -> tuple[list[aws.ec2.Subnet], ...]:
        return (
            self._subnets("public", vpc, plan.public),
            self._subnets("private", vpc, plan.private),
            self._subnets("data", vpc, plan.data),
        )

    def _subnets(self, tier: str, vpc: aws.ec2.Vpc, blocks: Sequence[str]) -> list[aws.ec2.Subnet]:
        return [
            aws.ec2.Subnet(
                f"{self._name}-{tier}-{zone}",
                vpc_id=vpc.id,
                availability_zone=zone,
                cidr_block=block,
                # Even in a public subnet nothing gets a public address unasked.
                map_public_ip_on_launch=False,
                tags={**named(self._tags, f"{self._name}-{tier}-{zone}"), "tier": tier},
                opts=self._own,
            )
            for zone, block in zip(self._zones, blocks, strict=True)
        ]

    def _lock_defaults(self, vpc: aws.ec2.Vpc) -> None:
        child = f"{self._name}-default-security-group"
        aws.ec2.DefaultSecurityGroup(
            child,
            vpc_id=vpc.id,
            ingress=[],
            egress=[],
            tags=named(self._tags, child),
            opts=self._own,
        )
        lock_default_acl(self._name, vpc, self._tags, self._own)

    def _public_routes(self, vpc: aws.ec2.Vpc, subnets: Sequence[aws.ec2.Subnet]) -> aws.ec2.RouteTable:
        gateway = aws.ec2.InternetGateway(
            f"{self._name}-internet-gateway",
            vpc_id=vpc.id,
            tags=named(self._tags, f"{self._name}-internet-gateway"),
            opts=self._own,
        )
        table = self._table(f"{self._name}-public", vpc)
        aws.ec2.Route(
            f"{self._name}-public-internet",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.id,
            opts=self._own,
        )
        for zone, subnet in zip(self._zones, subnets, strict=True):
            self._associate(f"{self._name}-public-{zone}", subnet, table)
        return table

    def _nat_gateways(
        self, nat: Nat, subnets: Sequence[aws.ec2.Subnet]
    ) -> list[tuple[aws.ec2.NatGateway, aws.ec2.Eip]]:
        count = {"per-zone": len(self._zones), "single": 1, "none": 0}[nat]
        pairs = list(zip(self._zones, subnets, strict=True))
        return [self._nat_gateway(zone, subnet) for zone, subnet in pairs[:count]]

    def _nat_gateway(self, zone: str, subnet: aws.ec2.Subnet) -> tuple[aws.ec2.NatGateway, aws.ec2.Eip]:
        child = f"{self._name}-nat-{zone}"
        address = aws.ec2.Eip(child, domain="vpc", tags=named(self._tags, child), opts=self._own)
        gateway = aws.ec2.NatGateway(
            child,
            subnet_id=subnet.id,
            allocation_id=address.allocation_id,
            tags=named(self._tags, child),
            opts=self._own,
        )
        return gateway, address

    def _private_routes(
        self,
        vpc: aws.ec2.Vpc,
        subnets: Sequence[aws.ec2.Subnet],
        gateways: Sequence[aws.ec2.NatGateway],
    ) -> list[aws.ec2.RouteTable]:
        tables = self._tables("private", vpc, subnets)
        if gateways:
            for index, (zone, table) in enumerate(zip(self._zones, tables, strict=True)):
                aws.ec2.Route(
                    f"{self._name}-private-{zone}-internet",
                    route_table_id=table.id,
                    destination_cidr_block="0.0.0.0/0",
                    nat_gateway_id=gateways[min(index, len(gateways) - 1)].id,
                    opts=self._own,
                )
        return tables

    def _tables(
        self, tier: str, vpc: aws.ec2.Vpc, subnets: Sequence[aws.ec2.Subnet]
    ) -> list[aws.ec2.RouteTable]:
        """A route table for each zone, so that a zone can be steered by itself."""
        tables = [self._table(f"{self._name}-{tier}-{zone}", vpc) for zone in self._zones]
        for zone, subnet, table in zip(self._zones, subnets, tables, strict=True):
            self._associate(f"{self._name}-{tier}-{zone}", subnet, table)
        return tables

    def _table(self, child: str, vpc: aws.ec2.Vpc) -> aws.ec2.RouteTable:
        return aws.ec2.RouteTable(child, vpc_id=vpc.id, tags=named(self._tags, child), opts=self._own)

    def _associate(self, child: str, subnet: aws.ec2.Subnet, table: aws.ec2.RouteTable) -> None:
        aws.ec2.RouteTableAssociation(child, subnet_id=subnet.id, route_table_id=table.id, opts=self._own)

    def _acls(
        self,
        vpc: aws.ec2.Vpc,
        public: Sequence[aws.ec2.Subnet],
        private: Sequence[aws.ec2.Subnet],
        data: Sequence[aws.ec2.Subnet],
    ) -> None:
        tier_acl(f"{self._name}-public-acl", vpc, public, PUBLIC_RULES, self._tags, self._own)
        tier_acl(
            f"{self._name}-private-acl",
            vpc,
            private,
            PRIVATE_RULES,
            self._tags,
            self._own,
        )
        tier_acl(f"{self._name}-data-acl", vpc, data, DATA_RULES, self._tags, self._own)

    def _id_by_zone(self, tables: Sequence[aws.ec2.RouteTable]) -> pulumi.Output[Mapping[str, str]]:
        ids = {zone: table.id for zone, table in zip(self._zones, tables, strict=True)}
        return pulumi.Output.all(**ids)


def _checked_nat(nat: Nat) -> Nat:
    allowed = ("per-zone", "single", "none")
    if nat not in allowed:
        raise ComponentError(f"NAT is one of {', '.join(allowed)}, got {nat!r}. Choose one of them.")
    return nat


def _flow_log_settings(name: str, args: NetworkArgs) -> FlowLogSettings:
    return FlowLogSettings(
        log_group_name=args.get("flow_log_group_name", f"/vpc/{name}/flow-logs"),
        retention_days=args.get("flow_log_retention_days", 365),
        key_arn=args["log_key_arn"],
    )


def _ids(subnets: Sequence[aws.ec2.Subnet]) -> pulumi.Output[Sequence[str]]:
    return pulumi.Output.all(*(subnet.id for subnet in subnets))
