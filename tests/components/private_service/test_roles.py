"""What the two roles may do: what was asked for, and nothing else."""

from typing import Any

import pytest

from components.exceptions import ComponentError
from components.private_service import GrantArgs
from tests.components.private_service.declaration import declare
from tests.components.recording import ACCOUNT, Recording

ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/rolePolicy:RolePolicy"
QUEUE = "arn:aws:sqs:eu-west-2:123456789012:applications"

WRITE_LOG = {
    "Sid": "WriteLog",
    "Effect": "Allow",
    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
    "Resource": f"arn:aws:cloudwatch:eu-west-2:{ACCOUNT}:case-logs:*",
}


def statements(recording: Recording, name: str) -> list[dict[str, Any]]:
    return recording.one(POLICY, name).document("policy")["Statement"]


@pytest.mark.parametrize("name", ["case-task-role", "case-execution-role"])
def test_only_tasks_of_this_account_may_take_a_role(name: str) -> None:
    assert declare().one(ROLE, name).document("assumeRolePolicy")["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Condition": {
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
                "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:eu-west-2:{ACCOUNT}:*"},
            },
        }
    ]


def test_without_a_grant_the_task_role_has_no_policy() -> None:
    assert declare().names_of(POLICY) == ["case-execution-policy"]


def test_the_execution_role_of_the_least_service_writes_the_log_only() -> None:
    assert statements(declare(), "case-execution-policy") == [WRITE_LOG]


def test_the_execution_role_pulls_reads_and_decrypts_what_was_named() -> None:
    recording = declare(
        repository_arn="repository-arn",
        secrets={"PASSWORD": "arn:aws:secretsmanager:eu-west-2:1:secret:db-AbCdEf:password::"},
        parameters={"LIMIT": "arn:aws:ssm:eu-west-2:1:parameter/limit"},
        secret_key_arns=["key-arn"],
    )
    via = ["secretsmanager.eu-west-2.amazonaws.com", "ssm.eu-west-2.amazonaws.com"]
    assert statements(recording, "case-execution-policy") == [
        WRITE_LOG,
        {
            "Sid": "RegistryToken",
            "Effect": "Allow",
            "Action": ["ecr:GetAuthorizationToken"],
            "Resource": "*",
        },
        {
            "Sid": "PullImage",
            "Effect": "Allow",
            "Action": [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer",
            ],
            "Resource": "repository-arn",
        },
        {
            "Sid": "ReadSecrets",
            "Effect": "Allow",
            "Action": ["secretsmanager:GetSecretValue"],
            "Resource": ["arn:aws:secretsmanager:eu-west-2:1:secret:db-AbCdEf"],
        },
        {
            "Sid": "ReadParameters",
            "Effect": "Allow",
            "Action": ["ssm:GetParameters"],
            "Resource": ["arn:aws:ssm:eu-west-2:1:parameter/limit"],
        },
        {
            "Sid": "DecryptSecrets",
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": ["key-arn"],
            "Condition": {"StringEquals": {"kms:ViaService": via}},
        },
    ]


def test_grants_become_the_task_roles_statements() -> None:
    plain = GrantArgs(name="SendApplications", actions=["sqs:SendMessage"], resources=[QUEUE])
    bounded = GrantArgs(
        name="UseKey",
        actions=["kms:Decrypt"],
        resources=["key-arn"],
        conditions={"StringEquals": {"kms:ViaService": "sqs.eu-west-2.amazonaws.com"}},
    )
    assert statements(declare(grants=[plain, bounded]), "case-task-policy") == [
        {
            "Sid": "SendApplications",
            "Effect": "Allow",
            "Action": ["sqs:SendMessage"],
            "Resource": [QUEUE],
        },
        {
            "Sid": "UseKey",
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": ["key-arn"],
            "Condition": {"StringEquals": {"kms:ViaService": "sqs.eu-west-2.amazonaws.com"}},
        },
    ]


def test_a_fast_step_lets_tasks_publish_in_its_namespace() -> None:
    fast = {
        "namespace": "Estate/Service",
        "metric_name": "BusySlots",
        "threshold": 70,
        "steps": [{"above": 0, "add_percent": 50}],
    }
    recording = declare(scaling={"minimum": 3, "maximum": 12, "fast_step": fast})
    assert statements(recording, "case-task-policy") == [
        {
            "Sid": "PublishMetrics",
            "Effect": "Allow",
            "Action": ["cloudwatch:PutMetricData"],
            "Resource": "*",
            "Condition": {"StringEquals": {"cloudwatch:namespace": ["Estate/Service"]}},
        }
    ]


def test_fault_injection_lets_tasks_register_themselves_with_one_role() -> None:
    granted = statements(declare(fault_injection_agent_image="agent:1"), "case-task-policy")
    assert granted == [
        {
            "Sid": "RegisterTask",
            "Effect": "Allow",
            "Action": ["ssm:CreateActivation", "ssm:AddTagsToResource"],
            "Resource": "*",
        },
        {
            "Sid": "PassInstanceRole",
            "Effect": "Allow",
            "Action": ["iam:PassRole"],
            "Resource": f"arn:aws:iam:eu-west-2:{ACCOUNT}:case-managed-instance-role",
            "Condition": {"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}},
        },
    ]


def test_a_boundary_holds_both_roles() -> None:
    recording = declare(permissions_boundary_arn="boundary-arn")
    assert [role.inputs["permissionsBoundary"] for role in recording.of_type(ROLE)] == ["boundary-arn"] * 2


@pytest.mark.parametrize("action", ["*", "sqs:*", "*:SendMessage", "sqs"])
def test_a_grant_of_everything_is_refused(action: str) -> None:
    with pytest.raises(ComponentError) as refusal:
        declare(grants=[GrantArgs(name="All", actions=[action], resources=[QUEUE])])
    assert str(refusal.value) == (
        f"A grant names actions of a service, got {action!r} in 'All'. List those that it needs."
    )


def test_a_grants_name_is_a_sid() -> None:
    with pytest.raises(ComponentError, match=r"^A grant's name is letters and digits, got 'send-it'\."):
        declare(grants=[GrantArgs(name="send-it", actions=["sqs:SendMessage"], resources=[QUEUE])])
