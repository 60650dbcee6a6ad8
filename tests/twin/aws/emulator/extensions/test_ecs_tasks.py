"""Tasks are what the data plane reports."""

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.conftest import Served
from tests.twin.aws.emulator.reporting import changes, document, report

PREFIX = "arn:aws:ecs:eu-west-2:123456789012:task/base/"
CLUSTER = "arn:aws:ecs:eu-west-2:123456789012:cluster/base"


def _task(identifier: str, **given: Any) -> dict[str, Any]:
    return {
        "taskArn": PREFIX + identifier,
        "clusterArn": CLUSTER,
        "taskDefinitionArn": "arn:aws:ecs:eu-west-2:123456789012:task-definition/base:1",
        "group": "service:web",
        "lastStatus": "RUNNING",
        "desiredStatus": "RUNNING",
        "healthStatus": "HEALTHY",
        "launchType": "FARGATE",
        "startedBy": "ecs-svc/1",
        "createdAt": 1_700_000_000.5,
        "tags": [{"key": "k", "value": "v"}],
        "containers": [{"name": "app", "lastStatus": "RUNNING", "exitCode": 0}],
        **given,
    }


def _report(served: Served, *tasks: dict[str, Any]) -> None:
    report(served.endpoint, *(document("ecs", "task", it["taskArn"], it) for it in tasks))


def _forget(served: Served, *identifiers: str) -> None:
    report(served.endpoint, *(document("ecs", "task", PREFIX + it, None) for it in identifiers))


def _described(served: Served, *identifiers: str, **given: Any) -> Any:
    return served.clients("ecs").describe_tasks(cluster="base", tasks=list(identifiers), **given)


def _asked(served: Served, operation: str) -> list[dict[str, Any]]:
    return [it for it in changes(served.endpoint)["requests"] if it["operation"] == operation]


def test_a_reported_task_is_shown_whole_by_id_and_by_arn(attended: Served) -> None:
    _report(attended, _task("a1"))
    for name in ("a1", PREFIX + "a1"):
        (shown,) = _described(attended, name)["tasks"]
        assert (shown["lastStatus"], shown["containers"][0]["exitCode"]) == ("RUNNING", 0)
        assert shown["createdAt"].timestamp() == 1_700_000_000.5
        assert "tags" not in shown
    (tagged,) = _described(attended, "a1", include=["TAGS"])["tasks"]
    assert tagged["tags"] == [{"key": "k", "value": "v"}]
    _forget(attended, "a1")


def test_a_missing_task_is_named(attended: Served) -> None:
    answer = _described(attended, "absent")
    assert (answer["tasks"], answer["failures"]) == ([], [{"arn": PREFIX + "absent", "reason": "MISSING"}])


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        pytest.param({}, ["f1", "f2", "f3"], id="running by default"),
        pytest.param({"serviceName": "web"}, ["f1"], id="service"),
        pytest.param({"serviceName": "service/base/web"}, ["f1"], id="service's ARN"),
        pytest.param({"family": "other"}, ["f3"], id="family"),
        pytest.param({"startedBy": "me"}, ["f2"], id="started by"),
        pytest.param({"launchType": "EC2"}, ["f3"], id="launch type"),
        pytest.param({"containerInstance": "i9"}, ["f3"], id="container instance"),
        pytest.param({"desiredStatus": "STOPPED"}, ["f4"], id="stopped"),
        pytest.param({"desiredStatus": "PENDING"}, [], id="pending, which no task is meant to be"),
    ],
)
def test_tasks_are_listed_by_what_is_asked(
    attended: Served, filters: dict[str, Any], expected: list[str]
) -> None:
    definition = "arn:aws:ecs:eu-west-2:123456789012:task-definition/other:1"
    instance = "arn:aws:ecs:eu-west-2:123456789012:container-instance/base/i9"
    _report(
        attended,
        _task("f1"),
        _task("f2", group="family:base", startedBy="me"),
        _task(
            "f3",
            group="service:b",
            launchType="EC2",
            taskDefinitionArn=definition,
            containerInstanceArn=instance,
        ),
        _task("f4", desiredStatus="STOPPED", lastStatus="STOPPED", stoppedAt=time.time()),
    )
    listed = attended.clients("ecs").list_tasks(cluster="base", **filters)["taskArns"]
    _forget(attended, "f1", "f2", "f3", "f4")
    assert [arn.removeprefix(PREFIX) for arn in listed] == expected


def test_tasks_are_listed_in_pages(attended: Served) -> None:
    names = [f"p{number}" for number in range(5)]
    _report(attended, *(_task(name) for name in names))
    pages = attended.clients("ecs").get_paginator("list_tasks").paginate(
        cluster="base", PaginationConfig={"PageSize": 2}
    )  # fmt: skip
    listed = [[arn.removeprefix(PREFIX) for arn in page["taskArns"]] for page in pages]
    _forget(attended, *names)
    assert listed == [["p0", "p1"], ["p2", "p3"], ["p4"]]


def test_a_service_that_is_not_there_has_no_list_of_tasks(attended: Served) -> None:
    with pytest.raises(ClientError, match="ServiceNotFoundException"):
        attended.clients("ecs").list_tasks(cluster="base", serviceName="absent")


def test_a_task_that_stopped_is_shown_for_an_hour(attended: Served) -> None:
    stopped = {"lastStatus": "STOPPED", "desiredStatus": "STOPPED"}
    _report(
        attended,
        _task("s1", **stopped, stoppedAt=time.time() - 3500),
        _task("s2", **stopped, stoppedAt=time.time() - 3700),
    )
    answer = _described(attended, "s1", "s2")
    _forget(attended, "s1", "s2")
    assert [it["taskArn"] for it in answer["tasks"]] == [PREFIX + "s1"]
    assert [it["arn"] for it in answer["failures"]] == [PREFIX + "s2"]


def test_a_task_that_is_told_to_stop_is_wanted_stopped_at_once_and_the_data_plane_is_asked(
    attended: Served,
) -> None:
    _report(attended, _task("t1"))
    answered = attended.clients("ecs").stop_task(cluster="base", task="t1", reason="drill")["task"]
    (shown,) = _described(attended, "t1")["tasks"]
    told = [
        (it["lastStatus"], it["desiredStatus"], it["stopCode"], it["stoppedReason"])
        for it in (answered, shown)
    ]
    assert told == [("RUNNING", "STOPPED", "UserInitiated", "drill")] * 2
    request = _asked(attended, "StopTask")[-1]
    assert request["parameters"] == {"cluster": "base", "task": "t1", "reason": "drill"}
    assert request["answer"]["taskArn"] == PREFIX + "t1"
    _report(attended, _task("t1", lastStatus="DEPROVISIONING"))
    assert _described(attended, "t1")["tasks"][0]["desiredStatus"] == "STOPPED"
    ended = {"lastStatus": "STOPPED", "desiredStatus": "STOPPED", "stoppedReason": "as reported"}
    _report(attended, _task("t1", **ended, stoppedAt=time.time()))
    assert _described(attended, "t1")["tasks"][0]["stoppedReason"] == "as reported"
    _forget(attended, "t1")


def test_a_task_that_is_stopping_is_not_asked_for_twice(attended: Served) -> None:
    _report(attended, _task("t2"))
    before = len(_asked(attended, "StopTask"))
    for _ in range(2):
        attended.clients("ecs").stop_task(cluster="base", task="t2")
    _forget(attended, "t2")
    assert len(_asked(attended, "StopTask")) == before + 1


def test_a_task_that_is_not_there_cannot_be_stopped(attended: Served) -> None:
    with pytest.raises(ClientError, match=r"InvalidParameterException.*The referenced task was not found"):
        attended.clients("ecs").stop_task(cluster="base", task="absent")


def test_a_task_that_is_run_is_provisioning_until_it_is_reported(attended: Served) -> None:
    ecs = attended.clients("ecs")
    network = {"awsvpcConfiguration": {"subnets": [attended.world["subnet_a"]]}}
    (task,) = ecs.run_task(
        cluster="base",
        taskDefinition="base",
        startedBy="drill",
        networkConfiguration=network,
        launchType="FARGATE",
    )["tasks"]
    assert (task["lastStatus"], task["desiredStatus"], task["group"]) == (
        "PROVISIONING",
        "RUNNING",
        "family:base",
    )
    identifier = task["taskArn"].removeprefix(PREFIX)
    assert ecs.list_tasks(cluster="base", startedBy="drill")["taskArns"] == [task["taskArn"]]
    request = _asked(attended, "RunTask")[-1]
    assert [it["taskArn"] for it in request["answer"]["tasks"]] == [task["taskArn"]]
    assert request["parameters"]["networkConfiguration"] == network
    _report(attended, _task(identifier, group="family:base"))
    assert _described(attended, identifier)["tasks"][0]["lastStatus"] == "RUNNING"
    _forget(attended, identifier)
    assert _described(attended, identifier)["tasks"] == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param({"taskDefinition": "absent"}, "TaskDefinition not found", id="definition"),
        pytest.param({"networkConfiguration": None}, "Network Configuration must be provided", id="network"),
        pytest.param({"count": 11}, "count must be between 1 and 10", id="count"),
        pytest.param({"cluster": "absent"}, "ClusterNotFoundException", id="cluster"),
    ],
)
def test_a_task_that_cannot_be_run_is_refused(attended: Served, given: dict[str, Any], message: str) -> None:
    network = {"awsvpcConfiguration": {"subnets": [attended.world["subnet_a"]]}}
    asked = {"cluster": "base", "taskDefinition": "base", "networkConfiguration": network, **given}
    with pytest.raises(ClientError, match=message):
        attended.clients("ecs").run_task(**{name: it for name, it in asked.items() if it is not None})


def test_a_service_s_task_is_protected_for_a_time(attended: Served) -> None:
    ecs = attended.clients("ecs")
    _report(attended, _task("q1"), _task("q2", group="family:base"))
    answer = ecs.update_task_protection(
        cluster="base", tasks=["q1", "q2", "absent"], protectionEnabled=True, expiresInMinutes=1
    )
    assert [it["taskArn"] for it in answer["protectedTasks"]] == [PREFIX + "q1"]
    assert [it["reason"] for it in answer["failures"]] == ["TASK_NOT_VALID", "MISSING"]
    (shown,) = ecs.get_task_protection(cluster="base", tasks=["q1"])["protectedTasks"]
    assert shown["protectionEnabled"]
    assert 0 < shown["expirationDate"].timestamp() - time.time() <= 60
    assert _asked(attended, "UpdateTaskProtection")[-1]["answer"] == {"taskArns": [PREFIX + "q1"]}
    ecs.update_task_protection(cluster="base", tasks=["q1"], protectionEnabled=False)
    (shown,) = ecs.get_task_protection(cluster="base", tasks=["q1"])["protectedTasks"]
    assert shown == {"taskArn": PREFIX + "q1", "protectionEnabled": False}
    _forget(attended, "q1", "q2")


@pytest.mark.parametrize("minutes", [0, 2881])
def test_protection_lasts_a_minute_to_two_days(attended: Served, minutes: int) -> None:
    with pytest.raises(ClientError, match="expiresInMinutes must be between 1 and 2880"):
        attended.clients("ecs").update_task_protection(
            cluster="base", tasks=["q"], protectionEnabled=True, expiresInMinutes=minutes
        )


def test_a_cluster_counts_what_is_reported(attended: Served) -> None:
    _report(
        attended,
        _task("c1"),
        _task("c2"),
        _task("c3", lastStatus="PENDING"),
        _task("c4", lastStatus="STOPPED"),
    )
    (cluster,) = attended.clients("ecs").describe_clusters(clusters=["base"])["clusters"]
    _forget(attended, "c1", "c2", "c3", "c4")
    assert (cluster["runningTasksCount"], cluster["pendingTasksCount"]) == (2, 1)


def test_without_a_data_plane_tasks_are_moto_s(extended: Served) -> None:
    ecs = extended.clients("ecs")
    groups = {"subnets": [extended.world["subnet_a"]], "securityGroups": [extended.world["security_group"]]}
    (task,) = ecs.run_task(
        cluster="base",
        taskDefinition="base",
        launchType="FARGATE",
        startedBy="alone",
        networkConfiguration={"awsvpcConfiguration": groups},
    )["tasks"]
    assert task["lastStatus"] == "RUNNING"
    assert ecs.list_tasks(cluster="base", startedBy="alone")["taskArns"] == [task["taskArn"]]
    assert ecs.stop_task(cluster="base", task=task["taskArn"])["task"]["lastStatus"] == "STOPPED"
