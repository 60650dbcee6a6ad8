"""Snapshots, and clusters made from one or from a moment."""

import asyncio
import datetime

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

pytestmark = pytest.mark.twin


async def add_cluster(stage: Stage, name: str) -> None:
    """As `CreateDBInstance` in a cluster that was restored."""
    await eventually(lambda: stage.reported("cluster", name).get("Status") == "available", 60)
    stage.clusters[REGION].append(cluster_document(name))
    stage.instances[REGION].append(instance_document(1, f"{REGION}a", name))
    stage.declare()
    await stage.whole(0, cluster=f"{REGION}/{name}")


def test_a_cluster_is_restored_to_a_moment_and_from_a_snapshot(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    async def play(stage: Stage) -> None:
        stage.declare_core([f"{REGION}a"])
        await stage.whole(0)
        await stage.settled("create table kept as select 1 as i")
        await eventually(lambda: "EarliestRestorableTime" in stage.reported("cluster", "core"))
        earliest = datetime.datetime.fromisoformat(
            stage.reported("cluster", "core")["EarliestRestorableTime"]
        )

        snapshot = {"DBClusterSnapshotIdentifier": "before", "DBClusterIdentifier": "core"}
        control_plane.ask("rds", "CreateDBClusterSnapshot", REGION, **snapshot)
        await eventually(
            lambda: stage.reported("cluster snapshot", "before").get("Status") == "available", 60
        )

        await stage.settled("insert into kept values (2)")
        [(moment,)] = await stage.settled("select clock_timestamp()")
        assert moment > earliest
        await asyncio.sleep(0.05)
        await stage.settled("delete from kept")

        control_plane.ask(
            "rds",
            "RestoreDBClusterToPointInTime",
            REGION,
            DBClusterIdentifier="then",
            SourceDBClusterIdentifier="core",
            RestoreToTime=moment.isoformat(),
        )
        await add_cluster(stage, "then")
        assert await stage.settled("select i from kept order by i", name="then") == [(1,), (2,)]

        control_plane.ask(
            "rds",
            "RestoreDBClusterFromSnapshot",
            REGION,
            DBClusterIdentifier="copy",
            SnapshotIdentifier="before",
        )
        await add_cluster(stage, "copy")
        assert await stage.settled("select i from kept", name="copy") == [(1,)]

        control_plane.ask(
            "rds",
            "RestoreDBClusterToPointInTime",
            REGION,
            DBClusterIdentifier="latest",
            SourceDBClusterIdentifier="core",
            UseLatestRestorableTime=True,
        )
        await add_cluster(stage, "latest")
        assert await stage.settled("select i from kept", name="latest") == []
        assert await stage.settled("select i from kept") == []

    async def run() -> None:
        async with staged(ground, control_plane) as stage:
            await asyncio.wait_for(play(stage), 150)

    asyncio.run(run())
