"""The network: VPC, subnets, gateways and routes."""

from engine.provider import Change
from twin.aws.call import Call, Take
from twin.aws.expressions import Text
from twin.aws.resource import Resource
from twin.aws.tags import ec2_tags

__all__ = ["NETWORK"]

ARN = "arn:aws:ec2:{region}:{account}"
OF_VPC = [{"Name": "'vpc-id'", "Values": ["id"]}]


def vpc_attribute(name: str) -> Call:
    """EC2 changes attributes one at a time."""
    member = name[0].upper() + name[1:]
    return Call("modify_vpc_attribute", {"VpcId": "id", member: f"{{Value: inputs.{name}}}"})


def told(name: str) -> Call:
    """The value of a VPC's attribute."""
    member = name[0].upper() + name[1:]
    return Call(
        "describe_vpc_attribute",
        {"VpcId": "id", "Attribute": f"'{name}'"},
        pick=f"answer.{member}.Value",
    )


def subnet_attribute(name: str, member: str = "", value: str = "{Value: inputs.%s}") -> Call:
    member = member or name[0].upper() + name[1:]
    return Call("modify_subnet_attribute", {"SubnetId": "id", member: value % name})


def default_of_vpc(operation: str, pick: str, *condition: str) -> Call:
    """What AWS makes with every VPC."""
    name, value = (f"'{text}'" for text in condition)
    return Call(operation, {"Filters": [*OF_VPC, {"Name": name, "Values": [value]}]}, pick=pick)


VPC = Resource(
    token="aws:ec2/vpc:Vpc",
    service="ec2",
    create=Call("create_vpc", takes=Take.ALL, pick="answer.Vpc"),
    id="answer.Vpc.VpcId",
    settings=(
        vpc_attribute("enableDnsSupport"),
        vpc_attribute("enableDnsHostnames"),
        vpc_attribute("enableNetworkAddressUsageMetrics"),
    ),
    read=Call("describe_vpcs", {"VpcIds": ["id"]}, pick="answer.Vpcs[0]"),
    also={
        "support": told("enableDnsSupport"),
        "hostnames": told("enableDnsHostnames"),
        "metrics": told("enableNetworkAddressUsageMetrics"),
        "route_table": default_of_vpc(
            "describe_route_tables",
            "answer.RouteTables[0].RouteTableId",
            "association.main",
            "true",
        ),
        "network_acl": default_of_vpc(
            "describe_network_acls",
            "answer.NetworkAcls[0].NetworkAclId",
            "default",
            "true",
        ),
        "security_group": default_of_vpc(
            "describe_security_groups",
            "answer.SecurityGroups[0].GroupId",
            "group-name",
            "default",
        ),
    },
    refresh=True,
    delete=(Call("delete_vpc", {"VpcId": "id"}),),
    tagging=ec2_tags("vpc"),
    renames={"assignGeneratedIpv6CidrBlock": "AmazonProvidedIpv6CidrBlock"},
    defaults={
        "enableDnsSupport": True,
        "enableDnsHostnames": False,
        "enableNetworkAddressUsageMetrics": False,
    },
    outputs={
        "arn": Text(ARN + ":vpc/{id}"),
        "enableDnsSupport": "support",
        "enableDnsHostnames": "hostnames",
        "enableNetworkAddressUsageMetrics": "metrics",
        "mainRouteTableId": "route_table",
        "defaultRouteTableId": "route_table",
        "defaultNetworkAclId": "network_acl",
        "defaultSecurityGroupId": "security_group",
        "ownerId": "account",
    },
    replaces=frozenset(
        {
            "cidrBlock",
            "ipv4IpamPoolId",
            "ipv4NetmaskLength",
            "assignGeneratedIpv6CidrBlock",
            "instanceTenancy",
        }
    ),
)

SUBNET = Resource(
    token="aws:ec2/subnet:Subnet",
    service="ec2",
    create=Call("create_subnet", takes=Take.ALL, pick="answer.Subnet"),
    id="answer.Subnet.SubnetId",
    settings=(
        subnet_attribute("mapPublicIpOnLaunch"),
        subnet_attribute("assignIpv6AddressOnCreation"),
        subnet_attribute("privateDnsHostnameTypeOnLaunch", value="inputs.%s"),
        subnet_attribute("enableResourceNameDnsARecordOnLaunch"),
    ),
    read=Call("describe_subnets", {"SubnetIds": ["id"]}, pick="answer.Subnets[0]"),
    delete=(Call("delete_subnet", {"SubnetId": "id"}),),
    tagging=ec2_tags("subnet"),
    defaults={"mapPublicIpOnLaunch": False, "assignIpv6AddressOnCreation": False},
    outputs={
        "arn": "item.SubnetArn",
        "privateDnsHostnameTypeOnLaunch": "item.PrivateDnsNameOptionsOnLaunch.HostnameType",
        "enableResourceNameDnsARecordOnLaunch": (
            "item.PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord"
        ),
    },
    replaces=frozenset(
        {
            "vpcId",
            "cidrBlock",
            "availabilityZone",
            "availabilityZoneId",
            "ipv6Native",
            "outpostArn",
        }
    ),
    emulator_ignores={
        "privateDnsHostnameTypeOnLaunch": "modify_subnet_attribute has no effect on it",
        "enableResourceNameDnsARecordOnLaunch": "modify_subnet_attribute has no effect on it",
    },
)

INTERNET_GATEWAY = Resource(
    token="aws:ec2/internetGateway:InternetGateway",
    service="ec2",
    create=Call("create_internet_gateway", takes=Take.ALL, pick="answer.InternetGateway"),
    id="answer.InternetGateway.InternetGatewayId",
    settings=(
        Call(
            "detach_internet_gateway",
            {"InternetGatewayId": "id", "VpcId": "old.vpcId"},
            on=("vpcId",),
            when="old.vpcId",
        ),
        Call(
            "attach_internet_gateway",
            {"InternetGatewayId": "id", "VpcId": "inputs.vpcId"},
            when="inputs.vpcId",
        ),
    ),
    read=Call(
        "describe_internet_gateways",
        {"InternetGatewayIds": ["id"]},
        pick="answer.InternetGateways[0]",
    ),
    delete=(
        Call(
            "detach_internet_gateway",
            {"InternetGatewayId": "id", "VpcId": "inputs.vpcId"},
            when="inputs.vpcId",
            tolerates=("Gateway.NotAttached",),
        ),
        Call("delete_internet_gateway", {"InternetGatewayId": "id"}),
    ),
    tagging=ec2_tags("internet-gateway"),
    outputs={
        "arn": Text(ARN + ":internet-gateway/{id}"),
        "ownerId": "account",
        "vpcId": "item.Attachments[0].VpcId",
    },
)

EIP = Resource(
    token="aws:ec2/eip:Eip",
    service="ec2",
    create=Call("allocate_address", takes=Take.ALL, pick="answer"),
    id="answer.AllocationId",
    read=Call("describe_addresses", {"AllocationIds": ["id"]}, pick="answer.Addresses[0]"),
    delete=(Call("release_address", {"AllocationId": "id"}),),
    tagging=ec2_tags("elastic-ip"),
    defaults={"domain": "vpc"},
    outputs={"arn": Text(ARN + ":elastic-ip/{id}")},
    replaces=frozenset({"domain", "address", "networkBorderGroup", "publicIpv4Pool"}),
)

NAT_GATEWAY = Resource(
    token="aws:ec2/natGateway:NatGateway",
    service="ec2",
    create=Call("create_nat_gateway", takes=Take.ALL, pick="answer.NatGateway"),
    id="answer.NatGateway.NatGatewayId",
    read=Call("describe_nat_gateways", {"NatGatewayIds": ["id"]}, pick="answer.NatGateways[0]"),
    gone="item.State == 'deleted'",
    delete=(Call("delete_nat_gateway", {"NatGatewayId": "id"}),),
    tagging=ec2_tags("natgateway"),
    renames={"privateIp": "PrivateIpAddress"},
    outputs={
        "allocationId": "item.NatGatewayAddresses[0].AllocationId",
        "publicIp": "item.NatGatewayAddresses[0].PublicIp",
        "privateIp": "item.NatGatewayAddresses[0].PrivateIp",
        "networkInterfaceId": "item.NatGatewayAddresses[0].NetworkInterfaceId",
    },
    replaces=frozenset(
        {
            "allocationId",
            "subnetId",
            "connectivityType",
            "privateIp",
            "availabilityMode",
            "vpcId",
        }
    ),
)

ROUTE_TABLE = Resource(
    token="aws:ec2/routeTable:RouteTable",
    service="ec2",
    create=Call("create_route_table", takes=Take.ALL, pick="answer.RouteTable"),
    id="answer.RouteTable.RouteTableId",
    read=Call("describe_route_tables", {"RouteTableIds": ["id"]}, pick="answer.RouteTables[0]"),
    delete=(Call("delete_route_table", {"RouteTableId": "id"}),),
    tagging=ec2_tags("route-table"),
    outputs={"arn": Text(ARN + ":route-table/{id}"), "ownerId": "account"},
    replaces=frozenset({"vpcId"}),
)

DESTINATION = {
    "RouteTableId": "inputs.routeTableId",
    "DestinationCidrBlock": "inputs.destinationCidrBlock",
    "DestinationIpv6CidrBlock": "inputs.destinationIpv6CidrBlock",
    "DestinationPrefixListId": "inputs.destinationPrefixListId",
}
ROUTE = Resource(
    token="aws:ec2/route:Route",
    service="ec2",
    create=Call("create_route", DESTINATION, takes=Take.ALL, pick="inputs"),
    id=Text(
        "r-{inputs.routeTableId}_"
        "{inputs.destinationCidrBlock || inputs.destinationIpv6CidrBlock || inputs.destinationPrefixListId}"
    ),
    updates=(Call("replace_route", DESTINATION, takes=Take.ALL),),
    read=Call(
        "describe_route_tables",
        {"RouteTableIds": ["inputs.routeTableId"]},
        pick="answer.RouteTables[0].Routes",
        find={name: expression for name, expression in DESTINATION.items() if name != "RouteTableId"},
    ),
    delete=(Call("delete_route", DESTINATION),),
    outputs={"origin": "'CreateRoute'", "state": "'active'"},
    replaces=frozenset(
        {
            "routeTableId",
            "destinationCidrBlock",
            "destinationIpv6CidrBlock",
            "destinationPrefixListId",
        }
    ),
    change=Change.DELETE_BEFORE_REPLACE,
)

ROUTE_TABLE_ASSOCIATION = Resource(
    token="aws:ec2/routeTableAssociation:RouteTableAssociation",
    service="ec2",
    create=Call("associate_route_table", takes=Take.ALL, pick="answer"),
    id="answer.AssociationId",
    read=Call(
        "describe_route_tables",
        {"Filters": [{"Name": "'association.route-table-association-id'", "Values": ["id"]}]},
        pick="answer.RouteTables[0].Associations",
        find={"RouteTableAssociationId": "id"},
    ),
    delete=(Call("disassociate_route_table", {"AssociationId": "id"}),),
    replaces=frozenset({"routeTableId", "subnetId", "gatewayId"}),
    change=Change.DELETE_BEFORE_REPLACE,
)

NETWORK = (
    VPC,
    SUBNET,
    INTERNET_GATEWAY,
    EIP,
    NAT_GATEWAY,
    ROUTE_TABLE,
    ROUTE,
    ROUTE_TABLE_ASSOCIATION,
)
