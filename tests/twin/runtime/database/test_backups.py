"""Snapshots, and clusters made from one or from a moment."""

import asyncio
import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.twin.runtime.database.stage import (
    REGION,
    Stage,
    cluster_document,
    eventually,
    grounded,
    instance_document,
    staged,
)
from tests.twin.runtime.fake_control_plane import FakeControlPlane
from twin.runtime.ground import Ground
from twin.runtime.settings import RegionSettings

pytestmark = pytest.mark.twin


ZONE = f"{REGION}a"


async def settled(stage: Stage, statement: str, name: str = "core") -> list[tuple[Any, ...]]:
    return await stage.settled(statement, name=name, zone=ZONE)


async def add_cluster(stage: Stage, name: str) -> None:
    """As `CreateDBInstance` in a cluster that was restored."""
    await eventually(lambda: stage.reported("cluster", name).get("Status") == "available", 60)
    stage.clusters[REGION].append(cluster_document(name))
    stage.instances[REGION].append(instance_document(1, f"{REGION}a", name))
    stage.declare()
    await stage.whole(0, cluster=f"{REGION}/{name}")


def test_a_cluster_is_restored_to_a_moment_and_from_a_snapshot(
    tmp_path: Path,
) -> None:
    plane = FakeControlPlane()

    async def play(stage: Stage) -> None:
        stage.declare_core([f"{REGION}a"])
        await stage.whole(0)
        await settled(stage, "create table kept as select 1 as i")
        await eventually(lambda: "EarliestRestorableTime" in stage.reported("cluster", "core"))
        earliest = datetime.datetime.fromisoformat(
            stage.reported("cluster", "core")["EarliestRestorableTime"]
        )

        snapshot = {"DBClusterSnapshotIdentifier": "before", "DBClusterIdentifier": "core"}
        plane.ask("rds", "CreateDBClusterSnapshot", REGION, **snapshot)
        await eventually(
            lambda: stage.reported("cluster snapshot", "before").get("Status") == "available", 60
        )

        await settled(stage, "insert into kept values (2)")
        [(moment,)] = await settled(stage, "select clock_timestamp()")
        assert moment > earliest
        await asyncio.sleep(0.05)
        await settled(stage, "delete from kept")

        plane.ask(
            "rds",
            "RestoreDBClusterToPointInTime",
            REGION,
            DBClusterIdentifier="then",
            SourceDBClusterIdentifier="core",
            RestoreToTime=moment.isoformat(),
        )
        await add_cluster(stage, "then")
        assert await settled(stage, "select i from kept order by i", "then") == [(1,), (2,)]

        plane.ask(
            "rds",
            "RestoreDBClusterFromSnapshot",
            REGION,
            DBClusterIdentifier="copy",
            SnapshotIdentifier="before",
        )
        await add_cluster(stage, "copy")
        assert await settled(stage, "select i from kept", "copy") == [(1,)]

        plane.ask(
            "rds",
            "RestoreDBClusterToPointInTime",
            REGION,
            DBClusterIdentifier="latest",
            SourceDBClusterIdentifier="core",
            UseLatestRestorableTime=True,
        )
        await add_cluster(stage, "latest")
        assert await settled(stage, "select i from kept", "latest") == []
        assert await settled(stage, "select i from kept") == []

    async def run(ground: Ground) -> None:
        async with staged(ground, plane) as stage:
            await asyncio.wait_for(play(stage), 150)

    with grounded(tmp_path, plane, RegionSettings(REGION, (f"{REGION}a",))) as ground:
        asyncio.run(run(ground))
