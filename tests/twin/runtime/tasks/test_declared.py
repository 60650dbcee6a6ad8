"""What is read out of the API's documents."""

from typing import Any

from twin.runtime.tasks.declared import overridden, service_of, task_definition_of
from twin.runtime.tasks.model import Container, DeploymentAlarms, HealthCheck, MeshName, ServiceKey, Target

ARN = "arn:aws:ecs:eu-west-2:123456789012:"


def container(name: str = "portal", **members: Any) -> dict[str, Any]:
    return {
        "name": name,
        "image": "image",
        "essential": True,
        "portMappings": [{"containerPort": 8080}],
    } | members


def definition(*containers: dict[str, Any]) -> dict[str, Any]:
    return {
        "taskDefinitionArn": f"{ARN}task-definition/portal:1",
        "family": "portal",
        "containerDefinitions": list(containers),
    }


def test_the_container_named_like_the_service_runs_and_others_are_shown() -> None:
    document = definition(container("proxy"), container("portal"), container("agent", essential=False))
    found = task_definition_of(document, "eu-west-2", "portal")
    assert (found.main.name, [it.name for it in found.others]) == ("portal", ["proxy", "agent"])


def test_a_container_is_read_with_the_documented_defaults() -> None:
    check = {"command": ["CMD", "true"]}
    found = task_definition_of(definition(container(healthCheck=check)), "eu-west-2").main
    assert found == Container(
        "portal", "image", port=8080, health_check=HealthCheck(("CMD", "true"), 30, 5, 3, 0)
    )
    assert found.stop_timeout_seconds == 30


def test_entry_point_and_command_are_one() -> None:
    document = definition(container(entryPoint=["python"], command=["-m", "x"]))
    assert task_definition_of(document, "eu-west-2").main.arguments == ("python", "-m", "x")


def test_the_content_differs_where_the_environment_does_but_not_with_the_emulators_port() -> None:
    def content(value: str) -> str:
        document = definition(container(environment=[{"name": "X", "value": value}]))
        return task_definition_of(document, "eu-west-2").fingerprint

    assert content("http://127.0.0.1:4001/queue") == content("http://127.0.0.1:4002/queue")
    assert content("a") != content("b")


def test_overrides_change_the_main_container() -> None:
    found = task_definition_of(definition(container(environment=[{"name": "A", "value": "1"}])), "eu-west-2")
    given = {
        "name": "portal",
        "command": ["python", "-m", "job"],
        "environment": [{"name": "B", "value": "2"}],
    }
    main = overridden(found, {"containerOverrides": [given]}).main
    assert (main.arguments, main.environment) == (("python", "-m", "job"), {"A": "1", "B": "2"})


def test_a_service_is_read_whole() -> None:
    document = {
        "serviceArn": f"{ARN}service/estate/portal",
        "serviceName": "portal",
        "clusterArn": f"{ARN}cluster/estate",
        "desiredCount": 3,
        "deployments": [{"id": "old", "status": "ACTIVE"}, {"id": "new", "status": "PRIMARY"}],
        "deploymentConfiguration": {
            "minimumHealthyPercent": 50,
            "maximumPercent": 150,
            "deploymentCircuitBreaker": {"enable": True, "rollback": False},
            "alarms": {"enable": True, "rollback": True, "alarmNames": ["portal-errors"]},
        },
        "healthCheckGracePeriodSeconds": 30,
        "availabilityZoneRebalancing": "ENABLED",
        "loadBalancers": [{"targetGroupArn": "group", "containerName": "portal", "containerPort": 8080}],
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}],
        "serviceConnectConfiguration": {
            "enabled": True,
            "services": [
                {
                    "portName": "http",
                    "clientAliases": [{"dnsName": "portal", "port": 80}],
                    "timeout": {"perRequestTimeoutSeconds": 9},
                }
            ],
        },
        "propagateTags": "SERVICE",
        "tags": [{"key": "owner", "value": "x"}],
    }
    found = service_of(
        document, task_definition_of(definition(container()), "eu-west-2"), {"a": "subnet-a"}, 4
    )
    assert found.key == ServiceKey("eu-west-2", "estate", "portal")
    assert (found.deployment_id, found.desired_count, found.generation) == ("new", 3, 4)
    assert (found.minimum_healthy_percent, found.maximum_percent) == (50, 150)
    assert (found.breaks_circuit, found.rolls_back, found.is_rebalanced) == (True, False, True)
    assert found.alarms == DeploymentAlarms(("portal-errors",), rolls_back=True)
    assert found.targets == (Target("group", 8080),)
    assert found.mesh == MeshName("portal", 8080, 9, 300)
    assert found.capacity == {"capacityProviderName": "FARGATE"}
    assert found.tags == ({"key": "owner", "value": "x"},)
