"""Who may log in is the control plane's to say, and while it says nothing, what it said last stands."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, cast

from twin.runtime.control_plane import ControlPlane, Seen
from twin.runtime.directory import StoreLogin
from twin.runtime.exceptions import ControlPlaneAway
from twin.runtime.relay import judging
from twin.runtime.relay.judging import Judging, LoginAttempt

ATTEMPT = LoginAttempt(
    "eu-west-2", StoreLogin("database", "cluster-CORE"), ("127.0.0.1:5432",), "case", "token"
)
NO = "User: x is not authorized to perform: rds-db:connect"


class Plane:
    """Attributes: refusal: None while it is away. asked: bodies. is_stuck: it never answers."""

    def __init__(self) -> None:
        self.refusal: str | None = ""
        self.asked: list[dict[str, Any]] = []
        self.is_stuck = False
        self.seen = Seen(versions={"iam": 1})

    async def ask(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        assert name == "login"
        self.asked.append(body)
        if self.is_stuck:
            await asyncio.Event().wait()
        if self.refusal is None:
            raise ControlPlaneAway("gone")
        return {"refusal": self.refusal, "role_arn": "", "expires_at": 2_000.0}


class Scene:
    def __init__(self) -> None:
        self.now, self.plane = 1_000.0, Plane()
        self.judging = Judging(cast(ControlPlane, self.plane), lambda: self.now)

    async def is_admitted(self, **changed: Any) -> bool:
        return await self.judging.is_admitted(replace(ATTEMPT, **changed))


def run(test: Callable[[Scene], Awaitable[None]]) -> None:
    async def main() -> None:
        async with asyncio.timeout(60):
            await test(Scene())

    asyncio.run(main())


def test_the_control_plane_is_told_all_that_it_needs() -> None:
    async def test(scene: Scene) -> None:
        assert await scene.is_admitted()
        assert scene.plane.asked == [
            {
                "kind": "database",
                "region": "eu-west-2",
                "store_id": "cluster-CORE",
                "hosts": ["127.0.0.1:5432"],
                "user": "case",
                "token": "token",
            }
        ]

    run(test)


def test_the_same_token_is_not_asked_for_again_until_iam_changes_or_a_minute_is_over() -> None:
    async def test(scene: Scene) -> None:
        for _ in range(3):
            assert await scene.is_admitted()
        assert len(scene.plane.asked) == 1
        scene.plane.seen = Seen(versions={"iam": 2})
        scene.plane.refusal = NO
        assert not await scene.is_admitted()
        scene.plane.refusal = ""
        assert await scene.is_admitted()
        scene.now += judging.REPEATED_SECONDS
        scene.plane.refusal = NO
        assert not await scene.is_admitted()

    run(test)


def test_a_refusal_is_asked_for_each_time() -> None:
    async def test(scene: Scene) -> None:
        scene.plane.refusal = NO
        assert [await scene.is_admitted() for _ in range(2)] == [False, False]
        assert len(scene.plane.asked) == 2

    run(test)


def test_while_the_control_plane_is_away_the_last_verdict_stands_for_another_token_too() -> None:
    async def test(scene: Scene) -> None:
        assert await scene.is_admitted()
        scene.plane.refusal = NO
        assert not await scene.is_admitted(user="portal")
        scene.plane.refusal = None
        assert await scene.is_admitted(token="another")
        assert not await scene.is_admitted(user="portal")
        assert not await scene.is_admitted(user="nobody has asked for")

    run(test)


def test_a_control_plane_that_does_not_answer_in_time_is_not_waited_for() -> None:
    async def test(scene: Scene) -> None:
        assert await scene.is_admitted()
        scene.plane.is_stuck, scene.now = True, scene.now + judging.REPEATED_SECONDS
        assert await scene.is_admitted()

    run(test)


def test_a_cluster_without_iam_authentication_takes_no_token() -> None:
    async def test(scene: Scene) -> None:
        store = StoreLogin("database", "cluster-CORE", takes_tokens=False)
        assert not await scene.is_admitted(store=store)
        assert scene.plane.asked == []

    run(test)


def test_whoever_comes_with_a_token_that_is_being_judged_waits_for_that_verdict() -> None:
    async def test(scene: Scene) -> None:
        verdicts = await asyncio.gather(
            *(scene.is_admitted() for _ in range(16)), scene.is_admitted(token="other")
        )
        assert verdicts == [True] * 17
        assert [it["token"] for it in scene.plane.asked] == ["token", "other"]

    run(test)


def test_a_verdict_is_asked_for_again_where_the_last_question_was_not_answered() -> None:
    async def test(scene: Scene) -> None:
        scene.plane.refusal = None
        assert not await scene.is_admitted()
        scene.plane.refusal = ""
        assert await scene.is_admitted()

    run(test)
