"""The data plane follows the emulator: what changed, what is asked, what it was told; and outlives it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from twin.aws.emulator.process import Emulator, find, start
from twin.runtime.control_plane import ControlPlane, Request

pytestmark = pytest.mark.twin

REGION = "eu-west-2"


@pytest.fixture
def state_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    if running := find(tmp_path):
        running.stop()


def _follow(state_dir: Path, scenario: Callable[[ControlPlane], Awaitable[None]]) -> None:
    async def whole() -> None:
        control_plane = ControlPlane(state_dir, "run-of-a-test")
        following = asyncio.create_task(control_plane.run())
        try:
            await scenario(control_plane)
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    asyncio.run(asyncio.wait_for(whole(), 60))


def _client(emulator: Emulator, service: str) -> Any:
    return boto3.client(  # type: ignore[call-overload]
        service,
        region_name=REGION,
        endpoint_url=emulator.endpoint,
        aws_access_key_id="twin",
        aws_secret_access_key="twin",
    )


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.02)


def test_a_change_wakes_those_who_wait_for_its_service_and_no_others(state_dir: Path) -> None:
    emulator = start(state_dir)

    async def scenario(control_plane: ControlPlane) -> None:
        await _until(lambda: control_plane.is_up)
        ecs, rds = (control_plane.seen.of([it]) for it in ("ecs", "rds"))
        await asyncio.to_thread(_client(emulator, "ecs").create_cluster, clusterName="x")
        await control_plane.changed(["ecs"], ecs, 10)
        assert control_plane.seen.of(["ecs"]) != ecs
        assert control_plane.seen.of(["rds"]) == rds

    _follow(state_dir, scenario)


def test_calls_are_made_through_awss_api_with_all_their_pages(state_dir: Path) -> None:
    start(state_dir)

    async def scenario(control_plane: ControlPlane) -> None:
        await _until(lambda: control_plane.is_up)
        for number in range(3):
            await control_plane.call("ecs", REGION, "create_cluster", clusterName=f"cluster-{number}")
        found = await control_plane.call("ecs", REGION, "list_clusters", PaginationConfig={"PageSize": 1})
        assert len(found["clusterArns"]) == 3

    _follow(state_dir, scenario)


def test_a_dead_emulator_is_noticed_and_the_next_is_a_new_generation_that_is_told_everything(
    state_dir: Path,
) -> None:
    first = start(state_dir)
    first.settle()

    async def scenario(control_plane: ControlPlane) -> None:
        await _until(lambda: control_plane.seen.is_settled)
        generation = control_plane.seen.generation
        control_plane.report("ecs", REGION, "task", "arn", {"taskArn": "arn"})
        await asyncio.to_thread(first.stop)
        await _until(lambda: not control_plane.is_up)
        assert control_plane.seen.is_settled  # what was known stays known
        await asyncio.to_thread(start, state_dir)
        await _until(lambda: control_plane.is_up and control_plane.seen.generation > generation)
        assert not control_plane.seen.is_settled
        await _until(lambda: not control_plane._pending)

    _follow(state_dir, scenario)


def test_a_request_reaches_its_taker_once(state_dir: Path) -> None:
    emulator = start(state_dir)
    taken: list[Request] = []

    async def scenario(control_plane: ControlPlane) -> None:
        control_plane.take("ecs", ["StopTask"], taken.append)
        await _until(lambda: control_plane.is_up)
        ecs = _client(emulator, "ecs")
        await asyncio.to_thread(ecs.create_cluster, clusterName="estate")
        arn = f"arn:aws:ecs:{REGION}:123456789012:task/estate/0123456789abcdef0123456789abcdef"
        cluster = f"arn:aws:ecs:{REGION}:123456789012:cluster/estate"
        task = {"taskArn": arn, "clusterArn": cluster, "lastStatus": "RUNNING", "desiredStatus": "RUNNING"}
        control_plane.report("ecs", REGION, "task", arn, task)
        await _until(lambda: not control_plane._pending)
        await asyncio.sleep(0.2)
        await asyncio.to_thread(ecs.stop_task, cluster="estate", task=arn, reason="a test")
        await _until(lambda: bool(taken))
        await asyncio.sleep(0.3)

    _follow(state_dir, scenario)
    assert [(it.operation, it.region, it.parameters["reason"]) for it in taken] == [
        ("StopTask", REGION, "a test")
    ]
