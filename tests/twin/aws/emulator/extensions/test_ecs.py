from typing import Any

import pytest

from tests.twin.aws.emulator.conftest import Served


def _service(served: Served, name: str, **given: Any) -> Any:
    ecs = served.clients("ecs")
    ecs.create_service(
        cluster="base", serviceName=name, taskDefinition="base", **{"desiredCount": 2, **given}
    )
    return ecs


def _described(ecs: Any, name: str) -> Any:
    return ecs.describe_services(cluster="base", services=[name])["services"][0]


def test_a_service_that_is_told_to_have_more_tasks_runs_none_of_them_yet(mended: Served) -> None:
    ecs = _service(mended, "counted")
    ecs.update_service(cluster="base", service="counted", desiredCount=5)
    service = _described(ecs, "counted")
    assert (service["desiredCount"], service["pendingCount"], service["runningCount"]) == (5, 5, 0)
    primary = service["deployments"][0]
    assert (primary["desiredCount"], primary["pendingCount"], primary["runningCount"]) == (5, 5, 0)


def test_an_updated_service_shows_the_arn_of_a_task_definition_named_by_family(mended: Served) -> None:
    ecs = _service(mended, "named")
    ecs.update_service(cluster="base", service="named", taskDefinition="base")
    assert _described(ecs, "named")["taskDefinition"] == mended.world["task_definition"]


def test_the_primary_deployment_shows_service_connect(mended: Served) -> None:
    connect = {"enabled": True, "namespace": "estate"}
    ecs = _service(mended, "connected", serviceConnectConfiguration=connect)
    assert _described(ecs, "connected")["deployments"][0]["serviceConnectConfiguration"] == connect


def test_an_update_changes_what_it_gives_and_keeps_the_rest(mended: Served) -> None:
    ecs = _service(mended, "changed", healthCheckGracePeriodSeconds=30, enableExecuteCommand=True)
    ecs.update_service(cluster="base", service="changed", healthCheckGracePeriodSeconds=60)
    service = _described(ecs, "changed")
    assert (service["healthCheckGracePeriodSeconds"], service["enableExecuteCommand"]) == (60, True)


def test_a_service_that_is_made_again_shows_nothing_of_the_earlier_one(extended: Served) -> None:
    ecs = _service(extended, "again", healthCheckGracePeriodSeconds=30)
    ecs.delete_service(cluster="base", service="again", force=True)
    _service(extended, "again")
    assert _described(ecs, "again")["healthCheckGracePeriodSeconds"] == 0


@pytest.mark.parametrize("name", ["first", "second"])
def test_tasks_are_listed_by_service(mended: Served, name: str) -> None:
    ecs = mended.clients("ecs")
    world = mended.world
    network = {
        "awsvpcConfiguration": {"subnets": [world["subnet_a"]], "securityGroups": [world["security_group"]]}
    }
    started = ecs.run_task(
        cluster="base",
        taskDefinition="base",
        launchType="FARGATE",
        group=f"service:{name}",
        networkConfiguration=network,
    )
    ecs.run_task(
        cluster="base",
        taskDefinition="base",
        launchType="FARGATE",
        group="service:other",
        networkConfiguration=network,
    )
    assert ecs.list_tasks(cluster="base", serviceName=name)["taskArns"] == [started["tasks"][0]["taskArn"]]
