"""What is told of tasks and services, in AWS's shapes."""

from dataclasses import replace
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel

from tests.twin.runtime.tasks.sample import RUNNING, definition, service, task
from twin.runtime.tasks.deployment import FAILED_TASKS, begun, completed, declared, failed
from twin.runtime.tasks.model import Container, Health, Stop, StopCode, TaskStatus
from twin.runtime.tasks.reports import service_document, task_document

EVENT = {"id": "1", "createdAt": 1.0, "message": "(service portal) has reached a steady state."}


def members(name: str) -> set[str]:
    """Of a shape of ECS's API."""
    shape: Any = ServiceModel(Loader().load_service_model("ecs", "service-2")).shape_for(name)
    return set(shape.members)


def test_a_running_task_is_shown_with_its_container_and_address() -> None:
    agent = Container("agent", "image", is_essential=False)
    shown = task_document(
        task(
            "1",
            definition=replace(definition(), others=(agent,)),
            **RUNNING,
            health=Health.HEALTHY,
            group="service:portal",
        )
    )
    assert shown.keys() <= members("Task")
    assert {name: shown[name] for name in ("lastStatus", "desiredStatus", "healthStatus", "group")} == {
        "lastStatus": "RUNNING",
        "desiredStatus": "RUNNING",
        "healthStatus": "HEALTHY",
        "group": "service:portal",
    }
    main, other = shown["containers"]
    assert main.keys() <= members("Container")
    assert (main["lastStatus"], main["healthStatus"], other["healthStatus"]) == (
        "RUNNING",
        "HEALTHY",
        "UNKNOWN",
    )
    assert main["networkInterfaces"][0]["privateIpv4Address"] == "127.0.1.80"
    assert {"name": "privateIPv4Address", "value": "127.0.1.80"} in shown["attachments"][0]["details"]
    assert task_document(task("1", **RUNNING))["containers"][0]["containerArn"] == main["containerArn"]


def test_a_task_that_could_not_start_says_why() -> None:
    stop = Stop(StopCode.FAILED_TO_START, "CannotPullContainerError: …")
    shown = task_document(task("1", status=TaskStatus.STOPPED, is_wanted=False, stop=stop, stopped_at=2.0))
    assert (shown["stopCode"], shown["stoppedReason"], shown["desiredStatus"]) == (
        "TaskFailedToStart",
        "CannotPullContainerError: …",
        "STOPPED",
    )
    assert shown["containers"][0]["reason"] == "CannotPullContainerError: …"
    assert not {"startedAt", "executionStoppedAt"} & shown.keys()
    assert "exitCode" not in shown["containers"][0]


def test_a_service_counts_by_deployment_and_shows_those_with_tasks() -> None:
    first, second = service(2, "one"), service(2, "two")
    deployments = declared(completed(begun(first, 0), 1), second, 2)
    tasks = [task("1", deployment="one", **RUNNING), task("2", deployment="two")]
    shown = service_document(second, deployments, tasks, [EVENT])
    assert shown.keys() <= members("Service")
    assert (shown["runningCount"], shown["pendingCount"], shown["events"]) == (1, 1, [EVENT])
    facts = ("id", "status", "rolloutState", "desiredCount", "runningCount", "pendingCount")
    assert [tuple(it[name] for name in facts) for it in shown["deployments"]] == [
        ("two", "PRIMARY", "IN_PROGRESS", 2, 0, 1),
        ("one", "ACTIVE", "COMPLETED", 1, 1, 0),
    ]
    assert len(service_document(second, deployments, tasks[1:], [])["deployments"]) == 1


def test_a_rollback_is_told_by_the_ids_of_both_deployments() -> None:
    first, second = service(2, "one"), service(2, "two")
    deployments = failed(declared(completed(begun(first, 0), 1), second, 2), 3, True, FAILED_TASKS)
    shown = service_document(second, deployments, [], [])
    assert (shown["rolledBackFrom"], shown["rolledBackTo"]) == ("two", "one")
    assert [(it["id"], it["status"]) for it in shown["deployments"]] == [("one", "PRIMARY")]
