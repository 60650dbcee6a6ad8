"""An alarm calls a policy, and the service has another desired count."""

import json
from itertools import count
from typing import Any

from tests.twin.aws.emulator.conftest import Served
from tests.twin.aws.emulator.reporting import changes

NUMBERS = count(1)


def _target(served: Served, **bounds: int) -> dict[str, str]:
    name = f"called-{next(NUMBERS)}"
    made = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/base/{name}",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    served.clients("ecs").create_service(
        cluster="base", serviceName=name, taskDefinition="base", desiredCount=4
    )
    served.clients("application-autoscaling").register_scalable_target(
        **made, **{"MinCapacity": 1, "MaxCapacity": 9, **bounds}
    )
    return made


def _desired(served: Served, target: dict[str, str]) -> int:
    name = target["ResourceId"].rpartition("/")[2]
    (found,) = served.clients("ecs").describe_services(cluster="base", services=[name])["services"]
    return int(found["desiredCount"])


def _alarm(served: Served, name: str, value: float) -> None:
    """As somebody sets it by hand, with the data that a policy needs."""
    served.clients("cloudwatch").set_alarm_state(
        AlarmName=name,
        StateValue="ALARM",
        StateReason="tried by hand",
        StateReasonData=json.dumps({"recentDatapoints": [value]}),
    )


def _activities(served: Served, target: dict[str, str], **given: Any) -> list[dict[str, Any]]:
    return served.clients("application-autoscaling").describe_scaling_activities(
        ServiceNamespace="ecs", ResourceId=target["ResourceId"], **given
    )["ScalingActivities"]


def test_target_tracking_changes_the_desired_count_and_the_data_plane_is_told(mended: Served) -> None:
    target = _target(mended)
    put = mended.clients("application-autoscaling").put_scaling_policy(
        **target,
        PolicyName="called",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 50.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageMemoryUtilization"},
        },
    )
    before = changes(mended.endpoint)["services"].get("ecs", 0)
    high = put["Alarms"][0]["AlarmName"]
    _alarm(mended, high, 75.0)
    assert _desired(mended, target) == 6
    assert changes(mended.endpoint)["services"]["ecs"] > before
    (activity,) = _activities(mended, target)
    assert activity["Cause"] == f"monitor alarm {high} in state ALARM triggered policy called"


def _step_policy(served: Served, target: dict[str, str]) -> str:
    return served.clients("application-autoscaling").put_scaling_policy(
        **target,
        PolicyName="fast",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 2}],
        },
    )["PolicyARN"]


def _own_alarm(served: Served, name: str, action: str) -> None:
    served.clients("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="Estate",
        MetricName="InFlight",
        Statistic="Average",
        Period=10,
        EvaluationPeriods=2,
        Threshold=70.0,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=[action],
    )


def test_an_alarm_of_ones_own_calls_a_step_policy(mended: Served) -> None:
    target = _target(mended)
    _own_alarm(mended, "in-flight", _step_policy(mended, target))
    _alarm(mended, "in-flight", 90.0)
    assert _desired(mended, target) == 6


def test_at_the_maximum_it_is_told_why_nothing_changes(mended: Served) -> None:
    target = _target(mended, MaxCapacity=4)
    _own_alarm(mended, "in-flight-at-maximum", _step_policy(mended, target))
    _alarm(mended, "in-flight-at-maximum", 90.0)
    assert _activities(mended, target) == []
    (activity,) = _activities(mended, target, IncludeNotScaledActivities=True)
    assert activity["NotScaledReasons"] == [{"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 4}]


def test_a_service_that_is_gone_is_a_failed_activity(mended: Served) -> None:
    target = _target(mended)
    _own_alarm(mended, "in-flight-of-none", _step_policy(mended, target))
    name = target["ResourceId"].rpartition("/")[2]
    mended.clients("ecs").delete_service(cluster="base", service=name, force=True)
    _alarm(mended, "in-flight-of-none", 90.0)
    (activity,) = _activities(mended, target)
    assert activity["StatusCode"] == "Failed"
    assert activity["StatusMessage"] == f"ECS service doesn't exist: {target['ResourceId']}"


def test_a_policy_that_is_not_there_is_a_failed_action_in_the_alarms_history(mended: Served) -> None:
    arn = "arn:aws:autoscaling:eu-west-2:123456789012:scalingPolicy:gone:resource/ecs/service/base/web:policyName/gone"
    _own_alarm(mended, "in-flight-of-no-policy", arn)
    _alarm(mended, "in-flight-of-no-policy", 90.0)
    (item,) = mended.clients("cloudwatch").describe_alarm_history(
        AlarmName="in-flight-of-no-policy", HistoryItemType="Action"
    )["AlarmHistoryItems"]
    assert "No scaling policy found with ARN" in item["HistoryData"]


def test_policies_of_other_services_are_kept_without_alarms(mended: Served) -> None:
    scaling = mended.clients("application-autoscaling")
    target = {
        "ServiceNamespace": "dynamodb",
        "ResourceId": "table/kept",
        "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
    }
    scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=2)
    configuration = {
        "TargetValue": 70.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBReadCapacityUtilization"},
    }
    put = scaling.put_scaling_policy(
        **target,
        PolicyName="kept",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=configuration,
    )
    assert put["Alarms"] == []
    (shown,) = scaling.describe_scaling_policies(ServiceNamespace="dynamodb")["ScalingPolicies"]
    assert shown["TargetTrackingScalingPolicyConfiguration"] == configuration
