"""Alarms call policies, ECS is asked for another count, and activities tell of it: in virtual time."""

from dataclasses import replace

import pytest

from tests.twin.aws.emulator.scaling.estate import NOW, TARGET, estate
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.monitoring.actions import State
from twin.aws.emulator.scaling.change import CHECKED_EVERY_SECONDS, GIVEN_UP_AFTER_SECONDS
from twin.aws.emulator.scaling.tracking_alarms import HIGH, LOW

STEPS = {
    "AdjustmentType": "PercentChangeInCapacity",
    "MetricAggregationType": "Maximum",
    "MinAdjustmentMagnitude": 1,
    "Cooldown": 30,
    "StepAdjustments": [
        {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 20.0, "ScalingAdjustment": 50},
        {"MetricIntervalLowerBound": 20.0, "ScalingAdjustment": 100},
    ],
}
WAITING = "Waiting for change to be fulfilled by ecs."
FULFILLED = "Change successfully fulfilled by ecs."


def _set(count: int, how: str) -> str:
    return f"Successfully set desired count to {count}. {how}"


def test_a_high_alarm_scales_out_in_proportion_and_the_activity_tells_of_it() -> None:
    with estate() as it:
        it.call(it.tracking(), HIGH, [60, 75], NOW)
        assert it.desired == 6
        (activity,) = it.scaler.journal(TARGET.region).listed(lambda _: True, False, NOW)
        shown = activity.document()
        alarm = f"TargetTracking-{TARGET.resource_id}-AlarmHigh-cpu-1"
        assert shown["Cause"] == f"monitor alarm {alarm} in state ALARM triggered policy cpu"
        assert (shown["Description"], shown["StatusCode"]) == ("Setting desired count to 6.", "InProgress")
        assert "EndTime" not in shown
        it.running = 6
        it.scaler.check(NOW + CHECKED_EVERY_SECONDS - 1)
        assert it.told() == [("InProgress", _set(6, WAITING))]
        it.scaler.check(NOW + CHECKED_EVERY_SECONDS)
        assert it.told() == [("Successful", _set(6, FULFILLED))]


def test_while_tasks_start_the_same_alarm_adds_no_more() -> None:
    with estate() as it:
        policy = it.tracking()
        it.call(policy, HIGH, [75], NOW)
        it.call(policy, HIGH, [75], NOW + 60)
        assert it.desired == 6


def test_the_cooldown_counts_from_the_end_of_the_activity() -> None:
    with estate() as it:
        policy = it.tracking(ScaleOutCooldown=60)
        it.call(policy, HIGH, [75], NOW)
        it.running = 6
        it.scaler.check(NOW + 100)
        it.call(policy, HIGH, [60], NOW + 159)
        assert it.desired == 6
        it.call(policy, HIGH, [60], NOW + 160)
        assert it.desired == 8


def test_a_larger_need_within_the_cooldown_gets_what_is_over() -> None:
    with estate() as it:
        policy = it.tracking(target=100)
        it.call(policy, HIGH, [150], NOW)
        it.call(policy, HIGH, [200], NOW + 60)
        assert it.desired == 8
        assert it.told() == [
            ("Overridden", _set(6, "Found it was later changed to 8.")),
            ("InProgress", _set(8, WAITING)),
        ]


def test_a_low_alarm_scales_in_and_again_after_its_cooldown() -> None:
    with estate() as it:
        it.desired = it.running = 8
        policy = it.tracking(ScaleInCooldown=300)
        it.call(policy, LOW, [25], NOW)
        assert it.desired == 4
        it.running = 4
        it.scaler.check(NOW + 30)
        it.call(policy, LOW, [25], NOW + 329)
        assert it.desired == 4
        it.call(policy, LOW, [25], NOW + 330)
        assert it.desired == 2


def test_scale_in_needs_all_policies_and_takes_the_largest_count() -> None:
    with estate() as it:
        it.desired = it.running = 8
        cpu, requests = it.tracking(), it.tracking("requests", 100)
        it.tracking("memory", 80, DisableScaleIn=True)
        it.call(cpu, LOW, [10], NOW)
        assert it.desired == 8
        it.call(requests, LOW, [60], NOW + 20)
        assert it.desired == 5


def test_a_policy_whose_low_alarm_is_over_holds_scale_in_back() -> None:
    with estate() as it:
        cpu, requests = it.tracking(), it.tracking("requests", 100)
        it.call(cpu, LOW, [10], NOW)
        it.set_state(cpu, LOW, State.OK, NOW + 10)
        it.call(requests, LOW, [10], NOW + 20)
        assert it.desired == 4


@pytest.mark.parametrize("kind", [HIGH, LOW])
def test_nothing_scales_without_a_metric(kind: str) -> None:
    with estate() as it:
        it.call(it.tracking(), kind, [], NOW)
        assert (it.desired, it.told(not_scaled=True)) == (4, [])


def test_nothing_scales_in_while_another_policy_has_no_data() -> None:
    with estate() as it:
        it.tracking("requests", 100)
        it.call(it.tracking(), LOW, [10], NOW)
        assert it.desired == 4


def test_in_a_deployment_nothing_scales_in_and_scale_out_goes_on() -> None:
    with estate() as it:
        policy, it.rollout = it.tracking(), "IN_PROGRESS"
        it.call(policy, LOW, [10], NOW)
        assert it.desired == 4
        assert it.told(not_scaled=True) == [("Failed", "TargetServicePutResourceAsUnscalable")]
        it.call(policy, HIGH, [75], NOW + 60)
        assert it.desired == 6


def test_what_is_not_scaled_is_told_to_who_asks_for_it() -> None:
    with estate(maximum=4) as it:
        it.call(it.tracking(), HIGH, [75], NOW)
        assert it.told() == []
        (activity,) = it.scaler.journal(TARGET.region).listed(lambda _: True, True, NOW)
        shown = activity.document()
        assert shown["Description"] == "Attempting to scale due to alarm triggered"
        assert shown["NotScaledReasons"] == [{"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 4}]


@pytest.mark.parametrize(
    ("member", "kind"), [("DynamicScalingInSuspended", LOW), ("DynamicScalingOutSuspended", HIGH)]
)
def test_a_suspended_target_stays_as_it_is(member: str, kind: str) -> None:
    with estate() as it:
        it.target.suspended_state = {member: True}
        it.call(it.tracking(), kind, [10 if kind == LOW else 90], NOW)
        assert (it.desired, it.told(not_scaled=True)) == (4, [])


def test_steps_are_chosen_by_the_aggregated_breach() -> None:
    with estate() as it:
        policy = it.policy("fast", "StepScaling", STEPS)
        it.call_step(policy, [95, 70], threshold=70, at=NOW)
        assert it.desired == 8


def test_a_breach_that_no_step_is_for_does_nothing() -> None:
    with estate() as it:
        it.call_step(it.policy("fast", "StepScaling", STEPS), [60], threshold=70, at=NOW)
        assert (it.desired, it.told(not_scaled=True)) == (4, [])


def test_workers_follow_their_queue_from_none_and_back() -> None:
    """The policies of `components/private_service/queue_scaling.py`: ten messages a task, eight tasks at most."""
    steps = [(1, 0.0, 10.0), (2, 10.0, 20.0), (4, 20.0, 40.0), (8, 40.0, None)]
    adjustments = [
        {"ScalingAdjustment": tasks, "MetricIntervalLowerBound": lower}
        | ({} if upper is None else {"MetricIntervalUpperBound": upper})
        for tasks, lower, upper in steps
    ]
    exact = {"AdjustmentType": "ExactCapacity", "Cooldown": 60}
    with estate(minimum=0, maximum=8) as it:
        it.desired = it.running = 0
        filling = it.policy("backlog", "StepScaling", {**exact, "StepAdjustments": adjustments})
        empty = [{"ScalingAdjustment": 0, "MetricIntervalUpperBound": 0.0}]
        draining = it.policy("drained", "StepScaling", {**exact, "StepAdjustments": empty})
        at = "GreaterThanOrEqualToThreshold"
        it.call_step(filling, [1], 1, NOW, at)
        assert it.desired == 1
        it.call_step(filling, [25], 1, NOW + 60, at)
        assert it.desired == 4
        it.running = 4
        it.scaler.check(NOW + 120)
        it.call_step(draining, [0, 0, 0, 0, 0], 0, NOW + 600, "LessThanOrEqualToThreshold")
        assert it.desired == 0


def test_a_service_that_is_gone_is_a_failed_activity() -> None:
    with estate() as it:
        policy, it.status = it.tracking(), None
        it.call(policy, HIGH, [75], NOW)
        assert it.told() == [("Failed", f"ECS service doesn't exist: {TARGET.resource_id}")]


def test_what_ecs_refuses_is_a_failed_activity_in_its_words() -> None:
    with estate() as it:
        it.refuses = AwsError("AccessDeniedException", "not authorized")
        it.call(it.tracking(), HIGH, [75], NOW)
        ((status, message),) = it.told()
        assert status == "Failed"
        assert message.startswith(
            "Failed to set desired count to 6. Reason: not authorized (Service: AmazonECS; Status Code: 400; "
            "Error Code: AccessDeniedException; Request ID: "
        )
        it.refuses = None
        it.call(it.tracking(), HIGH, [75], NOW + 60)
        assert it.desired == 6


def test_a_count_that_somebody_sets_overrides_a_change_under_way() -> None:
    with estate() as it:
        it.call(it.tracking(), HIGH, [75], NOW)
        it.desired = 7
        it.scaler.check(NOW + 30)
        assert it.told() == [("Overridden", _set(6, "Found it was later changed to 7."))]


def test_a_change_that_is_never_fulfilled_is_given_up() -> None:
    with estate() as it:
        it.call(it.tracking(), HIGH, [75], NOW)
        it.scaler.check(NOW + GIVEN_UP_AFTER_SECONDS - 1)
        assert it.told()[0][0] == "InProgress"
        it.scaler.check(NOW + GIVEN_UP_AFTER_SECONDS + 60)
        assert it.told()[0][0] == "Unfulfilled"


def test_a_policy_that_is_not_there_fails_the_action() -> None:
    with estate() as it:
        policy = it.tracking()
        gone = replace(policy, action="arn:aws:autoscaling:eu-west-2:123456789012:scalingPolicy:gone")
        with pytest.raises(AwsError, match="ObjectNotFoundException"):
            it.call(gone, HIGH, [75], NOW)


def test_bounds_move_the_count_without_waiting_for_a_cooldown() -> None:
    with estate() as it:
        it.call(it.tracking(), LOW, [25], NOW)
        assert it.desired == 2
        it.target.min_capacity = 5
        it.scaler.move_into_bounds(TARGET, NOW + 1)
        assert it.desired == 5
        causes = [
            one.cause for one in it.scaler.journal(TARGET.region).listed(lambda _: True, False, NOW + 1)
        ]
        assert causes[0] == "minimum capacity was set to 5"
