"""VPC endpoints and flow logs."""

from engine.provider import Change
from twin.aws.call import Call, Take
from twin.aws.expressions import Text
from twin.aws.resource import Resource
from twin.aws.services.ec2.hooks import refuse_unsuccessful
from twin.aws.tags import ec2_tags

__all__ = ["ENDPOINTS"]

ARN = "arn:aws:ec2:{region}:{account}"

VPC_ENDPOINT = Resource(
    token="aws:ec2/vpcEndpoint:VpcEndpoint",
    service="ec2",
    create=Call("create_vpc_endpoint", takes=Take.ALL, pick="answer.VpcEndpoint"),
    id="answer.VpcEndpoint.VpcEndpointId",
    updates=(
        Call(
            "modify_vpc_endpoint",
            {
                "VpcEndpointId": "id",
                "ResetPolicy": "old.policy && !inputs.policy || null",
                "PolicyDocument": "inputs.policy",
                "AddRouteTableIds": "minus(inputs.routeTableIds, old.routeTableIds)",
                "RemoveRouteTableIds": "minus(old.routeTableIds, inputs.routeTableIds)",
                "AddSubnetIds": "minus(inputs.subnetIds, old.subnetIds)",
                "RemoveSubnetIds": "minus(old.subnetIds, inputs.subnetIds)",
                "AddSecurityGroupIds": "minus(inputs.securityGroupIds, old.securityGroupIds)",
                "RemoveSecurityGroupIds": "minus(old.securityGroupIds, inputs.securityGroupIds)",
                "PrivateDnsEnabled": "inputs.privateDnsEnabled",
            },
            takes=Take.CHANGED,
        ),
    ),
    read=Call(
        "describe_vpc_endpoints",
        {"VpcEndpointIds": ["id"]},
        pick="answer.VpcEndpoints[0]",
    ),
    gone="item.State == 'deleted'",
    delete=(Call("delete_vpc_endpoints", {"VpcEndpointIds": ["id"]}),),
    tagging=ec2_tags("vpc-endpoint"),
    renames={"policy": "PolicyDocument"},
    defaults={"vpcEndpointType": "Gateway"},
    outputs={
        "arn": Text(ARN + ":vpc-endpoint/{id}"),
        "dnsEntries": "item.DnsEntries[].{dnsName: DnsName, hostedZoneId: HostedZoneId}",
        "securityGroupIds": "item.Groups[].GroupId",
        "prefixListId": "prefix_list",
    },
    also={
        "prefix_list": Call(
            "describe_prefix_lists",
            {"Filters": [{"Name": "'prefix-list-name'", "Values": ["inputs.serviceName"]}]},
            when="inputs.vpcEndpointType == 'Gateway'",
            pick="answer.PrefixLists[0].PrefixListId",
        )
    },
    replaces=frozenset({"vpcId", "serviceName", "vpcEndpointType", "serviceRegion"}),
    refresh=True,
)

VPC_ENDPOINT_ROUTE_TABLE_ASSOCIATION = Resource(
    token="aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation",
    service="ec2",
    create=Call(
        "modify_vpc_endpoint",
        {
            "VpcEndpointId": "inputs.vpcEndpointId",
            "AddRouteTableIds": ["inputs.routeTableId"],
        },
        pick="inputs",
    ),
    id=Text("a-{inputs.vpcEndpointId}{inputs.routeTableId}"),
    read=Call(
        "describe_vpc_endpoints",
        {"VpcEndpointIds": ["inputs.vpcEndpointId"]},
        pick="answer.VpcEndpoints[0]",
    ),
    gone="!contains(item.RouteTableIds || `[]`, inputs.routeTableId)",
    delete=(
        Call(
            "modify_vpc_endpoint",
            {
                "VpcEndpointId": "inputs.vpcEndpointId",
                "RemoveRouteTableIds": ["inputs.routeTableId"],
            },
        ),
    ),
    outputs={"routeTableId": "inputs.routeTableId"},
    replaces=frozenset({"vpcEndpointId", "routeTableId"}),
    change=Change.DELETE_BEFORE_REPLACE,
)

FLOW_LOG_SOURCE = (
    "inputs.vpcId || inputs.subnetId || inputs.eniId"
    " || inputs.transitGatewayId || inputs.transitGatewayAttachmentId"
)
FLOW_LOG_SOURCE_TYPE = (
    "inputs.vpcId && 'VPC' || inputs.subnetId && 'Subnet' || inputs.eniId && 'NetworkInterface'"
    " || inputs.transitGatewayId && 'TransitGateway' || 'TransitGatewayAttachment'"
)
FLOW_LOG = Resource(
    token="aws:ec2/flowLog:FlowLog",
    service="ec2",
    create=Call(
        "create_flow_logs",
        {
            "ResourceIds": [FLOW_LOG_SOURCE],
            "ResourceType": FLOW_LOG_SOURCE_TYPE,
        },
        takes=Take.ALL,
        pick="answer",
    ),
    after_create=refuse_unsuccessful,
    id="answer.FlowLogIds[0]",
    read=Call("describe_flow_logs", {"FlowLogIds": ["id"]}, pick="answer.FlowLogs[0]"),
    delete=(Call("delete_flow_logs", {"FlowLogIds": ["id"]}),),
    tagging=ec2_tags("vpc-flow-log"),
    renames={"iamRoleArn": "DeliverLogsPermissionArn"},
    defaults={"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600},
    outputs={
        "arn": Text(ARN + ":vpc-flow-log/{id}"),
        "vpcId": "item.ResourceId",
        "subnetId": "item.ResourceId",
    },
    replaces=frozenset(
        {
            *(
                "vpcId",
                "subnetId",
                "eniId",
                "transitGatewayId",
                "transitGatewayAttachmentId",
            ),
            *(
                "trafficType",
                "logDestination",
                "logDestinationType",
                "iamRoleArn",
                "logFormat",
            ),
            *(
                "maxAggregationInterval",
                "destinationOptions",
                "deliverCrossAccountRole",
            ),
        }
    ),
)

ENDPOINTS = (VPC_ENDPOINT, VPC_ENDPOINT_ROUTE_TABLE_ASSOCIATION, FLOW_LOG)
