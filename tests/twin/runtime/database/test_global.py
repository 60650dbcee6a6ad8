"""A cluster in another region that follows over the wide-area link, and takes over when it is asked to."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.twin.runtime.database.stage import AWAY as AWAY_REGION
from tests.twin.runtime.database.stage import HOME as HOME_REGION
from tests.twin.runtime.database.stage import (
    Stage,
    cluster_document,
    eventually,
    grounded,
    instance_document,
    staged,
)
from tests.twin.runtime.fake_control_plane import FakeControlPlane
from twin.runtime.directory import RegionLink
from twin.runtime.ground import Ground

pytestmark = pytest.mark.twin

HOME, AWAY = "eu-west-2", "eu-west-1"
LINK = (AWAY, HOME)
AWAY_KEY = f"{AWAY}/core/core-1"
GLOBAL = "global-core"


def declare(stage: Stage) -> None:
    stage.clusters = {HOME: [cluster_document()], AWAY: [cluster_document(region=AWAY, DatabaseName=None)]}
    stage.instances = {
        HOME: [instance_document(1, f"{HOME}a"), instance_document(2, f"{HOME}b")],
        AWAY: [instance_document(1, f"{AWAY}a", region=AWAY)],
    }
    members = [
        {"DBClusterArn": stage.clusters[HOME][0]["DBClusterArn"], "IsWriter": True},
        {"DBClusterArn": stage.clusters[AWAY][0]["DBClusterArn"], "IsWriter": False},
    ]
    stage.global_clusters = [{"GlobalClusterIdentifier": GLOBAL, "GlobalClusterMembers": members}]
    stage.declare()


def ask(stage: Stage, operation: str, region: str, **members: Any) -> None:
    target = stage.clusters[region][0]["DBClusterArn"]
    stage.plane.ask(
        "rds", operation, HOME, GlobalClusterIdentifier=GLOBAL, TargetDbClusterIdentifier=target, **members
    )


def follows(stage: Stage, *regions: str) -> bool:
    document = stage.reported("global cluster", GLOBAL, "aws-global")
    return document.get("Connected") == sorted(stage.clusters[it][0]["DBClusterArn"] for it in regions)


def writes_in(stage: Stage, region: str) -> bool:
    document = stage.reported("global cluster", GLOBAL, "aws-global")
    arn = stage.clusters[region][0]["DBClusterArn"]
    return document.get("Writer") == arn and document["Status"] == "available"


async def follower_has(stage: Stage, zone: str, rows: list[tuple[int]]) -> None:
    """What was committed elsewhere has arrived: replication does not wait for it."""
    async with asyncio.timeout(40):
        while await stage.settled("select * from kept", zone=zone, is_reader=True) != rows:
            await asyncio.sleep(0.05)


def test_another_region_follows_with_a_lag_and_takes_over(
    tmp_path: Path,
) -> None:
    plane = FakeControlPlane()

    async def play(stage: Stage) -> None:
        declare(stage)
        await stage.whole(1)
        await stage.settled("create table kept (i int primary key)")
        await stage.settled("insert into kept values (1) on conflict do nothing")
        await eventually(lambda: stage.place(zone=f"{AWAY}a", is_reader=True) is not None)
        await follower_has(stage, f"{AWAY}a", [(1,)])
        assert stage.place(zone=f"{AWAY}a") is None
        assert stage.reported("cluster", "core", AWAY)["Writer"] is None
        await eventually(lambda: stage.databases.lags.get(AWAY_KEY, 0) > 5)
        await eventually(lambda: follows(stage, HOME, AWAY))

        # Switched over: nothing is lost, and home follows.
        ask(stage, "SwitchoverGlobalCluster", AWAY)
        await eventually(lambda: writes_in(stage, AWAY))
        assert stage.place(zone=f"{HOME}b") is None
        assert await stage.settled("select * from kept", zone=f"{AWAY}a") == [(1,)]
        await stage.settled("insert into kept values (2) on conflict do nothing", zone=f"{AWAY}a")
        await eventually(lambda: stage.place(zone=f"{HOME}c", is_reader=True) is not None)
        await follower_has(stage, f"{HOME}c", [(1,), (2,)])

        # The link is cut, and home is told to take over without what it has not received.
        stage.ground.directory.region_links.put(LINK, RegionLink(is_open=False))
        await asyncio.sleep(0.3)
        await stage.settled("insert into kept values (3) on conflict do nothing", zone=f"{AWAY}a")
        ask(stage, "FailoverGlobalCluster", HOME, AllowDataLoss=True)
        await eventually(lambda: writes_in(stage, HOME))
        assert await stage.settled("select * from kept") == [(1,), (2,)]
        await stage.settled("insert into kept values (4) on conflict do nothing")
        stage.ground.directory.region_links.drop(LINK)
        await eventually(lambda: stage.place(zone=f"{AWAY}a", is_reader=True) is not None, 40)
        await follower_has(stage, f"{AWAY}a", [(1,), (2,), (4,)])

    async def run(ground: Ground) -> None:
        async with staged(ground, plane) as stage:
            await asyncio.wait_for(play(stage), 120)

    with grounded(tmp_path, plane, HOME_REGION, AWAY_REGION) as ground:
        asyncio.run(run(ground))
