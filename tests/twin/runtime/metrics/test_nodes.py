"""AWS/ElastiCache of nodes, from Valkey's own words."""

from typing import Any

import pytest

from twin.runtime.cache.node_type import data_bytes
from twin.runtime.metrics.caches import Caches
from twin.runtime.metrics.nodes import data, lags
from twin.runtime.metrics.periods import Tick


def told(**members: Any) -> dict[str, Any]:
    return {
        "run_id": "a",
        "role": "master",
        "uptime_in_seconds": 100,
        "connected_clients": 7,
        "used_memory": 300,
        "maxmemory": 1000,
        "evicted_keys": 4,
        "used_cpu_sys_main_thread": 1.0,
        "used_cpu_user_main_thread": 2.0,
        **members,
    }


def _values(
    before: dict[str, Any] | None, now: dict[str, Any], lag: list[float] | None = None
) -> dict[str, Any]:
    found = list(data("eu-west-2", "sessions-001", before, now, lag or [], 60.0))
    assert all(it.dimensions == {"CacheClusterId": "sessions-001", "CacheNodeId": "0001"} for it in found)
    return {it.name: it.values[-1][0] for it in found}


def test_a_minute_of_a_node() -> None:
    now = told(uptime_in_seconds=160, evicted_keys=9, used_cpu_sys_main_thread=7.0, keyspace_hits=3)
    found = _values(told(), now)
    assert found["Evictions"] == 5
    assert found["CacheHits"] == 3
    assert found["EngineCPUUtilization"] == 10.0
    assert found["DatabaseMemoryUsagePercentage"] == 30.0
    assert (found["CurrConnections"], found["IsMaster"], "ReplicationLag" in found) == (7, 1, False)


def test_of_a_server_that_began_anew_nothing_is_known_to_have_grown() -> None:
    found = _values(told(), told(run_id="b", uptime_in_seconds=5))
    assert "Evictions" not in found
    assert "EngineCPUUtilization" not in found
    assert found["BytesUsedForCache"] == 300


def test_a_node_without_limit_has_no_percentage() -> None:
    assert "DatabaseMemoryUsagePercentage" not in _values(None, told(maxmemory=0))


@pytest.mark.parametrize(
    ("replica", "expected"),
    [
        pytest.param({"master_link_status": "up", "slave_repl_offset": 500}, 0.0, id="has it all"),
        pytest.param({"master_link_status": "up", "slave_repl_offset": 400}, 2.0, id="is behind"),
        pytest.param(
            {"master_link_status": "down", "slave_repl_offset": 500, "master_link_down_since_seconds": 40},
            40.0,
            id="has lost its primary",
        ),
    ],
)
def test_how_far_a_replica_is_behind(replica: dict[str, Any], expected: float) -> None:
    primary = told(master_repl_offset=500, slave0={"ip": "127.0.2.64", "offset": 400, "lag": 2})
    assert lags({"sessions-001": primary, "sessions-002": {"role": "slave", **replica}}) == {
        "sessions-002": expected
    }


async def _lags(source: Caches) -> list[object]:
    await source.read(Tick(20.0, 20.0, None))
    found = await source.read(Tick(60.0, 60.0, 0.0))
    return [(it.dimensions["CacheClusterId"], it.values) for it in found if it.name == "ReplicationLag"]


def test_replicas_are_matched_with_their_own_group() -> None:
    import asyncio

    async def information() -> dict[tuple[str, str], dict[str, Any]]:
        replica = told(role="slave", master_link_status="up", slave_repl_offset=1)
        return {
            ("eu-west-2", "other-001"): told(master_repl_offset=99, slave0={"lag": 50}),
            ("eu-west-2", "sessions-001"): told(master_repl_offset=1),
            ("eu-west-2", "sessions-002"): replica,
        }

    source = Caches(information)
    assert asyncio.run(_lags(source)) == [("sessions-002", ((0.0, 2),))]
    assert source.problems == {}


def test_a_node_type_has_the_documented_memory_less_what_is_reserved() -> None:
    assert data_bytes("cache.t4g.micro", {}) == 402_653_184
    assert data_bytes("cache.t4g.micro", {"reserved-memory-percent": "0"}) == 536_870_912
    assert data_bytes("cache.unheard.of", {}) is None


def test_a_node_has_the_memory_of_its_declared_type() -> None:
    from pathlib import Path

    from tests.twin.runtime.cache.documents import CLUSTERS, replication_group
    from twin.runtime.cache.configuration import configuration
    from twin.runtime.cache.declaration import groups

    clusters = {
        "CacheClusters": [{**it, "CacheNodeType": "cache.t4g.micro"} for it in CLUSTERS["CacheClusters"]]
    }
    (group,) = groups("eu-west-2", {"ReplicationGroups": [replication_group()]}, clusters, {}, {}, {})
    lines = configuration(group, "127.0.1.64", Path("/tmp"), "secret", None).splitlines()
    assert "maxmemory 402653184" in lines
    assert "maxmemory-policy volatile-lru" in lines
