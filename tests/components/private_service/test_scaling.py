"""How the number of tasks follows the load."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.exceptions import ComponentError
from components.private_service.queue_steps import queue_steps
from tests.components.private_service.declaration import LISTENER, TAGS, TOPIC, declare
from tests.components.recording import ACCOUNT, Recording

POLICY = "aws:appautoscaling/policy:Policy"
TARGET = "aws:appautoscaling/target:Target"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
FAST = {
    "namespace": "Estate/Service",
    "metric_name": "BusySlots",
    "threshold": 70,
    "steps": [{"above": 0, "add_percent": 50}, {"above": 20, "add_percent": 100}],
}


def scaled(*, minimum: int = 3, maximum: int = 12, **scaling: Any) -> Recording:
    behind: dict[str, Any] = {"listener": LISTENER} if "requests_per_minute" in scaling else {}
    return declare(scaling={"minimum": minimum, "maximum": maximum, **scaling}, **behind)


def policy_arn(name: str) -> str:
    return f"arn:aws:appautoscaling:eu-west-2:{ACCOUNT}:{name}"


def test_minimum_and_maximum_are_set_once_and_then_left_to_scaling() -> None:
    target = scaled().one(TARGET)
    assert target.ignore_changes == ("minCapacity", "maxCapacity")
    assert target.inputs == {
        "serviceNamespace": "ecs",
        "scalableDimension": "ecs:service:DesiredCount",
        "resourceId": "service/estate/case",
        "minCapacity": 3,
        "maxCapacity": 12,
        "tags": TAGS,
    }


@pytest.mark.parametrize(
    ("scaling", "policies"),
    [
        pytest.param({}, {"case-cpu": 50}, id="CPU by default"),
        pytest.param({"cpu_percent": 70}, {"case-cpu": 70}, id="CPU as asked"),
        pytest.param({"requests_per_minute": 600}, {"case-requests-per-task": 600}, id="requests"),
        pytest.param(
            {"requests_per_minute": 600, "cpu_percent": 60},
            {"case-cpu": 60, "case-requests-per-task": 600},
            id="both",
        ),
    ],
)
def test_a_service_tracks_what_it_was_told(scaling: dict[str, Any], policies: dict[str, float]) -> None:
    targets = {
        policy.name: policy.inputs["targetTrackingScalingPolicyConfiguration"]["targetValue"]
        for policy in scaled(**scaling).of_type(POLICY)
    }
    assert targets == policies


def test_requests_are_counted_by_load_balancer_and_target_group() -> None:
    policy = scaled(requests_per_minute=600).one(POLICY).inputs
    assert policy["targetTrackingScalingPolicyConfiguration"] == {
        "targetValue": 600,
        "scaleOutCooldown": 60,
        "scaleInCooldown": 300,
        "predefinedMetricSpecification": {
            "predefinedMetricType": "ALBRequestCountPerTarget",
            "resourceLabel": "app/edge/1/targetgroup/case-target-group/0123456789abcdef",
        },
    }


def test_a_fast_step_adds_tasks_after_twenty_seconds() -> None:
    recording = scaled(fast_step=FAST)
    policy = recording.one(POLICY, "case-fast-step").inputs
    assert policy["stepScalingPolicyConfiguration"] == {
        "adjustmentType": "PercentChangeInCapacity",
        "cooldown": 30,
        "metricAggregationType": "Maximum",
        "minAdjustmentMagnitude": 1,
        "stepAdjustments": [
            {"metricIntervalLowerBound": "0", "metricIntervalUpperBound": "20", "scalingAdjustment": 50},
            {"metricIntervalLowerBound": "20", "scalingAdjustment": 100},
        ],
    }
    assert recording.one(ALARM, "case-fast-step").inputs == {
        "name": "case-fast-step",
        "alarmDescription": "case needs more tasks within seconds",
        "namespace": "Estate/Service",
        "metricName": "BusySlots",
        "dimensions": {"Service": "case"},
        "statistic": "Average",
        "period": 10,
        "evaluationPeriods": 2,
        "comparisonOperator": "GreaterThanOrEqualToThreshold",
        "threshold": 70,
        "treatMissingData": "notBreaching",
        "alarmActions": [policy_arn("case-fast-step"), TOPIC],
        "tags": TAGS,
    }


def test_a_queue_starts_tasks_from_zero_and_doubles_them() -> None:
    recording = scaled(minimum=0, maximum=6, queue={"queue_name": "mail", "messages_per_task": 100})
    steps = recording.one(POLICY, "case-backlog").inputs["stepScalingPolicyConfiguration"]
    alarm = recording.one(ALARM, "case-backlog").inputs
    assert steps["adjustmentType"] == "ExactCapacity"
    assert steps["stepAdjustments"] == [
        {"metricIntervalLowerBound": "0", "metricIntervalUpperBound": "100", "scalingAdjustment": 1},
        {"metricIntervalLowerBound": "100", "metricIntervalUpperBound": "200", "scalingAdjustment": 2},
        {"metricIntervalLowerBound": "200", "metricIntervalUpperBound": "400", "scalingAdjustment": 4},
        {"metricIntervalLowerBound": "400", "scalingAdjustment": 6},
    ]
    assert (alarm["metricName"], alarm["dimensions"], alarm["threshold"], alarm["alarmActions"]) == (
        "ApproximateNumberOfMessagesVisible",
        {"QueueName": "mail"},
        1,
        [policy_arn("case-backlog")],
    )


def test_tasks_go_when_nothing_waits_and_nothing_is_in_hand() -> None:
    recording = scaled(minimum=0, queue={"queue_name": "mail", "messages_per_task": 100})
    steps = recording.one(POLICY, "case-drained").inputs["stepScalingPolicyConfiguration"]
    alarm = recording.one(ALARM, "case-drained").inputs
    metrics = [query["metric"]["metricName"] for query in alarm["metricQueries"][:2]]
    assert steps["stepAdjustments"] == [{"metricIntervalUpperBound": "0", "scalingAdjustment": 0}]
    assert metrics == ["ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible"]
    assert alarm["metricQueries"][2]["expression"] == "waiting + in_hand"
    assert (alarm["comparisonOperator"], alarm["threshold"], alarm["evaluationPeriods"]) == (
        "LessThanOrEqualToThreshold",
        0,
        5,
    )


def test_a_service_that_follows_its_queue_follows_nothing_else() -> None:
    recording = scaled(minimum=0, queue={"queue_name": "mail", "messages_per_task": 100})
    assert recording.names_of(POLICY) == ["case-backlog", "case-drained"]


def test_a_launch_is_a_scheduled_action_of_its_own() -> None:
    launches = [
        {"name": "winter", "schedule": "cron(0 7 ? 11 MON-FRI *)", "minimum": 6, "maximum": 24},
        {
            "name": "quiet",
            "schedule": "at(2026-12-01T00:00:00)",
            "minimum": 3,
            "maximum": 12,
            "timezone": "UTC",
        },
    ]
    actions = scaled(schedules=launches).of_type("aws:appautoscaling/scheduledAction:ScheduledAction")
    where = {
        "serviceNamespace": "ecs",
        "scalableDimension": "ecs:service:DesiredCount",
        "resourceId": "service/estate/case",
    }
    assert [action.inputs for action in actions] == [
        {
            **where,
            "name": "case-launch-quiet",
            "schedule": "at(2026-12-01T00:00:00)",
            "timezone": "UTC",
            "scalableTargetAction": {"minCapacity": 3, "maxCapacity": 12},
        },
        {
            **where,
            "name": "case-launch-winter",
            "schedule": "cron(0 7 ? 11 MON-FRI *)",
            "timezone": "Europe/London",
            "scalableTargetAction": {"minCapacity": 6, "maxCapacity": 24},
        },
    ]


@pytest.mark.parametrize(
    ("scaling", "message"),
    [
        pytest.param(
            {"minimum": 5, "maximum": 4},
            "A service has a minimum of zero or more and a maximum not below it, got 5 and 4. "
            "Change one of them.",
            id="bounds",
        ),
        pytest.param(
            {"schedules": [{"name": "winter", "schedule": "at(x)", "minimum": -1, "maximum": 4}]},
            "Launch 'winter' has a minimum of zero or more and a maximum not below it, got -1 and 4. "
            "Change one of them.",
            id="bounds of a launch",
        ),
        pytest.param(
            {"schedules": [{"name": "winter", "schedule": "Mondays", "minimum": 1, "maximum": 4}]},
            "A launch begins at cron(...) or at(...), got 'Mondays'. Write it as one of them.",
            id="schedule",
        ),
        pytest.param(
            {"fast_step": {**FAST, "period_seconds": 60}},
            "An alarm on a high-resolution metric has a period of 10 or 30 seconds, got 60. "
            "Choose one of them.",
            id="period",
        ),
        pytest.param(
            {"fast_step": {**FAST, "steps": [{"above": 5, "add_percent": 50}]}},
            "Steps begin at 0 and rise, got [5]. Put them in order.",
            id="steps",
        ),
        pytest.param(
            {"fast_step": FAST, "queue": {"queue_name": "mail", "messages_per_task": 100}},
            "A service that follows its queue follows nothing else, got fast_step as well. "
            "Leave one of them out.",
            id="queue and fast step",
        ),
    ],
)
def test_scaling_that_contradicts_itself_is_refused(scaling: dict[str, Any], message: str) -> None:
    with pytest.raises(ComponentError) as refusal:
        scaled(**scaling)
    assert str(refusal.value) == message


def test_requests_cannot_be_counted_without_a_listener() -> None:
    with pytest.raises(
        ComponentError, match=r"^Requests are counted behind a listener, got 600 without one\."
    ):
        declare(scaling={"minimum": 1, "maximum": 2, "requests_per_minute": 600})


@given(
    messages_per_task=st.integers(1, 10_000), maximum=st.integers(1, 500), backlog=st.integers(1, 10_000_000)
)
def test_any_backlog_meets_exactly_one_step_with_enough_tasks(
    messages_per_task: int, maximum: int, backlog: int
) -> None:
    steps = queue_steps(messages_per_task, maximum)
    [met] = [step for step in steps if step.above < backlog and (step.below is None or backlog <= step.below)]
    needed = -(-backlog // messages_per_task)
    assert met.tasks >= min(needed, maximum)
    assert met.tasks <= min(2 * needed, maximum)


@given(messages_per_task=st.integers(1, 10_000), maximum=st.integers(1, 5000))
def test_steps_never_outnumber_what_a_policy_holds(messages_per_task: int, maximum: int) -> None:
    # Source: Application Auto Scaling quotas, step adjustments per step scaling policy.
    assert len(queue_steps(messages_per_task, maximum)) <= 20


@pytest.mark.parametrize(("messages_per_task", "maximum"), [(0, 4), (100, 0)])
def test_a_queue_that_nobody_could_drain_is_refused(messages_per_task: int, maximum: int) -> None:
    with pytest.raises(ComponentError) as refusal:
        queue_steps(messages_per_task, maximum)
    assert str(refusal.value) == (
        "A queue is drained by at least one task with at least one message each, "
        f"got {messages_per_task} messages a task and {maximum} tasks. Raise what is below one."
    )
