from typing import Any

import pytest

from tests.twin.aws.emulator.monitoring.virtual import ACCOUNT, REGION, TOPIC, Virtual
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.monitoring.actions import State


@pytest.fixture
def cloudwatch() -> Virtual:
    virtual = Virtual()
    for name in ("a", "b", "quiet"):
        virtual.put_alarm(
            name, AlarmActions=[], OKActions=[], InsufficientDataActions=[], TreatMissingData="ignore"
        )
    return virtual


def test_a_composite_alarm_follows_its_children(cloudwatch: Virtual) -> None:
    cloudwatch.put_composite("c", "ALARM(a) OR ALARM(b)")
    cloudwatch.run(1)
    assert cloudwatch.state("c") == "OK"
    cloudwatch.set_state(State.ALARM, "b")
    cloudwatch.run(1)
    assert cloudwatch.state("c") == "ALARM"
    assert cloudwatch.document("c")["StateReason"] == (
        f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:b transitioned to ALARM at "
        "Saturday 22 November, 2025 03:00:01 UTC"
    )
    cloudwatch.set_state(State.OK, "b")
    cloudwatch.run(1)
    assert cloudwatch.actions() == [("c", "OK"), ("c", "ALARM"), ("c", "OK")]


def test_a_composite_of_composites_is_evaluated_after_its_children(cloudwatch: Virtual) -> None:
    cloudwatch.put_composite("inner", "ALARM(a)")
    cloudwatch.put_composite("Outer", "ALARM(inner)")
    cloudwatch.set_state(State.ALARM, "a")
    cloudwatch.run(1)
    assert [cloudwatch.state(name) for name in ("inner", "Outer")] == ["ALARM", "ALARM"]


def test_composite_alarms_in_a_circle_are_not_evaluated(cloudwatch: Virtual) -> None:
    cloudwatch.put_composite("one", "ALARM(a)")
    cloudwatch.put_composite("two", "ALARM(one)")
    cloudwatch.put_composite("one", "ALARM(two) OR ALARM(a)")
    cloudwatch.put_composite("other", "ALARM(a)")
    cloudwatch.set_state(State.ALARM, "a")
    cloudwatch.run(1)
    assert [cloudwatch.state(name) for name in ("one", "two", "other")] == [
        "INSUFFICIENT_DATA",
        "INSUFFICIENT_DATA",
        "ALARM",
    ]
    cloudwatch.put_composite("one", "FALSE")
    cloudwatch.run(1)
    assert [cloudwatch.state(name) for name in ("one", "two")] == ["OK", "OK"]


def test_a_state_set_by_hand_stays_until_a_child_changes(cloudwatch: Virtual) -> None:
    cloudwatch.put_composite("c", "ALARM(a)")
    cloudwatch.run(1)
    cloudwatch.set_state(State.ALARM, "c")
    cloudwatch.run(300)
    assert cloudwatch.state("c") == "ALARM"
    cloudwatch.set_state(State.OK, "a")
    cloudwatch.run(1)
    assert cloudwatch.state("c") == "OK"


def test_alarms_that_a_rule_names_must_be_there(cloudwatch: Virtual) -> None:
    with pytest.raises(AwsError, match=r"alarms \[gone, lost\] in the alarm rule do not exist"):
        cloudwatch.put_composite("c", "ALARM(a) OR ALARM(gone) OR OK(lost)")


def test_an_alarm_that_a_rule_names_cannot_be_deleted(cloudwatch: Virtual) -> None:
    cloudwatch.put_composite("c", "ALARM(a)")
    with pytest.raises(AwsError, match="Cannot delete a as there are composite alarm"):
        cloudwatch.monitoring.delete_alarms(ACCOUNT, REGION, ["a"], cloudwatch.now)
    cloudwatch.monitoring.delete_alarms(ACCOUNT, REGION, ["a", "c"], cloudwatch.now)


def test_two_composite_alarms_are_not_deleted_at_once(cloudwatch: Virtual) -> None:
    cloudwatch.put_composite("c", "FALSE")
    cloudwatch.put_composite("d", "FALSE")
    with pytest.raises(AwsError, match="more than one composite"):
        cloudwatch.monitoring.delete_alarms(ACCOUNT, REGION, ["c", "d"], cloudwatch.now)


def _suppressed(cloudwatch: Virtual, **given: Any) -> None:
    cloudwatch.put_composite(
        "c",
        "ALARM(a)",
        **{"OKActions": [], **given},
        ActionsSuppressor="quiet",
        ActionsSuppressorWaitPeriod=60,
        ActionsSuppressorExtensionPeriod=30,
    )
    cloudwatch.run(90)


def test_actions_wait_for_the_suppressor(cloudwatch: Virtual) -> None:
    _suppressed(cloudwatch)
    cloudwatch.set_state(State.ALARM, "a")
    cloudwatch.run(30)
    assert (cloudwatch.state("c"), cloudwatch.document("c")["ActionsSuppressedBy"], cloudwatch.told) == (
        "ALARM",
        "WaitPeriod",
        [],
    )
    cloudwatch.run(40)
    assert cloudwatch.actions() == [("c", "ALARM")]
    assert "ActionsSuppressedBy" not in cloudwatch.document("c")


def test_actions_are_suppressed_while_the_suppressor_rings(cloudwatch: Virtual) -> None:
    _suppressed(cloudwatch)
    cloudwatch.set_state(State.ALARM, "quiet")
    cloudwatch.set_state(State.ALARM, "a")
    cloudwatch.run(300)
    assert (cloudwatch.document("c")["ActionsSuppressedBy"], cloudwatch.told) == ("Alarm", [])
    cloudwatch.set_state(State.OK, "quiet")
    cloudwatch.run(29)
    assert cloudwatch.told == []
    cloudwatch.run(3)
    assert cloudwatch.actions() == [("c", "ALARM")]


def test_an_alarm_that_ends_while_it_is_suppressed_is_not_told_of(cloudwatch: Virtual) -> None:
    _suppressed(cloudwatch, OKActions=[TOPIC])
    assert cloudwatch.actions() == [("c", "OK")]
    cloudwatch.set_state(State.ALARM, "a")
    cloudwatch.run(10)
    cloudwatch.set_state(State.OK, "a")
    cloudwatch.run(300)
    assert (cloudwatch.state("c"), cloudwatch.actions()) == ("OK", [("c", "OK")])


def test_a_suppressor_needs_both_periods(cloudwatch: Virtual) -> None:
    with pytest.raises(AwsError, match="are required with ActionsSuppressor"):
        cloudwatch.put_composite("c", "FALSE", ActionsSuppressor="quiet", ActionsSuppressorWaitPeriod=60)
