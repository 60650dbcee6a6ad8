"""What the API shows, and which events it tells."""

from dataclasses import replace

from tests.twin.runtime.database.test_endpoints import CLUSTER, STANDBY, WHOLE, WRITER, A, B
from twin.runtime.database.backups import Window
from twin.runtime.database.controller import Failover, State
from twin.runtime.database.declared import groups
from twin.runtime.database.events import ended, started
from twin.runtime.database.group import Record, Seen, Switch
from twin.runtime.database.reports import reports

[GROUP] = groups([CLUSTER])


def shown(state: State, window: Window | None = None) -> dict[tuple[str, str], dict[str, object]]:
    found = reports(state, {CLUSTER.key: CLUSTER}, {CLUSTER.key: window})
    return {(it.kind, it.key): dict(it.document) for it in found}


def test_a_whole_cluster_is_available_and_says_how_far_back_it_can_be_restored() -> None:
    state = State(GROUP, Record(1, A), WHOLE)
    found = shown(state, Window(0, 60))
    assert found["cluster", "core"] == {
        "Status": "available",
        "Writer": "core-1",
        "EarliestRestorableTime": "1970-01-01T00:00:00+00:00",
        "LatestRestorableTime": "1970-01-01T00:01:00+00:00",
    }
    assert found["instance", "core-2"] == {"DBInstanceStatus": "available"}


def test_until_a_failover_is_over_the_old_writer_is_shown() -> None:
    failover = Failover(1, A, 0.0, elected=B)
    seen = {**WHOLE, A: Seen(has_data=True), B: WRITER}
    found = shown(State(GROUP, Record(2, B), seen, failover))
    assert found["cluster", "core"] == {"Status": "failing-over", "Writer": "core-1"}
    assert found["instance", "core-1"] == {"DBInstanceStatus": "rebooting"}
    failover.ended_at = 1.0
    assert shown(State(GROUP, Record(2, B), seen, failover))["cluster", "core"]["Writer"] == "core-2"


def test_what_is_being_made_is_said_to_be() -> None:
    found = shown(State(GROUP, Record()))
    assert found["cluster", "core"]["Status"] == "creating"
    assert found["instance", "core-1"] == {"DBInstanceStatus": "creating"}


def test_a_global_database_shows_its_writer_and_where_it_moves() -> None:
    home = replace(CLUSTER, global_name="g")
    away = replace(
        CLUSTER,
        key="eu-west-1/core",
        arn="away",
        global_name="g",
        is_primary=False,
        members=(),
        first_writer=None,
    )
    [group] = groups([home, away])
    both = {it.key: it for it in (home, away)}
    switch = Switch(1, 9, away.key, is_lossy=True)
    state = State(group, Record(1, A), {**WHOLE, B: STANDBY}, Failover(1, A, 0.0, switch))
    found = [it for it in reports(state, both, {}) if it.kind == "global cluster"]
    assert [(it.region, it.key, dict(it.document)) for it in found] == [
        (
            "aws-global",
            "g",
            {
                "Status": "failing-over",
                "Writer": CLUSTER.arn,
                "Connected": [CLUSTER.arn],
                "FailoverState": {
                    "Status": "failing-over",
                    "FromDbClusterArn": CLUSTER.arn,
                    "ToDbClusterArn": "away",
                    "IsDataLossAllowed": True,
                },
            },
        )
    ]


def test_a_cluster_follows_while_one_of_its_instances_streams_from_the_writer() -> None:
    home = replace(CLUSTER, global_name="g")
    away = replace(CLUSTER, key="eu-west-1/core", arn="away", global_name="g", is_primary=False, members=())
    [group] = groups([home, away])
    both = {it.key: it for it in (home, away)}

    def connected(writer: Seen, record: Record) -> object:
        [found] = [
            it for it in reports(State(group, record, {A: writer}), both, {}) if it.kind == "global cluster"
        ]
        return found.document["Connected"]

    alone = replace(WRITER, streams={B: 7})
    assert connected(alone, Record(1, A)) == [CLUSTER.arn]
    assert connected(replace(alone, streams={"eu-west-1/core/core-1": 7}), Record(1, A)) == [
        CLUSTER.arn,
        "away",
    ]
    assert connected(WRITER, Record()) == []


def test_a_failover_is_told_when_it_is_known_to_whom_and_when_it_is_over() -> None:
    assert list(started(GROUP, Failover(1, A, 0.0))) == []
    failover = Failover(1, A, 0.0, elected=B)
    told = [*started(GROUP, failover), *ended(failover)]
    assert [(region, it["SourceIdentifier"], it["SourceType"], it["Message"]) for region, it in told] == [
        ("eu-west-2", "core", "db-cluster", "Started cross AZ failover to DB instance: core-2"),
        ("eu-west-2", "core", "db-cluster", "Completed failover to DB instance: core-2"),
    ]


def test_a_writer_that_came_back_is_told_as_a_restart() -> None:
    [(_, event)] = ended(Failover(1, A, 0.0))
    assert (event["SourceIdentifier"], event["Message"]) == ("core-1", "DB instance restarted")


def test_a_move_to_another_region_is_told_as_one() -> None:
    switch = Switch(1, 9, "eu-west-1/core")
    failover = Failover(1, A, 0.0, switch, elected="eu-west-1/core/core-1")
    [(region, event)] = started(GROUP, failover)
    assert (region, event["Message"]) == (
        "eu-west-1",
        "Global switchover to DB cluster core in Region eu-west-1 started.",
    )
