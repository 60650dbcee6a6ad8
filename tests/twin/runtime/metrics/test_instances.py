"""AWS/RDS of instances and clusters."""

import pytest

from twin.runtime.database.view import InstanceView
from twin.runtime.metrics.datum import Datum
from twin.runtime.metrics.instances import Counted, InstanceMinute, class_bytes, data, rates


def view(
    key: str, *, writes: bool = False, writes_for: str = "eu-west-2/core", lag: float | None = None
) -> InstanceView:
    return InstanceView(key, "eu-west-2a", "127.0.1.32", 5432, 1, writes, writes_for, lag)


def _by_dimensions(data: list[Datum], name: str) -> dict[tuple[str, ...], object]:
    return {tuple(it.dimensions.values()): it.values for it in data if it.name == name}


def test_what_was_counted_is_told_by_the_second_and_processor_time_in_percent_of_a_core() -> None:
    before, now = Counted(100.0, 1, 1000, 50.0), Counted(160.0, 7, 4000, 65.0)
    assert rates(before, now) == {"Deadlocks": 0.1, "CommitThroughput": 50.0, "CPUUtilization": 25.0}


def test_a_server_that_began_anew_counts_from_nothing() -> None:
    assert rates(Counted(100.0, 9, 1000, 50.0), Counted(160.0, 6, 60, 3.0)) == {
        "Deadlocks": 0.1,
        "CommitThroughput": 1.0,
        "CPUUtilization": 5.0,
    }
    assert rates(None, Counted(160.0, 6, 60)) == {}


def test_a_cluster_has_what_its_instances_have_and_by_role() -> None:
    writer = InstanceMinute(view("eu-west-2/core/core-0", writes=True), {"DatabaseConnections": [5.0]})
    reader = InstanceMinute(
        view("eu-west-2/core/core-1"), {"DatabaseConnections": [2.0], "AuroraReplicaLag": [7.0]}
    )
    found = list(data([writer, reader], 60.0))
    assert _by_dimensions(found, "DatabaseConnections") == {
        ("core-0",): ((5.0, 1),),
        ("core-1",): ((2.0, 1),),
        ("core",): ((2.0, 1), (5.0, 1)),
        ("core", "WRITER"): ((5.0, 1),),
        ("core", "READER"): ((2.0, 1),),
    }
    assert {it.unit for it in found if it.name == "AuroraReplicaLag"} == {"Milliseconds"}


def test_the_lag_of_a_global_database_is_the_secondary_clusters() -> None:
    far = InstanceMinute(
        view("eu-west-1/core-standby/core-standby-0"), {"AuroraGlobalDBReplicationLag": [12.0, 20.0]}
    )
    assert far.instance.is_secondary
    assert [(dict(it.dimensions), it.region, it.values) for it in data([far], 60.0)] == [
        ({"DBClusterIdentifier": "core-standby"}, "eu-west-1", ((12.0, 1), (20.0, 1)))
    ]


@pytest.mark.parametrize(
    ("name", "gibibytes"),
    [("db.t4g.medium", 4), ("db.r6g.large", 16), ("db.r6g.2xlarge", 64), ("db.serverless", None), ("", None)],
)
def test_the_memory_of_a_class(name: str, gibibytes: int | None) -> None:
    assert class_bytes(name) == (gibibytes * 1024**3 if gibibytes else None)
