"""A service's place behind a load balancer."""

from typing import Any

import pytest

from components.exceptions import ComponentError
from tests.components.private_service.declaration import LISTENER, TAGS, declare
from tests.components.recording import ACCOUNT

GROUP = "aws:lb/targetGroup:TargetGroup"


def test_the_target_group_has_these_inputs_by_default() -> None:
    assert declare(listener=LISTENER).one(GROUP).inputs == {
        "name": "case-8080",
        "vpcId": "vpc-1",
        "targetType": "ip",
        "port": 8080,
        "protocol": "HTTP",
        "loadBalancingAlgorithmType": "round_robin",
        "deregistrationDelay": 30,
        "slowStart": 30,
        "healthCheck": {
            "path": "/health",
            "protocol": "HTTP",
            "matcher": "200",
            "interval": 5,
            "timeout": 4,
            "healthyThreshold": 2,
            "unhealthyThreshold": 2,
        },
        "tags": TAGS,
    }


def test_requests_to_the_paths_go_to_the_target_group() -> None:
    assert declare(listener=LISTENER).one("aws:lb/listenerRule:ListenerRule").inputs == {
        "listenerArn": "listener-arn",
        "priority": 20,
        "conditions": [{"pathPattern": {"values": ["/case/*"]}}],
        "actions": [
            {"type": "forward", "targetGroupArn": f"arn:aws:lb:eu-west-2:{ACCOUNT}:case-target-group"}
        ],
        "tags": TAGS,
    }


def test_another_port_makes_a_target_group_of_another_name() -> None:
    assert declare(listener=LISTENER, port=9090).one(GROUP).inputs["name"] == "case-9090"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"priority": 0}, "A rule's priority is 1 to 50000, got 0.", id="priority"),
        pytest.param({"path_patterns": []}, "A rule's number of paths is 1 to 5, got 0.", id="no path"),
        pytest.param(
            {"path_patterns": ["/x"] * 6}, "A rule's number of paths is 1 to 5, got 6.", id="many paths"
        ),
        pytest.param(
            {"slow_start_seconds": 10}, "Slow start in seconds is 30 to 900, got 10.", id="slow start"
        ),
        pytest.param(
            {"deregistration_delay_seconds": 4000},
            "Deregistration delay in seconds is 0 to 3600, got 4000.",
            id="deregistration",
        ),
        pytest.param(
            {"health_check_interval_seconds": 2},
            "A health check's interval in seconds is 5 to 300, got 2.",
            id="interval",
        ),
        pytest.param(
            {"unhealthy_threshold": 1},
            "A health check's unhealthy threshold is 2 to 10, got 1.",
            id="threshold",
        ),
    ],
)
def test_numbers_that_a_load_balancer_does_not_take_are_refused(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ComponentError) as refusal:
        declare(listener={**LISTENER, **changes})
    assert str(refusal.value) == f"{message} Choose a number in between."


def test_a_name_that_is_too_long_for_a_target_group_is_refused() -> None:
    with pytest.raises(
        ComponentError, match=r"^A target group's name has at most 32 characters, got 'x{28}-8080'"
    ):
        declare(listener=LISTENER, service_name="x" * 28)
