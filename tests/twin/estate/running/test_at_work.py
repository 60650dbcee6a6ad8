"""The slice runs: people's applications are paid, AWS's API moves real processes, and what dies is healed.

In this order: one twin for all of it.
"""

import json
import os
import signal
import uuid
from typing import Any

import pytest

from estate.refusals import RECENT_SECONDS
from tests.twin.estate.command import Twin
from tests.twin.estate.live import (
    APPLICATIONS,
    address_of,
    ask,
    client,
    exports,
    fault,
    healthy,
    state_of,
    submit,
    supervisor,
    tasks_of,
    undo,
    until,
)
from tests.twin.sessions import HAS_GROUPS, group_niceness
from twin.niceness import NICENESS
from twin.runtime.shares import descendants

pytestmark = pytest.mark.twin

PORTAL_DESIRED = 3


def test_up_waits_until_every_service_is_healthy_in_its_zones(
    running: Twin, told_by_up: dict[str, Any]
) -> None:
    assert told_by_up["endpoints"]["edge"]
    assert told_by_up["endpoints"]["faults"]
    status = running.document("status")
    assert status["complaints"] == []
    assert [(it["name"], it["running"], it["healthy"]) for it in status["services"]] == [
        ("case", 2, 2),
        ("cell-families", 3, 3),
        ("payments", 1, 1),
        ("portal", 3, 3),
    ]
    assert [it["condition"] for it in status["zones"]] == ["well"] * 3
    spread = {it["availabilityZone"] for it in tasks_of(running, "cell-families")}
    assert spread == {"eu-west-2a", "eu-west-2b", "eu-west-2c"}


def test_every_task_is_a_process_that_listens_where_the_api_says(running: Twin) -> None:
    for task in tasks_of(running, "portal"):
        assert ask(f"http://{address_of(task)}:8080/health")[0] == 200


@pytest.mark.skipif(not HAS_GROUPS, reason="Linux groups no sessions here")
def test_its_data_plane_stands_back_behind_whoever_works_beside_it_and_its_emulator_does_not(
    running: Twin,
) -> None:
    own = os.nice(0)

    def niceness() -> set[int | None]:
        return {group_niceness(pid) for pid in descendants(supervisor(running).pid)} - {None}

    until(lambda: niceness() == {own + NICENESS, own + 2 * NICENESS}, "some of it does not stand back")
    assert group_niceness(running.emulator["pid"]) == own


def test_an_application_is_paid_once_and_stands_in_the_ledger(running: Twin) -> None:
    """Nobody decides in the slice, so a caseworker does."""
    edge, key = exports(running)["ESTATE_EDGE"], str(uuid.uuid4())
    receipt = submit(edge, key)
    assert submit(edge, key)["application_id"] == receipt["application_id"]
    path = f"{edge}{APPLICATIONS}/{receipt['application_id']}"
    until(lambda: state_of(path) == "in-decision", "case has it")
    case = address_of(tasks_of(running, "case")[0])
    decision = {"outcome": "awarded", "amount_pence": 2670}
    status, _ = ask(
        f"http://{case}:8080/cases/{receipt['application_id']}/decision",
        "POST",
        decision,
        {"Idempotency-Key": key},
    )
    assert status in (200, 201)
    until(lambda: state_of(path) == "paid", "it is paid")
    ledger = f"{exports(running)['ESTATE_PARTNERS_URL']}/central-payments/ledger"
    _, made = ask(ledger, headers={"Host": "dwp.partners.slice.estate.example"})
    assert [(it["client_reference"], it["amount_pence"]) for it in made["payments"]] == [
        (f"client-{key}", 2670)
    ]


def test_a_stopped_task_ends_is_replaced_and_says_why(running: Twin) -> None:
    victim = tasks_of(running, "portal")[0]
    client(running, "ecs").stop_task(cluster="estate", task=victim["taskArn"], reason="a test")

    def stopped() -> bool:
        described = client(running, "ecs").describe_tasks(cluster="estate", tasks=[victim["taskArn"]])
        return described["tasks"][0]["lastStatus"] == "STOPPED"

    until(stopped, "the task has stopped")
    described = client(running, "ecs").describe_tasks(cluster="estate", tasks=[victim["taskArn"]])["tasks"][0]
    assert (described["stopCode"], described["stoppedReason"]) == ("UserInitiated", "a test")
    healthy(running)
    assert victim["taskArn"] not in {it["taskArn"] for it in tasks_of(running, "portal")}


def test_a_wanted_number_becomes_that_many_processes(running: Twin) -> None:
    ecs = client(running, "ecs")
    for wanted in (4, PORTAL_DESIRED):
        ecs.update_service(cluster="estate", service="portal", desiredCount=wanted)
        until(lambda wanted=wanted: len(tasks_of(running, "portal")) == wanted, f"{wanted} tasks")
        healthy(running)


def test_a_deregistered_target_gets_no_requests(running: Twin) -> None:
    elb = client(running, "elbv2")
    group = elb.describe_target_groups(Names=["portal-8080"])["TargetGroups"][0]["TargetGroupArn"]
    target = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"][0]["Target"]
    elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": target["Id"], "Port": target["Port"]}])

    def gone() -> bool:
        told = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        return target["Id"] not in {it["Target"]["Id"] for it in told}

    until(gone, "the target has drained")
    edge = exports(running)["ESTATE_EDGE"]
    assert {ask(f"{edge}/benefits")[0] for _ in range(12)} == {200}
    victim = next(it for it in tasks_of(running, "portal") if address_of(it) == target["Id"])
    client(running, "ecs").stop_task(cluster="estate", task=victim["taskArn"])
    healthy(running)


def test_a_database_failover_moves_the_writer_and_loses_nothing(running: Twin) -> None:
    rds = client(running, "rds")

    def writer() -> str:
        members = rds.describe_db_clusters(DBClusterIdentifier="core")["DBClusters"][0]["DBClusterMembers"]
        return next(it["DBInstanceIdentifier"] for it in members if it["IsClusterWriter"])

    edge, before = exports(running)["ESTATE_EDGE"], writer()
    first = submit(edge, str(uuid.uuid4()))
    rds.failover_db_cluster(DBClusterIdentifier="core")
    second = submit(edge, str(uuid.uuid4()))
    until(lambda: writer() != before, "another instance writes")
    healthy(running)
    for receipt in (first, second):
        path = f"{edge}{APPLICATIONS}/{receipt['application_id']}"
        until(lambda path=path: state_of(path) == "in-decision", "the application is there")


def test_a_network_acl_that_denies_cuts_a_zone_off_and_another_heals_it(running: Twin) -> None:
    ec2 = client(running, "ec2")
    victim = tasks_of(running, "cell-families")[0]
    details = {it["name"]: it["value"] for it in victim["attachments"][0]["details"]}
    subnet = ec2.describe_subnets(SubnetIds=[details["subnetId"]])["Subnets"][0]
    used = ec2.describe_network_acls(
        Filters=[{"Name": "association.subnet-id", "Values": [subnet["SubnetId"]]}]
    )["NetworkAcls"][0]
    association = next(it for it in used["Associations"] if it["SubnetId"] == subnet["SubnetId"])
    denying = ec2.create_network_acl(VpcId=subnet["VpcId"])["NetworkAcl"]["NetworkAclId"]
    swapped = ec2.replace_network_acl_association(
        AssociationId=association["NetworkAclAssociationId"], NetworkAclId=denying
    )["NewAssociationId"]
    elb = client(running, "elbv2")
    group = elb.describe_target_groups(Names=["cell-families-8080"])["TargetGroups"][0]["TargetGroupArn"]

    def state_of_victim() -> str:
        told = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        states = {it["Target"]["Id"]: it["TargetHealth"]["State"] for it in told}
        return states.get(address_of(victim), "gone")

    until(lambda: state_of_victim() != "healthy", "the load balancer no longer reaches it")
    ec2.replace_network_acl_association(AssociationId=swapped, NetworkAclId=used["NetworkAclId"])
    ec2.delete_network_acl(NetworkAclId=denying)
    healthy(running)


def test_a_zone_without_power_is_done_without_and_taken_back(running: Twin) -> None:
    id_ = fault(running, kind="zone-power-loss", zone="eu-west-2b")
    edge = exports(running)["ESTATE_EDGE"]
    receipt = submit(edge, str(uuid.uuid4()))

    def moved() -> bool:
        tasks = [task for name in ("portal", "cell-families") for task in tasks_of(running, name)]
        zones = {it["availabilityZone"] for it in tasks if it["lastStatus"] == "RUNNING"}
        return "eu-west-2b" not in zones and len(tasks) == 2 * PORTAL_DESIRED

    until(moved, "the tasks run in the other zones")
    path = f"{edge}{APPLICATIONS}/{receipt['application_id']}"
    until(lambda: state_of(path) in ("accepted", "in-decision"), "the application is known")
    undo(running, id_)
    healthy(running)


def without_log_in(iam: Any, service: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The policy that lets the service's tasks log in to the database, as it is put, and the same without that."""
    role = next(
        it["RoleName"]
        for it in iam.list_roles()["Roles"]
        if it["RoleName"].startswith(f"{service}-task-role")
    )
    name = iam.list_role_policies(RoleName=role)["PolicyNames"][0]
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    others = [it for it in document["Statement"] if "rds-db:connect" not in it["Action"]]
    assert len(others) < len(document["Statement"])
    whole, less = (json.dumps({**document, "Statement": it}) for it in (document["Statement"], others))
    named = {"RoleName": role, "PolicyName": name}
    return {**named, "PolicyDocument": whole}, {**named, "PolicyDocument": less}


def test_tasks_that_may_not_log_in_any_more_are_told_of_by_the_status(running: Twin) -> None:
    """What is connected stays so, as on AWS; whoever starts anew is refused."""
    iam, ecs = client(running, "iam"), client(running, "ecs")
    whole, less = without_log_in(iam, "payments")
    iam.put_role_policy(**less)
    try:
        for task in tasks_of(running, "payments"):
            ecs.stop_task(cluster="estate", task=task["taskArn"], reason="its role may not log in any more")

        def told() -> bool:
            complaints = json.loads(running.run("status", "--json").stdout)["complaints"]
            return any(f"{less['RoleName']} was refused rds-db:connect" in it for it in complaints)

        until(told, "the status tells of the refusal")
    finally:
        iam.put_role_policy(**whole)
    until(
        lambda: running.run("status").returncode == 0, "nothing was refused for a while", 2 * RECENT_SECONDS
    )


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "payments": ({"command": ["python", "-c", "raise SystemExit(3)"]}, "Essential container in task exited"),
    "case": (
        {"secrets": [{"name": "LOST", "valueFrom": "arn:aws:ssm:eu-west-2:123456789012:parameter/lost"}]},
        "ResourceInitializationError: unable to pull secrets or registry auth",
    ),
    "portal": (
        {"healthCheck": {"command": ["CMD-SHELL", "exit 1"], "interval": 5, "retries": 1, "startPeriod": 0}},
        "Task failed container health checks",
    ),
}
"""What is wrong with the next revision of each service, and the reason that AWS gives for its stopped tasks."""


def break_definition(ecs: Any, service: str, container: dict[str, Any]) -> tuple[str, str]:
    """The service is to run a revision whose container is like this. Returns: the revision before, and that one."""
    before = ecs.describe_services(cluster="estate", services=[service])["services"][0]["taskDefinition"]
    definition = ecs.describe_task_definition(taskDefinition=before)["taskDefinition"]
    kept = ("family", "networkMode", "cpu", "memory", "taskRoleArn", "executionRoleArn", "volumes")
    broken = {name: definition[name] for name in kept if name in definition} | {
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": [
            it | container if it["name"] == service else it for it in definition["containerDefinitions"]
        ],
    }
    arn = ecs.register_task_definition(**broken)["taskDefinition"]["taskDefinitionArn"]
    ecs.update_service(cluster="estate", service=service, taskDefinition=arn)
    return before, arn


def test_what_cannot_run_is_rolled_back_and_its_tasks_say_why(running: Twin) -> None:
    ecs = client(running, "ecs")
    edge = exports(running)["ESTATE_EDGE"]
    revisions = {name: break_definition(ecs, name, it) for name, (it, _) in BROKEN.items()}
    reasons: dict[str, set[str]] = {name: set() for name in BROKEN}

    def rolled_back() -> bool:
        for name, (_, broken) in revisions.items():
            arns = ecs.list_tasks(cluster="estate", family=name, desiredStatus="STOPPED")["taskArns"]
            stopped = ecs.describe_tasks(cluster="estate", tasks=arns)["tasks"] if arns else []
            reasons[name] |= {it["stoppedReason"] for it in stopped if it["taskDefinitionArn"] == broken}
        services = ecs.describe_services(cluster="estate", services=list(BROKEN))["services"]
        return all(
            it["taskDefinition"] == revisions[it["serviceName"]][0] and len(it["deployments"]) == 1
            for it in services
        )

    until(rolled_back, "the circuit breaker has rolled back")
    for name, (_, reason) in BROKEN.items():
        # What still ran of the revision when it was given up is stopped as in any change of a number.
        own = {it for it in reasons[name] if not it.startswith("Scaling activity initiated by")}
        assert own, name
        assert all(it.startswith(reason) for it in own), (name, own)
    events = ecs.describe_services(cluster="estate", services=["portal"])["services"][0]["events"]
    assert any("rolling back to" in it["message"] for it in events), [it["message"] for it in events]
    assert ask(f"{edge}/benefits")[0] == 200
    healthy(running)


@pytest.mark.parametrize("beginning", ["egress-", "load-balancer-", "postgres-", "valkey ", "relay-", "fork"])
def test_a_killed_server_is_healed(running: Twin, beginning: str) -> None:
    status = supervisor(running).status()
    assert status
    servers = [it for zone in status["zones"].values() for it in zone["processes"]]
    victim = next(it for it in servers if it["name"].startswith(beginning))
    os.kill(victim["pid"], signal.SIGKILL)

    def healed() -> bool:
        now = supervisor(running).status()
        assert now
        found = [it for zone in now["zones"].values() for it in zone["processes"]]
        return any(it["name"] == victim["name"] and it["pid"] != victim["pid"] for it in found)

    until(healed, f"{victim['name']} runs again")
    healthy(running)
