"""Actions begin in their order and end in their time, and one that fails takes the experiment with it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.runtime.faults.fis.exceptions import ActionFailed
from twin.runtime.faults.fis.model import (
    ENDED,
    Action,
    Experiment,
    Status,
    Step,
    Target,
    experiment,
    seconds_of,
)
from twin.runtime.faults.fis.plan import Orders, Outcome, orders, outcome

WAIT = "aws:fis:wait"
PENDING, RUNNING = Step(), Step(Status.RUNNING, ends_at=10.0)
DONE, FAILED = Step(Status.COMPLETED), Step(Status.FAILED)


def made(**start_after: str) -> Experiment:
    actions = tuple(Action(name, WAIT, start_after=frozenset(it.split())) for name, it in start_after.items())
    return Experiment("EXP1", "eu-west-2", actions)


ORDERED = made(a="", b="a", c="a b")


@pytest.mark.parametrize(
    ("steps", "now", "expected"),
    [
        ({"a": PENDING, "b": PENDING, "c": PENDING}, 0, Orders(begin=("a",))),
        ({"a": RUNNING, "b": PENDING, "c": PENDING}, 9, Orders()),
        ({"a": RUNNING, "b": PENDING, "c": PENDING}, 10, Orders(end=("a",))),
        ({"a": DONE, "b": PENDING, "c": PENDING}, 10, Orders(begin=("b",))),
        ({"a": Step(Status.SKIPPED), "b": PENDING, "c": PENDING}, 10, Orders(begin=("b",))),
        (
            {"a": RUNNING, "b": FAILED, "c": PENDING},
            0,
            Orders(end=("a",), cancel=("c",), end_as=Status.STOPPED),
        ),
    ],
    ids=["the first", "in time", "its time over", "the next", "after a skipped one", "after a failure"],
)
def test_what_is_next(steps: dict[str, Step], now: float, expected: Orders) -> None:
    assert orders(ORDERED, steps, now, is_stopping=False) == expected


def test_a_stopped_experiment_ends_what_runs_and_begins_nothing() -> None:
    steps = {"a": RUNNING, "b": PENDING, "c": PENDING}
    assert orders(ORDERED, steps, 0, is_stopping=True) == Orders((), ("a",), ("b", "c"), Status.STOPPED)


@pytest.mark.parametrize(
    ("steps", "is_stopping", "expected"),
    [
        ({"a": RUNNING, "b": PENDING, "c": PENDING}, False, None),
        ({"a": DONE, "b": DONE, "c": DONE}, False, Outcome(Status.COMPLETED, "Experiment completed.")),
        (
            {"a": Step(Status.STOPPED), "b": FAILED, "c": Step(Status.CANCELLED)},
            False,
            Outcome(Status.FAILED, "Action b failed."),
        ),
        ({"a": RUNNING, "b": FAILED, "c": PENDING}, False, None),
        ({"a": DONE, "b": DONE, "c": DONE}, True, Outcome(Status.STOPPED, "Experiment was stopped.")),
    ],
)
def test_how_it_ends(steps: dict[str, Step], is_stopping: bool, expected: Outcome | None) -> None:
    assert outcome(ORDERED, steps, is_stopping=is_stopping) == expected


def test_actions_that_wait_for_each_other_fail_the_experiment() -> None:
    circle = made(a="b", b="a")
    ended = outcome(circle, {"a": PENDING, "b": PENDING}, is_stopping=False)
    assert ended == Outcome(Status.FAILED, "Actions wait for each other.")


@given(
    st.lists(st.sets(st.integers(0, 5)), min_size=1, max_size=6),
    st.sets(st.integers(0, 5)),
    st.integers(0, 20),
)
def test_every_experiment_ends_and_nothing_begins_too_early(
    after: list[set[int]], failing: set[int], stop_at: int
) -> None:
    names = [str(index) for index in range(len(after))]
    found = Experiment(
        "EXP1",
        "eu-west-2",
        tuple(
            Action(name, WAIT, start_after=frozenset(str(it) for it in after[index] if it < index))
            for index, name in enumerate(names)
        ),
    )
    steps, is_stopping = dict.fromkeys(names, Step()), False
    for now in range(60):
        is_stopping = is_stopping or now == stop_at
        if outcome(found, steps, is_stopping=is_stopping):
            break
        wanted = orders(found, steps, now, is_stopping=is_stopping)
        for name in wanted.begin:
            done = {other for other, step in steps.items() if step.status is Status.COMPLETED}
            assert not is_stopping
            assert {str(it) for it in after[int(name)] if it < int(name)} <= done
            steps[name] = FAILED if int(name) in failing else Step(Status.RUNNING, ends_at=now + 3)
        for name in wanted.cancel:
            steps[name] = replace(steps[name], status=Status.CANCELLED)
        for name in wanted.end:
            steps[name] = replace(steps[name], status=wanted.end_as)
    assert outcome(found, steps, is_stopping=is_stopping)
    assert all(step.status in ENDED for step in steps.values())


def test_an_experiment_is_read_as_the_api_gives_it() -> None:
    document = {
        "id": "EXP1",
        "targets": {
            "subnets": {
                "resourceType": "aws:ec2:subnet",
                "resourceTags": {"tier": "private"},
                "filters": [{"path": "VpcId", "values": ["vpc-1"]}],
                "parameters": {"availabilityZoneIdentifier": "eu-west-2a"},
                "selectionMode": "COUNT(1)",
            }
        },
        "actions": {
            "cut": {
                "actionId": "aws:network:disrupt-connectivity",
                "parameters": {"duration": "PT2M"},
                "targets": {"Subnets": "subnets"},
                "startAfter": ["wait"],
            },
            "wait": {"actionId": WAIT, "parameters": {"duration": "PT1M"}},
        },
        "experimentOptions": {"emptyTargetResolutionMode": "skip"},
    }
    target = Target(
        "aws:ec2:subnet",
        (),
        {"tier": "private"},
        (("VpcId", ("vpc-1",)),),
        {"availabilityZoneIdentifier": "eu-west-2a"},
        "COUNT(1)",
    )
    cut = Action("cut", "aws:network:disrupt-connectivity", {"duration": "PT2M"}, frozenset({"wait"}), target)
    wait = Action("wait", WAIT, {"duration": "PT1M"})
    assert experiment("eu-west-2", document) == Experiment("EXP1", "eu-west-2", (cut, wait), True)


@pytest.mark.parametrize(
    ("duration", "seconds"), [("PT1M", 60), ("PT1H30M", 5400), ("PT45S", 45), ("P1D", 86400)]
)
def test_durations_are_iso_8601(duration: str, seconds: float) -> None:
    assert seconds_of(duration) == seconds


@pytest.mark.parametrize("duration", ["", "P", "PT", "1M", "60"])
def test_what_is_no_duration_fails_the_action(duration: str) -> None:
    with pytest.raises(ActionFailed, match="ISO 8601"):
        seconds_of(duration)
