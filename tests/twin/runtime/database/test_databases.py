"""Real servers: what a loss does to a cluster, and what is asked of it."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable

import psycopg
import pytest

from tests.twin.runtime.database.stage import (
    REGION,
    Stage,
    cluster_document,
    eventually,
    instance_document,
    staged,
)
from tests.twin.runtime.fake_control_plane import FakeControlPlane
from twin.runtime.ground import Ground
from twin.runtime.zones import Link

pytestmark = pytest.mark.twin

CORE = f"{REGION}/core"
ZONES = {f"{CORE}/core-{it + 1}": f"{REGION}{'abc'[it]}" for it in range(3)}

Play = Callable[[Stage], Awaitable[None]]


def played(ground: Ground, plane: FakeControlPlane, play: Play, seconds: float = 90) -> None:
    async def run() -> None:
        async with staged(ground, plane) as stage:
            await asyncio.wait_for(play(stage), seconds)

    asyncio.run(run())


async def kept(stage: Stage) -> list[int]:
    return [row[0] for row in await stage.settled("select i from kept order by i")]


async def begin(stage: Stage) -> str:
    stage.declare_core()
    await stage.whole()
    await stage.settled("create table kept (i int primary key)")
    await stage.settled("insert into kept values (1)")
    writer = stage.writer()
    assert writer
    return writer


async def lost(stage: Stage, before: str) -> str:
    """Somebody else writes, and has what was there."""
    await eventually(lambda: stage.writer() != before and stage.place() is not None)
    assert await kept(stage) == [1]
    await stage.settled("insert into kept values (2)")
    after = stage.writer()
    assert after
    return after


def test_losses_of_the_writer_move_the_name_and_lose_nothing(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def play(stage: Stage) -> None:
        first = await begin(stage)
        assert first == f"{CORE}/core-1"
        assert stage.reported("cluster", "core")["Writer"] == "core-1"

        stage.kill(first)
        second = await lost(stage, first)
        await stage.whole()
        await eventually(lambda: stage.reported("cluster", "core")["Status"] == "available")
        assert stage.reported("cluster", "core")["Writer"] == second.rpartition("/")[2]
        assert stage.events()[:2] == [
            f"Started cross AZ failover to DB instance: {second.rpartition('/')[2]}",
            f"Completed failover to DB instance: {second.rpartition('/')[2]}",
        ]

        stage.cut_power(ZONES[second])
        await stage.settled("delete from kept where i = 2")
        third = await lost(stage, second)
        assert ZONES[third] != ZONES[second]
        await stage.whole(1)
        assert stage.reported("instance", second.rpartition("/")[2])["DBInstanceStatus"] == "rebooting"
        ground.zones.change(ZONES[second], has_power=True)
        await stage.whole()
        assert await kept(stage) == [1, 2]

    played(ground, control_plane, play)


def test_a_writer_that_is_cut_off_or_frozen_with_its_zone_is_fenced_and_comes_back_as_a_standby(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def play(stage: Stage) -> None:
        first = await begin(stage)
        old = stage.process(first)
        ground.zones.change(ZONES[first], boundary=Link(is_open=False))
        second = await lost(stage, first)
        assert not old.is_running
        ground.zones.change(ZONES[first], boundary=Link())
        await stage.whole()
        assert await stage.sql("select i from kept", is_reader=True) == [(1,), (2,)]

        ground.zones.change(ZONES[second], is_frozen=True)
        ground.processes.freeze(ZONES[second])
        await stage.settled(
            "delete from kept where i = 2", zone=next(it for it in ZONES.values() if it != ZONES[second])
        )
        third = stage.writer()
        assert third not in (None, second)
        ground.processes.thaw(ZONES[second])
        ground.zones.change(ZONES[second], is_frozen=False)
        await stage.whole()

    played(ground, control_plane, play)


def test_what_is_asked_for_is_done_and_told(ground: Ground, control_plane: FakeControlPlane) -> None:
    async def play(stage: Stage) -> None:
        await begin(stage)
        control_plane.ask(
            "rds",
            "FailoverDBCluster",
            REGION,
            DBClusterIdentifier="core",
            TargetDBInstanceIdentifier="core-3",
        )
        await eventually(lambda: stage.reported("cluster", "core").get("Writer") == "core-3")
        assert stage.writer() == f"{CORE}/core-3"
        await stage.whole()
        assert stage.reported("cluster", "core")["AsOfRequest"] == 1
        assert await kept(stage) == [1]

        before = stage.process(f"{CORE}/core-3").pid
        control_plane.ask("rds", "RebootDBInstance", REGION, DBInstanceIdentifier="core-3")
        await eventually(lambda: "DB instance restarted" in stage.events())
        await stage.whole()
        assert (stage.writer(), await kept(stage)) == (f"{CORE}/core-3", [1])
        assert stage.process(f"{CORE}/core-3").pid != before

    played(ground, control_plane, play)


def test_services_log_in_as_the_users_that_iam_names(ground: Ground, control_plane: FakeControlPlane) -> None:
    async def play(stage: Stage) -> None:
        resource = "arn:aws:rds-db:eu-west-2:123456789012:dbuser:cluster-CORE"
        users = [f"{resource}/families", f"{resource}/child_payment"]
        stage.roles = [
            {
                "RoleName": "cell-families-task",
                "RolePolicyList": [
                    {
                        "PolicyName": "p",
                        "PolicyDocument": {
                            "Statement": [{"Effect": "Allow", "Action": "rds-db:connect", "Resource": users}]
                        },
                    }
                ],
            }
        ]
        stage.declare_core()
        await stage.whole()
        who = await stage.settled("select current_user, current_setting('is_superuser')", user="families")
        assert who == [("families", "off")]
        await stage.settled("create schema families; set role child_payment; select 1", user="families")
        with pytest.raises(psycopg.OperationalError):
            await stage.sql("select 1", user="stranger")
        assert await stage.sql("show max_connections") == [("60",)]

    played(ground, control_plane, play)


def test_a_cluster_of_one_instance_comes_back_in_place(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def play(stage: Stage) -> None:
        stage.declare_core([f"{REGION}a"])
        await stage.whole(0)
        await stage.settled("create table kept as select 1 as i")
        stage.cut_power(f"{REGION}a")
        await eventually(lambda: stage.place() is None)
        ground.zones.change(f"{REGION}a", has_power=True)
        assert await kept(stage) == [1]
        pid = stage.process(f"{CORE}/core-1").pid
        os.kill(pid, signal.SIGKILL)
        assert await kept(stage) == [1]

    played(ground, control_plane, play)


def test_after_everything_died_at_once_the_next_run_has_what_was_acknowledged(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def run() -> None:
        async with staged(ground, control_plane, keeps=True) as stage:
            before = await begin(stage)
            stage.kill(before)
            writer = await lost(stage, before)
        async with staged(ground, control_plane) as stage:
            stage.declare_core()
            await stage.whole()
            assert (stage.writer(), await kept(stage)) == (writer, [1, 2])

    asyncio.run(asyncio.wait_for(run(), 90))


def test_instances_come_and_go_with_the_declaration_once_it_is_settled(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def play(stage: Stage) -> None:
        await begin(stage)
        control_plane.restart()
        stage.clusters[REGION], stage.instances[REGION] = [], []
        stage.declare()
        await asyncio.sleep(0.5)
        assert await kept(stage) == [1]

        stage.clusters[REGION] = [cluster_document()]
        stage.instances[REGION] = [instance_document(it, f"{REGION}{'abc'[it - 1]}") for it in (1, 2, 3)]
        stage.declare()
        control_plane.settle()
        await asyncio.sleep(0.3)
        stage.instances[REGION] = [instance_document(it, f"{REGION}{'abc'[it - 1]}") for it in (2, 3)]
        stage.declare()
        await eventually(lambda: stage.writer() != f"{CORE}/core-1")
        assert await kept(stage) == [1]
        await eventually(
            lambda: len([it for it in ground.processes.running() if "postgres-" in it.name]) == 2
        )
        await stage.whole(1)

    played(ground, control_plane, play)
