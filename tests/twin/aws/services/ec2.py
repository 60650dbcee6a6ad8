"""Samples of EC2."""

from tests.twin.aws.sample import Ref, Sample

VPC = Sample(
    "aws:ec2/vpc:Vpc",
    {"cidrBlock": "10.20.0.0/16", "enableDnsHostnames": True, "enableDnsSupport": True},
    changes={"enableDnsHostnames": False},
    outputs=("arn", "mainRouteTableId", "defaultNetworkAclId", "defaultSecurityGroupId", "ownerId"),
)
SUBNET = Sample(
    "aws:ec2/subnet:Subnet",
    {
        "vpcId": Ref("vpc"),
        "cidrBlock": "10.20.1.0/24",
        "availabilityZone": "eu-west-2b",
        "mapPublicIpOnLaunch": False,
    },
    needs={"vpc": VPC},
    changes={"mapPublicIpOnLaunch": True},
    outputs=("arn", "availabilityZoneId"),
)
INTERNET_GATEWAY = Sample(
    "aws:ec2/internetGateway:InternetGateway", {"vpcId": Ref("vpc")}, needs={"vpc": VPC}
)
EIP = Sample("aws:ec2/eip:Eip", {"domain": "vpc"}, outputs=("allocationId", "publicIp"))
ROUTE_TABLE = Sample(
    "aws:ec2/routeTable:RouteTable", {"vpcId": Ref("vpc")}, needs={"vpc": VPC}, outputs=("arn",)
)
SECURITY_GROUP = Sample(
    "aws:ec2/securityGroup:SecurityGroup",
    {
        "vpcId": Ref("vpc"),
        "description": "Tasks of one service.",
        "ingress": [{"protocol": "tcp", "fromPort": 8080, "toPort": 8080, "cidrBlocks": ["10.20.0.0/16"]}],
        "egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}],
    },
    needs={"vpc": VPC},
    changes={
        "egress": [],
        "ingress": [{"protocol": "tcp", "fromPort": 8443, "toPort": 8443, "self": True}],
    },
    outputs=("arn", "name", "ownerId"),
)
VPC_ENDPOINT = Sample(
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    {"vpcId": Ref("vpc"), "serviceName": "com.amazonaws.eu-west-2.s3", "vpcEndpointType": "Gateway"},
    needs={"vpc": VPC},
    outputs=("arn", "prefixListId"),
    label="gateway",
)
NETWORK_ACL = Sample(
    "aws:ec2/networkAcl:NetworkAcl",
    {
        "vpcId": Ref("vpc"),
        "subnetIds": [Ref("subnet")],
        "ingress": [
            {
                "ruleNo": 100,
                "protocol": "6",
                "action": "allow",
                "cidrBlock": "10.20.0.0/16",
                "fromPort": 443,
                "toPort": 443,
            }
        ],
    },
    needs={"vpc": VPC, "subnet": SUBNET},
    changes={
        "egress": [
            {
                "ruleNo": 100,
                "protocol": "-1",
                "action": "deny",
                "cidrBlock": "0.0.0.0/0",
                "fromPort": 0,
                "toPort": 0,
            }
        ]
    },
)

SAMPLES = (
    VPC,
    SUBNET,
    INTERNET_GATEWAY,
    EIP,
    Sample(
        "aws:ec2/natGateway:NatGateway",
        {"subnetId": Ref("subnet"), "allocationId": Ref("eip")},
        needs={"vpc": VPC, "subnet": SUBNET, "eip": EIP},
        outputs=("publicIp", "privateIp"),
    ),
    ROUTE_TABLE,
    Sample(
        "aws:ec2/route:Route",
        {"routeTableId": Ref("table"), "destinationCidrBlock": "0.0.0.0/0", "gatewayId": Ref("gateway")},
        needs={"vpc": VPC, "table": ROUTE_TABLE, "gateway": INTERNET_GATEWAY},
    ),
    Sample(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        {"routeTableId": Ref("table"), "subnetId": Ref("subnet")},
        needs={"vpc": VPC, "table": ROUTE_TABLE, "subnet": SUBNET},
    ),
    VPC_ENDPOINT,
    Sample(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {
            "vpcId": Ref("vpc"),
            "serviceName": "com.amazonaws.eu-west-2.logs",
            "vpcEndpointType": "Interface",
            "privateDnsEnabled": True,
            "subnetIds": [Ref("subnet")],
            "securityGroupIds": [Ref("group")],
        },
        needs={"vpc": VPC, "subnet": SUBNET, "group": SECURITY_GROUP},
        outputs=("dnsEntries",),
        label="interface",
    ),
    Sample(
        "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation",
        {"vpcEndpointId": Ref("endpoint"), "routeTableId": Ref("table")},
        needs={"vpc": VPC, "endpoint": VPC_ENDPOINT, "table": ROUTE_TABLE},
    ),
    Sample(
        "aws:ec2/flowLog:FlowLog",
        {
            "vpcId": Ref("vpc"),
            "trafficType": "ALL",
            "logDestinationType": "s3",
            "logDestination": "arn:aws:s3:::flow-logs-sample",
            "maxAggregationInterval": 60,
        },
        needs={"vpc": VPC, "bucket": Sample("aws:s3/bucket:Bucket", {"bucket": "flow-logs-sample"})},
        outputs=("arn",),
    ),
    Sample(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        {"vpcId": Ref("vpc"), "ingress": [], "egress": []},
        needs={"vpc": VPC},
        stays=True,
    ),
    Sample(
        "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
        {"defaultNetworkAclId": Ref("vpc", "defaultNetworkAclId"), "ingress": [], "egress": []},
        needs={"vpc": VPC},
        stays=True,
    ),
    NETWORK_ACL,
    Sample(
        "aws:ec2/networkAclRule:NetworkAclRule",
        {
            "networkAclId": Ref("acl"),
            "ruleNumber": 200,
            "egress": True,
            "protocol": "tcp",
            "ruleAction": "allow",
            "cidrBlock": "10.0.0.0/8",
            "fromPort": 1024,
            "toPort": 65535,
        },
        needs={"vpc": VPC, "subnet": SUBNET, "acl": NETWORK_ACL},
    ),
    SECURITY_GROUP,
    Sample(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {
            "securityGroupId": Ref("group"),
            "ipProtocol": "tcp",
            "fromPort": 5432,
            "toPort": 5432,
            "referencedSecurityGroupId": Ref("group"),
            "description": "From the tasks.",
        },
        needs={"vpc": VPC, "group": SECURITY_GROUP},
        changes={"description": "From the tasks only."},
        outputs=("arn", "securityGroupRuleId"),
    ),
    Sample(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        {
            "securityGroupId": Ref("group"),
            "ipProtocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
            "cidrIpv4": "10.20.0.0/16",
            "description": "To the endpoints.",
        },
        needs={"vpc": VPC, "group": SECURITY_GROUP},
    ),
)
