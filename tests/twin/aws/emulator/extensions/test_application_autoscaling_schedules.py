"""Scheduled actions and bounds are kept, refused and carried out by AWS's rules."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.conftest import Served

NUMBERS = count(1)


def _target(served: Served, desired: int = 2, **bounds: Any) -> dict[str, str]:
    name = f"schedules-{next(NUMBERS)}"
    made = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/base/{name}",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    served.clients("ecs").create_service(
        cluster="base", serviceName=name, taskDefinition="base", desiredCount=desired
    )
    given = {"MinCapacity": 1, "MaxCapacity": 9, **bounds}
    served.clients("application-autoscaling").register_scalable_target(**made, **given)
    return made


def _put(served: Served, target: dict[str, str], **given: Any) -> None:
    asked = {"Schedule": "at(2099-11-30T08:30:00)", "ScalableTargetAction": {"MinCapacity": 2}, **given}
    served.clients("application-autoscaling").put_scheduled_action(
        **target, ScheduledActionName="planned", **asked
    )


def _described(served: Served, target: dict[str, str]) -> dict[str, Any]:
    (found,) = served.clients("application-autoscaling").describe_scheduled_actions(
        ServiceNamespace="ecs", ResourceId=target["ResourceId"], ScheduledActionNames=["planned"]
    )["ScheduledActions"]
    return found


def _desired(served: Served, target: dict[str, str]) -> int:
    name = target["ResourceId"].rpartition("/")[2]
    (found,) = served.clients("ecs").describe_services(cluster="base", services=[name])["services"]
    return int(found["desiredCount"])


def _activities(served: Served, target: dict[str, str], **given: Any) -> list[dict[str, Any]]:
    return served.clients("application-autoscaling").describe_scaling_activities(
        ServiceNamespace="ecs", ResourceId=target["ResourceId"], **given
    )["ScalingActivities"]


@pytest.mark.parametrize(
    ("bounds", "desired", "cause"),
    [
        pytest.param({"MinCapacity": 4}, 4, "minimum capacity was set to 4", id="up to the minimum"),
        pytest.param({"MaxCapacity": 1}, 1, "maximum capacity was set to 1", id="down to the maximum"),
    ],
)
def test_the_bounds_of_a_target_move_the_desired_count(
    mended: Served, bounds: dict[str, int], desired: int, cause: str
) -> None:
    target = _target(mended)
    mended.clients("application-autoscaling").register_scalable_target(**target, **bounds)
    assert _desired(mended, target) == desired
    (activity,) = _activities(mended, target)
    assert {name: activity[name] for name in ("Description", "Cause", "StatusCode", "StatusMessage")} == {
        "Description": f"Setting desired count to {desired}.",
        "Cause": cause,
        "StatusCode": "InProgress",
        "StatusMessage": f"Successfully set desired count to {desired}. Waiting for change to be fulfilled by ecs.",
    }


def test_a_new_target_moves_the_desired_count_too(mended: Served) -> None:
    assert _desired(mended, _target(mended, desired=0, MinCapacity=3)) == 3


def test_a_count_that_was_set_beyond_the_bounds_is_moved_by_the_next_registration(mended: Served) -> None:
    target = _target(mended)
    name = target["ResourceId"].rpartition("/")[2]
    mended.clients("ecs").update_service(cluster="base", service=name, desiredCount=20)
    assert _desired(mended, target) == 20
    mended.clients("application-autoscaling").register_scalable_target(**target)
    assert _desired(mended, target) == 9


def test_a_minimum_over_the_maximum_is_refused(mended: Served) -> None:
    target = _target(mended)
    with pytest.raises(ClientError, match="ValidationException"):
        mended.clients("application-autoscaling").register_scalable_target(**target, MinCapacity=10)


def test_an_action_that_is_put_again_keeps_what_is_not_given_but_its_limits(mended: Served) -> None:
    target = _target(mended)
    end = datetime(2099, 12, 1, tzinfo=UTC)
    _put(mended, target, Schedule="cron(0 10 * * ? *)", Timezone="Europe/London", EndTime=end)
    first = _described(mended, target)
    assert first["EndTime"] == end
    _put(mended, target, Schedule="cron(0 11 * * ? *)")
    second = _described(mended, target)
    assert "EndTime" not in second
    kept = ("ScheduledActionARN", "Timezone", "ScalableTargetAction")
    assert {name: second[name] for name in kept} == {name: first[name] for name in kept}
    assert second["Schedule"] == "cron(0 11 * * ? *)"
    assert f":resource/ecs/{target['ResourceId']}:scheduledActionName/planned" in second["ScheduledActionARN"]


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"Schedule": "tomorrow"}, id="schedule"),
        pytest.param({"Timezone": "Europe/Stirling"}, id="time zone"),
        pytest.param({"ScalableTargetAction": {}}, id="no bound"),
        pytest.param({"ScalableTargetAction": {"MinCapacity": 3, "MaxCapacity": 2}}, id="bounds"),
    ],
)
def test_an_action_that_could_never_run_is_refused(mended: Served, given: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        _put(mended, _target(mended), **given)


def test_an_action_needs_a_registered_target(mended: Served) -> None:
    target = {**_target(mended), "ResourceId": "service/base/nowhere"}
    with pytest.raises(ClientError, match="ObjectNotFoundException"):
        _put(mended, target)


def test_an_absent_action_cannot_be_deleted(mended: Served) -> None:
    target = _target(mended)
    _put(mended, target)
    scaling = mended.clients("application-autoscaling")
    scaling.delete_scheduled_action(**target, ScheduledActionName="planned")
    with pytest.raises(ClientError, match="ObjectNotFoundException"):
        scaling.delete_scheduled_action(**target, ScheduledActionName="planned")


def test_activities_of_a_dimension_are_asked_for_with_their_resource(mended: Served) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        mended.clients("application-autoscaling").describe_scaling_activities(
            ServiceNamespace="ecs", ScalableDimension="ecs:service:DesiredCount"
        )
