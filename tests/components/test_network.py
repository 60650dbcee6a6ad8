"""Network: what it declares by default, and what each argument changes."""

from typing import Any

import pytest

from components.exceptions import ComponentError
from components.network import Network, NetworkArgs
from components.network.endpoints import INTERFACE_SERVICES
from tests.components.recording import ACCOUNT, Recording, record

KEY = "arn:aws:kms:eu-west-2:123456789012:key/logs"
TAGS = {"environment": "test", "owner": "network"}
ZONES = ("eu-west-2a", "eu-west-2b", "eu-west-2c")

SUBNET = "aws:ec2/subnet:Subnet"
ROUTE = "aws:ec2/route:Route"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule"


def declare(*, preview: bool = False, **args: Any) -> Recording:
    given: dict[str, Any] = {
        "cidr_block": "10.0.0.0/16",
        "zones": ZONES,
        "log_key_arn": KEY,
        "tags": TAGS,
        **args,
    }
    return record(lambda: Network("net", NetworkArgs(**given)), preview=preview)


@pytest.fixture(scope="module")
def network() -> Recording:
    """A network with nothing but what it must be given."""
    return declare()


def tiers_and_zones(prefix: str, *tiers: str) -> list[str]:
    return [f"{prefix}-{tier}-{zone}" for tier in tiers for zone in ZONES]


def test_a_network_declares_exactly_these_children(network: Recording) -> None:
    by_type = {type_: network.names_of(type_) for type_, _ in network.names}
    assert by_type == {
        "aws:cloudwatch/logGroup:LogGroup": ["net-flow-logs"],
        "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": ["net-default-acl"],
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ["net-default-security-group"],
        "aws:ec2/eip:Eip": tiers_and_zones("net", "nat"),
        "aws:ec2/flowLog:FlowLog": ["net-flow-log"],
        "aws:ec2/internetGateway:InternetGateway": ["net-internet-gateway"],
        "aws:ec2/natGateway:NatGateway": tiers_and_zones("net", "nat"),
        "aws:ec2/networkAcl:NetworkAcl": ["net-data-acl", "net-private-acl", "net-public-acl"],
        ACL_RULE: [
            "net-data-acl-in-vpc",
            "net-data-acl-out-vpc",
            "net-private-acl-in-endpoints",
            "net-private-acl-in-replies",
            "net-private-acl-in-vpc",
            "net-private-acl-out-tcp",
            "net-private-acl-out-vpc",
            "net-public-acl-in-http",
            "net-public-acl-in-https",
            "net-public-acl-in-replies",
            "net-public-acl-in-vpc",
            "net-public-acl-out-http",
            "net-public-acl-out-https",
            "net-public-acl-out-replies",
            "net-public-acl-out-vpc",
        ],
        ROUTE: [*(f"net-private-{zone}-internet" for zone in ZONES), "net-public-internet"],
        "aws:ec2/routeTable:RouteTable": [*tiers_and_zones("net", "data", "private"), "net-public"],
        "aws:ec2/routeTableAssociation:RouteTableAssociation": tiers_and_zones(
            "net", "data", "private", "public"
        ),
        "aws:ec2/securityGroup:SecurityGroup": ["net-endpoints"],
        SUBNET: tiers_and_zones("net", "data", "private", "public"),
        "aws:ec2/vpc:Vpc": ["net-vpc"],
        ENDPOINT: sorted(
            [
                "net-dynamodb",
                "net-s3",
                *(f"net-{service.replace('.', '-')}" for service in INTERFACE_SERVICES),
            ]
        ),
        "aws:iam/role:Role": ["net-flow-logs-role"],
        "aws:iam/rolePolicy:RolePolicy": ["net-flow-logs-policy"],
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ["net-endpoints-https"],
        "estate:foundation:Network": ["net"],
    }


def test_every_child_is_the_networks_and_carries_its_tags(network: Recording) -> None:
    assert {child.parent for child in network.resources if not child.is_component} == {"net"}
    assert network.untagged(TAGS) == []


def test_a_preview_declares_the_same_resources(network: Recording) -> None:
    assert declare(preview=True).names == network.names


def test_each_zone_has_a_public_a_private_and_a_data_subnet_cut_from_the_vpc(network: Recording) -> None:
    subnets = network.of_type(SUBNET)
    assert {subnet.name: subnet.inputs["cidrBlock"] for subnet in subnets} == {
        "net-public-eu-west-2a": "10.0.0.0/20",
        "net-public-eu-west-2b": "10.0.16.0/20",
        "net-public-eu-west-2c": "10.0.32.0/20",
        "net-private-eu-west-2a": "10.0.64.0/20",
        "net-private-eu-west-2b": "10.0.80.0/20",
        "net-private-eu-west-2c": "10.0.96.0/20",
        "net-data-eu-west-2a": "10.0.128.0/20",
        "net-data-eu-west-2b": "10.0.144.0/20",
        "net-data-eu-west-2c": "10.0.160.0/20",
    }
    assert [subnet.inputs["availabilityZone"] for subnet in subnets] == [*ZONES] * 3
    assert {subnet.inputs["mapPublicIpOnLaunch"] for subnet in subnets} == {False}


def test_a_subnet_is_named_and_tagged_with_its_tier(network: Recording) -> None:
    subnet = network.one(SUBNET, "net-data-eu-west-2b")
    assert subnet.inputs["tags"] == {**TAGS, "Name": "net-data-eu-west-2b", "tier": "data"}


def test_given_blocks_are_taken_as_they_are() -> None:
    blocks = ["10.0.200.0/24", "10.0.201.0/24", "10.0.202.0/24"]
    recording = declare(data_cidr_blocks=blocks)
    data = [subnet for subnet in recording.of_type(SUBNET) if "-data-" in subnet.name]
    assert [subnet.inputs["cidrBlock"] for subnet in data] == blocks


@pytest.mark.parametrize(
    ("nat", "gateways", "ways_out"),
    [
        pytest.param("per-zone", tiers_and_zones("net", "nat"), tiers_and_zones("net", "nat"), id="per-zone"),
        pytest.param("single", ["net-nat-eu-west-2a"], ["net-nat-eu-west-2a"] * 3, id="single"),
        pytest.param("none", [], [], id="none"),
    ],
)
def test_private_subnets_go_out_by_the_nat_gateway_that_was_asked_for(
    nat: str, gateways: list[str], ways_out: list[str]
) -> None:
    recording = declare(nat=nat)
    private = [route for route in recording.of_type(ROUTE) if "-private-" in route.name]
    assert recording.names_of("aws:ec2/natGateway:NatGateway") == gateways
    assert [route.inputs["natGatewayId"] for route in private] == [f"{gateway}-id" for gateway in ways_out]


def test_data_subnets_have_no_route_out_and_an_acl_that_knows_the_vpc_only(network: Recording) -> None:
    routed = {route.inputs["routeTableId"] for route in network.of_type(ROUTE)}
    rules = [rule for rule in network.of_type(ACL_RULE) if rule.name.startswith("net-data-")]
    assert routed == {"net-public-id", *(f"net-private-{zone}-id" for zone in ZONES)}
    admitted = [{key: rule.inputs[key] for key in ("egress", "cidrBlock", "protocol")} for rule in rules]
    assert admitted == [
        {"egress": False, "cidrBlock": "10.0.0.0/16", "protocol": "tcp"},
        {"egress": True, "cidrBlock": "10.0.0.0/16", "protocol": "-1"},
    ]


def test_no_tier_admits_every_port_of_the_vpc(network: Recording) -> None:
    ports = {
        rule.name: (rule.inputs["fromPort"], rule.inputs["toPort"])
        for rule in network.of_type(ACL_RULE)
        if not rule.inputs["egress"] and rule.inputs["cidrBlock"] == "10.0.0.0/16"
    }
    assert ports == {
        "net-data-acl-in-vpc": (1024, 65535),
        "net-private-acl-in-endpoints": (443, 443),
        "net-private-acl-in-vpc": (1024, 65535),
        "net-public-acl-in-vpc": (1024, 65535),
    }


def test_from_the_internet_private_subnets_admit_replies_only(network: Recording) -> None:
    rules = [
        rule.inputs
        for rule in network.of_type(ACL_RULE)
        if rule.name.startswith("net-private-acl-in") and rule.inputs["cidrBlock"] == "0.0.0.0/0"
    ]
    assert [(rule["protocol"], rule["fromPort"], rule["toPort"]) for rule in rules] == [("tcp", 32768, 60999)]


def test_the_default_security_group_and_acl_have_no_rules(network: Recording) -> None:
    group = network.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs
    acl = network.one("aws:ec2/defaultNetworkAcl:DefaultNetworkAcl")
    assert (group["ingress"], group["egress"]) == ([], [])
    assert acl.inputs == {
        "defaultNetworkAclId": "net-vpc-default-acl",
        "tags": {**TAGS, "Name": "net-default-acl"},
    }


def test_an_interface_endpoint_stands_in_every_zone_for_this_account_only(network: Recording) -> None:
    endpoint = network.one(ENDPOINT, "net-ecr-dkr")
    assert endpoint.document("policy")["Statement"] == [
        {
            "Sid": "ThisAccount",
            "Effect": "Allow",
            "Action": ["*"],
            "Resource": "*",
            "Principal": "*",
            "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
        }
    ]
    assert {key: value for key, value in endpoint.inputs.items() if key not in ("policy", "tags")} == {
        "vpcId": "net-vpc-id",
        "vpcEndpointType": "Interface",
        "serviceName": "com.amazonaws.eu-west-2.ecr.dkr",
        "subnetIds": [f"net-private-{zone}-id" for zone in ZONES],
        "securityGroupIds": ["net-endpoints-id"],
        "privateDnsEnabled": True,
    }


def test_endpoints_admit_https_from_the_vpc_only(network: Recording) -> None:
    rule = network.one("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").inputs
    assert (rule["cidrIpv4"], rule["ipProtocol"], rule["fromPort"], rule["toPort"]) == (
        "10.0.0.0/16",
        "tcp",
        443,
        443,
    )
    assert network.of_type("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule") == []


def test_the_s3_gateway_serves_private_subnets_and_lets_image_layers_through(network: Recording) -> None:
    endpoint = network.one(ENDPOINT, "net-s3")
    statements = endpoint.document("policy")["Statement"]
    assert endpoint.inputs["routeTableIds"] == [f"net-private-{zone}-id" for zone in ZONES]
    assert [(statement["Sid"], statement["Resource"]) for statement in statements] == [
        ("ThisAccount", "*"),
        ("ImageLayers", "arn:aws:s3:::prod-eu-west-2-starport-layer-bucket/*"),
    ]


def test_all_traffic_is_logged_to_an_encrypted_group_for_a_year(network: Recording) -> None:
    group = network.one("aws:cloudwatch/logGroup:LogGroup")
    log = network.one("aws:ec2/flowLog:FlowLog").inputs
    assert group.inputs == {
        "name": "/vpc/net/flow-logs",
        "retentionInDays": 365,
        "kmsKeyId": KEY,
        "tags": TAGS,
    }
    assert (log["trafficType"], log["maxAggregationInterval"], log["vpcId"]) == ("ALL", 60, "net-vpc-id")


def test_only_flow_logs_of_this_account_may_take_the_delivery_role(network: Recording) -> None:
    role = network.one("aws:iam/role:Role", "net-flow-logs-role")
    assert role.document("assumeRolePolicy")["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
            "Condition": {
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
                "ArnLike": {"aws:SourceArn": f"arn:aws:ec2:eu-west-2:{ACCOUNT}:vpc-flow-log/*"},
            },
        }
    ]


def test_the_outputs_are_in_the_order_of_the_zones(network: Recording) -> None:
    assert network.component("net").outputs == {
        "vpc_id": "net-vpc-id",
        "cidr_block": "10.0.0.0/16",
        "public_subnet_ids": [f"net-public-{zone}-id" for zone in ZONES],
        "private_subnet_ids": [f"net-private-{zone}-id" for zone in ZONES],
        "data_subnet_ids": [f"net-data-{zone}-id" for zone in ZONES],
        "public_route_table_id": "net-public-id",
        "private_route_table_id_by_zone": {zone: f"net-private-{zone}-id" for zone in ZONES},
        "data_route_table_id_by_zone": {zone: f"net-data-{zone}-id" for zone in ZONES},
        "endpoint_security_group_id": "net-endpoints-id",
        "prefix_list_id_by_service": {
            "s3": "net-s3-prefix-list",
            "dynamodb": "net-dynamodb-prefix-list",
        },
        "nat_public_ips": [f"net-nat-{zone}-address" for zone in ZONES],
        "flow_log_group_name": "/vpc/net/flow-logs",
    }


def test_an_unknown_kind_of_nat_is_refused() -> None:
    with pytest.raises(
        ComponentError, match=r"^NAT is one of per-zone, single, none, got 'one'\. Choose one"
    ):
        declare(nat="one")
