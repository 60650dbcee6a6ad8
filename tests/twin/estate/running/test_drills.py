"""Playbooks carried out on a running slice, with people, in profile `quick`: nothing here is measured.

In this order: one twin for all of it.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.twin.estate.command import Twin
from tests.twin.estate.live import client, tasks_of

pytestmark = pytest.mark.twin

NOT_REAL_TIME = "The clock did not run in real time: loss, latency and recovery are judged in real time only."
VOID = 2


def drilled(twin: Twin, name: str, evidence: Path) -> dict[str, Any]:
    """What a drill tells. It is void here, for its waiting times are not AWS's."""
    options = ("--json", "--per-second", "5", "--evidence", str(evidence))
    done = twin.estate("drill", name, twin.environment, *options)
    assert done.returncode == VOID, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    assert [it["state"] for it in document["steps"]] == ["done"] * len(document["steps"]), document["failure"]
    assert Path(document["evidence"], "report.html").exists()
    return document


def writer(twin: Twin, name: str) -> str:
    found = client(twin, "rds").describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]
    return next(it["DBInstanceIdentifier"] for it in found["DBClusterMembers"] if it["IsClusterWriter"])


def told_of_databases(twin: Twin) -> list[str]:
    """What RDS says that happened in the last hour."""
    events = client(twin, "rds").describe_events(Duration=60)["Events"]
    return [f"{it['Date']:%H:%M:%S} {it['SourceIdentifier']}: {it['Message']}" for it in events]


def test_the_writer_moves_and_nothing_that_was_acknowledged_is_lost(running: Twin, tmp_path: Path) -> None:
    before = writer(running, "core")
    document = drilled(running, "database-writer-failover", tmp_path)

    assert writer(running, "core") != before, told_of_databases(running)
    assert document["acknowledged"] > 0
    assert (document["lost"], document["doubled"], document["changes"]) == (0, 0, [])
    assert document["rpo_seconds"] == 0
    assert document["reasons"] == [NOT_REAL_TIME]


@pytest.mark.full
def test_a_zone_is_emptied_and_everything_is_as_declared_afterwards(running: Twin, tmp_path: Path) -> None:
    document = drilled(running, "az-evacuation", tmp_path)

    assert (document["lost"], document["doubled"], document["changes"]) == (0, 0, [])
    assert document["reasons"] == [NOT_REAL_TIME]
    assert {it["availabilityZone"] for it in tasks_of(running, "portal")} == {
        "eu-west-2a",
        "eu-west-2b",
        "eu-west-2c",
    }
