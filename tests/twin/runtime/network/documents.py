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
    private = [
        {**table([subnet_id("private", zone)], nat_route(zone)), "RouteTableId": f"rtb-private-{zone[-1]}"}
        for zone in ZONES
    ]
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
    for (service, operation), answer in inhabitants().items():
        control_plane.answers(service, operation, answer, "eu-west-2")


def inhabitants() -> dict[tuple[str, str], Document]:
    """By service and operation: who stands in the VPC. Portal calls case, both use the database, portal the cache."""
    return {
        ("ec2", "describe_security_groups"): {"SecurityGroups": groups()},
        ("ec2", "describe_vpc_endpoints"): {"VpcEndpoints": [*endpoints(), gateway_endpoint()]},
        ("ec2", "describe_managed_prefix_lists"): {"PrefixLists": prefix_lists()},
        ("elbv2", "describe_target_groups"): {"TargetGroups": [TARGET_GROUP]},
        ("elbv2", "describe_load_balancers"): {"LoadBalancers": [balancer()]},
        ("elbv2", "describe_listeners"): {"Listeners": [{"Port": 443}]},
        ("rds", "describe_db_clusters"): {"DBClusters": [database()]},
        ("rds", "describe_db_subnet_groups"): {"DBSubnetGroups": [subnet_group("DB", "stores")]},
        ("elasticache", "describe_replication_groups"): {"ReplicationGroups": [cache()]},
        ("elasticache", "describe_cache_clusters"): {"CacheClusters": [cache_node()]},
        ("elasticache", "describe_cache_subnet_groups"): {
            "CacheSubnetGroups": [subnet_group("Cache", "nodes")]
        },
        ("ecs", "list_clusters"): {"clusterArns": ["cluster"]},
        ("ecs", "list_services"): {"serviceArns": ["portal", "case"]},
        ("ecs", "describe_services"): {"services": [service("portal", TARGET_GROUP), service("case")]},
        ("ecs", "describe_task_definition"): {"taskDefinition": TASK_DEFINITION},
    }


# Security groups and endpoints


def allow(port: int, **peer: str) -> Document:
    """Args: peer: one of group, cidr and prefix_list."""
    members = {
        "group": ("UserIdGroupPairs", "GroupId"),
        "cidr": ("IpRanges", "CidrIp"),
        "prefix_list": ("PrefixListIds", "PrefixListId"),
    }
    ((kind, value),) = peer.items()
    member, key = members[kind]
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, member: [{key: value}]}


def group(name: str, inbound: list[Document], outbound: list[Document]) -> Document:
    return {
        "GroupId": f"sg-{name}",
        "GroupName": name,
        "VpcId": VPC,
        "IpPermissions": inbound,
        "IpPermissionsEgress": outbound,
    }


def groups() -> list[Document]:
    aws = [
        allow(443, group="sg-endpoints"),
        *(allow(443, prefix_list=f"pl-{it}") for it in ("s3", "dynamodb")),
    ]
    database, store = allow(5432, group="sg-database"), allow(6379, group="sg-cache")
    return copy.deepcopy(
        [
            group("default", [], []),
            group("balancer", [allow(443, cidr=ANYWHERE)], [allow(8080, cidr=BLOCK)]),
            group(
                "portal",
                [allow(8080, group="sg-balancer")],
                [allow(8080, group="sg-case"), database, store, *aws],
            ),
            group("case", [allow(8080, group="sg-portal")], [allow(443, cidr=ANYWHERE), database, *aws]),
            group("database", [allow(5432, group=f"sg-{it}") for it in ("portal", "case")], []),
            group("cache", [allow(6379, group="sg-portal")], []),
            group("endpoints", [allow(443, cidr=BLOCK)], []),
        ]
    )


ENDPOINTS = ("ecr.api", "ecr.dkr", "kinesis-streams", "logs", "secretsmanager", "sqs")


def endpoints() -> list[Document]:
    return [
        {
            "VpcEndpointId": f"vpce-{it}",
            "VpcEndpointType": "Interface",
            "VpcId": VPC,
            "ServiceName": f"com.amazonaws.eu-west-2.{it}",
            "State": "available",
            "SubnetIds": [subnet_id("private", zone) for zone in ZONES],
            "Groups": [{"GroupId": "sg-endpoints"}],
            "PrivateDnsEnabled": True,
        }
        for it in ENDPOINTS
    ]


def gateway_endpoint() -> Document:
    return {
        "VpcEndpointId": "vpce-s3",
        "VpcEndpointType": "Gateway",
        "VpcId": VPC,
        "ServiceName": "com.amazonaws.eu-west-2.s3",
        "State": "available",
        "RouteTableIds": [f"rtb-private-{zone[-1]}" for zone in ZONES],
    }


def prefix_lists() -> list[Document]:
    return [
        {"PrefixListId": f"pl-{it}", "PrefixListName": f"com.amazonaws.eu-west-2.{it}", "OwnerId": "AWS"}
        for it in ("s3", "dynamodb")
    ]


# Services, stores, load balancer

TARGET_GROUP: Document = {
    "TargetGroupArn": "group/portal",
    "TargetGroupName": "portal",
    "Port": 8080,
    "LoadBalancerArns": ["lb"],
}
TASK_DEFINITION: Document = {
    "containerDefinitions": [{"name": "main", "portMappings": [{"name": "http", "containerPort": 8080}]}]
}


def service(name: str, target_group: Document | None = None) -> Document:
    mesh = {
        "enabled": True,
        "namespace": "estate",
        "services": [{"portName": "http", "discoveryName": name, "clientAliases": [{"port": 8080}]}],
    }
    return {
        "serviceName": name,
        "status": "ACTIVE",
        "taskDefinition": name,
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": [subnet_id("private", zone) for zone in ZONES],
                "securityGroups": [f"sg-{name}"],
                "assignPublicIp": "DISABLED",
            }
        },
        "deployments": [{"status": "PRIMARY", "serviceConnectConfiguration": mesh}],
        "loadBalancers": [{"targetGroupArn": target_group["TargetGroupArn"]}] if target_group else [],
    }


def balancer() -> Document:
    return {
        "LoadBalancerArn": "lb",
        "Scheme": "internet-facing",
        "SecurityGroups": ["sg-balancer"],
        "AvailabilityZones": [{"ZoneName": zone, "SubnetId": subnet_id("public", zone)} for zone in ZONES],
    }


def subnet_group(kind: str, name: str) -> Document:
    """Args: kind: DB or Cache."""
    subnets = [{"SubnetIdentifier": subnet_id("data", zone)} for zone in ZONES]
    return {f"{kind}SubnetGroupName": name, "Subnets": subnets}


WRITER, READER, PRIMARY = "core.cluster-x.rds", "core.cluster-ro-x.rds", "master.sessions.cache"


def database() -> Document:
    return {
        "DBClusterIdentifier": "core",
        "Endpoint": WRITER,
        "ReaderEndpoint": READER,
        "Port": 5432,
        "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-database"}],
        "DBSubnetGroup": "stores",
    }


def cache() -> Document:
    return {
        "ReplicationGroupId": "sessions",
        "MemberClusters": ["sessions-001"],
        "NodeGroups": [{"PrimaryEndpoint": {"Address": PRIMARY, "Port": 6379}}],
    }


def cache_node() -> Document:
    return {
        "CacheClusterId": "sessions-001",
        "CacheSubnetGroupName": "nodes",
        "SecurityGroups": [{"SecurityGroupId": "sg-cache", "Status": "active"}],
    }


def swap(acls: list[Document], subnet: str, acl_id: str) -> list[Document]:
    """As after ReplaceNetworkAclAssociation."""
    for document in acls:
        document["Associations"] = [it for it in document["Associations"] if it["SubnetId"] != subnet]
        if document["NetworkAclId"] == acl_id:
            document["Associations"].append({"NetworkAclAssociationId": "assoc-new", "SubnetId": subnet})
    return acls
