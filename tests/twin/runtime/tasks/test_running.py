"""Services on real processes: forked by their zone's host, checked, registered, replaced and stopped."""

import asyncio
import json
import os
import signal
import time
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Any

import psutil
import pytest

from tests.twin.runtime.fake_control_plane import FakeControlPlane
from tests.twin.runtime.tasks.estate import GROUP, REGION, Estate, scheduling, until
from twin.runtime.directory import MeshEndpoint, Table, TargetHealth, TargetKey
from twin.runtime.ground import Ground

pytestmark = pytest.mark.twin

BALANCED = [{"targetGroupArn": GROUP, "containerName": "portal", "containerPort": 8080}]
IN_MESH = {
    "enabled": True,
    "services": [{"portName": "http", "clientAliases": [{"dnsName": "portal", "port": 8080}]}],
}
Scenario = Callable[[Estate], Awaitable[None]]


@pytest.fixture
def play(ground: Ground, control_plane: FakeControlPlane) -> Callable[[Scenario], None]:
    """Plays a scenario while the part runs."""

    async def _play(scenario: Scenario) -> None:
        estate = Estate(ground, control_plane)
        async with scheduling(ground):
            await scenario(estate)

    return lambda scenario: asyncio.run(_play(scenario))


def address_of(task: dict[str, Any]) -> str:
    details = {it["name"]: it["value"] for it in task["attachments"][0]["details"]}
    return details["privateIPv4Address"]


def environment_of(task: dict[str, Any]) -> dict[str, str]:
    """What the task's process says that its environment is."""
    with urllib.request.urlopen(f"http://{address_of(task)}:8080/", timeout=5) as answer:
        return json.load(answer)["environment"]


def pid_of(estate: Estate, task: dict[str, Any]) -> int:
    return estate.ground.directory.task_pids.all()[task["taskArn"]]


def is_there(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


async def note_offered(mesh: Table[str, MeshEndpoint], offered: set[str]) -> None:
    """Every task that is ever in the mesh is noted."""
    version = -1
    while True:
        version = await mesh.wait(version)
        offered.update(mesh.all())


def stopped(estate: Estate) -> list[dict[str, Any]]:
    return estate.tasks("STOPPED")


def test_a_service_has_its_tasks_one_a_zone_each_told_what_is_declared(
    play: Callable[[Scenario], None],
) -> None:
    async def scenario(estate: Estate) -> None:
        estate.declare("portal", estate.define("portal", environment={"ESTATE_ROLE": "portal"}), 3)
        await until(lambda: estate.is_steady("portal", 3))
        tasks = estate.tasks()
        assert sorted(it["availabilityZone"] for it in tasks) == ["eu-west-2a", "eu-west-2b", "eu-west-2c"]
        assert {it["healthStatus"] for it in tasks} == {"HEALTHY"}
        environment = await asyncio.to_thread(environment_of, tasks[0])
        assert environment["ESTATE_ROLE"] == "portal"
        assert environment["ESTATE_HOST"] == address_of(tasks[0])
        assert environment["HTTP_PROXY"] == f"http://127.0.0.1:9/{tasks[0]['availabilityZone']}"
        assert "PYTHONPATH" not in environment
        assert len({pid_of(estate, it) for it in tasks}) == 3
        assert estate.messages("portal")[-1] == "(service portal) has reached a steady state."

    play(scenario)


def test_tasks_that_no_load_balancer_sends_to_stand_back_where_cores_are_short(
    play: Callable[[Scenario], None],
) -> None:
    async def scenario(estate: Estate) -> None:
        estate.declare("portal", estate.define("portal"), 1, loadBalancers=BALANCED)
        estate.declare("case", estate.define("case"), 1)
        await until(lambda: estate.is_steady("portal", 1) and estate.is_steady("case", 1))
        own = psutil.Process().nice()
        niceness = {it["group"]: psutil.Process(pid_of(estate, it)).nice() - own for it in estate.tasks()}
        assert niceness == {"service:portal": 0, "service:case": 5}

    play(scenario)


def test_a_deployment_replaces_tasks_and_each_leaves_the_target_group_before_its_process_ends(
    play: Callable[[Scenario], None],
) -> None:
    async def scenario(estate: Estate) -> None:
        estate.declare("portal", estate.define("portal"), 2, loadBalancers=BALANCED)
        await until(lambda: estate.is_steady("portal", 2))
        first = {address_of(it): pid_of(estate, it) for it in estate.tasks()}
        there_when_deregistered: list[bool] = []
        note = estate.plane._answers["elbv2", "deregister_targets", None]

        def deregister(given: Any) -> dict[str, Any]:
            there_when_deregistered.append(is_there(first[given["Targets"][0]["Id"]]))
            assert callable(note)
            return note(given)

        estate.plane.answers("elbv2", "deregister_targets", deregister)
        second = estate.define("portal", environment={"NEW": "1"})
        estate.declare("portal", second, 2)
        await until(lambda: estate.is_steady("portal", 2) and len(stopped(estate)) == 2)
        assert {it["taskDefinitionArn"] for it in estate.tasks()} == {second}
        assert there_when_deregistered == [True, True]
        assert sorted(it[0] for it in estate.registered) == ["deregister"] * 2 + ["register"] * 4
        assert not any(is_there(pid) for pid in first.values())
        assert {(it["stopCode"], it["containers"][0]["exitCode"]) for it in stopped(estate)} == {
            ("ServiceSchedulerInitiated", 0)
        }

    play(scenario)


def test_a_task_that_dies_or_is_stopped_by_somebody_is_replaced(play: Callable[[Scenario], None]) -> None:
    async def scenario(estate: Estate) -> None:
        estate.declare("portal", estate.define("portal"), 2)
        await until(lambda: estate.is_steady("portal", 2))
        dies, is_stopped = estate.tasks()
        os.kill(pid_of(estate, dies), signal.SIGKILL)
        estate.plane.ask("ecs", "StopTask", REGION, task=is_stopped["taskArn"], reason="a drill")
        await until(lambda: len(stopped(estate)) == 2 and estate.is_steady("portal", 2))
        ends = {it["taskArn"]: it for it in stopped(estate)}
        death, end = ends[dies["taskArn"]], ends[is_stopped["taskArn"]]
        assert (death["stopCode"], death["stoppedReason"]) == (
            "EssentialContainerExited",
            "Essential container in task exited",
        )
        assert death["containers"][0]["exitCode"] == 137
        assert (end["stopCode"], end["stoppedReason"]) == ("UserInitiated", "a drill")

    play(scenario)


def test_a_task_that_does_not_heed_sigterm_is_killed_after_its_stop_time_out(
    play: Callable[[Scenario], None],
) -> None:
    async def scenario(estate: Estate) -> None:
        definition = estate.define("portal", environment={"TINY_STUBBORN": "1"}, stopTimeout=2)
        arn = estate.declare("portal", definition, 1)
        await until(lambda: estate.is_steady("portal", 1))
        pid = pid_of(estate, estate.tasks()[0])
        estate.withdraw(arn)
        await until(lambda: len(stopped(estate)) == 1)
        assert stopped(estate)[0]["containers"][0]["exitCode"] == 137
        assert not is_there(pid)
        await until(lambda: estate.service("portal") == {})

    play(scenario)


def test_a_target_that_is_unhealthy_is_replaced_before_it_is_stopped(
    play: Callable[[Scenario], None],
) -> None:
    async def scenario(estate: Estate) -> None:
        estate.declare("portal", estate.define("portal"), 2, loadBalancers=BALANCED)
        await until(lambda: estate.is_steady("portal", 2))
        ill = estate.tasks()[0]
        key = TargetKey(GROUP, address_of(ill), 8080)
        health = estate.ground.directory.target_health
        health.put(key, TargetHealth("unhealthy", "Target.Timeout", "Request timed out"))
        await until(lambda: len(stopped(estate)) == 1 and estate.is_steady("portal", 2))
        end = stopped(estate)[0]
        assert end["taskArn"] == ill["taskArn"]
        assert end["stoppedReason"] == f"Task failed ELB health checks in (target-group {GROUP})"
        told = estate.messages("portal")
        assert any(
            f"is unhealthy in (target-group {GROUP}) due to (reason Request timed out)" in it for it in told
        )

    play(scenario)


def test_a_container_that_fails_its_check_is_not_in_the_mesh_and_fails_its_deployment(
    play: Callable[[Scenario], None],
) -> None:
    async def scenario(estate: Estate) -> None:
        good = estate.define("portal")
        estate.declare("portal", good, 1, serviceConnectConfiguration=IN_MESH)
        await until(lambda: estate.is_steady("portal", 1))
        mesh = estate.ground.directory.mesh
        (served,) = mesh.all().values()
        assert isinstance(served, MeshEndpoint)
        assert (served.name, served.service, served.backend.port) == ("portal", "portal", 8080)
        offered: set[str] = set()
        noting = asyncio.create_task(note_offered(mesh, offered))
        estate.declare("portal", estate.define("portal", environment={"TINY_HEALTH": "ill"}), 1)
        await until(lambda: "rolledBackTo" in estate.service("portal"))
        noting.cancel()
        assert offered == set(mesh.all())
        await until(lambda: estate.is_steady("portal", 1))
        assert estate.tasks()[0]["taskDefinitionArn"] == good
        assert {it["stoppedReason"] for it in stopped(estate)} >= {"Task failed container health checks"}
        assert any("deployment failed: tasks failed to start." in it for it in estate.messages("portal"))

    play(scenario)


def test_what_keeps_a_task_from_starting_is_its_stopped_reason(play: Callable[[Scenario], None]) -> None:
    async def scenario(estate: Estate) -> None:
        estate.plane.answers("ssm", "get_parameters", {"Parameters": []})
        definition = estate.define("portal", secrets=[{"name": "KEY", "valueFrom": "/estate/key"}])
        estate.declare("portal", definition, 1)
        await until(lambda: stopped(estate))
        end = stopped(estate)[0]
        assert end["stopCode"] == "TaskFailedToStart"
        assert end["stoppedReason"].startswith("ResourceInitializationError: unable to pull secrets")
        assert "startedAt" not in end

    play(scenario)


def test_a_zone_without_power_is_replaced_elsewhere_and_evened_out_when_it_is_back(
    play: Callable[[Scenario], None],
) -> None:
    async def scenario(estate: Estate) -> None:
        estate.declare("portal", estate.define("portal"), 3)
        await until(lambda: estate.is_steady("portal", 3))
        lost = next(it for it in estate.tasks() if it["availabilityZone"] == "eu-west-2b")
        ground = estate.ground
        cut_at = time.time()
        ground.zones.change("eu-west-2b", has_power=False)
        ground.processes.cut_power("eu-west-2b")
        await until(lambda: stopped(estate))
        (end,) = stopped(estate)
        assert (end["taskArn"], end["stopCode"]) == (lost["taskArn"], "TerminationNotice")
        # Until it is taken for lost, it is shown as it was last heard of.
        assert end["stoppingAt"] - cut_at >= ground.profile.seconds("host_loss")
        await until(lambda: estate.is_steady("portal", 3))
        assert {it["availabilityZone"] for it in estate.tasks()} == {"eu-west-2a", "eu-west-2c"}
        ground.zones.change("eu-west-2b", has_power=True)
        await until(lambda: "eu-west-2b" in {it["availabilityZone"] for it in estate.tasks()})
        await until(lambda: estate.is_steady("portal", 3) and len(stopped(estate)) == 2)
        assert len({it["availabilityZone"] for it in estate.tasks()}) == 3
        assert any("to AZ Rebalance" in it for it in estate.messages("portal"))

    play(scenario)


def test_a_frozen_zone_fails_its_checks_and_is_replaced(play: Callable[[Scenario], None]) -> None:
    async def scenario(estate: Estate) -> None:
        check = {"command": ["CMD", "python", "-m", "tiny_health"], "interval": 5, "timeout": 1, "retries": 1}
        estate.declare("portal", estate.define("portal", healthCheck=check), 3)
        await until(lambda: estate.is_steady("portal", 3))
        frozen = next(it for it in estate.tasks() if it["availabilityZone"] == "eu-west-2c")
        pid = pid_of(estate, frozen)
        estate.ground.zones.change("eu-west-2c", is_frozen=True)
        estate.ground.processes.freeze("eu-west-2c")
        await until(lambda: stopped(estate) and estate.is_steady("portal", 3))
        assert stopped(estate)[0]["stoppedReason"] == "Task failed container health checks"
        assert not is_there(pid)
        assert {it["availabilityZone"] for it in estate.tasks()} == {"eu-west-2a", "eu-west-2b"}

    play(scenario)


def test_a_fork_server_that_dies_is_started_again_with_its_tasks(play: Callable[[Scenario], None]) -> None:
    async def scenario(estate: Estate) -> None:
        estate.declare("portal", estate.define("portal"), 3)
        await until(lambda: estate.is_steady("portal", 3))
        server = next(it for it in estate.ground.processes.running() if it.zone == "eu-west-2a")
        pid = next(pid_of(estate, it) for it in estate.tasks() if it["availabilityZone"] == "eu-west-2a")
        os.kill(server.pid, signal.SIGKILL)
        await until(lambda: len(stopped(estate)) == 1 and estate.is_steady("portal", 3))
        assert not is_there(pid)
        assert len({it["availabilityZone"] for it in estate.tasks()}) == 3

    play(scenario)


def test_another_control_plane_finds_the_tasks_running_and_registered(
    play: Callable[[Scenario], None],
) -> None:
    async def scenario(estate: Estate) -> None:
        same = estate.define("portal")
        arn = estate.declare("portal", same, 2, loadBalancers=BALANCED)
        await until(lambda: estate.is_steady("portal", 2))
        before = {it["taskArn"] for it in estate.tasks()}
        services, estate.services = estate.services, {}
        estate.plane.restart()
        estate.services = services
        deployment = {"id": "ecs-svc/again", "status": "PRIMARY", "taskDefinition": same}
        estate.services[arn] |= {"deployments": [deployment]}
        estate.plane.change("ecs")
        await until(lambda: len(estate.registered) == 4)
        estate.plane.settle()
        await until(lambda: estate.service("portal")["deployments"][0]["id"] == "ecs-svc/again")
        await until(lambda: estate.is_steady("portal", 2))
        assert {it["taskArn"] for it in estate.tasks(None)} == before
        assert {it["startedBy"] for it in estate.tasks()} == {"ecs-svc/again"}

    play(scenario)


def test_a_task_of_no_service_runs_once(play: Callable[[Scenario], None]) -> None:
    async def scenario(estate: Estate) -> None:
        arn = f"arn:aws:ecs:{REGION}:123456789012:task/estate/{'1' * 32}"
        asked = {
            "taskArn": arn,
            "clusterArn": f"arn:aws:ecs:{REGION}:123456789012:cluster/estate",
            "taskDefinitionArn": estate.define("case", environment={"TINY_EXIT": "3"}),
            "group": "family:case",
            "launchType": "FARGATE",
        }
        network = {"awsvpcConfiguration": {"subnets": ["subnet-b"]}}
        estate.plane.ask_with({"tasks": [asked]}, "ecs", "RunTask", REGION, networkConfiguration=network)
        await until(lambda: stopped(estate))
        (end,) = stopped(estate)
        assert (end["taskArn"], end["availabilityZone"]) == (arn, "eu-west-2b")
        assert (end["stopCode"], end["containers"][0]["exitCode"]) == ("EssentialContainerExited", 3)
        assert estate.ground.log("tasks", "case", f"{'1' * 32}.log").read_text().endswith("leaving at once\n")

    play(scenario)


def test_tasks_end_with_the_host_of_their_zone_however_it_ends(play: Callable[[Scenario], None]) -> None:
    processes: list[psutil.Process] = []

    async def scenario(estate: Estate) -> None:
        estate.declare("portal", estate.define("portal", environment={"TINY_STUBBORN": "1"}), 3)
        await until(lambda: estate.is_steady("portal", 3))
        processes.extend(psutil.Process(pid_of(estate, it)) for it in estate.tasks())

    play(scenario)
    gone, alive = psutil.wait_procs(processes, timeout=10)
    assert (len(gone), alive) == (3, [])
