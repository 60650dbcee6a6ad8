"""Scaling policies have the alarms that AWS makes for them."""

from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.conftest import Served

NUMBERS = count(1)
CPU = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}
FAST = {
    "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilizationHighResolution"}
}
STEPS = {
    "AdjustmentType": "ChangeInCapacity",
    "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
}


@pytest.fixture
def target(mended: Served) -> dict[str, str]:
    """A registered service of its own."""
    name = f"policies-{next(NUMBERS)}"
    made = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/base/{name}",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    mended.clients("ecs").create_service(
        cluster="base", serviceName=name, taskDefinition="base", desiredCount=2
    )
    mended.clients("application-autoscaling").register_scalable_target(**made, MinCapacity=1, MaxCapacity=9)
    return made


def _track(
    served: Served, target: dict[str, str], configuration: dict[str, Any] = CPU, name: str = "tracked"
) -> dict[str, Any]:
    return served.clients("application-autoscaling").put_scaling_policy(
        **target,
        PolicyName=name,
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={"TargetValue": 50.0, **configuration},
    )


def _alarms(served: Served, put: dict[str, Any]) -> dict[str, dict[str, Any]]:
    names = [it["AlarmName"] for it in put["Alarms"]]
    found = served.clients("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"] if names else []
    return {it["AlarmName"].split("-Alarm")[1][:3]: it for it in found}


def test_the_alarms_are_of_the_metric_and_call_the_policy(mended: Served, target: dict[str, str]) -> None:
    put = _track(mended, target)
    found = _alarms(mended, put)
    told = {kind: (it["Threshold"], it["EvaluationPeriods"], it["MetricName"]) for kind, it in found.items()}
    assert told == {"Hig": (50.0, 3, "CPUUtilization"), "Low": (45.0, 15, "CPUUtilization")}
    for it in found.values():
        assert it["AlarmActions"][0].startswith(f"{put['PolicyARN']}:createdBy/")
        assert it["AlarmName"].startswith(f"TargetTracking-{target['ResourceId']}-Alarm")
    (shown,) = mended.clients("application-autoscaling").describe_scaling_policies(
        ServiceNamespace="ecs", ResourceId=target["ResourceId"]
    )["ScalingPolicies"]
    assert shown["Alarms"] == put["Alarms"]


def test_a_changed_policy_keeps_its_name_and_its_alarms(mended: Served, target: dict[str, str]) -> None:
    first = _track(mended, target)
    second = _track(mended, target, {**CPU, "TargetValue": 80.0, "DisableScaleIn": True})
    assert second["PolicyARN"] == first["PolicyARN"]
    assert second["Alarms"] == first["Alarms"][:1]
    assert {kind: it["Threshold"] for kind, it in _alarms(mended, second).items()} == {"Hig": 80.0}
    assert list(_alarms(mended, first)) == ["Hig"]
    assert list(_alarms(mended, _track(mended, target))) == ["Hig", "Low"]


def test_the_alarms_go_with_the_policy(mended: Served, target: dict[str, str]) -> None:
    put = _track(mended, target)
    scaling = mended.clients("application-autoscaling")
    scaling.delete_scaling_policy(**target, PolicyName="tracked")
    assert _alarms(mended, put) == {}
    with pytest.raises(ClientError, match="ObjectNotFoundException"):
        scaling.delete_scaling_policy(**target, PolicyName="tracked")


def test_all_goes_with_the_target(mended: Served, target: dict[str, str]) -> None:
    scaling = mended.clients("application-autoscaling")
    put = _track(mended, target)
    scaling.put_scheduled_action(
        **target,
        ScheduledActionName="planned",
        Schedule="at(2099-11-30T08:30:00)",
        ScalableTargetAction={"MinCapacity": 2},
    )
    scaling.deregister_scalable_target(**target)
    asked = {"ServiceNamespace": "ecs", "ResourceId": target["ResourceId"]}
    assert scaling.describe_scaling_policies(**asked)["ScalingPolicies"] == []
    assert scaling.describe_scheduled_actions(**asked)["ScheduledActions"] == []
    assert _alarms(mended, put) == {}


def test_a_policy_needs_a_registered_target(mended: Served, target: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="ObjectNotFoundException.*No scalable target registered"):
        _track(mended, {**target, "ResourceId": "service/base/nowhere"})


REFUSED: dict[str, dict[str, Any]] = {
    "no metric": {"TargetValue": 5.0},
    "both metrics": {**CPU, "CustomizedMetricSpecification": {"Metrics": []}},
    "no target value": {**CPU, "TargetValue": 0.0},
    "a label for CPU": {
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "ECSServiceAverageCPUUtilization",
            "ResourceLabel": "app/a/1/targetgroup/b/2",
        }
    },
    "requests without a label": {
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ALBRequestCountPerTarget"}
    },
    "another service's metric": {
        "PredefinedMetricSpecification": {"PredefinedMetricType": "RDSReaderAverageCPUUtilization"}
    },
    "fast metrics that are not published": FAST,
    "an expression of what is not there": {
        "CustomizedMetricSpecification": {"Metrics": [{"Id": "e", "Expression": "backlog / tasks"}]}
    },
    "half a metric": {"CustomizedMetricSpecification": {"MetricName": "M", "Statistic": "Sum"}},
}


@pytest.mark.parametrize("configuration", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_tracked_is_refused(
    mended: Served, target: dict[str, str], configuration: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        _track(mended, target, configuration)


def test_fast_metrics_are_tracked_where_they_are_published(mended: Served, target: dict[str, str]) -> None:
    wanted = {"metricConfigurations": [{"metricNames": ["CPUUtilization"], "resolutionSeconds": 20}]}
    name = target["ResourceId"].rpartition("/")[2]
    mended.clients("ecs").update_service(cluster="base", service=name, monitoring=wanted)
    found = _alarms(mended, _track(mended, target, FAST))
    assert {kind: (it["Period"], it["EvaluationPeriods"]) for kind, it in found.items()} == {
        "Hig": (20, 3),
        "Low": (20, 45),
    }


def test_two_policies_do_not_track_the_same_metric(mended: Served, target: dict[str, str]) -> None:
    _track(mended, target)
    with pytest.raises(ClientError, match="Only one TargetTrackingScaling policy for a given metric"):
        _track(mended, target, name="other")


def _step(**given: Any) -> dict[str, Any]:
    return {**STEPS, **given}


WRONG_STEPS: dict[str, dict[str, Any]] = {
    "no type": {"StepAdjustments": STEPS["StepAdjustments"]},
    "no steps": _step(StepAdjustments=[]),
    "a gap": _step(
        StepAdjustments=[
            {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 5.0, "ScalingAdjustment": 1},
            {"MetricIntervalLowerBound": 6.0, "ScalingAdjustment": 2},
        ]
    ),
    "an overlap": _step(
        StepAdjustments=[
            {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 5.0, "ScalingAdjustment": 1},
            {"MetricIntervalLowerBound": 4.0, "ScalingAdjustment": 2},
        ]
    ),
    "no bounds": _step(StepAdjustments=[{"ScalingAdjustment": 1}]),
    "no end above": _step(
        StepAdjustments=[
            {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 5.0, "ScalingAdjustment": 1}
        ]
    ),
    "no end below": _step(
        StepAdjustments=[
            {"MetricIntervalLowerBound": -5.0, "MetricIntervalUpperBound": 0.0, "ScalingAdjustment": -1}
        ]
    ),
    "a negative exact capacity": _step(
        AdjustmentType="ExactCapacity",
        StepAdjustments=[{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": -1}],
    ),
    "a magnitude without percent": _step(MinAdjustmentMagnitude=2),
}


@pytest.mark.parametrize("configuration", WRONG_STEPS.values(), ids=WRONG_STEPS)
def test_steps_that_leave_doubt_are_refused(
    mended: Served, target: dict[str, str], configuration: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        mended.clients("application-autoscaling").put_scaling_policy(
            **target,
            PolicyName="steps",
            PolicyType="StepScaling",
            StepScalingPolicyConfiguration=configuration,
        )


def test_policies_are_listed_by_name_and_ten_a_page(mended: Served, target: dict[str, str]) -> None:
    scaling = mended.clients("application-autoscaling")
    for number in range(12):
        scaling.put_scaling_policy(
            **target,
            PolicyName=f"s{number:02}",
            PolicyType="StepScaling",
            StepScalingPolicyConfiguration=STEPS,
        )
    asked = {"ServiceNamespace": "ecs", "ResourceId": target["ResourceId"]}
    first = scaling.describe_scaling_policies(**asked)
    assert [it["PolicyName"] for it in first["ScalingPolicies"]] == [f"s{number:02}" for number in range(10)]
    second = scaling.describe_scaling_policies(**asked, NextToken=first["NextToken"])
    assert [it["PolicyName"] for it in second["ScalingPolicies"]] == ["s10", "s11"]
    assert "NextToken" not in second
    named = scaling.describe_scaling_policies(**asked, PolicyNames=["s03"])["ScalingPolicies"]
    assert [it["PolicyName"] for it in named] == ["s03"]
    assert named[0]["Alarms"] == []
