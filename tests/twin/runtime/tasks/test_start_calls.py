"""A task whose interface does not let ECS reach what it needs does not start."""

from dataclasses import replace

import pytest

from twin.runtime.network.ways import ClosedWays
from twin.runtime.tasks.model import Container, TaskDefinition
from twin.runtime.tasks.start_calls import StartPlace, refusal

REGION = "eu-west-2"
REGISTRY = f"123456789012.dkr.ecr.{REGION}.amazonaws.com/workload"
SECRET = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:token-abc"
MAIN = Container(
    name="case",
    image=f"{REGISTRY}@sha256:0",
    secrets={"TOKEN": SECRET, "LEVEL": "/estate/level"},
    log_group="/estate/case",
)
DEFINITION = TaskDefinition(arn="arn", family="case", main=MAIN)


def said(*services: str, definition: TaskDefinition = DEFINITION, is_online: bool = True) -> str:
    """Args: services: that are closed to the task. is_online: it reaches the internet."""
    ways = ClosedWays(
        aws=frozenset(("case", "a", it) for it in services),
        internet=frozenset() if is_online else frozenset({("case", "a")}),
    )
    return refusal(definition, StartPlace("case", "a", REGION, ways)) or ""


def test_a_task_starts_where_everything_is_reached() -> None:
    assert said() == ""
    assert said("sqs", "kinesis-streams") == ""


@pytest.mark.parametrize(
    ("service", "beginning", "part"),
    [
        (
            "ecr.api",
            "ResourceInitializationError: unable to pull secrets or registry auth: ",
            'Post "https://api.ecr.eu-west-2.amazonaws.com/": dial tcp: i/o timeout',
        ),
        (
            "secretsmanager",
            "ResourceInitializationError: unable to pull secrets or registry auth: ",
            f"failed to fetch secret {SECRET} from secrets manager: RequestCanceled",
        ),
        (
            "ssm",
            "ResourceInitializationError: unable to pull secrets or registry auth: ",
            "unable to retrieve secrets from ssm",
        ),
        (
            "ecr.dkr",
            "CannotPullContainerError: pull image manifest has been retried",
            f'Head "https://{REGISTRY.replace("/", "/v2/")}/manifests/sha256:0": dial tcp: i/o timeout',
        ),
        ("s3", "CannotPullContainerError: ", "prod-eu-west-2-starport-layer-bucket.s3"),
        ("logs", "ResourceInitializationError: failed to validate logger args: ", "logs.eu-west-2"),
    ],
)
def test_each_service_that_is_away_keeps_the_task_from_starting(
    service: str, beginning: str, part: str
) -> None:
    reason = said(service)
    assert reason.startswith(beginning)
    assert part in reason


def test_the_first_call_that_fails_is_told() -> None:
    assert said("logs", "s3", "ecr.api") == said("ecr.api")
    assert said("logs", "s3") == said("s3")


def test_what_a_task_does_not_need_is_not_asked_for() -> None:
    plain = replace(DEFINITION, main=Container("case", "docker.io/x"))
    assert said("ecr.api", "ecr.dkr", "s3", "logs", "ssm", "secretsmanager", definition=plain) == ""


def test_other_containers_need_their_ways_as_well() -> None:
    agent = Container("agent", "docker.io/x", log_group="/agent")
    assert said("logs", definition=replace(DEFINITION, main=replace(MAIN, log_group=None), others=(agent,)))


def test_an_image_of_another_region_comes_over_the_internet() -> None:
    far = replace(DEFINITION, main=replace(MAIN, image=MAIN.image.replace(REGION, "eu-west-1")))
    assert said("ecr.api", "ecr.dkr", "s3", definition=far) == ""
    assert "api.ecr.eu-west-1" in said(definition=far, is_online=False)


def test_another_zone_and_another_service_are_not_concerned() -> None:
    ways = ClosedWays(aws=frozenset({("case", "b", "ecr.api"), ("portal", "a", "ecr.api")}))
    assert refusal(DEFINITION, StartPlace("case", "a", REGION, ways)) is None
