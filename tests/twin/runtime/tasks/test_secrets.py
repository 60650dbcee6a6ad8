"""Where a container's secrets come from, and what ECS says where they do not."""

import asyncio
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.twin.runtime.fake_control_plane import Answer, FakeControlPlane
from twin.runtime.aws_calls import Identity
from twin.runtime.tasks.exceptions import CannotStart
from twin.runtime.tasks.image import Images
from twin.runtime.tasks.secrets import Reference, fetch_secrets, reference

REGION = "eu-west-2"
SECRET = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:db-AbCdEf"
PARAMETER = "arn:aws:ssm:eu-west-1:123456789012:parameter/estate/key"
PREFIX = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
EXECUTION = Identity("ASIA-execution", "s", "t")
IMAGE = "123456789012.dkr.ecr.eu-west-2.amazonaws.com/workload@sha256:0"


@pytest.mark.parametrize(
    ("value_from", "expected"),
    [
        pytest.param("key", Reference("ssm", REGION, "key"), id="parameter-by-name"),
        pytest.param(PARAMETER, Reference("ssm", "eu-west-1", "/estate/key"), id="parameter-in-a-hierarchy"),
        pytest.param(
            "arn:aws:ssm:eu-west-2:123456789012:parameter/key",
            Reference("ssm", REGION, "key"),
            id="parameter-by-arn",
        ),
        pytest.param(SECRET, Reference("secretsmanager", REGION, SECRET), id="secret"),
        pytest.param(
            f"{SECRET}:password::",
            Reference("secretsmanager", REGION, SECRET, "password"),
            id="member-of-a-secret",
        ),
        pytest.param(
            f"{SECRET}::AWSPREVIOUS:",
            Reference("secretsmanager", REGION, SECRET, "", "AWSPREVIOUS"),
            id="stage",
        ),
        pytest.param(
            f"{SECRET}:::v1", Reference("secretsmanager", REGION, SECRET, "", "", "v1"), id="version"
        ),
    ],
)
def test_value_from_names_a_parameter_or_a_part_of_a_secret(value_from: str, expected: Reference) -> None:
    assert reference(value_from, REGION) == expected


def fetched(value_from: str, operation: str, answer: Answer) -> str:
    async def fetch() -> dict[str, str]:
        fake = FakeControlPlane()
        fake.answers(reference(value_from, REGION).service, operation, answer)
        found = await fetch_secrets(fake.plane, {"X": value_from}, REGION, EXECUTION)
        assert fake.callers == [(operation, "ASIA-execution")]
        return found

    return asyncio.run(fetch())["X"]


def refused(value_from: str, operation: str, answer: Answer) -> str:
    with pytest.raises(CannotStart) as error:
        fetched(value_from, operation, answer)
    return error.value.reason


def missing(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "GetSecretValue")


def test_values_are_fetched() -> None:
    assert fetched(PARAMETER, "get_parameters", {"Parameters": [{"Value": "k"}]}) == "k"
    assert fetched(SECRET, "get_secret_value", {"SecretString": '{"a": 1}'}) == '{"a": 1}'
    member: dict[str, Any] = {"SecretString": '{"password": "p", "port": 5432}'}
    assert fetched(f"{SECRET}:password::", "get_secret_value", member) == "p"
    assert fetched(f"{SECRET}:port::", "get_secret_value", member) == "5432"


def test_a_missing_value_keeps_the_task_from_starting() -> None:
    assert refused("key", "get_parameters", {"Parameters": []}) == (
        f"{PREFIX}unable to retrieve secrets from ssm: service call has been retried 1 time(s): "
        "invalid ssm parameters: key"
    )
    error = missing("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    assert refused(SECRET, "get_secret_value", error) == (
        f"{PREFIX}unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret "
        f"{SECRET} from secrets manager: operation error Secrets Manager: GetSecretValue, https response error "
        "StatusCode: 400, RequestID: , api error ResourceNotFoundException: Secrets Manager can't find the specified "
        "secret."
    )
    assert refused(f"{SECRET}:user::", "get_secret_value", {"SecretString": "{}"}).endswith(
        "retrieved secret from Secrets Manager did not contain json key user"
    )


def test_an_image_needs_its_repository() -> None:
    async def require(image: str, answer: Answer) -> None:
        fake = FakeControlPlane()
        fake.answers("ecr", "describe_repositories", answer)
        await Images(fake.plane).require(image)

    asyncio.run(require(IMAGE, {"repositories": [{}]}))
    for image in (IMAGE, "nginx:latest"):
        with pytest.raises(CannotStart, match=f"^CannotPullContainerError: .*{image}: not found"):
            asyncio.run(require(image, missing("RepositoryNotFoundException", "")))


def test_an_image_that_was_seen_starts_without_control_plane() -> None:
    async def require_twice() -> None:
        fake = FakeControlPlane()
        fake.answers("ecr", "describe_repositories", {"repositories": [{}]})
        images = Images(fake.plane)
        await images.require(IMAGE)
        fake.is_up = False
        await images.require(IMAGE)

    asyncio.run(require_twice())


async def pull(denied: str) -> FakeControlPlane:
    """The execution role pulls, and is denied one operation."""
    fake = FakeControlPlane()
    error = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "User: x"}}, "O")
    fake.answers("ecr", "get_download_url_for_layer", missing("LayersNotFoundException", ""))
    fake.answers("ecr", denied, error)
    await Images(fake.plane).require(IMAGE, EXECUTION)
    return fake


def test_an_image_is_pulled_by_the_execution_role() -> None:
    calls = ["get_authorization_token", "batch_get_image", "get_download_url_for_layer"]
    fake = asyncio.run(pull("describe_repositories"))
    assert fake.callers == [(it, "ASIA-execution") for it in calls]


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        (
            "get_authorization_token",
            f"{PREFIX}unable to retrieve ecr registry auth: service call has been retried 1 time(s): "
            "AccessDeniedException: User: x",
        ),
        (
            "batch_get_image",
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "
            f"{IMAGE}: denied: User: x",
        ),
        (
            "get_download_url_for_layer",
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "
            f"{IMAGE}: denied: User: x",
        ),
    ],
)
def test_a_role_that_may_not_pull_keeps_the_task_from_starting(operation: str, reason: str) -> None:
    with pytest.raises(CannotStart) as caught:
        asyncio.run(pull(operation))
    assert caught.value.reason == reason


def test_secrets_need_an_execution_role() -> None:
    with pytest.raises(CannotStart, match="you must also specify a value for 'executionRoleArn'"):
        asyncio.run(fetch_secrets(FakeControlPlane().plane, {"X": SECRET}, REGION))
