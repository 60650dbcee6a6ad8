"""Where a container's secrets come from, and what ECS says where they do not."""

import asyncio
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.twin.runtime.fake_control_plane import Answer, FakeControlPlane
from twin.runtime.tasks.exceptions import CannotStart
from twin.runtime.tasks.image import Images
from twin.runtime.tasks.secrets import Reference, fetch_secrets, reference

REGION = "eu-west-2"
SECRET = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:db-AbCdEf"
PARAMETER = "arn:aws:ssm:eu-west-1:123456789012:parameter/estate/key"
PREFIX = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
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
        return await fetch_secrets(fake.plane, {"X": value_from}, REGION)

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
        f"{SECRET} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret."
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
