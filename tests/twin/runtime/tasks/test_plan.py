"""What the scheduler starts and stops in one round."""

from collections.abc import Iterable

import pytest

from tests.twin.runtime.tasks.sample import WHY, goal, member, service
from twin.runtime.tasks.health import Condition, Member
from twin.runtime.tasks.plan import Bounds, Plan, bounds, plan

STARTING, HEALTHY = Condition.STARTING, Condition.HEALTHY
UNHEALTHY, LEAVING = Condition.UNHEALTHY, Condition.LEAVING


def started(made: Plan) -> list[str]:
    return [it.zone for it in made.starts]


def stopped(made: Plan) -> list[str]:
    return [it.member.id for it in made.stops]


def healthy(zones: str, deployment: str = "new", begin: int = 0) -> Iterable[Member]:
    """A healthy task in each of the zones, each newer than the one before."""
    for age, zone in enumerate(zones, begin):
        yield member(f"{deployment}-{zone}{age}", zone, HEALTHY, deployment, created_at=age)


@pytest.mark.parametrize(
    ("desired", "minimum", "maximum", "expected"),
    [
        pytest.param(4, 50, 200, Bounds(2, 8), id="as-in-the-guide"),
        pytest.param(2, 75, 200, Bounds(2, 4), id="the-minimum-is-rounded-up"),
        pytest.param(3, 100, 125, Bounds(3, 3), id="the-maximum-is-rounded-down"),
        pytest.param(1, 100, 150, Bounds(1, 1), id="one-task"),
        pytest.param(0, 100, 200, Bounds(0, 0), id="none"),
    ],
)
def test_percentages_are_rounded_as_documented(
    desired: int, minimum: int, maximum: int, expected: Bounds
) -> None:
    assert bounds(service(desired, minimum_healthy_percent=minimum, maximum_percent=maximum)) == expected


def test_missing_tasks_start_where_there_are_fewest() -> None:
    assert started(plan(goal(5), healthy("ab"), 0)) == ["c", "a", "b"]


def test_tasks_start_in_usable_zones_only() -> None:
    assert started(plan(goal(3, ("a", "c")), [], 0)) == ["a", "c", "a"]


def test_without_a_usable_zone_nothing_starts_and_it_is_told() -> None:
    made = plan(goal(3, ()), healthy("a"), 0)
    assert (made.starts, made.stops, made.unplaced) == ((), (), 2)


def test_what_starts_already_is_not_started_again() -> None:
    assert plan(goal(2), [member("1", "a", STARTING), member("2", "b", STARTING)], 0) == Plan()


def test_what_leaves_is_replaced_at_once() -> None:
    assert started(plan(goal(2), [*healthy("a"), member("x", "b", LEAVING)], 0)) == ["b"]


def test_scaling_in_takes_from_the_fullest_zone_first() -> None:
    made = plan(goal(3), healthy("aaabc"), 0)
    assert stopped(made) == ["new-a2", "new-a1"]
    assert {it.stop.reason for it in made.stops} == {"Scaling activity initiated by (deployment new)"}


def test_scaling_in_takes_what_has_not_started_first() -> None:
    assert stopped(plan(goal(2), [*healthy("ab"), member("slow", "c", STARTING)], 0)) == ["slow"]


def test_a_protected_task_is_not_scaled_in_until_its_protection_ends() -> None:
    members = [member("other", "a"), member("protected", "a", created_at=1, protected_until=10.0)]
    assert stopped(plan(goal(1), members, 9)) == ["other"]
    assert stopped(plan(goal(1), members, 10)) == ["protected"]
    assert stopped(plan(goal(0), members[1:], 9)) == []


def test_an_unhealthy_task_stays_until_its_replacement_is_healthy() -> None:
    ill = member("ill", "c", UNHEALTHY)
    before = plan(goal(3), [*healthy("ab"), ill], 0)
    assert (started(before), stopped(before)) == (["c"], [])
    meanwhile = plan(goal(3), [*healthy("ab"), ill, member("next", "c", STARTING)], 0)
    assert meanwhile == Plan()
    after = plan(goal(3), [*healthy("ab"), ill, member("next", "c")], 0)
    assert [(it.member.id, it.stop) for it in after.stops] == [("ill", WHY)]


def test_an_unhealthy_task_that_recovers_makes_its_replacement_needless() -> None:
    assert stopped(plan(goal(3), [*healthy("abc"), member("next", "c", STARTING)], 0)) == ["next"]


def test_without_room_for_more_an_unhealthy_task_goes_first_as_far_as_the_minimum_allows() -> None:
    percent = {"minimum_healthy_percent": 50, "maximum_percent": 100}
    members = [member(str(it), "a", UNHEALTHY, created_at=it) for it in range(4)]
    made = plan(goal(4, percent=percent), members, 0)
    assert stopped(made) == ["0", "1"]
    assert len(made.starts) == 2


def test_a_deployment_starts_new_tasks_before_it_stops_old_ones() -> None:
    made = plan(goal(3), healthy("abc", "old"), 0)
    assert (started(made), stopped(made)) == (["a", "b", "c"], [])


def test_a_deployment_stops_as_many_old_tasks_as_new_ones_are_healthy() -> None:
    members = [*healthy("abc", "old"), *healthy("ab"), member("slow", "c", STARTING)]
    assert len(stopped(plan(goal(3), members, 0))) == 2


def test_a_deployment_that_is_overtaken_stops_what_it_has_not_started() -> None:
    made = plan(goal(3), [*healthy("abc", "old"), member("between", "a", STARTING, "failed")], 0)
    assert stopped(made) == ["between"]


def test_a_deployment_without_room_stops_down_to_the_minimum_first() -> None:
    percent = {"minimum_healthy_percent": 50, "maximum_percent": 100}
    made = plan(goal(4, percent=percent), healthy("abca", "old"), 0)
    assert (len(made.stops), len(made.starts)) == (2, 2)


def test_a_failed_deployment_starts_nothing_and_leaves_the_old_tasks() -> None:
    made = plan(goal(3, may_start=False, may_replace=False), healthy("abc", "old"), 0)
    assert made == Plan()


def test_nothing_stops_while_it_is_not_known_what_is_declared() -> None:
    assert plan(goal(1, may_stop=False), healthy("abc"), 0).stops == ()


def test_desired_none_stops_all() -> None:
    members = [*healthy("ab"), member("slow", "c", STARTING), member("was", "c", HEALTHY, "old")]
    assert sorted(stopped(plan(goal(0), members, 0))) == ["new-a0", "new-b1", "slow", "was"]


def test_what_cannot_start_in_its_zone_starts_in_another() -> None:
    made = plan(goal(2, ("a", "b")), [*healthy("a"), member("stuck", "c", STARTING)], 0)
    assert (stopped(made), started(made)) == (["stuck"], ["b"])


def test_a_zone_that_came_back_gets_a_task_before_another_zone_loses_one() -> None:
    first = plan(goal(6), healthy("aaabbb"), 0)
    assert [(it.zone, it.balances) for it in first.starts] == [("c", True), ("c", True)]
    moving = [*healthy("aaabbb"), *(member(f"new-{it}", "c", STARTING, balances=True) for it in "xy")]
    assert plan(goal(6), moving, 0) == Plan()
    there = [*healthy("aaabbb"), *(member(f"new-{it}", "c", balances=True) for it in "xy")]
    made = plan(goal(6), there, 0)
    assert sorted(it.member.zone for it in made.stops) == ["a", "b"]
    assert {it.balances for it in made.stops} == {True}


@pytest.mark.parametrize(
    ("zones", "is_rebalanced"),
    [pytest.param("aab", True, id="uneven-by-one"), pytest.param("aaa", False, id="not-asked-for")],
)
def test_zones_are_left_as_they_are(zones: str, is_rebalanced: bool) -> None:
    assert plan(goal(3, ("a", "b"), is_rebalanced=is_rebalanced), healthy(zones), 0) == Plan(is_steady=True)


def test_a_service_is_steady_once_nothing_else_is_left() -> None:
    assert plan(goal(3), healthy("abc"), 0).is_steady
    assert not plan(goal(3), [*healthy("abc"), member("last", "a", LEAVING, "old")], 0).is_steady
