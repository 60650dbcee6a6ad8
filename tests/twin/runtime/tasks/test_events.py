"""What a service says of itself, and how often."""

from twin.runtime.tasks.events import EventLog, started


def messages(log: EventLog) -> list[str]:
    return [str(it["message"]) for it in log.documents()]


def test_the_newest_is_first_and_only_a_hundred_are_kept() -> None:
    log = EventLog("portal")
    for number in range(120):
        log.add(f"says {number}", number)
    assert messages(log) == [f"(service portal) says {number}" for number in range(119, 19, -1)]


def test_a_cause_is_told_again_once_it_was_resolved_or_after_six_hours() -> None:
    log = EventLog("portal")
    for now in (0, 60, 6 * 3600):
        log.add_cause("was unable to place a task.", now)
    assert [it["createdAt"] for it in log.documents()] == [6 * 3600, 0]
    log.resolve()
    log.add_cause("was unable to place a task.", 6 * 3600 + 1)
    assert len(log.documents()) == 3


def test_an_event_of_a_deployment_names_it() -> None:
    log = EventLog("portal")
    log.add("has begun draining connections on 1 tasks.", 0, "ecs-svc/1")
    assert messages(log) == ["(service portal, taskSet ecs-svc/1) has begun draining connections on 1 tasks."]


def test_started_tasks_are_named_in_one_event_or_by_zone_where_they_balance() -> None:
    tasks = [("a", "1"), ("b", "2")]
    assert list(started(tasks, balances=False)) == ["has started 2 tasks: (task 1) (task 2)."]
    assert list(started(tasks, balances=True)) == [
        "has started 1 tasks in a to AZ Rebalance: (task 1).",
        "has started 1 tasks in b to AZ Rebalance: (task 2).",
    ]
    assert list(started([], balances=False)) == []
