"""Samples of Route 53."""

from tests.twin.aws.sample import Ref, Sample
from tests.twin.aws.services.ec2 import VPC

ZONE = Sample(
    "aws:route53/zone:Zone",
    {"name": "example.org", "comment": "The agency's domain.", "forceDestroy": True},
    changes={"comment": "The domain."},
    outputs=("arn", "nameServers", "primaryNameServer", "zoneId"),
)
PRIVATE_ZONE = Sample(
    "aws:route53/zone:Zone",
    {"name": "estate.internal", "vpcs": [{"vpcId": Ref("vpc"), "vpcRegion": "eu-west-2"}]},
    needs={"vpc": VPC},
    outputs=("zoneId",),
    label="private",
)
HEALTH_CHECK = Sample(
    "aws:route53/healthCheck:HealthCheck",
    {
        "type": "HTTPS",
        "fqdn": "apply.example.org",
        "port": 443,
        "resourcePath": "/health",
        "requestInterval": 10,
        "failureThreshold": 3,
        "measureLatency": True,
    },
    changes={"failureThreshold": 2, "disabled": True},
    outputs=("arn",),
)
ADDRESSES = Sample(
    "aws:route53/record:Record",
    {"zoneId": Ref("zone"), "name": "apply", "type": "A", "ttl": 60, "records": ["192.0.2.1", "192.0.2.2"]},
    needs={"zone": ZONE},
    changes={"records": ["192.0.2.3"], "ttl": 30},
    outputs=("fqdn",),
)
TEXT = Sample(
    "aws:route53/record:Record",
    {"zoneId": Ref("zone"), "name": "example.org", "type": "TXT", "ttl": 300, "records": ["v=spf1 -all"]},
    needs={"zone": ZONE},
    changes={"records": ["v=spf1 mx -all"]},
    label="text",
)
FAILOVER = Sample(
    "aws:route53/record:Record",
    {
        "zoneId": Ref("zone"),
        "name": "apply.example.org",
        "type": "A",
        "setIdentifier": "primary",
        "failoverRoutingPolicies": [{"type": "PRIMARY"}],
        "healthCheckId": Ref("check"),
        "aliases": [{"name": "lb.example.org", "zoneId": "ZHURV8PSTC4K8", "evaluateTargetHealth": True}],
    },
    needs={"zone": ZONE, "check": HEALTH_CHECK},
    changes={
        "aliases": [{"name": "lb2.example.org", "zoneId": "ZHURV8PSTC4K8", "evaluateTargetHealth": False}]
    },
    outputs=("fqdn",),
    label="failover",
)

SAMPLES = (ZONE, PRIVATE_ZONE, HEALTH_CHECK, ADDRESSES, TEXT, FAILOVER)
