"""What EC2 answers about a VPC over three zones, as the estate declares it."""

import copy
from typing import Any

from tests.twin.runtime.fake_control_plane import FakeControlPlane

VPC = "vpc-1"
BLOCK = "10.0.0.0/16"
ZONES = ("eu-west-2a", "eu-west-2b", "eu-west-2c")
TIERS = {"public": 0, "private": 64, "data": 128}
ANYWHERE = "0.0.0.0/0"

Document = dict[str, Any]


def subnet_id(tier: str, zone: str) -> str:
    return f"subnet-{tier}-{zone[-1]}"


def block(tier: str, zone: str) -> str:
    return f"10.0.{TIERS[tier] + 16 * ZONES.index(zone)}.0/20"


def entry(number: int, cidr: str, action: str, *, egress: bool, **given: Any) -> Document:
    """Args: given: protocol and ports as of the API; all traffic unless given."""
    return {
        "RuleNumber": number,
        "CidrBlock": cidr,
        "RuleAction": action,
        "Egress": egress,
        "Protocol": "-1",
        **given,
    }


def tcp(first: int, last: int) -> Document:
    return {"Protocol": "6", "PortRange": {"From": first, "To": last}}


RULES = {
    "public": [
        entry(100, BLOCK, "allow", egress=False),
        entry(110, ANYWHERE, "allow", egress=False, **tcp(443, 443)),
        entry(130, ANYWHERE, "allow", egress=False, **tcp(1024, 65535)),
        entry(100, BLOCK, "allow", egress=True),
        entry(110, ANYWHERE, "allow", egress=True, **tcp(443, 443)),
        entry(130, ANYWHERE, "allow", egress=True, **tcp(1024, 65535)),
    ],
    "private": [
        entry(100, BLOCK, "allow", egress=False),
        entry(110, ANYWHERE, "allow", egress=False, **tcp(32768, 60999)),
        entry(100, BLOCK, "allow", egress=True),
        entry(110, ANYWHERE, "allow", egress=True, **tcp(0, 65535)),
    ],
    "data": [
        entry(100, BLOCK, "allow", egress=False),
        entry(100, BLOCK, "allow", egress=True),
        entry(32767, ANYWHERE, "deny", egress=False),
        entry(32767, ANYWHERE, "deny", egress=True),
    ],
}


def acl(acl_id: str, subnets: list[str], entries: list[Document]) -> Document:
    associations = [{"NetworkAclAssociationId": f"assoc-{it}", "SubnetId": it} for it in subnets]
    return {"NetworkAclId": acl_id, "VpcId": VPC, "Associations": associations, "Entries": entries}


def acls() -> list[Document]:
    found = [acl(f"acl-{tier}", [subnet_id(tier, zone) for zone in ZONES], RULES[tier]) for tier in TIERS]
    return copy.deepcopy([*found, acl("acl-deny-all", [], [])])


def table(subnets: list[str], *routes: Document, is_main: bool = False) -> Document:
    local = {"DestinationCidrBlock": BLOCK, "GatewayId": "local", "State": "active"}
    associations: list[Document] = [{"SubnetId": it, "Main": False} for it in subnets]
    if is_main:
        associations.append({"Main": True})
    return {"VpcId": VPC, "Associations": associations, "Routes": [local, *routes]}


def nat_route(zone: str, **given: Any) -> Document:
    return {"DestinationCidrBlock": ANYWHERE, "NatGatewayId": f"nat-{zone[-1]}", "State": "active", **given}


IGW_ROUTE = {"DestinationCidrBlock": ANYWHERE, "GatewayId": "igw-1", "State": "active"}


def tables() -> list[Document]:
    public = table([subnet_id("public", zone) for zone in ZONES], IGW_ROUTE)
    private = [table([subnet_id("private", zone)], nat_route(zone)) for zone in ZONES]
    data = [table([subnet_id("data", zone)]) for zone in ZONES]
    return [table([], is_main=True), public, *private, *data]


def answers() -> dict[str, Document]:
    """By operation of EC2."""
    subnets = [
        {
            "SubnetId": subnet_id(tier, zone),
            "VpcId": VPC,
            "AvailabilityZone": zone,
            "CidrBlock": block(tier, zone),
            "Tags": [{"Key": "tier", "Value": tier}],
        }
        for tier in TIERS
        for zone in ZONES
    ]
    default = {
        "SubnetId": "subnet-0",
        "VpcId": "vpc-0",
        "AvailabilityZone": ZONES[0],
        "CidrBlock": "172.31.0.0/20",
    }
    gateways = [
        {"NatGatewayId": f"nat-{zone[-1]}", "SubnetId": subnet_id("public", zone), "State": "available"}
        for zone in ZONES
    ]
    return {
        "describe_vpcs": {
            "Vpcs": [{"VpcId": "vpc-0", "IsDefault": True}, {"VpcId": VPC, "IsDefault": False}]
        },
        "describe_subnets": {"Subnets": [default, *subnets]},
        "describe_route_tables": {"RouteTables": tables()},
        "describe_network_acls": {"NetworkAcls": acls()},
        "describe_nat_gateways": {"NatGateways": gateways},
    }


def declare(control_plane: FakeControlPlane) -> None:
    """The VPC is declared in eu-west-2, with a load balancer, tasks, a database and a cache."""
    for operation, answer in answers().items():
        control_plane.answers("ec2", operation, answer, "eu-west-2")
    zones = [{"ZoneId": f"euw2-az{n}", "ZoneName": zone} for n, zone in enumerate(ZONES, 1)]
    control_plane.answers("ec2", "describe_availability_zones", {"AvailabilityZones": zones}, "eu-west-2")
    for service, operation, answer in (
        ("elbv2", "describe_target_groups", {"TargetGroups": [{"Port": 8080}]}),
        ("elbv2", "describe_load_balancers", {"LoadBalancers": [{"LoadBalancerArn": "lb"}]}),
        ("elbv2", "describe_listeners", {"Listeners": [{"Port": 443}]}),
        ("rds", "describe_db_clusters", {"DBClusters": [{"Port": 5432}]}),
        (
            "elasticache",
            "describe_replication_groups",
            {"ReplicationGroups": [{"NodeGroups": [{"PrimaryEndpoint": {"Port": 6379}}]}]},
        ),
    ):
        control_plane.answers(service, operation, answer, "eu-west-2")


def swap(acls: list[Document], subnet: str, acl_id: str) -> list[Document]:
    """As after ReplaceNetworkAclAssociation."""
    for document in acls:
        document["Associations"] = [it for it in document["Associations"] if it["SubnetId"] != subnet]
        if document["NetworkAclId"] == acl_id:
            document["Associations"].append({"NetworkAclAssociationId": "assoc-new", "SubnetId": subnet})
    return acls
