"""A private service to test: the least that it takes, and whatever a test adds."""

from typing import Any

from components.private_service import ListenerArgs, PrivateService, PrivateServiceArgs
from tests.components.recording import Recording, record

KEY = "arn:aws:kms:eu-west-2:123456789012:key/logs"
TOPIC = "arn:aws:sns:eu-west-2:123456789012:alarms"
TAGS = {"environment": "test", "service": "case", "owner": "case-platform"}

LISTENER = ListenerArgs(
    listener_arn="listener-arn",
    load_balancer_arn_suffix="app/edge/1",
    load_balancer_security_group_id="sg-edge",
    priority=20,
    path_patterns=["/case/*"],
)


def declare(*, preview: bool = False, **args: Any) -> Recording:
    """What the service `case` registers with these arguments."""
    given: dict[str, Any] = {
        "cluster_arn": "cluster-arn",
        "cluster_name": "estate",
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-a", "subnet-b", "subnet-c"],
        "image": "workload:1.0.0",
        "port": 8080,
        "cpu": 512,
        "memory_mib": 1024,
        "health_check_command": ["CMD", "/healthy"],
        "scaling": {"minimum": 3, "maximum": 12},
        "log_key_arn": KEY,
        "alarm_topic_arn": TOPIC,
        "tags": TAGS,
        **args,
    }
    return record(lambda: PrivateService("case", PrivateServiceArgs(**given)), preview=preview)
