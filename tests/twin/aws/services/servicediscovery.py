"""Samples of Cloud Map."""

from tests.twin.aws.sample import Ref, Sample
from tests.twin.aws.services.ec2 import VPC

HTTP_NAMESPACE = Sample(
    "aws:servicediscovery/httpNamespace:HttpNamespace",
    {"name": "estate", "description": "Services by name."},
    changes={"description": "All services by name."},
    outputs=("arn", "httpName"),
)
PRIVATE_NAMESPACE = Sample(
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
    {"name": "estate.internal", "vpc": Ref("vpc")},
    needs={"vpc": VPC},
    outputs=("arn", "hostedZone"),
)

SAMPLES = (HTTP_NAMESPACE, PRIVATE_NAMESPACE)
