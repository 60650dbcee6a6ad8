"""The credentials of a task's roles: taken at its start, renewed, and served to the task alone."""

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.credentials import ContainerProvider
from botocore.exceptions import ClientError

from tests.twin.runtime.fake_control_plane import FakeControlPlane, session_of
from twin.runtime.tasks.credentials import RENEWED_BEFORE_SECONDS, TaskCredentials
from twin.runtime.tasks.exceptions import CannotAssume
from twin.runtime.tasks.model import Container, Task, TaskDefinition

REGION = "eu-west-2"
ROLE = "arn:aws:iam::123456789012:role/case-task"
EXECUTION = "arn:aws:iam::123456789012:role/case-execution"
ARN = f"arn:aws:ecs:{REGION}:123456789012:task/estate/7"
DENIED = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "AssumeRole")
URI, TOKEN = "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN"


def task(id_: str = "7", role: str | None = ROLE, execution: str | None = EXECUTION) -> Task:
    definition = TaskDefinition(
        arn="d",
        family="case",
        main=Container("case", "image"),
        others=(),
        cpu="256",
        memory="512",
        task_role_arn=role,
        execution_role_arn=execution,
        fingerprint="",
    )
    return Task(
        id=id_,
        arn=ARN,
        cluster_arn="c",
        definition=definition,
        zone=f"{REGION}a",
        address="127.0.0.1",
        created_at=0.0,
        subnet_id="",
    )


@dataclass
class Scene:
    plane: FakeControlPlane = field(default_factory=FakeControlPlane)
    now: float = 1_000.0

    def __post_init__(self) -> None:
        self.credentials = TaskCredentials(self.plane.plane, lambda: self.now)

    def lasting(self, until: float) -> None:
        self.plane.answers("sts", "assume_role", lambda it: {"Credentials": session_of(it["RoleArn"], until)})


def play(scene: Scene, act: Callable[[], Awaitable[None]]) -> None:
    """Acts while the endpoint serves."""

    async def _play() -> None:
        async with scene.credentials._endpoint.serving():  # pyright: ignore[reportPrivateUsage]
            await act()

    asyncio.run(_play())


def fetched(variables: Mapping[str, str], token: str | None = None) -> dict[str, Any]:
    request = urllib.request.Request(variables[URI], headers={"Authorization": token or variables[TOKEN]})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


def test_ecs_takes_both_roles_for_the_task() -> None:
    scene = Scene()

    async def act() -> None:
        await scene.credentials.begin(task())
        await scene.credentials.execution(task())

    play(scene, act)
    given = [it[2] for it in scene.plane.calls]
    assert [it["RoleArn"] for it in given] == [ROLE, EXECUTION]
    assert {(it["Service"], it["SourceArn"], it["Seconds"], it["RoleSessionName"]) for it in given} == {
        ("ecs-tasks.amazonaws.com", ARN, 21_600, "7")
    }


def test_an_sdk_finds_the_credentials_by_standard_variables() -> None:
    scene = Scene()
    scene.lasting(4e9)

    async def act() -> None:
        variables = await scene.credentials.begin(task())
        provider = ContainerProvider(environ=variables)
        found: Any = await asyncio.to_thread(provider.load)
        assert (found.access_key, found.token) == ("ASIA-case-task", "t")
        document = await asyncio.to_thread(fetched, variables)
        assert document == {
            "RoleArn": ROLE,
            "AccessKeyId": "ASIA-case-task",
            "SecretAccessKey": "s",
            "Token": "t",
            "Expiration": "2096-10-02T07:06:40Z",
        }

    play(scene, act)


def test_nobody_else_is_served() -> None:
    scene = Scene()

    async def act() -> None:
        mine, other = await scene.credentials.begin(task()), await scene.credentials.begin(task("8"))
        for variables, token in ((mine, other[TOKEN]), (mine, "x"), ({URI: mine[URI] + "0"}, mine[TOKEN])):
            with pytest.raises(urllib.error.HTTPError, match="401"):
                await asyncio.to_thread(fetched, variables, token)
        scene.credentials.end("7")
        with pytest.raises(urllib.error.HTTPError, match="401"):
            await asyncio.to_thread(fetched, mine)

    play(scene, act)


def test_a_task_without_a_role_is_told_of_no_credentials() -> None:
    scene = Scene()

    async def act() -> None:
        assert await scene.credentials.begin(task(role=None)) == {}
        assert await scene.credentials.execution(task(execution=None)) is None

    play(scene, act)


def test_a_role_that_does_not_trust_ecs_keeps_the_task_from_starting() -> None:
    scene = Scene()
    scene.plane.answers("sts", "assume_role", DENIED)

    async def act() -> None:
        with pytest.raises(CannotAssume) as caught:
            await scene.credentials.begin(task())
        assert caught.value.reason == (
            f"ECS was unable to assume the role '{ROLE}' that was provided for this task. Please verify that the role "
            "being passed has the proper trust relationship and permissions and that your IAM user has permissions to "
            "pass this role."
        )

    play(scene, act)


def test_credentials_are_renewed_before_they_expire_and_kept_while_nobody_answers() -> None:
    scene = Scene()
    scene.lasting(scene.now + RENEWED_BEFORE_SECONDS + 10)

    async def act() -> None:
        variables = await scene.credentials.begin(task())
        await scene.credentials.renew()
        assert len(scene.plane.calls) == 1
        scene.now += 20
        scene.plane.is_up = False
        await scene.credentials.renew()
        assert (await asyncio.to_thread(fetched, variables))["AccessKeyId"] == "ASIA-case-task"
        scene.plane.is_up = True
        scene.lasting(4e9)
        await scene.credentials.renew()
        assert (await asyncio.to_thread(fetched, variables))["Expiration"].startswith("2096")

    play(scene, act)


def test_while_nobody_answers_a_new_task_has_the_last_session_of_its_role_as_long_as_it_lasts() -> None:
    scene = Scene()
    scene.lasting(scene.now + 100)

    async def act() -> None:
        await scene.credentials.begin(task())
        scene.plane.is_up = False
        assert URI in await scene.credentials.begin(task("8"))
        scene.now += 200
        with pytest.raises(CannotAssume):
            await scene.credentials.begin(task("9"))

    play(scene, act)


def test_the_endpoint_answers_nothing_else() -> None:
    scene = Scene()

    async def act() -> None:
        variables = await scene.credentials.begin(task())
        base = variables[URI].partition("/v2/")[0]
        with pytest.raises(urllib.error.HTTPError, match="404"):
            await asyncio.to_thread(fetched, {URI: f"{base}/", TOKEN: "x"})

    play(scene, act)
