"""Targets are as healthy as the data plane reports."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.aws.emulator.conftest import Served
from tests.twin.aws.emulator.reporting import document, report
from twin.aws.emulator.extensions.elbv2_targets import Group, Target, shown_targets

ARN = "arn:aws:elasticloadbalancing:eu-west-2:123456789012:targetgroup/g/1"
HEALTHY = {"TargetHealth": {"State": "healthy"}}
DRAINING = {"TargetHealth": {"State": "draining", "Reason": "Target.DeregistrationInProgress"}}


def _group(*registered: Target, is_used: bool = True) -> Group:
    return Group(ARN, 8080, "traffic-port", is_used, registered)


def _told(shown: list[dict[str, Any]]) -> list[tuple[str, int, str, str | None]]:
    return [
        (
            it["Target"]["Id"],
            it["Target"]["Port"],
            it["TargetHealth"]["State"],
            it["TargetHealth"].get("Reason"),
        )
        for it in shown
    ]


@pytest.mark.parametrize(
    ("group", "reported", "asked", "expected"),
    [
        pytest.param(
            _group(Target("a", 8080)),
            {},
            (),
            [("a", 8080, "initial", "Elb.RegistrationInProgress")],
            id="not reported yet",
        ),
        pytest.param(
            _group(Target("a", 8080), is_used=False),
            {},
            (),
            [("a", 8080, "unused", "Target.NotInUse")],
            id="no load balancer forwards to it",
        ),
        pytest.param(
            _group(Target("a", 8080)), {"a|8080": HEALTHY}, (), [("a", 8080, "healthy", None)], id="reported"
        ),
        pytest.param(
            _group(),
            {"a|8080": DRAINING, "b|8080": HEALTHY},
            (),
            [("a", 8080, "draining", "Target.DeregistrationInProgress")],
            id="draining",
        ),
        pytest.param(
            _group(Target("a", 8080)),
            {"a|8080": DRAINING},
            (),
            [("a", 8080, "initial", "Elb.RegistrationInProgress")],
            id="registered anew while it drains",
        ),
        pytest.param(
            _group(Target("a", 9090), Target("b", 8080)),
            {"a|9090": HEALTHY},
            (Target("a", None), Target("c", None)),
            [("a", 9090, "healthy", None), ("c", 8080, "unused", "Target.NotRegistered")],
            id="asked for",
        ),
        pytest.param(
            _group(Target("a", 8080)),
            {"a|8080": HEALTHY},
            (Target("a", 9090),),
            [("a", 9090, "unused", "Target.NotRegistered")],
            id="asked for with another port",
        ),
    ],
)
def test_health_joins_registration_and_report(
    group: Group,
    reported: dict[str, dict[str, Any]],
    asked: tuple[Target, ...],
    expected: list[tuple[str, int, str, str | None]],
) -> None:
    of_group = {f"{ARN}|{key}": it for key, it in reported.items()}
    assert _told(shown_targets(group, {**of_group, "other|x|1": DRAINING}, asked)) == expected


TARGETS = st.builds(Target, st.sampled_from("abc"), st.sampled_from([80, 81]))
REPORTS = st.dictionaries(TARGETS, st.sampled_from([HEALTHY, DRAINING]), max_size=4)


@given(st.sets(TARGETS, max_size=4), REPORTS)
def test_every_registered_target_is_shown_once_and_no_other_is_called_healthy(
    registered: set[Target], reports: dict[Target, dict[str, Any]]
) -> None:
    reported = {f"{ARN}|{it.id}|{it.port}": told for it, told in reports.items()}
    shown = _told(shown_targets(_group(*registered), reported))
    targets = [Target(identifier, port) for identifier, port, _, _ in shown]
    assert len(set(targets)) == len(targets)
    assert registered <= set(targets)
    assert {Target(it[0], it[1]) for it in shown if it[2] == "healthy"} <= registered
    assert {Target(it[0], it[1]) for it in shown if it[2] == "draining"}.isdisjoint(registered)


def _new_group(served: Served, name: str) -> str:
    made = served.clients("elbv2").create_target_group(
        Name=name, Protocol="HTTP", Port=8080, VpcId=served.world["vpc"], TargetType="ip"
    )
    return str(made["TargetGroups"][0]["TargetGroupArn"])


def _health(served: Served, arn: str, **asked: Any) -> list[tuple[str, int, str, str | None]]:
    return _told(
        served.clients("elbv2").describe_target_health(TargetGroupArn=arn, **asked)[
            "TargetHealthDescriptions"
        ]
    )


def test_a_target_is_registered_reported_and_drained(attended: Served) -> None:
    elbv2, arn = attended.clients("elbv2"), attended.world["target_group"]
    elbv2.register_targets(TargetGroupArn=arn, Targets=[{"Id": "10.1.0.9"}])
    assert _health(attended, arn) == [("10.1.0.9", 8080, "initial", "Elb.RegistrationInProgress")]
    told = {
        "Target": {"AvailabilityZone": "eu-west-2a"},
        "AdministrativeOverride": {"State": "no_override"},
        **HEALTHY,
    }
    report(attended.endpoint, document("elbv2", "target", f"{arn}|10.1.0.9|8080", told))
    (shown,) = elbv2.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    assert shown == {
        "Target": {"Id": "10.1.0.9", "Port": 8080, "AvailabilityZone": "eu-west-2a"},
        "HealthCheckPort": "8080",
        "TargetHealth": {"State": "healthy"},
        "AdministrativeOverride": {"State": "no_override"},
    }
    elbv2.deregister_targets(TargetGroupArn=arn, Targets=[{"Id": "10.1.0.9"}])
    report(attended.endpoint, document("elbv2", "target", f"{arn}|10.1.0.9|8080", DRAINING))
    assert _health(attended, arn) == [("10.1.0.9", 8080, "draining", "Target.DeregistrationInProgress")]
    report(attended.endpoint, document("elbv2", "target", f"{arn}|10.1.0.9|8080", None))
    assert _health(attended, arn) == []
    assert _health(attended, arn, Targets=[{"Id": "10.1.0.9"}])[0][2:] == ("unused", "Target.NotRegistered")


def test_a_group_that_nothing_forwards_to_is_not_in_use(attended: Served) -> None:
    arn = _new_group(attended, "unused")
    attended.clients("elbv2").register_targets(TargetGroupArn=arn, Targets=[{"Id": "10.1.0.8"}])
    assert _health(attended, arn) == [("10.1.0.8", 8080, "unused", "Target.NotInUse")]


def test_a_group_that_only_a_rule_forwards_to_is_in_use(attended: Served) -> None:
    arn, elbv2 = _new_group(attended, "ruled"), attended.clients("elbv2")
    elbv2.register_targets(TargetGroupArn=arn, Targets=[{"Id": "10.1.0.7"}])
    rule = elbv2.create_rule(
        ListenerArn=attended.world["listener"],
        Priority=77,
        Conditions=[{"Field": "path-pattern", "Values": ["/x"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": arn}],
    )["Rules"][0]["RuleArn"]
    assert _health(attended, arn)[0][2:] == ("initial", "Elb.RegistrationInProgress")
    elbv2.delete_rule(RuleArn=rule)
    assert _health(attended, arn)[0][2:] == ("unused", "Target.NotInUse")


def test_an_absent_group_has_no_health(attended: Served) -> None:
    with pytest.raises(ClientError, match="TargetGroupNotFound"):
        _health(attended, ARN)


@pytest.mark.parametrize(
    ("named", "left"),
    [
        pytest.param({"Id": "10.1.0.3"}, ["10.1.0.1", "10.1.0.2"], id="unknown"),
        pytest.param({"Id": "10.1.0.1"}, ["10.1.0.2"], id="the group's port"),
        pytest.param({"Id": "10.1.0.1", "Port": 8080}, ["10.1.0.2"], id="the group's port, named"),
        pytest.param({"Id": "10.1.0.2"}, ["10.1.0.1", "10.1.0.2"], id="its own port, not named"),
        pytest.param({"Id": "10.1.0.2", "Port": 9090}, ["10.1.0.1"], id="its own port"),
    ],
)
def test_a_target_is_deregistered_as_it_was_registered(
    extended: Served, named: dict[str, Any], left: list[str]
) -> None:
    name = f"leaves-{named['Id'][-1]}-{named.get('Port', 0)}"
    elbv2, arn = extended.clients("elbv2"), _new_group(extended, name)
    elbv2.register_targets(TargetGroupArn=arn, Targets=[{"Id": "10.1.0.1"}, {"Id": "10.1.0.2", "Port": 9090}])
    elbv2.deregister_targets(TargetGroupArn=arn, Targets=[named])
    assert [it[0] for it in _health(extended, arn)] == left


def test_without_a_data_plane_every_target_is_healthy(extended: Served) -> None:
    arn = _new_group(extended, "alone")
    extended.clients("elbv2").register_targets(TargetGroupArn=arn, Targets=[{"Id": "10.1.0.9"}])
    assert [it[2] for it in _health(extended, arn)] == ["healthy"]
