"""Secret and RotationFunction: no value passes through the program."""

from typing import Any

import pytest

from components.exceptions import ComponentError
from components.rotation_function import RotationFunction, RotationFunctionArgs
from components.secret import Secret, SecretArgs
from tests.components.recording import ACCOUNT, Recording, record

KEY = "arn:aws:kms:eu-west-2:123456789012:key/secrets"
FUNCTION = "arn:aws:lambda:eu-west-2:123456789012:function:rotation"
TAGS = {"environment": "test"}
LAMBDA = "aws:lambda/function:Function"


def declare(**args: Any) -> Recording:
    given: dict[str, Any] = {"description": "Calls to DWP", "kms_key_arn": KEY, "tags": TAGS}
    return record(lambda: Secret("dwp", SecretArgs(**(given | args))))


def function(**args: Any) -> Recording:
    given: dict[str, Any] = {"kms_key_arn": KEY, "secret_kms_key_arns": [KEY], "tags": TAGS}
    return record(lambda: RotationFunction("rotation", RotationFunctionArgs(**(given | args))))


def test_a_secret_declares_no_version_so_no_value_is_in_the_program() -> None:
    recording = declare(rotation_function_arn=FUNCTION)
    assert recording.names == [
        ("aws:secretsmanager/secret:Secret", "dwp-secret"),
        ("aws:secretsmanager/secretPolicy:SecretPolicy", "dwp-policy"),
        ("aws:secretsmanager/secretRotation:SecretRotation", "dwp-rotation"),
        ("estate:data:Secret", "dwp"),
    ]
    assert recording.untagged(TAGS) == []
    assert dict(recording.one("aws:secretsmanager/secret:Secret").inputs) == {
        "description": "Calls to DWP",
        "kmsKeyId": KEY,
        "recoveryWindowInDays": 30,
        "tags": TAGS,
    }


def test_rotation_starts_at_once_and_makes_the_first_value() -> None:
    rotation = declare(rotation_function_arn=FUNCTION).one("aws:secretsmanager/secretRotation:SecretRotation")
    assert dict(rotation.inputs) == {
        "secretId": "dwp-secret-id",
        "rotationLambdaArn": FUNCTION,
        "rotateImmediately": True,
        "rotationRules": {"automaticallyAfterDays": 30},
    }


def test_the_policy_refuses_plain_text_and_other_accounts() -> None:
    policy = declare().one("aws:secretsmanager/secretPolicy:SecretPolicy")
    assert policy.inputs["blockPublicPolicy"] is True
    assert [
        (item["Sid"], item["Effect"], item["Condition"]) for item in policy.document("policy")["Statement"]
    ] == [
        ("DenyWithoutTls", "Deny", {"Bool": {"aws:SecureTransport": "false"}}),
        (
            "DenyOtherAccounts",
            "Deny",
            {
                "StringNotEquals": {"aws:PrincipalAccount": ACCOUNT},
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
            },
        ),
    ]


def test_each_replica_has_the_key_of_its_region() -> None:
    secret = declare(replicas=[{"region": "eu-west-1", "kms_key_arn": "arn:key-1"}]).one(
        "aws:secretsmanager/secret:Secret"
    )
    assert secret.inputs["replicas"] == [{"region": "eu-west-1", "kmsKeyId": "arn:key-1"}]


@pytest.mark.parametrize(
    ("args", "rule"),
    [
        pytest.param(
            {"rotate_after_days": 7}, "needs a function that does it, got none", id="nobody-rotates"
        ),
        pytest.param(
            {"rotation_function_arn": FUNCTION, "rotate_after_days": 0},
            "1 to 1,000 days, got 0",
            id="too-often",
        ),
        pytest.param({"recovery_window_days": 6}, "7 to 30 days, got 6", id="gone-too-soon"),
    ],
)
def test_an_impossible_secret_is_refused(args: dict[str, Any], rule: str) -> None:
    with pytest.raises(ComponentError, match=rule):
        declare(**args)


def test_a_rotation_function_declares_exactly_these_children() -> None:
    recording = function()
    assert recording.names == [
        ("aws:cloudwatch/logGroup:LogGroup", "rotation-log"),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "rotation-errors"),
        ("aws:iam/role:Role", "rotation-role"),
        ("aws:iam/rolePolicy:RolePolicy", "rotation-policy"),
        (LAMBDA, "rotation-function"),
        ("aws:lambda/permission:Permission", "rotation-permission"),
        ("estate:data:RotationFunction", "rotation"),
    ]
    assert [child.type for child in recording.resources if child.inputs.get("tags") != TAGS] == [
        "aws:iam/rolePolicy:RolePolicy",
        "aws:lambda/permission:Permission",
        "estate:data:RotationFunction",
    ]


def test_the_function_has_these_inputs_by_default() -> None:
    inputs = dict(function().one(LAMBDA).inputs)
    archive = inputs.pop("code")
    assert list(archive.assets) == ["rotate.py"]
    assert "def handler(" in archive.assets["rotate.py"].text
    assert inputs == {
        "architectures": ["arm64"],
        "description": "Rotates secrets: a random value for one field.",
        "environment": {
            "variables": {
                "SECRET_FIELD": "secret",
                "SECRET_LENGTH": "48",
                "EXCLUDED_CHARACTERS": "\"'`\\/@:$&?#%+ ",
            }
        },
        "handler": "rotate.handler",
        "kmsKeyArn": KEY,
        "loggingConfig": {"logFormat": "JSON", "logGroup": "/aws/lambda/rotation"},
        "memorySize": 128,
        "name": "rotation",
        "reservedConcurrentExecutions": 5,
        "role": "arn:aws:iam:eu-west-2:123456789012:rotation-role",
        "runtime": "python3.13",
        "tags": TAGS,
        "timeout": 30,
        "tracingConfig": {"mode": "Active"},
    }


def test_the_function_touches_only_the_secrets_that_name_it() -> None:
    statements = function().one("aws:iam/rolePolicy:RolePolicy").document("policy")["Statement"]
    assert [(item["Sid"], item["Resource"]) for item in statements] == [
        ("RotateSecrets", "arn:aws:secretsmanager:eu-west-2:123456789012:secret:*"),
        ("MakeRandomValues", "*"),
        ("UseSecretKeys", [KEY]),
        ("WriteLog", "arn:aws:cloudwatch:eu-west-2:123456789012:rotation-log:*"),
        ("Trace", "*"),
    ]
    assert statements[0]["Condition"] == {
        "StringEquals": {"secretsmanager:resource/AllowRotationLambdaArn": FUNCTION}
    }
    assert statements[2]["Condition"] == {
        "StringEquals": {"kms:ViaService": "secretsmanager.eu-west-2.amazonaws.com"}
    }


def test_only_secrets_manager_of_this_account_invokes_the_function() -> None:
    recording = function()
    assert dict(recording.one("aws:lambda/permission:Permission").inputs) == {
        "function": "rotation",
        "action": "lambda:InvokeFunction",
        "principal": "secretsmanager.amazonaws.com",
        "sourceAccount": ACCOUNT,
    }
    [trust] = recording.one("aws:iam/role:Role").document("assumeRolePolicy")["Statement"]
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_the_function_can_stand_in_the_vpc_and_keep_dead_letters() -> None:
    recording = function(
        subnet_ids=["subnet-a"],
        security_group_ids=["sg-1"],
        dead_letter_queue_arn="arn:dlq",
        dead_letter_kms_key_arn="arn:key",
    )
    inputs = recording.one(LAMBDA).inputs
    assert inputs["vpcConfig"] == {"subnetIds": ["subnet-a"], "securityGroupIds": ["sg-1"]}
    assert inputs["deadLetterConfig"] == {"targetArn": "arn:dlq"}
    statements = recording.one("aws:iam/rolePolicy:RolePolicy").document("policy")["Statement"]
    assert [(item["Sid"], item["Resource"]) for item in statements[-2:]] == [
        ("SendDeadLetters", "arn:dlq"),
        ("UseDeadLetterKey", "arn:key"),
    ]
    attached = recording.one("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    assert attached.inputs["policyArn"].endswith("service-role/AWSLambdaVPCAccessExecutionRole")
    assert "rotation-vpc-access" in recording.one(LAMBDA).depends_on


def test_a_secret_waits_for_the_permission_of_its_function() -> None:
    def build() -> None:
        rotation = RotationFunction("rotation", {"kms_key_arn": KEY, "secret_kms_key_arns": [KEY]})
        Secret(
            "dwp", {"description": "Calls to DWP", "kms_key_arn": KEY, "rotation_function_arn": rotation.arn}
        )

    recording = record(build)
    assert (
        "rotation-permission" in recording.one("aws:secretsmanager/secretRotation:SecretRotation").depends_on
    )
    assert "rotation-policy" in recording.one(LAMBDA).depends_on


@pytest.mark.parametrize(
    ("args", "rule"),
    [
        pytest.param({"secret_length": 15}, "16 to 4,096 characters, got 15", id="guessable"),
        pytest.param({"subnet_ids": ["subnet-a"]}, "needs a security group", id="no-way-out"),
    ],
)
def test_an_impossible_function_is_refused(args: dict[str, Any], rule: str) -> None:
    with pytest.raises(ComponentError, match=rule):
        function(**args)
