"""Databases are asked every 20 seconds; their processes are counted by the minute."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from tests.twin.runtime.fake_control_plane import FakeControlPlane
from tests.twin.runtime.metrics.test_instances import view
from twin.runtime.database.exceptions import SessionFailed
from twin.runtime.database.view import InstanceView
from twin.runtime.ground import Ground
from twin.runtime.metrics import databases
from twin.runtime.metrics.databases import Databases
from twin.runtime.metrics.datum import Datum
from twin.runtime.metrics.periods import Tick

WRITER = view("eu-west-2/core/core-0", writes=True)
READER = view("eu-west-2/core/core-1", lag=4.0)
GIB = 1024**3


class _Session:
    """Answers from a list of rows by key; a key that is not there fails."""

    rows_by_key: dict[str, tuple[float, float, float]] = {}
    closed: list[str] = []

    def __init__(self, name: str, address: str, port: int) -> None:
        self.name = name

    async def rows(self, statement: str, seconds: float) -> list[tuple[Any, ...]]:
        if self.name not in self.rows_by_key:
            raise SessionFailed(self.name, "the test wants it")
        return [self.rows_by_key[self.name]]

    def close(self) -> None:
        self.closed.append(self.name)


@pytest.fixture(autouse=True)
def _stage(monkeypatch: pytest.MonkeyPatch, control_plane: FakeControlPlane) -> None:
    monkeypatch.setattr(databases, "Session", _Session)
    monkeypatch.setattr(_Session, "closed", [])
    monkeypatch.setattr(databases, "_processes", lambda them: {it.key: (5.0, GIB) for it in them})
    classes = {"core-0": "db.t4g.medium", "core-1": "db.unheard.of"}
    described = [
        {"DBClusterIdentifier": "core", "DBInstanceIdentifier": name, "DBInstanceClass": it}
        for name, it in classes.items()
    ]
    control_plane.answers("rds", "describe_db_instances", {"DBInstances": described}, "eu-west-2")


async def _minute(source: Databases) -> dict[tuple[str, str], Any]:
    await source.read(Tick(40.0, 40.0, None))
    data: Sequence[Datum] = await source.read(Tick(60.0, 60.0, 0.0))
    return {
        (next(iter(it.dimensions.values())), it.name): it.values for it in data if len(it.dimensions) == 1
    }


def test_a_minute_of_a_cluster(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {WRITER.key: (5, 0.0, 10.0), READER.key: (2, 0.0, 0.0)}
    monkeypatch.setattr(_Session, "rows_by_key", rows)
    source = Databases(ground, lambda: [WRITER, READER])
    found = asyncio.run(_minute(source))
    assert found["core-0", "DatabaseConnections"] == ((5.0, 2),)
    assert found["core", "DatabaseConnections"] == ((2.0, 2), (5.0, 2))
    assert found["core-1", "AuroraReplicaLag"] == ((4.0, 2),)
    assert found["core", "AuroraReplicaLagMaximum"] == ((4.0, 2),)
    assert found["core-0", "FreeableMemory"] == ((3.0 * GIB, 1),)
    assert ("core-1", "FreeableMemory") not in found
    assert list(source.problems) == ["metrics of eu-west-2/core/core-1"]


def test_a_secondary_of_a_global_database_has_its_lag_behind_the_other_region(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = view("eu-west-1/core-standby/core-standby-0", lag=30.0)
    monkeypatch.setattr(_Session, "rows_by_key", {WRITER.key: (1, 0, 0), far.key: (0, 0, 0)})
    found = asyncio.run(_minute(Databases(ground, lambda: [WRITER, far])))
    assert found["core-standby", "AuroraGlobalDBReplicationLag"] == ((30.0, 2),)
    assert not [name for _, name in found if name.startswith("AuroraReplicaLag")]


def test_who_does_not_answer_or_cannot_be_reached_is_lacking(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Session, "rows_by_key", {WRITER.key: (5, 0.0, 10.0)})
    instances: list[InstanceView] = [WRITER, READER]
    source = Databases(ground, lambda: instances)
    assert ("core-1", "DatabaseConnections") not in asyncio.run(_minute(source))
    ground.zones.change("eu-west-2a", is_frozen=True)
    assert asyncio.run(_minute(source)) == {}
    assert sorted(_Session.closed) == [WRITER.key, READER.key]
