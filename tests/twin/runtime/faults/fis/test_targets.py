"""Targets are found by ARN, by tags, by filters and parameters, and as many of them as are wanted."""

import random
from typing import Any

import pytest

from tests.twin.runtime.deadlines import run
from tests.twin.runtime.fake_control_plane import FakeControlPlane
from twin.runtime.faults.fis.exceptions import ActionFailed
from twin.runtime.faults.fis.model import Target
from twin.runtime.faults.fis.targets import Resource, pick, resolve

A, B = "eu-west-2a", "eu-west-2b"


def subnet(name: str, zone: str, tier: str) -> dict[str, Any]:
    tags = [{"Key": "tier", "Value": tier}]
    return {
        "SubnetArn": f"arn:{name}",
        "SubnetId": name,
        "AvailabilityZone": zone,
        "VpcId": "vpc-1",
        "Tags": tags,
    }


SUBNETS = [subnet("one", A, "private"), subnet("two", B, "private"), subnet("three", A, "data")]


def found(control_plane: FakeControlPlane, **target: Any) -> list[str]:
    control_plane.answers("ec2", "describe_subnets", {"Subnets": SUBNETS})
    zones = {"AvailabilityZones": [{"ZoneId": "euw2-az1", "ZoneName": A}]}
    control_plane.answers("ec2", "describe_availability_zones", zones)
    wanted = Target("aws:ec2:subnet", **target)
    return [it.arn for it in run(resolve(control_plane.plane, "eu-west-2", wanted, random.Random(1)))]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"arns": ("arn:two",)}, ["arn:two"]),
        ({"tags": {"tier": "private"}}, ["arn:one", "arn:two"]),
        ({"tags": {"tier": "private"}, "parameters": {"availabilityZoneIdentifier": A}}, ["arn:one"]),
        (
            {"tags": {"tier": "private"}, "parameters": {"availabilityZoneIdentifier": "euw2-az1"}},
            ["arn:one"],
        ),
        ({"filters": (("AvailabilityZone", (B,)),)}, ["arn:two"]),
        ({"filters": (("Tags.Value", ("data", "public")),)}, ["arn:three"]),
        ({"parameters": {"vpc": "arn:aws:ec2:eu-west-2:1:vpc/vpc-2"}}, []),
        ({"tags": {"tier": "none"}}, []),
    ],
    ids=str,
)
def test_which_subnets_are_meant(
    control_plane: FakeControlPlane, target: dict[str, Any], expected: list[str]
) -> None:
    assert found(control_plane, **target) == expected


def test_tasks_are_those_of_a_service(control_plane: FakeControlPlane) -> None:
    def listed(parameters: Any) -> dict[str, Any]:
        assert (parameters["cluster"], parameters["serviceName"]) == ("estate", "case")
        return {"taskArns": ["arn:t1"]}

    control_plane.answers("ecs", "list_tasks", listed)
    control_plane.answers("ecs", "describe_tasks", {"tasks": [{"taskArn": "arn:t1", "clusterArn": "estate"}]})
    target = Target("aws:ecs:task", parameters={"cluster": "estate", "service": "case"})
    tasks = run(resolve(control_plane.plane, "eu-west-2", target, random.Random(1)))
    assert [it.arn for it in tasks] == ["arn:t1"]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (Target("aws:ec2:instance"), "does not resolve targets of type aws:ec2:instance"),
        (
            Target("aws:rds:cluster", parameters={"writerAvailabilityZoneIdentifiers": A}),
            "writerAvailability",
        ),
    ],
)
def test_what_is_not_known_is_not_passed_over(
    control_plane: FakeControlPlane, target: Target, said: str
) -> None:
    with pytest.raises(ActionFailed, match=said):
        run(resolve(control_plane.plane, "eu-west-2", target, random.Random(1)))


FOUR = [Resource(f"arn:{number}", {}, {}) for number in range(4)]


@pytest.mark.parametrize(
    ("selection", "count"),
    [("ALL", 4), ("COUNT(1)", 1), ("COUNT(9)", 4), ("PERCENT(50)", 2), ("PERCENT(30)", 1)],
)
def test_as_many_as_are_wanted_are_picked(selection: str, count: int) -> None:
    picked = pick(FOUR, selection, random.Random(1))
    assert len(picked) == len({it.arn for it in picked}) == count


def test_another_selection_mode_fails() -> None:
    with pytest.raises(ActionFailed, match="COUNT"):
        pick(FOUR, "MOST", random.Random(1))
