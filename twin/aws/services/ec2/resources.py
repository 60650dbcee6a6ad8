"""EC2's rows."""

from twin.aws.services.ec2.endpoints import ENDPOINTS
from twin.aws.services.ec2.firewall import FIREWALL
from twin.aws.services.ec2.network import NETWORK

__all__ = ["RESOURCES"]

RESOURCES = (*NETWORK, *ENDPOINTS, *FIREWALL)
