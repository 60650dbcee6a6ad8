"""RDS where a data plane reports: nothing is said to have happened before it says so."""

import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.conftest import Served
from tests.twin.aws.emulator.reporting import changes, document, report
from twin.aws.emulator.extensions.rds_writer import GLOBAL_REGION

ENGINE = {"Engine": "aurora-postgresql", "EngineVersion": "16.6"}
NOW = datetime.datetime.now(datetime.UTC).replace(microsecond=0)


def _cluster(served: Served, name: str, instances: int = 3, region: str = "eu-west-2", **given: Any) -> Any:
    """A cluster whose first instance writes, as the data plane reports."""
    rds = served.clients("rds", region)
    credentials = (
        {} if region != "eu-west-2" else {"MasterUsername": "u", "MasterUserPassword": "never-shown-1"}
    )
    rds.create_db_cluster(DBClusterIdentifier=name, **ENGINE, **credentials, **given)
    for number in range(instances):
        rds.create_db_instance(
            DBInstanceIdentifier=f"{name}-{number}",
            DBClusterIdentifier=name,
            DBInstanceClass="db.r7g.large",
            Engine="aurora-postgresql",
        )
    return rds


def _report(served: Served, kind: str, key: str, region: str = "eu-west-2", **members: Any) -> None:
    report(served.endpoint, document("rds", kind, key, members, region))


def _last_request(served: Served) -> dict[str, Any]:
    return changes(served.endpoint)["requests"][-1]


def _shown(rds: Any, name: str) -> dict[str, Any]:
    return rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]


def _writers(rds: Any, name: str) -> list[str]:
    members = _shown(rds, name)["DBClusterMembers"]
    return [it["DBInstanceIdentifier"] for it in members if it["IsClusterWriter"]]


def test_the_writer_moves_when_the_data_plane_says_so(attended: Served) -> None:
    rds = _cluster(attended, "moved")
    _report(attended, "cluster", "moved", Status="available", Writer="moved-0")
    answer = rds.failover_db_cluster(DBClusterIdentifier="moved", TargetDBInstanceIdentifier="moved-2")
    assert answer["DBCluster"]["Status"] == "failing-over"
    request = _last_request(attended)
    assert (request["service"], request["operation"]) == ("rds", "FailoverDBCluster")
    assert request["parameters"]["TargetDBInstanceIdentifier"] == "moved-2"
    assert (_shown(rds, "moved")["Status"], _writers(rds, "moved")) == ("failing-over", ["moved-0"])
    _report(attended, "cluster", "moved", Status="available", Writer="moved-2")
    assert (_shown(rds, "moved")["Status"], _writers(rds, "moved")) == ("available", ["moved-2"])


def test_a_report_from_before_the_request_does_not_end_a_failover(attended: Served) -> None:
    rds = _cluster(attended, "early")
    rds.failover_db_cluster(DBClusterIdentifier="early")
    number = _last_request(attended)["id"]
    _report(attended, "cluster", "early", Status="available", AsOfRequest=number - 1)
    assert _shown(rds, "early")["Status"] == "failing-over"
    _report(attended, "cluster", "early", Status="available", AsOfRequest=number)
    assert _shown(rds, "early")["Status"] == "available"


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("refused-0", "InvalidDBInstanceState"),
        ("nowhere", "InvalidParameterValue"),
        ("refused-1", "InvalidDBInstanceState"),
    ],
    ids=["the writer", "no member", "not available"],
)
def test_a_failover_needs_a_reader_that_is_available(attended: Served, target: str, code: str) -> None:
    rds = attended.clients("rds")
    if not any(it["DBClusterIdentifier"] == "refused" for it in rds.describe_db_clusters()["DBClusters"]):
        _cluster(attended, "refused")
    _report(attended, "cluster", "refused", Status="available", Writer="refused-0")
    _report(attended, "instance", "refused-1", DBInstanceStatus="stopped")
    with pytest.raises(ClientError) as failed:
        rds.failover_db_cluster(DBClusterIdentifier="refused", TargetDBInstanceIdentifier=target)
    assert failed.value.response["Error"]["Code"] == code


def test_a_cluster_fails_over_when_it_is_there_and_available_and_has_a_reader(attended: Served) -> None:
    rds = _cluster(attended, "alone", instances=1)
    with pytest.raises(ClientError, match="DBClusterNotFoundFault"):
        rds.failover_db_cluster(DBClusterIdentifier="nowhere")
    with pytest.raises(ClientError, match="at least two database instances"):
        rds.failover_db_cluster(DBClusterIdentifier="alone")
    _report(attended, "cluster", "alone", Status="failing-over")
    with pytest.raises(ClientError, match="is in failing-over state"):
        rds.failover_db_cluster(DBClusterIdentifier="alone")


def test_without_a_data_plane_the_writer_moves_at_once(extended: Served) -> None:
    rds = _cluster(extended, "unattended")
    (writer,) = _writers(rds, "unattended")
    rds.failover_db_cluster(DBClusterIdentifier="unattended")
    assert _writers(rds, "unattended") != [writer]


def test_a_rebooted_instance_reboots_until_it_is_reported(attended: Served) -> None:
    rds = _cluster(attended, "rebooted", instances=1)
    name = "rebooted-0"
    with pytest.raises(ClientError, match="not a Multi-AZ instance"):
        rds.reboot_db_instance(DBInstanceIdentifier=name, ForceFailover=True)
    rds.reboot_db_instance(DBInstanceIdentifier=name)
    assert _last_request(attended)["operation"] == "RebootDBInstance"
    assert _instance(rds, name)["DBInstanceStatus"] == "rebooting"
    _report(attended, "instance", name, DBInstanceStatus="available", AvailabilityZone="eu-west-2b")
    found = _instance(rds, name)
    assert (found["DBInstanceStatus"], found["AvailabilityZone"]) == ("available", "eu-west-2b")


def _instance(rds: Any, name: str) -> dict[str, Any]:
    return rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]


def _global(served: Served, name: str) -> tuple[str, str]:
    served.clients("rds").create_global_cluster(GlobalClusterIdentifier=name, **ENGINE)
    clusters = [
        _cluster(served, f"{name}-{role}", 1, region, GlobalClusterIdentifier=name)
        for role, region in (("primary", "eu-west-2"), ("secondary", "eu-west-1"))
    ]
    first, second = (
        _shown(rds, f"{name}-{role}")["DBClusterArn"]
        for rds, role in zip(clusters, ("primary", "secondary"), strict=True)
    )
    return first, second


def test_a_secondary_cluster_has_no_writer(mended: Served) -> None:
    _global(mended, "readers-only")
    assert _writers(mended.clients("rds"), "readers-only-primary") == ["readers-only-primary-0"]
    assert _writers(mended.clients("rds", "eu-west-1"), "readers-only-secondary") == []


def test_a_global_failover_is_under_way_until_it_is_reported(attended: Served) -> None:
    primary, secondary = _global(attended, "wide")
    rds, given = attended.clients("rds"), {"GlobalClusterIdentifier": "wide"}
    rds.failover_global_cluster(**given, TargetDbClusterIdentifier=secondary, AllowDataLoss=True)
    found = rds.describe_global_clusters(**given)["GlobalClusters"][0]
    assert found["Status"] == "failing-over"
    assert found["FailoverState"] == {
        "Status": "pending",
        "FromDbClusterArn": primary,
        "ToDbClusterArn": secondary,
        "IsDataLossAllowed": True,
    }
    with pytest.raises(ClientError, match="already failing over"):
        rds.switchover_global_cluster(**given, TargetDbClusterIdentifier=secondary)
    _report(attended, "global cluster", "wide", GLOBAL_REGION, Status="available", Writer=secondary)
    found = rds.describe_global_clusters(**given)["GlobalClusters"][0]
    assert found["Status"] == "available"
    assert {it["DBClusterArn"]: it["IsWriter"] for it in found["GlobalClusterMembers"]} == {
        primary: False,
        secondary: True,
    }
    assert _writers(rds, "wide-primary") == []
    assert _writers(attended.clients("rds", "eu-west-1"), "wide-secondary") == ["wide-secondary-0"]


def test_a_cluster_that_does_not_follow_is_shown_to_wait_for_it(attended: Served) -> None:
    primary, secondary = _global(attended, "apart")
    rds, given = attended.clients("rds"), {"GlobalClusterIdentifier": "apart"}

    def shown(*connected: str) -> dict[str, str]:
        members = {"Status": "available", "Writer": primary, "Connected": list(connected)}
        _report(attended, "global cluster", "apart", GLOBAL_REGION, **members)
        found = rds.describe_global_clusters(**given)["GlobalClusters"][0]
        return {it["DBClusterArn"]: it["SynchronizationStatus"] for it in found["GlobalClusterMembers"]}

    assert shown(primary) == {primary: "connected", secondary: "pending-resync"}
    assert shown(primary, secondary) == {primary: "connected", secondary: "connected"}


def test_a_global_failover_that_may_lose_data_is_no_switchover(extended: Served) -> None:
    _, secondary = _global(extended, "either-or")
    given = {"GlobalClusterIdentifier": "either-or", "TargetDbClusterIdentifier": secondary}
    with pytest.raises(ClientError, match="InvalidParameterCombination"):
        extended.clients("rds").failover_global_cluster(**given, AllowDataLoss=True, Switchover=True)


def test_a_snapshot_is_being_created_until_it_is_reported(attended: Served) -> None:
    rds = _cluster(attended, "saved", instances=0)
    given = {"DBClusterSnapshotIdentifier": "saved-now"}
    made = rds.create_db_cluster_snapshot(**given, DBClusterIdentifier="saved")["DBClusterSnapshot"]
    assert (made["Status"], made["PercentProgress"]) == ("creating", 0)
    with pytest.raises(ClientError, match="is creating"):
        rds.restore_db_cluster_from_snapshot(
            DBClusterIdentifier="too-early", SnapshotIdentifier="saved-now", Engine="aurora-postgresql"
        )
    _report(
        attended,
        "cluster snapshot",
        "saved-now",
        Status="available",
        PercentProgress=100,
        SnapshotCreateTime=NOW.timestamp(),
    )
    (found,) = rds.describe_db_cluster_snapshots(**given)["DBClusterSnapshots"]
    assert (found["Status"], found["SnapshotCreateTime"]) == ("available", NOW)
    rds.delete_db_cluster_snapshot(**given)
    assert _last_request(attended)["operation"] == "DeleteDBClusterSnapshot"


def test_a_restored_cluster_is_created_without_instances_and_stands_alone(attended: Served) -> None:
    rds = attended.clients("rds")
    _global(attended, "source")
    rds.modify_db_cluster(DBClusterIdentifier="source-primary", DeletionProtection=True)
    rds.restore_db_cluster_to_point_in_time(
        DBClusterIdentifier="restored",
        SourceDBClusterIdentifier="source-primary",
        UseLatestRestorableTime=True,
    )
    assert _last_request(attended)["operation"] == "RestoreDBClusterToPointInTime"
    found = _shown(rds, "restored")
    assert (found["Status"], found["DBClusterMembers"]) == ("creating", [])
    assert (found["DeletionProtection"], found["EngineVersion"]) == (False, "16.6")
    (around,) = rds.describe_global_clusters(GlobalClusterIdentifier="source")["GlobalClusters"]
    assert len(around["GlobalClusterMembers"]) == 2
    _report(attended, "cluster", "restored", Status="available")
    assert _shown(rds, "restored")["Status"] == "available"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"RestoreToTime": NOW + datetime.timedelta(hours=1)}, "InvalidParameterValue"),
        ({"RestoreToTime": NOW - datetime.timedelta(days=9)}, "InvalidParameterValue"),
        ({}, "InvalidParameterCombination"),
        ({"RestoreToTime": NOW, "UseLatestRestorableTime": True}, "InvalidParameterCombination"),
        ({"RestoreToTime": NOW, "RestoreType": "copy-on-write"}, "InvalidParameterCombination"),
        ({"SourceDBClusterIdentifier": "nowhere"}, "DBClusterNotFoundFault"),
        ({"DBClusterIdentifier": "window", "UseLatestRestorableTime": True}, "DBClusterAlreadyExistsFault"),
    ],
)
def test_a_time_must_be_within_the_restorable_window(
    attended: Served, given: dict[str, Any], code: str
) -> None:
    rds = attended.clients("rds")
    if not any(it["DBClusterIdentifier"] == "window" for it in rds.describe_db_clusters()["DBClusters"]):
        _cluster(attended, "window", instances=0)
    earliest, latest = (NOW - datetime.timedelta(minutes=minutes) for minutes in (60, 5))
    times = {"EarliestRestorableTime": earliest.isoformat(), "LatestRestorableTime": latest.timestamp()}
    _report(attended, "cluster", "window", Status="available", **times)
    assert _shown(rds, "window")["LatestRestorableTime"] == latest
    asked = {"SourceDBClusterIdentifier": "window", "DBClusterIdentifier": "window-2", **given}
    with pytest.raises(ClientError) as failed:
        rds.restore_db_cluster_to_point_in_time(**asked)
    assert failed.value.response["Error"]["Code"] == code


def test_events_are_listed_by_source_category_and_time_in_pages(attended: Served) -> None:
    rds = attended.clients("rds")
    for number, minutes in enumerate((90, 30, 20)):
        _report(
            attended,
            "event",
            f"told-{number}",
            SourceIdentifier="told",
            SourceType="db-cluster",
            Message=f"message {number}",
            EventCategories=["failover" if number == 1 else "notification"],
            Date=(NOW - datetime.timedelta(minutes=minutes)).timestamp(),
        )
    of_cluster = {"SourceIdentifier": "told", "SourceType": "db-cluster"}

    def messages(**given: Any) -> list[str]:
        pages = rds.get_paginator("describe_events").paginate(**of_cluster, **given)
        return [event["Message"] for page in pages for event in page["Events"]]

    assert messages() == ["message 1", "message 2"]
    assert messages(Duration=120, PaginationConfig={"PageSize": 1}) == [f"message {it}" for it in range(3)]
    assert messages(EventCategories=["failover"]) == ["message 1"]
    ago = NOW - datetime.timedelta(minutes=100)
    assert messages(StartTime=ago, EndTime=ago + datetime.timedelta(minutes=30)) == ["message 0"]
    with pytest.raises(ClientError, match="InvalidParameterCombination"):
        rds.describe_events(SourceIdentifier="told")
