"""When capacity began to follow a step, and when it had followed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from load_tests.scaling import (
    Activity,
    Capacity,
    ScalingTimes,
    ScalingWatch,
    activities,
    alarm_changes,
    scaling_times,
)


def activity(at: float, count: int, service: str = "portal") -> Activity:
    return Activity(service, at, f"Setting desired count to {count}.", "monitor alarm x", "Successful")


def samples(*seen: tuple[float, int, int]) -> list[tuple[float, dict[str, Capacity]]]:
    return [(at, {"portal": Capacity(desired, healthy, healthy)}) for at, desired, healthy in seen]


def test_trigger_and_healthy_are_counted_from_the_step_and_from_the_trigger() -> None:
    seen = samples((90, 3, 3), (100, 3, 3), (120, 6, 3), (140, 6, 5), (150, 6, 6))

    assert scaling_times(100, [activity(118, 6)], seen) == ScalingTimes(18, 32, ("portal",))


def test_what_scaled_in_or_before_the_step_does_not_count() -> None:
    seen = samples((90, 3, 3), (100, 6, 6), (130, 3, 3))

    assert scaling_times(100, [activity(95, 6), activity(125, 3)], seen) == ScalingTimes(None, None)


def test_capacity_that_was_never_healthy_is_not_said_to_be() -> None:
    seen = samples((90, 3, 3), (120, 6, 3), (150, 9, 6))

    assert scaling_times(100, [activity(118, 6), activity(149, 9)], seen) == ScalingTimes(
        18, None, ("portal",)
    )


def test_without_a_look_nothing_is_said() -> None:
    assert scaling_times(100, [], []) == ScalingTimes(None, None)


class Aws:
    """What the API answers, by service and operation."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers

    def __getattr__(self, operation: str) -> Any:
        return lambda **arguments: (
            answer(**arguments) if callable(answer := self._answers[operation]) else answer
        )

    def get_paginator(self, operation: str) -> Any:
        return type(
            "Pages", (), {"paginate": lambda _, **arguments: [getattr(self, operation)(**arguments)]}
        )()


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def test_activities_of_other_services_and_times_are_left_out() -> None:
    def one(service: str, seconds: float) -> dict[str, Any]:
        return {
            "ResourceId": f"service/estate/{service}",
            "StartTime": at(seconds),
            "Description": "Setting desired count to 6.",
            "Cause": "monitor alarm",
            "StatusCode": "Successful",
        }

    aws = Aws(
        describe_scaling_activities={
            "ScalingActivities": [one("portal", 130), one("portal", 110), one("hub", 120), one("portal", 90)]
        }
    )

    assert [(it.service, it.at) for it in activities(aws, "estate", ["portal"], 100)] == [
        ("portal", 110),
        ("portal", 130),
    ]


@pytest.mark.parametrize("summary", ["Alarm updated from OK to ALARM", "Alarm updated from OK to ALARM."])
def test_changes_of_alarms_are_told_with_the_state_they_went_to(summary: str) -> None:
    item = {"Timestamp": at(120), "AlarmName": "portal-utilisation", "HistorySummary": summary}

    assert alarm_changes(Aws(describe_alarm_history={"AlarmHistoryItems": [item]}), 100) == [
        (120, "portal-utilisation", "ALARM")
    ]


def test_healthy_is_what_a_load_balancer_finds_and_else_what_ecs_does() -> None:
    task = {"group": "service:case", "healthStatus": "HEALTHY", "availabilityZone": "eu-west-2a"}
    ecs = Aws(
        list_tasks={"taskArns": ["1", "2"]},
        describe_tasks={
            "tasks": [task, task | {"availabilityZone": "eu-west-2b"}, task | {"healthStatus": "UNKNOWN"}]
        },
        describe_services={
            "services": [
                {
                    "serviceName": "portal",
                    "desiredCount": 3,
                    "runningCount": 3,
                    "loadBalancers": [{"targetGroupArn": "arn"}],
                },
                {"serviceName": "case", "desiredCount": 2, "runningCount": 3, "loadBalancers": []},
            ]
        },
    )
    states = [{"TargetHealth": {"State": state}} for state in ("healthy", "initial", "unhealthy")]
    elb = Aws(describe_target_health={"TargetHealthDescriptions": states})
    watch = ScalingWatch(lambda service: {"ecs": ecs, "elbv2": elb}[service], "estate", ["portal", "case"])
    watch.look(lambda: 100)

    assert watch.samples == [(100, {"portal": Capacity(3, 3, 1), "case": Capacity(2, 3, 2)})]
    assert watch.zones == [(100, {"eu-west-2a": 1, "eu-west-2b": 1})]
