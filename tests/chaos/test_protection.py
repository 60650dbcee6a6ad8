"""Each way to take a protection away does so by AWS's API, and its undo puts back what was there."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from chaos.exceptions import FaultRefused, TargetMissing
from chaos.experiment import Protection, experiments
from chaos.hands import Hands
from chaos.place import Place, Standing
from chaos.protection import POLICY, Removal, removal
from chaos.undo import FILE, UndoJournal
from load_tests.surroundings import CLUSTER
from tests.chaos.acting import place, run, standing
from twin.aws.emulator.process import Emulator

pytestmark = pytest.mark.twin

REGION, ROLE = "eu-west-2", "portal-task"
ZONES = tuple(f"{REGION}{it}" for it in "abc")
SERVICES = ("ec2", "ecs", "iam", "application-autoscaling")


@pytest.fixture(scope="module")
def clients(emulator: Emulator) -> Mapping[str, Any]:
    """Of an account with one service `portal`: three tasks in three zones, of which two at the least are kept."""
    session = boto3.Session("twin", "twin", region_name=REGION)
    made = {it: session.client(it, endpoint_url=emulator.endpoint) for it in SERVICES}  # type: ignore[call-overload]
    _portal(made, _network(made["ec2"]), _role(made["iam"]))
    return made


def _network(ec2: Any) -> dict[str, Any]:
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    made = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.1.{number}.0/24", AvailabilityZone=zone)
        for number, zone in enumerate(ZONES)
    ]
    group = ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
    subnets = [it["Subnet"]["SubnetId"] for it in made]
    return {"subnets": subnets, "securityGroups": [group], "assignPublicIp": "DISABLED"}


def _role(iam: Any) -> str:
    trusted = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [trusted]})
    return iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust)["Role"]["Arn"]


def _portal(clients: Mapping[str, Any], network: dict[str, Any], role: str) -> None:
    ecs = clients["ecs"]
    ecs.create_cluster(clusterName=CLUSTER)
    definition = ecs.register_task_definition(
        family="portal",
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        requiresCompatibilities=["FARGATE"],
        taskRoleArn=role,
        containerDefinitions=[{"name": "app", "image": "i"}],
    )
    ecs.create_service(
        cluster=CLUSTER,
        serviceName="portal",
        taskDefinition=definition["taskDefinition"]["taskDefinitionArn"],
        desiredCount=3,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )
    clients["application-autoscaling"].register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=f"service/{CLUSTER}/portal",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=2,
        MaxCapacity=6,
    )


@pytest.fixture
def there(clients: Mapping[str, Any]) -> Place:
    return place(clients, [standing("portal", *ZONES)])


def protection(how: str, service: str = "portal") -> Protection:
    return Protection.model_validate({"is": "More than one of it.", "removed_by": how, "service": service})


def shown(clients: Mapping[str, Any]) -> dict[str, Any]:
    """All that a removal may change."""
    (service,) = clients["ecs"].describe_services(cluster=CLUSTER, services=["portal"])["services"]
    targets = clients["application-autoscaling"].describe_scalable_targets(ServiceNamespace="ecs")
    (target,) = targets["ScalableTargets"]
    return {
        "desired": service["desiredCount"],
        "subnets": sorted(service["networkConfiguration"]["awsvpcConfiguration"]["subnets"]),
        "bounds": (target["MinCapacity"], target["MaxCapacity"]),
        "policies": clients["iam"].list_role_policies(RoleName=ROLE)["PolicyNames"],
    }


def standing_as(there: Place, *zones: str, desired: int | None = None) -> None:
    standings: list[Standing] = [standing("portal", *zones, desired=desired)]
    there.standings = lambda: standings  # type: ignore[method-assign]


def hands(there: Place, root: Path) -> Hands:
    made = run(root)
    return Hands(there, UndoJournal(made.folder / FILE), made)


def test_every_experiment_has_a_protection_that_can_be_taken_away() -> None:
    ways = {it.about.protection.removed_by for it in experiments()}
    assert ways == {"one-task", "no-task", "one-zone", "no-queue"}


@pytest.mark.parametrize(
    ("how", "changed"),
    [
        ("one-task", {"desired": 1, "bounds": (1, 1)}),
        ("no-task", {"desired": 0, "bounds": (0, 1)}),
        ("no-queue", {"policies": [POLICY]}),
        ("one-zone", {"subnets": 1}),
    ],
    ids=lambda it: it if isinstance(it, str) else "",
)
def test_a_removal_changes_what_it_says_and_its_undo_puts_that_back(
    there: Place, clients: Mapping[str, Any], tmp_path: Path, how: str, changed: Mapping[str, Any]
) -> None:
    before, by = shown(clients), hands(there, tmp_path)
    taken = removal(protection(how), there, ZONES[1])
    assert shown(clients) == before
    by.take_away(taken)
    after = shown(clients)
    one_zone = {"subnets": [_subnet_of(clients, ZONES[1])]} if how == "one-zone" else {}
    assert after == before | dict(changed) | one_zone
    by.undo_faults("a test")
    assert shown(clients) == after
    by.undo_everything("a test")
    assert (shown(clients), by.left_over) == (before, [])


def _subnet_of(clients: Mapping[str, Any], zone: str) -> str:
    filters = [{"Name": "availability-zone", "Values": [zone]}, {"Name": "cidr-block", "Values": ["10.1.*"]}]
    (found,) = clients["ec2"].describe_subnets(Filters=filters)["Subnets"]
    return str(found["SubnetId"])


@pytest.mark.parametrize(("how", "count"), [("one-task", 1), ("no-task", 0)])
def test_a_count_is_settled_by_the_tasks_that_stand_and_restored_by_all_that_is_wanted(
    there: Place, how: str, count: int
) -> None:
    taken = removal(protection(how), there, ZONES[0])
    assert not taken.is_settled()
    standing_as(there, *ZONES[:count], desired=count)
    assert (taken.is_settled(), taken.is_restored()) == (True, False)
    standing_as(there, *ZONES[:2], desired=3)
    assert not taken.is_restored()
    standing_as(there, *ZONES)
    assert taken.is_restored()


def test_one_zone_is_restored_only_when_all_zones_are_stood_in_again(there: Place) -> None:
    taken = removal(protection("one-zone"), there, ZONES[0])
    standing_as(there, *[ZONES[0]] * 3)
    assert (taken.is_settled(), taken.is_restored()) == (True, False)
    standing_as(there, ZONES[0], ZONES[0], ZONES[1])
    assert (taken.is_settled(), taken.is_restored()) == (False, False)
    standing_as(there, *ZONES)
    assert taken.is_restored()


def test_a_queue_is_away_while_the_role_has_the_policy(
    there: Place, clients: Mapping[str, Any], tmp_path: Path
) -> None:
    taken, by = removal(protection("no-queue"), there, ZONES[0]), hands(there, tmp_path)
    assert (taken.is_settled(), taken.is_restored()) == (False, True)
    by.take_away(taken)
    assert (taken.is_settled(), taken.is_restored()) == (True, False)
    document = clients["iam"].get_role_policy(RoleName=ROLE, PolicyName=POLICY)["PolicyDocument"]
    assert document["Statement"] == [{"Effect": "Deny", "Action": "sqs:SendMessage*", "Resource": "*"}]
    by.undo_everything("a test")
    assert taken.is_restored()


def test_a_service_that_is_not_there_has_nothing_to_take_away(there: Place) -> None:
    with pytest.raises(TargetMissing, match="has no service 'gateway'"):
        removal(protection("no-task", "gateway"), there, ZONES[0])
    with pytest.raises(TargetMissing, match="has no subnet in eu-west-2z"):
        removal(protection("one-zone"), there, "eu-west-2z")


def test_what_is_refused_is_said_and_can_be_undone_all_the_same(there: Place, tmp_path: Path) -> None:
    by = hands(there, tmp_path)
    wrong = {
        "service": "iam",
        "operation": "delete_role_policy",
        "parameters": {"RoleName": "x", "PolicyName": "y"},
    }
    taken = Removal("nobody may send", (wrong,), (wrong,), lambda: True, lambda: True)
    with pytest.raises(FaultRefused, match="could not be prepared, nobody may send"):
        by.take_away(taken)
    assert len(by.journal.pending()) == 1
    by.undo_everything("a test")
    assert by.left_over == []
