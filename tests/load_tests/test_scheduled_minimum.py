"""An announced launch's minimum is raised by AWS before people come, and lowered by it afterwards."""

from datetime import UTC, datetime
from typing import Any

import pytest

from catalogue import Notice
from load_tests.exceptions import MinimumNotRaised
from load_tests.scheduled_minimum import Bounds, ScheduledMinimum, announced

NOTICE = Notice(minimum_percent=200, before_seconds=120, after_seconds=10)
BEGIN = 1_700_000_000.0


class AutoScaling:
    """Application Auto Scaling as far as it is asked for, on a clock of its own."""

    def __init__(self, **bounds: Bounds) -> None:
        self.at = BEGIN + 0.4
        self.bounds = dict(bounds)
        self.actions: dict[str, dict[str, Any]] = {}
        self.is_asleep = False

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds
        for action in sorted(self.actions.values(), key=lambda it: it["Schedule"]):
            at = datetime.strptime(action["Schedule"], "at(%Y-%m-%dT%H:%M:%S)").replace(tzinfo=UTC)
            if at.timestamp() <= self.at and not self.is_asleep:
                change = action["ScalableTargetAction"]
                self.bounds[_name(action)] = Bounds(change["MinCapacity"], change["MaxCapacity"])

    def get_paginator(self, operation: str) -> Any:
        return _Pages(getattr(self, operation))

    def describe_scalable_targets(self, ResourceIds: list[str], **_: Any) -> dict[str, Any]:
        found = [
            {
                "ResourceId": id_,
                "MinCapacity": self.bounds[name].minimum,
                "MaxCapacity": self.bounds[name].maximum,
            }
            for id_ in ResourceIds
            if (name := id_.rpartition("/")[2]) in self.bounds
        ]
        return {"ScalableTargets": found}

    def describe_scheduled_actions(self, **_: Any) -> dict[str, Any]:
        return {"ScheduledActions": list(self.actions.values())}

    def put_scheduled_action(self, **action: Any) -> None:
        self.actions[action["ScheduledActionName"]] = action

    def delete_scheduled_action(self, ScheduledActionName: str, **_: Any) -> None:
        del self.actions[ScheduledActionName]

    def register_scalable_target(self, MinCapacity: int, MaxCapacity: int, **target: Any) -> None:
        self.bounds[_name(target)] = Bounds(MinCapacity, MaxCapacity)


class _Pages:
    def __init__(self, operation: Any) -> None:
        self.paginate = lambda **arguments: [operation(**arguments)]


def _name(target: dict[str, Any]) -> str:
    return target["ResourceId"].rpartition("/")[2]


def minimum(aws: AutoScaling) -> ScheduledMinimum:
    return ScheduledMinimum(aws, NOTICE, "estate", list(aws.bounds), "0123456789abcdef", aws.now, aws.sleep)


@pytest.mark.parametrize(
    ("bounds", "found"),
    [
        (Bounds(3, 9), Bounds(6, 9)),
        (Bounds(3, 5), Bounds(5, 5)),
        (Bounds(1, 9), Bounds(2, 9)),
        (Bounds(0, 4), Bounds(0, 4)),
    ],
)
def test_the_minimum_is_a_percentage_of_the_minimum_and_at_most_the_maximum(
    bounds: Bounds, found: Bounds
) -> None:
    assert announced(bounds, NOTICE) == found


def test_it_is_raised_before_the_begin_and_lowered_after_the_end() -> None:
    aws = AutoScaling(portal=Bounds(3, 9), case=Bounds(2, 2))
    announced = minimum(aws)
    begin_at = announced.put(60)

    assert begin_at == BEGIN + 6 + 120
    assert not announced.is_raised()
    aws.sleep(6)
    assert announced.is_raised()
    assert aws.bounds == {"portal": Bounds(6, 9), "case": Bounds(2, 2)}
    aws.sleep(120 + 60)
    assert announced.is_raised()
    assert announced.wait_until_lowered()
    assert aws.at == pytest.approx(begin_at + 60 + 10, abs=2)
    announced.remove()
    assert (aws.bounds["portal"], aws.actions) == (Bounds(3, 9), {})


def test_both_ways_are_scheduled_before_anybody_comes_so_that_a_killed_run_leaves_nothing_raised() -> None:
    aws = AutoScaling(portal=Bounds(3, 9))
    minimum(aws).put(60)

    assert sorted(aws.actions) == ["load-0123456789ab-portal-lower", "load-0123456789ab-portal-raise"]
    aws.sleep(6 + 120 + 60 + 11)
    assert aws.bounds["portal"] == Bounds(3, 9)


def test_a_run_that_breaks_off_puts_everything_back_at_once() -> None:
    aws = AutoScaling(portal=Bounds(3, 9))
    announced = minimum(aws)
    announced.put(60)
    aws.sleep(10)
    announced.remove()

    assert (aws.bounds["portal"], aws.actions) == (Bounds(3, 9), {})


def test_an_action_that_has_no_effect_is_told_of() -> None:
    aws = AutoScaling(portal=Bounds(3, 9))
    announced = minimum(aws)
    announced.put(60)
    aws.sleep(6)
    aws.is_asleep = True

    assert not announced.wait_until_lowered()


def test_where_nothing_can_grow_no_launch_is_announced() -> None:
    aws = AutoScaling(case=Bounds(2, 2))

    with pytest.raises(MinimumNotRaised, match="No service of case can have more than its minimum"):
        minimum(aws).put(60)
    assert aws.actions == {}


def test_two_launches_are_not_announced_at_once() -> None:
    aws = AutoScaling(portal=Bounds(3, 9))
    minimum(aws).put(60)

    with pytest.raises(MinimumNotRaised, match="Another launch has its minimum scheduled"):
        minimum(aws).put(60)


def test_what_a_killed_launch_left_blocks_no_other_once_its_time_is_well_past() -> None:
    aws = AutoScaling(portal=Bounds(3, 9))
    killed = minimum(aws)
    killed.put(60)
    aws.sleep(killed.lower_at - aws.at + 60)
    with pytest.raises(MinimumNotRaised, match="Another launch has its minimum scheduled"):
        minimum(aws).put(60)

    aws.sleep(60)
    later = ScheduledMinimum(aws, NOTICE, "estate", ["portal"], "fedcba9876543210", aws.now, aws.sleep)
    begin_at = later.put(60)
    assert begin_at > killed.lower_at
    assert "load-fedcba987654-portal-raise" in aws.actions


def test_an_action_whose_time_cannot_be_read_may_still_run() -> None:
    aws = AutoScaling(portal=Bounds(3, 9))
    minimum(aws).put(60)
    for it in aws.actions.values():
        it["Schedule"] = "rate(1 day)"
    aws.at += 100_000

    with pytest.raises(MinimumNotRaised, match="Another launch has its minimum scheduled"):
        minimum(aws).put(60)
