"""How a task runs."""

from typing import Any

import pytest

from components.exceptions import ComponentError
from components.private_service.fargate_size import MEMORY_BY_CPU, check_fargate_size
from tests.components.private_service.declaration import TAGS, declare
from tests.components.recording import ACCOUNT, Recording

TASK = "aws:ecs/taskDefinition:TaskDefinition"


def containers(recording: Recording) -> list[dict[str, Any]]:
    return recording.one(TASK).document("containerDefinitions")


def test_the_task_has_these_inputs_by_default() -> None:
    inputs = dict(declare().one(TASK).inputs)
    del inputs["containerDefinitions"]
    assert inputs == {
        "family": "case",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "512",
        "memory": "1024",
        "runtimePlatform": {"operatingSystemFamily": "LINUX", "cpuArchitecture": "X86_64"},
        "taskRoleArn": f"arn:aws:iam:eu-west-2:{ACCOUNT}:case-task-role",
        "executionRoleArn": f"arn:aws:iam:eu-west-2:{ACCOUNT}:case-execution-role",
        "volumes": [{"name": "tmp"}],
        "enableFaultInjection": False,
        "skipDestroy": True,
        "tags": TAGS,
    }


def test_the_container_has_a_read_only_root_no_capabilities_and_no_root_user() -> None:
    assert containers(declare()) == [
        {
            "name": "case",
            "image": "workload:1.0.0",
            "essential": True,
            "portMappings": [
                {
                    "name": "http",
                    "containerPort": 8080,
                    "hostPort": 8080,
                    "protocol": "tcp",
                    "appProtocol": "http",
                }
            ],
            "environment": [],
            "secrets": [],
            "healthCheck": {
                "command": ["CMD", "/healthy"],
                "interval": 10,
                "timeout": 5,
                "retries": 3,
                "startPeriod": 30,
            },
            "stopTimeout": 30,
            "user": "10001:10001",
            "privileged": False,
            "readonlyRootFilesystem": True,
            "linuxParameters": {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}},
            "ulimits": [{"name": "nofile", "softLimit": 65535, "hardLimit": 65535}],
            "mountPoints": [{"sourceVolume": "tmp", "containerPath": "/tmp", "readOnly": False}],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": "/ecs/case",
                    "awslogs-region": "eu-west-2",
                    "awslogs-stream-prefix": "case",
                    "mode": "non-blocking",
                    "max-buffer-size": "25m",
                },
            },
        }
    ]


def test_variables_are_in_order_and_secrets_are_references() -> None:
    [container] = containers(
        declare(
            environment={"ROLE": "case", "CELL": "families"},
            secrets={"PASSWORD": "arn:secret:x"},
            parameters={"LIMIT": "arn:parameter:y"},
        )
    )
    assert container["environment"] == [
        {"name": "CELL", "value": "families"},
        {"name": "ROLE", "value": "case"},
    ]
    assert container["secrets"] == [
        {"name": "LIMIT", "valueFrom": "arn:parameter:y"},
        {"name": "PASSWORD", "valueFrom": "arn:secret:x"},
    ]


def test_a_command_replaces_the_images() -> None:
    assert containers(declare(command=["serve", "--role", "case"]))[0]["command"] == [
        "serve",
        "--role",
        "case",
    ]


def test_fault_injection_shares_the_process_namespace_with_an_agent() -> None:
    recording = declare(fault_injection_agent_image="agent:1")
    task = recording.one(TASK).inputs
    _, agent = containers(recording)
    assert (task["enableFaultInjection"], task["pidMode"]) == (True, "task")
    assert {key: agent[key] for key in ("name", "image", "essential", "environment")} == {
        "name": "amazon-ssm-agent",
        "image": "agent:1",
        "essential": False,
        "environment": [{"name": "MANAGED_INSTANCE_ROLE_NAME", "value": "case-managed-instance-role"}],
    }


def test_without_fault_injection_nothing_of_it_is_there() -> None:
    added = set(declare(fault_injection_agent_image="agent:1").names) - set(declare().names)
    assert sorted(added) == [
        ("aws:iam/role:Role", "case-managed-instance-role"),
        ("aws:iam/rolePolicy:RolePolicy", "case-managed-instance-policy"),
        ("aws:iam/rolePolicy:RolePolicy", "case-task-policy"),
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "case-managed-instance-core"),
    ]
    assert "pidMode" not in declare().one(TASK).inputs


@pytest.mark.parametrize(
    ("args", "message"),
    [
        pytest.param(
            {"cpu": 300},
            "Fargate has tasks of 256, 512, 1024, 2048, 4096, 8192, 16384 CPU units, got 300. "
            "Choose one of them.",
            id="CPU",
        ),
        pytest.param(
            {"cpu": 256, "memory_mib": 4096},
            "Fargate pairs 256 CPU units with 512, 1024, 2048 MiB, got 4096. Choose one of them.",
            id="memory for the CPU",
        ),
        pytest.param(
            {"stop_timeout_seconds": 300},
            "Fargate gives a container 1 to 120 seconds to stop, got 300. Choose a number in between.",
            id="stop timeout",
        ),
        pytest.param(
            {"user": "0:0"},
            "A container does not run as root, got user '0:0'. Name another user.",
            id="root",
        ),
        pytest.param(
            {"environment": {"PASSWORD": "x"}, "secrets": {"PASSWORD": "arn"}},
            "A variable is either plain or secret, got 'PASSWORD' as both. Keep it where it belongs.",
            id="plain and secret",
        ),
    ],
)
def test_what_fargate_does_not_run_is_refused(args: dict[str, Any], message: str) -> None:
    with pytest.raises(ComponentError) as refusal:
        declare(**args)
    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("cpu", "least", "most"),
    [
        (256, 512, 2048),
        (512, 1024, 4096),
        (1024, 2048, 8192),
        (2048, 4096, 16384),
        (4096, 8192, 30720),
        (8192, 16384, 61440),
        (16384, 32768, 122880),
    ],
)
def test_fargates_smallest_and_largest_pairs_are_taken(cpu: int, least: int, most: int) -> None:
    assert (MEMORY_BY_CPU[cpu][0], MEMORY_BY_CPU[cpu][-1]) == (least, most)
    check_fargate_size(cpu, least)
    check_fargate_size(cpu, most)
