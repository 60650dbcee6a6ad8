"""The data plane takes roles for tasks, and calls AWS in their name."""

import asyncio

import httpx
import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.authorization.roles import ACCOUNT, document, trusting
from tests.twin.aws.emulator.conftest import Served
from twin.runtime.aws_calls import AwsCalls, Identity

TASK = f"arn:aws:ecs:eu-west-2:{ACCOUNT}:task/estate/1"
TASKS = "ecs-tasks.amazonaws.com"


def test_a_call_in_somebodys_name_is_judged_as_theirs_and_others_are_the_operators(extended: Served) -> None:
    iam = extended.clients("iam")
    trust = trusting(
        {"Service": TASKS}, Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:ecs:*:{ACCOUNT}:*"}}
    )
    arn = iam.create_role(RoleName="runtime", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    statement = {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"}
    iam.put_role_policy(RoleName="runtime", PolicyName="own", PolicyDocument=document(statement))
    asyncio.run(_play(extended.endpoint, arn))


async def _play(endpoint: str, role_arn: str) -> None:
    plane = AwsCalls()
    plane.endpoint = endpoint
    identity = httpx.get(f"{endpoint}/moto-api/estate/identity", trust_env=False).json()
    plane.boot = identity["nonce"]
    with pytest.raises(ClientError, match="AccessDenied"):
        await plane.assume("eu-west-2", role_arn, "task-1", TASKS, TASK.replace(ACCOUNT, "9" * 12), 900)
    taken = (await plane.assume("eu-west-2", role_arn, "task-1", TASKS, TASK, 21_600))["Credentials"]
    session = Identity(taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"])
    await plane.call_as(session, "ecr", "eu-west-2", "get_authorization_token")
    with pytest.raises(
        ClientError, match="assumed-role/runtime/task-1 is not authorized to perform: ecr:Describe"
    ):
        await plane.call_as(session, "ecr", "eu-west-2", "describe_repositories")
    await plane.call("ecr", "eu-west-2", "describe_repositories")
