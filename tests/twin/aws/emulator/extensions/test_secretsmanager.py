import io
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.conftest import Served

ROTATE = Path(__file__).parents[5] / "components" / "rotation" / "rotate.py"
FAILING = "def handler(event, context):\n    raise ValueError('the partner is away')\n"


def _function(served: Served, name: str, source: str, is_allowed: bool = True) -> str:
    """The ARN of a deployed function that Secrets Manager may call."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("rotate.py", source)
    functions = served.clients("lambda")
    made = functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=served.world["role"],
        Handler="rotate.handler",
        Code={"ZipFile": package.getvalue()},
        Environment={
            "Variables": {"SECRET_FIELD": "token", "SECRET_LENGTH": "24", "EXCLUDED_CHARACTERS": "/"}
        },
    )
    if is_allowed:
        functions.add_permission(
            FunctionName=name,
            StatementId="rotate",
            Action="lambda:InvokeFunction",
            Principal="secretsmanager.amazonaws.com",
        )
    return made["FunctionArn"]


def _until(holds: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 15
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _stages(secrets: Any, name: str) -> list[list[str]]:
    return list(secrets.describe_secret(SecretId=name).get("VersionIdsToStages", {}).values())


def _value(secrets: Any, name: str) -> dict[str, str]:
    return json.loads(secrets.get_secret_value(SecretId=name)["SecretString"])


def test_a_secret_without_a_value_gets_its_first_by_rotation(extended: Served) -> None:
    secrets = extended.clients("secretsmanager")
    secrets.create_secret(Name="partner/api/first")
    secrets.rotate_secret(
        SecretId="partner/api/first",
        RotationLambdaARN=_function(extended, "rotate-first", ROTATE.read_text()),
        RotationRules={"AutomaticallyAfterDays": 30},
    )
    _until(lambda: _stages(secrets, "partner/api/first") == [["AWSCURRENT"]])
    assert len(_value(secrets, "partner/api/first")["token"]) == 24


def test_another_rotation_replaces_the_value_and_keeps_the_one_before(extended: Served) -> None:
    secrets = extended.clients("secretsmanager")
    secrets.create_secret(Name="again", SecretString='{"token": "old", "user": "estate"}')
    arn = _function(extended, "rotate-again", ROTATE.read_text())
    asked = secrets.rotate_secret(SecretId="again", RotationLambdaARN=arn)
    _until(lambda: ["AWSPREVIOUS"] in _stages(secrets, "again"))
    _until(lambda: ["AWSCURRENT"] in _stages(secrets, "again"))
    found = secrets.get_secret_value(SecretId="again")
    assert found["VersionId"] == asked["VersionId"]
    value = json.loads(found["SecretString"])
    assert (value["user"], value["token"] != "old") == ("estate", True)
    previous = secrets.get_secret_value(SecretId="again", VersionStage="AWSPREVIOUS")
    assert json.loads(previous["SecretString"])["token"] == "old"


def test_a_rotation_that_fails_leaves_its_version_pending_and_the_value_as_it_was(extended: Served) -> None:
    secrets = extended.clients("secretsmanager")
    secrets.create_secret(Name="failing", SecretString='{"token": "old"}')
    arn = _function(extended, "rotate-failing", FAILING)
    secrets.rotate_secret(SecretId="failing", RotationLambdaARN=arn)
    # The next one in the queue is done only after this one was tried.
    secrets.create_secret(Name="after-failing")
    rotates = _function(extended, "rotate-after", ROTATE.read_text())
    secrets.rotate_secret(SecretId="after-failing", RotationLambdaARN=rotates)
    _until(lambda: _stages(secrets, "after-failing") == [["AWSCURRENT"]])
    assert sorted(_stages(secrets, "failing")) == [["AWSCURRENT"], ["AWSPENDING"]]
    assert _value(secrets, "failing") == {"token": "old"}
    with pytest.raises(ClientError, match="previous rotation isn't complete"):
        secrets.rotate_secret(SecretId="failing")


def test_a_function_that_secrets_manager_may_not_call_is_refused(extended: Served) -> None:
    secrets = extended.clients("secretsmanager")
    secrets.create_secret(Name="forbidden")
    arn = _function(extended, "rotate-forbidden", FAILING, is_allowed=False)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        secrets.rotate_secret(SecretId="forbidden", RotationLambdaARN=arn)


def test_a_rotation_that_is_put_off_makes_no_version(extended: Served) -> None:
    secrets = extended.clients("secretsmanager")
    secrets.create_secret(Name="later")
    arn = _function(extended, "rotate-later", ROTATE.read_text())
    secrets.rotate_secret(
        SecretId="later",
        RotationLambdaARN=arn,
        RotateImmediately=False,
        RotationRules={"AutomaticallyAfterDays": 30},
    )
    found = secrets.describe_secret(SecretId="later")
    assert (found["RotationEnabled"], _stages(secrets, "later")) == (True, [])


def test_rotation_is_set_where_there_is_no_function(mended: Served) -> None:
    secrets = mended.clients("secretsmanager")
    made = secrets.create_secret(Name="rotated", SecretString="never-shown-3")
    secrets.rotate_secret(
        SecretId="rotated",
        RotationLambdaARN=mended.world["function"],
        RotationRules={"ScheduleExpression": "rate(10 days)", "Duration": "3h"},
    )
    secret = secrets.describe_secret(SecretId="rotated")
    assert secret["RotationEnabled"] is True
    assert secret["RotationRules"] == {"ScheduleExpression": "rate(10 days)", "Duration": "3h"}
    assert secret["VersionIdsToStages"] == {made["VersionId"]: ["AWSCURRENT"]}


def test_a_replica_of_a_secret_is_read_in_its_region(extended: Served) -> None:
    extended.clients("secretsmanager").create_secret(
        Name="copied", SecretString="never-shown-4", AddReplicaRegions=[{"Region": "eu-west-1"}]
    )
    there = extended.clients("secretsmanager", "eu-west-1")
    assert there.get_secret_value(SecretId="copied")["SecretString"] == "never-shown-4"
