"""Real servers: what a loss does to a cluster, and what is asked of it."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.twin.runtime.database.stage import HOME, REGION, Stage, eventually, grounded, staged
from tests.twin.runtime.fake_control_plane import FakeControlPlane
from twin.runtime.ground import Ground
from twin.runtime.zones import Link

pytestmark = pytest.mark.twin

CORE = f"{REGION}/core"
ZONES = {f"{CORE}/core-{it + 1}": f"{REGION}{'abc'[it]}" for it in range(3)}

RESOURCE = "arn:aws:rds-db:eu-west-2:123456789012:dbuser:cluster-CORE"
USERS = [f"{RESOURCE}/families", f"{RESOURCE}/child_payment"]
STATEMENT = {"Effect": "Allow", "Action": "rds-db:connect", "Resource": USERS}
FAMILIES = {
    "RoleName": "cell-families-task",
    "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": {"Statement": [STATEMENT]}}],
}

Play = Callable[[Stage], Awaitable[None]]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[asyncio.Runner, Stage]]:
    """A cluster of three for all tests that leave it whole, because one takes seconds to start."""
    plane = FakeControlPlane()
    with grounded(tmp_path_factory.mktemp("shared"), plane, HOME) as ground, asyncio.Runner() as runner:
        stack = contextlib.AsyncExitStack()
        try:
            yield runner, runner.run(_begun(stack, ground, plane))
        finally:
            runner.run(stack.aclose())


async def _begun(stack: contextlib.AsyncExitStack, ground: Ground, plane: FakeControlPlane) -> Stage:
    stage = await stack.enter_async_context(staged(ground, plane))
    stage.roles = [FAMILIES]
    await begin(stage)
    return stage


@pytest.fixture
def play(shared: tuple[asyncio.Runner, Stage]) -> Callable[[Play], None]:
    """Plays on the shared cluster, which is whole before it, and holds the row 1."""
    runner, stage = shared

    async def ready(play: Play) -> None:
        await stage.whole()
        await stage.settled("truncate kept")
        await stage.settled("insert into kept values (1) on conflict do nothing")
        await play(stage)

    return lambda play: runner.run(asyncio.wait_for(ready(play), 90))


def played(folder: Path, play: Play, seconds: float = 90) -> None:
    """With nothing there before."""
    plane = FakeControlPlane()

    async def run(ground: Ground) -> None:
        async with staged(ground, plane) as stage:
            await asyncio.wait_for(play(stage), seconds)

    with grounded(folder, plane, HOME) as ground:
        asyncio.run(run(ground))


async def kept(stage: Stage) -> list[int]:
    return [row[0] for row in await stage.settled("select i from kept order by i")]


async def begin(stage: Stage) -> None:
    stage.declare_core()
    await stage.whole()
    await stage.settled("create table kept (i int primary key)")
    await stage.settled("insert into kept values (1) on conflict do nothing")


async def lost(stage: Stage, before: str) -> str:
    """Somebody else writes, and has what was there."""
    await eventually(lambda: stage.writer() != before and stage.place() is not None)
    assert await kept(stage) == [1]
    await stage.settled("insert into kept values (2) on conflict do nothing")
    after = stage.writer()
    assert after
    return after


def writer(stage: Stage) -> str:
    key = stage.writer()
    assert key
    return key


def test_a_killed_writer_is_replaced_by_one_that_has_everything(play: Callable[[Play], None]) -> None:
    async def acts(stage: Stage) -> None:
        first, told = writer(stage), len(stage.events())
        stage.kill(first)
        second = await lost(stage, first)
        await stage.whole()
        await eventually(lambda: stage.reported("cluster", "core")["Status"] == "available")
        name = second.rpartition("/")[2]
        assert stage.reported("cluster", "core")["Writer"] == name
        assert stage.events()[told:][:2] == [
            f"Started cross AZ failover to DB instance: {name}",
            f"Completed failover to DB instance: {name}",
        ]
        assert await stage.sql("select i from kept", is_reader=True) == [(1,), (2,)]

    play(acts)


def test_a_zone_that_loses_power_loses_its_server_and_gets_it_back(play: Callable[[Play], None]) -> None:
    async def acts(stage: Stage) -> None:
        first = writer(stage)
        stage.cut_power(ZONES[first])
        second = await lost(stage, first)
        assert ZONES[second] != ZONES[first]
        await stage.whole(1)
        assert stage.reported("instance", first.rpartition("/")[2])["DBInstanceStatus"] == "rebooting"
        stage.ground.zones.change(ZONES[first], has_power=True)
        await stage.whole()
        assert await kept(stage) == [1, 2]

    play(acts)


def test_a_writer_that_is_cut_off_with_its_zone_is_fenced_and_comes_back_as_a_standby(
    play: Callable[[Play], None],
) -> None:
    async def acts(stage: Stage) -> None:
        first = writer(stage)
        old = stage.process(first)
        stage.ground.zones.change(ZONES[first], boundary=Link(is_open=False))
        await stage.settled("insert into kept values (2) on conflict do nothing")
        assert not old.is_running
        assert stage.writer() != first
        stage.ground.zones.change(ZONES[first], boundary=Link())
        await stage.whole()
        assert await kept(stage) == [1, 2]

    play(acts)


def test_a_writer_that_is_frozen_with_its_zone_is_fenced_too(play: Callable[[Play], None]) -> None:
    async def acts(stage: Stage) -> None:
        first = writer(stage)
        stage.ground.zones.change(ZONES[first], is_frozen=True)
        stage.ground.processes.freeze(ZONES[first])
        await stage.settled("insert into kept values (2) on conflict do nothing")
        assert stage.writer() != first
        stage.ground.processes.thaw(ZONES[first])
        stage.ground.zones.change(ZONES[first], is_frozen=False)
        await stage.whole()
        assert await kept(stage) == [1, 2]

    play(acts)


def test_a_failover_that_is_asked_for_goes_to_the_wanted_instance(play: Callable[[Play], None]) -> None:
    async def acts(stage: Stage) -> None:
        wanted = next(it for it in ZONES if it != writer(stage))
        name = wanted.rpartition("/")[2]
        request = {"DBClusterIdentifier": "core", "TargetDBInstanceIdentifier": name}
        stage.plane.ask("rds", "FailoverDBCluster", REGION, **request)
        await eventually(lambda: stage.reported("cluster", "core").get("Writer") == name)
        assert stage.writer() == wanted
        assert stage.reported("cluster", "core")["AsOfRequest"] > 0
        assert await kept(stage) == [1]

    play(acts)


def test_a_writer_that_is_rebooted_stays_the_writer(play: Callable[[Play], None]) -> None:
    async def acts(stage: Stage) -> None:
        key = writer(stage)
        before, told = stage.process(key).pid, len(stage.events())
        request = {"DBInstanceIdentifier": key.rpartition("/")[2]}
        stage.plane.ask("rds", "RebootDBInstance", REGION, **request)
        await eventually(lambda: "DB instance restarted" in stage.events()[told:])
        assert (await kept(stage), stage.writer()) == ([1], key)
        assert stage.process(key).pid != before

    play(acts)


def test_services_log_in_as_the_users_that_iam_names(play: Callable[[Play], None]) -> None:
    async def acts(stage: Stage) -> None:
        who = await stage.settled("select current_user, current_setting('is_superuser')", user="families")
        assert who == [("families", "off")]
        await stage.settled("create schema if not exists families; set role child_payment", user="families")
        with pytest.raises(psycopg.OperationalError):
            await stage.sql("select 1", user="stranger")
        assert await stage.sql("show max_connections") == [("60",)]

    play(acts)


def test_a_cluster_of_one_instance_comes_back_in_place(
    tmp_path: Path,
) -> None:
    async def acts(stage: Stage) -> None:
        stage.declare_core([f"{REGION}a"])
        await stage.whole(0)
        await stage.settled("create table kept as select 1 as i")
        stage.cut_power(f"{REGION}a")
        await eventually(lambda: stage.place() is None)
        stage.ground.zones.change(f"{REGION}a", has_power=True)
        assert await kept(stage) == [1]
        pid = stage.process(f"{CORE}/core-1").pid
        os.kill(pid, signal.SIGKILL)
        assert await kept(stage) == [1]

    played(tmp_path, acts)


def test_after_everything_died_at_once_the_next_run_has_what_was_acknowledged(tmp_path: Path) -> None:
    plane = FakeControlPlane()

    async def run(ground: Ground) -> None:
        async with staged(ground, plane, keeps=True) as stage:
            await begin(stage)
            before = writer(stage)
            stage.kill(before)
            after = await lost(stage, before)
        async with staged(ground, plane) as stage:
            stage.declare_core()
            await stage.whole()
            assert (stage.writer(), await kept(stage)) == (after, [1, 2])

    with grounded(tmp_path, plane, HOME) as ground:
        asyncio.run(asyncio.wait_for(run(ground), 90))


def test_instances_come_and_go_with_the_declaration_once_it_is_settled(tmp_path: Path) -> None:
    async def acts(stage: Stage) -> None:
        await begin(stage)
        stage.plane.restart()
        stage.clusters[REGION], stage.instances[REGION] = [], []
        stage.declare()
        await asyncio.sleep(0.5)
        assert await kept(stage) == [1]

        stage.declare_core()
        stage.plane.settle()
        for _ in range(2):
            calls = len(stage.plane.calls)
            stage.plane.change("rds")
            await eventually(lambda before=calls: len(stage.plane.calls) > before + 3)
        stage.instances[REGION] = stage.instances[REGION][1:]
        stage.declare()
        await eventually(lambda: stage.writer() != f"{CORE}/core-1")
        assert await kept(stage) == [1]
        servers = stage.ground.processes
        await eventually(lambda: len([it for it in servers.running() if "postgres-" in it.name]) == 2)
        await stage.whole(1)

    played(tmp_path, acts)
