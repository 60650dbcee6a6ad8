"""Scheduled actions set bounds when it is time, and the desired count follows."""

from datetime import UTC, datetime
from typing import Any

from tests.twin.aws.emulator.scaling.estate import TARGET, Estate, estate
from twin.aws.emulator.extensions.application_autoscaling_state import actions
from twin.aws.emulator.scaling.schedule import Timing, next_run, parse

BEFORE = datetime(2026, 11, 30, 8, 29, tzinfo=UTC).timestamp()
AT = BEFORE + 60


def _action(
    it: Estate, name: str = "launch", schedule: str = "at(2026-11-30T08:30:00)", **bounds: Any
) -> None:
    timing = Timing(parse(schedule, "Europe/London"), BEFORE)
    shown = {"ScheduledActionName": name, **TARGET.members, "ScalableTargetAction": bounds}
    kept = actions(it.memory, TARGET.region)
    kept[TARGET.key(name)] = {"shown": shown, "timing": timing, "next": next_run(timing, BEFORE)}


def test_an_action_sets_the_bounds_and_moves_the_count_into_them() -> None:
    with estate() as it:
        _action(it, MinCapacity=6, MaxCapacity=12)
        it.scheduler.run_due(AT - 1)
        assert (it.target.min_capacity, it.desired) == (2, 4)
        it.scheduler.run_due(AT)
        assert (it.target.min_capacity, it.target.max_capacity, it.desired) == (6, 12, 6)
        found = it.scaler.journal(TARGET.region).listed(lambda _: True, False, AT)
        told = {(one.description, one.cause, one.status.value) for one in found}
        assert told == {
            (
                "Setting min capacity to 6 and max capacity to 12",
                "scheduled action name launch was triggered",
                "Successful",
            ),
            ("Setting desired count to 6.", "minimum capacity was set to 6", "InProgress"),
        }
        it.target.min_capacity = 2
        it.scheduler.run_due(AT + 60)
        assert it.target.min_capacity == 2


def test_a_minimum_alone_leaves_the_maximum() -> None:
    with estate() as it:
        _action(it, MinCapacity=3)
        it.scheduler.run_due(AT)
        assert (it.target.min_capacity, it.target.max_capacity, it.desired) == (3, 10, 4)


def test_the_data_plane_is_told_of_new_bounds() -> None:
    with estate() as it:
        _action(it, MaxCapacity=3)
        it.scheduler.run_due(AT)
        assert "application-autoscaling" in it.exchange.wait(0)["services"]
        assert it.desired == 3


def test_a_minimum_over_the_maximum_changes_nothing_and_fails() -> None:
    with estate() as it:
        _action(it, MinCapacity=11)
        it.scheduler.run_due(AT)
        assert (it.target.min_capacity, it.desired) == (2, 4)
        assert [status for status, _ in it.told(AT)] == ["Failed"]


def test_an_action_that_is_due_while_it_is_suspended_is_passed_over() -> None:
    with estate() as it:
        _action(it, MinCapacity=6)
        it.target.suspended_state = {"ScheduledScalingSuspended": True}
        it.scheduler.run_due(AT)
        it.target.suspended_state = None
        it.scheduler.run_due(AT + 60)
        assert (it.target.min_capacity, it.desired) == (2, 4)


def test_actions_run_in_the_order_of_their_times_and_a_recurring_one_again() -> None:
    with estate() as it:
        _action(it, "a-later", "cron(31 8 * * ? *)", MinCapacity=5)
        _action(it, "b-sooner", "cron(30 8 * * ? *)", MinCapacity=3)
        it.scheduler.run_due(AT + 120)
        assert it.target.min_capacity == 5
        it.scheduler.run_due(AT + 86_400)
        assert it.target.min_capacity == 3
