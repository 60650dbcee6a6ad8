"""Experiments that are started by the API are carried out, shown, stopped, and undone by whoever comes after."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from tests.twin.runtime.deadlines import run, until
from tests.twin.runtime.fake_control_plane import FakeControlPlane
from tests.twin.runtime.network.documents import Document, acls, block, subnet_id
from twin.runtime.faults.fis.connectivity import clone_rules, denied_blocks
from twin.runtime.faults.fis.experiments import Experiments
from twin.runtime.ground import Ground

A, B = "eu-west-2a", "eu-west-2b"
HOUR = "PT1H"


class Subnets:
    """EC2's network ACLs, as far as a swap needs them."""

    def __init__(self, control_plane: FakeControlPlane) -> None:
        self.acls = acls()
        found = [self._subnet(tier, zone) for tier in ("private", "data") for zone in (A, B)]
        control_plane.answers("ec2", "describe_subnets", {"Subnets": found})
        control_plane.answers("ec2", "describe_network_acls", {"NetworkAcls": self.acls})
        for operation in (self.create_network_acl, self.create_network_acl_entry, self.delete_network_acl):
            control_plane.answers("ec2", operation.__name__, operation)
        control_plane.answers("ec2", "replace_network_acl_association", self.replace)

    def _subnet(self, tier: str, zone: str) -> Document:
        return {
            "SubnetId": subnet_id(tier, zone),
            "SubnetArn": f"arn:{subnet_id(tier, zone)}",
            "VpcId": "vpc-1",
            "AvailabilityZone": zone,
            "CidrBlock": block(tier, zone),
            "Tags": [{"Key": "tier", "Value": tier}],
        }

    def acl_of(self, subnet: str) -> str:
        return next(
            acl["NetworkAclId"]
            for acl in self.acls
            if subnet in {it["SubnetId"] for it in acl["Associations"]}
        )

    def create_network_acl(self, given: Any) -> Document:
        made = {"NetworkAclId": f"acl-made-{len(self.acls)}", "Associations": [], "Entries": []}
        assert given["TagSpecifications"][0]["Tags"] == [{"Key": "managedByFIS", "Value": "true"}]
        self.acls.append(made)
        return {"NetworkAcl": made}

    def create_network_acl_entry(self, given: Any) -> Document:
        self._acl(given["NetworkAclId"])["Entries"].append(dict(given))
        return {}

    def replace(self, given: Any) -> Document:
        for acl in self.acls:
            for it in [
                one for one in acl["Associations"] if one["NetworkAclAssociationId"] == given["AssociationId"]
            ]:
                acl["Associations"].remove(it)
                again = {**it, "NetworkAclAssociationId": it["NetworkAclAssociationId"] + "'"}
                self._acl(given["NetworkAclId"])["Associations"].append(again)
        return {}

    def delete_network_acl(self, given: Any) -> Document:
        assert not self._acl(given["NetworkAclId"])["Associations"]
        self.acls.remove(self._acl(given["NetworkAclId"]))
        return {}

    def _acl(self, acl_id: str) -> Document:
        return next(acl for acl in self.acls if acl["NetworkAclId"] == acl_id)


def disruption(scope: str = "all", duration: str = HOUR) -> Document:
    return {
        "targets": {
            "subnets": {"resourceType": "aws:ec2:subnet", "resourceArns": [f"arn:{subnet_id('private', A)}"]}
        },
        "actions": {
            "cut": {
                "actionId": "aws:network:disrupt-connectivity",
                "parameters": {"scope": scope, "duration": duration},
                "targets": {"Subnets": "subnets"},
            }
        },
    }


def start(control_plane: FakeControlPlane, document: Document, experiment: str = "EXP1") -> None:
    control_plane.answers("fis", "get_experiment", {"experiment": {"id": experiment, **document}})
    control_plane.ask_with({"id": experiment}, "fis", "StartExperiment", "eu-west-2")


@contextlib.asynccontextmanager
async def experiments(ground: Ground, control_plane: FakeControlPlane) -> AsyncIterator[None]:
    task = asyncio.create_task(Experiments(ground).run())
    try:
        await asyncio.sleep(0.01)
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def report(control_plane: FakeControlPlane, experiment: str = "EXP1") -> Document:
    return control_plane.reports.get(("fis", "eu-west-2", "experiment", experiment), {})


def is_in(control_plane: FakeControlPlane, status: str) -> Callable[[], bool]:
    return lambda: report(control_plane).get("state", {}).get("status") == status


def test_a_subnet_is_cut_off_for_the_duration_and_gets_its_acl_back(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def main() -> None:
        subnets, here = Subnets(control_plane), subnet_id("private", A)
        async with experiments(ground, control_plane):
            # The profile makes a twentieth of the duration of it.
            start(control_plane, disruption(duration="PT6S"))
            await until(lambda: subnets.acl_of(here).startswith("acl-made"), "the cut")
            await until(is_in(control_plane, "running"), "the report")
            assert subnets.acl_of(subnet_id("private", B)) == "acl-private"
            await until(is_in(control_plane, "completed"), "the end")
            assert subnets.acl_of(here) == "acl-private"
            assert not [it for it in subnets.acls if it["NetworkAclId"].startswith("acl-made")]
            done = report(control_plane)
            assert (done["AsOfRequest"], done["actions"]["cut"]["state"]["status"]) == (1, "completed")
            assert done["endTime"] >= done["actions"]["cut"]["endTime"] > done["startTime"]

    run(main())


def test_a_stopped_experiment_restores_at_once(ground: Ground, control_plane: FakeControlPlane) -> None:
    async def main() -> None:
        subnets, here = Subnets(control_plane), subnet_id("private", A)
        async with experiments(ground, control_plane):
            start(control_plane, disruption())
            await until(is_in(control_plane, "running"), "the start")
            await until(lambda: subnets.acl_of(here).startswith("acl-made"), "the cut")
            control_plane.ask("fis", "StopExperiment", "eu-west-2", id="EXP1")
            await until(is_in(control_plane, "stopped"), "the stop")
            assert subnets.acl_of(here) == "acl-private"
            assert report(control_plane)["actions"]["cut"]["state"]["status"] == "stopped"

    run(main())


def test_the_next_supervisor_restores_what_a_dead_one_had_cut(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def main() -> None:
        subnets, here = Subnets(control_plane), subnet_id("private", A)
        async with experiments(ground, control_plane):
            start(control_plane, disruption())
            await until(lambda: subnets.acl_of(here).startswith("acl-made"), "the cut")
            journals = {path: path.read_text() for path in ground.folder.glob("*.json")}
            kept = [{**it, "Associations": list(it["Associations"])} for it in subnets.acls]
        # The first had time to restore when it was cancelled; a dead one has not.
        subnets.acls[:] = kept
        control_plane.reports.clear()
        for path, text in journals.items():
            path.write_text(text)
        async with experiments(ground, control_plane):
            await until(lambda: subnets.acl_of(here) == "acl-private", "the original")
            await until(is_in(control_plane, "failed"), "the report")

    run(main())


def test_a_subnet_that_somebody_gave_another_acl_keeps_that(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def main() -> None:
        subnets, here = Subnets(control_plane), subnet_id("private", A)
        async with experiments(ground, control_plane):
            start(control_plane, disruption())
            await until(lambda: subnets.acl_of(here).startswith("acl-made"), "the cut")
            (association,) = next(it for it in subnets.acls if it["NetworkAclId"] == subnets.acl_of(here))[
                "Associations"
            ]
            subnets.replace(
                {"AssociationId": association["NetworkAclAssociationId"], "NetworkAclId": "acl-deny-all"}
            )
            control_plane.ask("fis", "StopExperiment", "eu-west-2", id="EXP1")
            await until(is_in(control_plane, "stopped"), "the stop")
            assert subnets.acl_of(here) == "acl-deny-all"

    run(main())


def test_an_action_that_this_twin_does_not_do_fails_and_ends_the_others(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def main() -> None:
        subnets, document = Subnets(control_plane), disruption()
        document["actions"]["stress"] = {"actionId": "aws:ecs:task-cpu-stress", "startAfter": ["wait"]}
        document["actions"]["wait"] = {"actionId": "aws:fis:wait", "parameters": {"duration": "PT1S"}}
        document["actions"]["later"] = {"actionId": "aws:fis:wait", "startAfter": ["stress"]}
        async with experiments(ground, control_plane):
            start(control_plane, document)
            await until(is_in(control_plane, "failed"), "the failure")
            states = {name: it["state"]["status"] for name, it in report(control_plane)["actions"].items()}
            assert states == {"cut": "stopped", "stress": "failed", "wait": "completed", "later": "cancelled"}
            reason = report(control_plane)["actions"]["stress"]["state"]["reason"]
            assert reason == "This twin does not do aws:ecs:task-cpu-stress."
            assert subnets.acl_of(subnet_id("private", A)) == "acl-private"

    run(main())


def test_an_empty_target_fails_an_action_or_skips_it(ground: Ground, control_plane: FakeControlPlane) -> None:
    async def main() -> None:
        Subnets(control_plane)
        document = disruption()
        document["targets"]["subnets"]["resourceArns"] = ["arn:none"]
        async with experiments(ground, control_plane):
            start(control_plane, document)
            await until(is_in(control_plane, "failed"), "the failure")
            skipping = {**document, "experimentOptions": {"emptyTargetResolutionMode": "skip"}}
            start(control_plane, skipping, "EXP2")
            await until(lambda: report(control_plane, "EXP2").get("endTime"), "the end")
            assert report(control_plane, "EXP2")["state"]["status"] == "completed"
            assert report(control_plane, "EXP2")["actions"]["cut"]["state"]["status"] == "skipped"

    run(main())


def test_a_cache_loses_a_zone_for_the_duration(ground: Ground, control_plane: FakeControlPlane) -> None:
    async def main() -> None:
        group = {"ReplicationGroupId": "sessions", "ARN": "arn:sessions", "MultiAZ": "enabled"}
        control_plane.answers("elasticache", "describe_replication_groups", {"ReplicationGroups": [group]})
        document = {
            "targets": {
                "caches": {
                    "resourceType": "aws:elasticache:replicationgroup",
                    "resourceArns": ["arn:sessions"],
                    "parameters": {"availabilityZoneIdentifier": A},
                }
            },
            "actions": {
                "dark": {
                    "actionId": "aws:elasticache:replicationgroup-interrupt-az-power",
                    "parameters": {"duration": "PT4S"},
                    "targets": {"ReplicationGroups": "caches"},
                }
            },
        }
        async with experiments(ground, control_plane):
            start(control_plane, document)
            key = ("eu-west-2", "sessions", A)
            await until(lambda: ground.directory.cache_interruptions.get(key), "the loss")
            await until(is_in(control_plane, "completed"), "the end")
            assert ground.directory.cache_interruptions.all() == {}

    run(main())


def test_clusters_fail_over_and_tasks_are_stopped_by_the_api(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def main() -> None:
        clusters = [{"DBClusterArn": "arn:cases", "DBClusterIdentifier": "cases"}]
        control_plane.answers("rds", "describe_db_clusters", {"DBClusters": clusters})
        control_plane.answers("ecs", "list_tasks", {"taskArns": ["arn:t1"]})
        tasks = {"tasks": [{"taskArn": "arn:t1", "clusterArn": "arn:estate"}]}
        control_plane.answers("ecs", "describe_tasks", tasks)
        document = {
            "targets": {
                "clusters": {"resourceType": "aws:rds:cluster", "resourceArns": ["arn:cases"]},
                "tasks": {
                    "resourceType": "aws:ecs:task",
                    "parameters": {"cluster": "estate", "service": "case"},
                },
            },
            "actions": {
                "failover": {"actionId": "aws:rds:failover-db-cluster", "targets": {"Clusters": "clusters"}},
                "stop": {"actionId": "aws:ecs:stop-task", "targets": {"Tasks": "tasks"}},
            },
        }
        async with experiments(ground, control_plane):
            start(control_plane, document)
            await until(is_in(control_plane, "completed"), "the end")
        made = [call for call in control_plane.calls if call[1] in ("failover_db_cluster", "stop_task")]
        assert sorted(made, key=lambda it: it[1]) == [
            ("rds", "failover_db_cluster", {"DBClusterIdentifier": "cases"}),
            ("ecs", "stop_task", {"cluster": "arn:estate", "task": "arn:t1"}),
        ]

    run(main())


def test_the_scope_says_which_blocks_a_subnet_loses() -> None:
    here = {"SubnetId": "1", "VpcId": "v", "AvailabilityZone": A, "CidrBlock": "10.0.0.0/20"}
    beside = {**here, "SubnetId": "2", "CidrBlock": "10.0.16.0/20"}
    there = {**here, "SubnetId": "3", "AvailabilityZone": B, "CidrBlock": "10.0.32.0/20"}
    elsewhere = {**there, "SubnetId": "4", "VpcId": "w", "CidrBlock": "10.1.0.0/20"}
    subnets = [here, beside, there, elsewhere]
    assert denied_blocks(here, subnets, "availability-zone") == ["10.0.32.0/20"]
    assert denied_blocks(here, subnets, "all") == ["0.0.0.0/0"]


def test_denials_come_before_the_rules_that_there_were() -> None:
    rule = {
        "RuleNumber": 1,
        "Protocol": "6",
        "RuleAction": "allow",
        "Egress": False,
        "CidrBlock": "10.0.0.0/16",
    }
    last = {**rule, "RuleNumber": 32767, "RuleAction": "deny"}
    rules = clone_rules([rule, last], ["0.0.0.0/0"])
    assert [(it["RuleNumber"], it["RuleAction"], it["Egress"]) for it in rules] == [
        (1, "deny", False),
        (1, "deny", True),
        (1001, "allow", False),
    ]


def test_an_alarm_of_a_stop_condition_stops_the_experiment_and_restores(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def main() -> None:
        subnets, here = Subnets(control_plane), subnet_id("private", A)
        alarm = "arn:aws:cloudwatch:eu-west-2:123456789012:alarm:portal-errors"
        document = disruption() | {"stopConditions": [{"source": "aws:cloudwatch:alarm", "value": alarm}]}
        control_plane.answers("cloudwatch", "describe_alarms", {"MetricAlarms": [], "CompositeAlarms": []})
        async with experiments(ground, control_plane):
            start(control_plane, document)
            await until(lambda: subnets.acl_of(here).startswith("acl-made"), "the cut")
            await until(is_in(control_plane, "running"), "the report")
            ringing = {"MetricAlarms": [{"AlarmName": "portal-errors", "StateValue": "ALARM"}]}
            control_plane.answers("cloudwatch", "describe_alarms", ringing)
            await until(is_in(control_plane, "stopped"), "the stop")
            assert subnets.acl_of(here) == "acl-private"
            assert report(control_plane)["state"]["reason"] == "Experiment halted by stop condition."
            asked = [it for _, operation, it in control_plane.calls if operation == "describe_alarms"]
            assert asked[-1] == {"AlarmNames": ["portal-errors"], "StateValue": "ALARM"}

    run(main())
