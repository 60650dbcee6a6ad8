"""Samples of Elastic Load Balancing."""

from tests.twin.aws.sample import Ref, Sample
from tests.twin.aws.services.ec2 import SECURITY_GROUP, SUBNET, VPC

OTHER_SUBNET = Sample(
    "aws:ec2/subnet:Subnet",
    {"vpcId": Ref("vpc"), "cidrBlock": "10.20.2.0/24", "availabilityZone": "eu-west-2a"},
)
NETWORK = {"vpc": VPC, "subnet": SUBNET, "other_subnet": OTHER_SUBNET, "group": SECURITY_GROUP}
LOAD_BALANCER = Sample(
    "aws:lb/loadBalancer:LoadBalancer",
    {
        "loadBalancerType": "application",
        "internal": False,
        "subnets": [Ref("subnet"), Ref("other_subnet")],
        "securityGroups": [Ref("group")],
        "idleTimeout": 30,
        "dropInvalidHeaderFields": True,
        "enableDeletionProtection": False,
        "desyncMitigationMode": "strictest",
        "accessLogs": {"bucket": "load-balancer-logs", "enabled": True, "prefix": "edge"},
    },
    needs=NETWORK,
    changes={"idleTimeout": 45, "desyncMitigationMode": "defensive"},
    outputs=("arn", "arnSuffix", "dnsName", "zoneId", "vpcId", "name"),
)
TARGET_GROUP = Sample(
    "aws:lb/targetGroup:TargetGroup",
    {
        "port": 8080,
        "protocol": "HTTP",
        "targetType": "ip",
        "vpcId": Ref("vpc"),
        "deregistrationDelay": 30,
        "slowStart": 30,
        "loadBalancingAlgorithmType": "least_outstanding_requests",
        "healthCheck": {
            "enabled": True,
            "path": "/health",
            "interval": 5,
            "timeout": 2,
            "healthyThreshold": 2,
            "unhealthyThreshold": 2,
            "matcher": "200",
            "protocol": "HTTP",
        },
        "stickiness": {"enabled": False, "type": "lb_cookie"},
        "targetGroupHealth": {
            "dnsFailover": {"minimumHealthyTargetsCount": "1", "minimumHealthyTargetsPercentage": "off"}
        },
    },
    needs={"vpc": VPC},
    changes={"deregistrationDelay": 60, "healthCheck": {"path": "/ready", "interval": 10, "timeout": 3}},
    outputs=("arn", "arnSuffix", "name"),
)
LISTENER = Sample(
    "aws:lb/listener:Listener",
    {
        "loadBalancerArn": Ref("balancer", "arn"),
        "port": 80,
        "protocol": "HTTP",
        "defaultActions": [
            {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"}}
        ],
    },
    needs={**NETWORK, "balancer": LOAD_BALANCER},
    changes={
        "defaultActions": [
            {
                "type": "fixed-response",
                "fixedResponse": {
                    "contentType": "text/plain",
                    "messageBody": "Not here.",
                    "statusCode": "404",
                },
            }
        ]
    },
    outputs=("arn",),
)

SAMPLES = (
    LOAD_BALANCER,
    TARGET_GROUP,
    LISTENER,
    Sample(
        "aws:lb/listenerRule:ListenerRule",
        {
            "listenerArn": Ref("listener", "arn"),
            "priority": 110,
            "conditions": [
                {"pathPattern": {"values": ["/apply/*"]}},
                {"httpHeader": {"httpHeaderName": "x-benefit", "values": ["winter-heating"]}},
                {"queryStrings": [{"key": "lane", "value": "bulk"}]},
            ],
            "actions": [
                {
                    "type": "forward",
                    "forward": {
                        "targetGroups": [{"arn": Ref("group_of_targets", "arn"), "weight": 1}],
                        "stickiness": {"enabled": False, "duration": 600},
                    },
                }
            ],
        },
        needs={
            **NETWORK,
            "balancer": LOAD_BALANCER,
            "group_of_targets": TARGET_GROUP,
            "listener": LISTENER,
        },
        changes={"priority": 120, "conditions": [{"hostHeader": {"values": ["apply.example.org"]}}]},
        outputs=("arn",),
    ),
)
