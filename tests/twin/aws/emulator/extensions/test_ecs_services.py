"""Services are wanted as the API was told, and run as the data plane reports."""

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.aws.emulator.conftest import Served
from tests.twin.aws.emulator.reporting import document, report
from twin.aws.emulator.extensions.ecs_services import merged_deployments


def _create(served: Served, name: str, **given: Any) -> dict[str, Any]:
    ecs = served.clients("ecs")
    asked = {"cluster": "base", "serviceName": name, "taskDefinition": "base", "desiredCount": 2, **given}
    return ecs.create_service(**asked)["service"]


def _described(served: Served, name: str) -> dict[str, Any]:
    (found,) = served.clients("ecs").describe_services(cluster="base", services=[name])["services"]
    return found


def _report(served: Served, arn: str, **told: Any) -> None:
    report(served.endpoint, document("ecs", "service", arn, told or None))


def _deployment(identifier: str, status: str = "PRIMARY", **given: Any) -> dict[str, Any]:
    return {"id": identifier, "status": status, "runningCount": 1, "pendingCount": 1, **given}


def _primary(service: dict[str, Any]) -> str:
    return str(service["deployments"][0]["id"])


def _register(served: Served, family: str) -> str:
    registered = served.clients("ecs").register_task_definition(
        family=family,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "app", "image": "i"}],
    )
    return str(registered["taskDefinition"]["taskDefinitionArn"])


def test_a_service_that_is_not_reported_runs_nothing(attended: Served) -> None:
    _create(attended, "unreported")
    shown = _described(attended, "unreported")
    assert (shown["desiredCount"], shown["runningCount"], shown["pendingCount"]) == (2, 0, 0)


def test_a_service_shows_counts_deployments_and_events_as_reported(attended: Served) -> None:
    created = _create(attended, "reported")
    events = [{"id": str(n), "createdAt": 1_700_000_000 + n, "message": f"m{n}"} for n in range(150)]
    told = _deployment(_primary(created), rolloutState="COMPLETED", rolloutStateReason="done", failedTasks=3)
    _report(
        attended,
        created["serviceArn"],
        desiredCount=9,
        runningCount=1,
        pendingCount=1,
        deployments=[told],
        events=events,
    )
    shown = _described(attended, "reported")
    assert (shown["desiredCount"], shown["runningCount"], shown["pendingCount"]) == (2, 1, 1)
    (deployment,) = shown["deployments"]
    assert {name: deployment[name] for name in told} == told
    assert deployment["desiredCount"] == 2
    assert [it["message"] for it in shown["events"]] == [f"m{n}" for n in range(149, 49, -1)]
    assert shown["currentServiceRevisions"][0]["runningTaskCount"] == 1


def test_an_update_that_changes_tasks_begins_a_deployment_and_the_earlier_one_is_active(
    attended: Served,
) -> None:
    created = _create(attended, "rolled")
    _report(attended, created["serviceArn"], runningCount=2, deployments=[_deployment(_primary(created))])
    updated = attended.clients("ecs").update_service(
        cluster="base", service="rolled", taskDefinition=_register(attended, "rolled")
    )["service"]
    assert _primary(updated) != _primary(created)
    for service in (updated, _described(attended, "rolled")):
        told = [(it["id"], it["status"], it["runningCount"]) for it in service["deployments"]]
        assert told == [(_primary(updated), "PRIMARY", 0), (_primary(created), "ACTIVE", 1)]
    assert updated["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    assert updated["deployments"][0]["taskDefinition"].endswith(":task-definition/rolled:1")


SUBNETS = "subnets"


@pytest.mark.parametrize(
    ("change", "begins"),
    [
        pytest.param({"forceNewDeployment": True}, True, id="forced"),
        pytest.param({"desiredCount": 5}, False, id="count"),
        pytest.param({"taskDefinition": "base"}, False, id="the same definition"),
        pytest.param({"healthCheckGracePeriodSeconds": 9}, False, id="grace"),
        pytest.param({"deploymentConfiguration": {"maximumPercent": 150}}, False, id="percentages"),
        pytest.param({"serviceConnectConfiguration": {"enabled": False}}, True, id="service connect"),
        pytest.param({"platformVersion": "1.4.0"}, True, id="platform"),
        pytest.param({"monitoring": {"metricConfigurations": []}}, True, id="monitoring"),
        pytest.param({SUBNETS: ["subnet_a"]}, False, id="the same network"),
        pytest.param({SUBNETS: ["subnet_a", "subnet_b"]}, True, id="network"),
    ],
)
def test_a_deployment_begins_where_tasks_are_to_be_other_ones(
    mended: Served, request: pytest.FixtureRequest, change: dict[str, Any], begins: bool
) -> None:
    def network(names: list[str]) -> dict[str, Any]:
        groups = [mended.world["security_group"]]
        return {
            "awsvpcConfiguration": {"subnets": [mended.world[it] for it in names], "securityGroups": groups}
        }

    name = re.sub(r"[^a-z]+", "-", request.node.name.lower()[-40:])
    created = _create(mended, name, networkConfiguration=network(["subnet_a"]))
    asked = {"networkConfiguration": network(change[SUBNETS])} if SUBNETS in change else change
    updated = mended.clients("ecs").update_service(cluster="base", service=name, **asked)["service"]
    assert (_primary(updated) != _primary(created)) is begins
    assert _primary(_described(mended, name)) == _primary(updated)
    assert _described(mended, name)["currentServiceRevisions"]


def test_a_revision_shows_what_a_service_does_not(attended: Served) -> None:
    ecs = attended.clients("ecs")
    wanted = {"metricConfigurations": [{"metricNames": ["CPUUtilization"], "resolutionSeconds": 20}]}
    _create(attended, "watched")
    ecs.update_service(cluster="base", service="watched", monitoring=wanted)
    ecs.update_service(cluster="base", service="watched", forceNewDeployment=True)
    (current,) = _described(attended, "watched")["currentServiceRevisions"]
    told = ecs.describe_service_revisions(serviceRevisionArns=[current["arn"], "absent"])
    assert told["failures"] == [{"arn": "absent", "reason": "MISSING"}]
    (revision,) = told["serviceRevisions"]
    assert (revision["monitoring"], revision["taskDefinition"][-7:]) == (wanted, "/base:1")


def test_a_deployment_that_is_rolled_back_leaves_the_service_as_it_was(attended: Served) -> None:
    ecs = attended.clients("ecs")
    grace = {"serviceConnectConfiguration": {"enabled": False}}
    created = _create(attended, "broken", **grace)
    good = _primary(created)
    failed = _primary(
        ecs.update_service(
            cluster="base",
            service="broken",
            taskDefinition=_register(attended, "broken"),
            serviceConnectConfiguration={"enabled": True, "namespace": "n"},
        )["service"]
    )
    rollback = _deployment("ecs-svc/77", rolloutState="IN_PROGRESS", rolloutStateReason="rolling back")
    bad = _deployment(failed, "ACTIVE", rolloutState="FAILED", taskDefinition="broken")
    told: dict[str, Any] = {"runningCount": 2, "rolledBackFrom": failed, "rolledBackTo": good}
    _report(attended, created["serviceArn"], **told, deployments=[rollback, bad])
    shown = _described(attended, "broken")
    assert shown["taskDefinition"] == created["taskDefinition"]
    assert [(it["id"], it["status"], it["rolloutState"]) for it in shown["deployments"]] == [
        ("ecs-svc/77", "PRIMARY", "IN_PROGRESS"),
        (failed, "ACTIVE", "FAILED"),
    ]
    assert shown["deployments"][0]["taskDefinition"] == created["taskDefinition"]
    assert shown["deployments"][0]["serviceConnectConfiguration"] == {"enabled": False}
    again = ecs.update_service(cluster="base", service="broken", taskDefinition="broken")["service"]
    assert _primary(again) not in {good, failed, "ecs-svc/77"}
    # The same report, sent again, rolls nothing back a second time.
    _report(attended, created["serviceArn"], **told, deployments=[rollback, bad])
    assert _described(attended, "broken")["taskDefinition"] == again["taskDefinition"]


def test_a_deleted_service_drains_until_its_tasks_have_stopped(attended: Served) -> None:
    ecs = attended.clients("ecs")
    created = _create(attended, "ended")
    arn = created["serviceArn"]
    _report(attended, arn, runningCount=1, deployments=[_deployment(_primary(created))])
    with pytest.raises(ClientError, match="scaled above 0"):
        ecs.delete_service(cluster="base", service="ended")
    deleted = ecs.delete_service(cluster="base", service="ended", force=True)["service"]
    assert (deleted["status"], deleted["desiredCount"]) == ("DRAINING", 0)
    assert _described(attended, "ended")["status"] == "DRAINING"
    assert arn not in ecs.list_services(cluster="base", maxResults=100)["serviceArns"]
    with pytest.raises(ClientError, match="still Draining"):
        _create(attended, "ended")
    with pytest.raises(ClientError, match="ServiceNotActiveException"):
        ecs.update_service(cluster="base", service="ended", desiredCount=1)
    _report(attended, arn)
    shown = _described(attended, "ended")
    assert (shown["status"], shown["desiredCount"], shown["deployments"][0]["desiredCount"]) == (
        "INACTIVE",
        0,
        0,
    )
    assert _create(attended, "ended")["status"] == "ACTIVE"


def test_a_name_is_taken_while_its_service_is_active(mended: Served) -> None:
    _create(mended, "taken")
    with pytest.raises(ClientError, match=r"InvalidParameterException.*not idempotent"):
        _create(mended, "taken")


def test_services_are_listed_ten_a_page(mended: Served) -> None:
    ecs = mended.clients("ecs")
    ecs.create_cluster(clusterName="paged")
    for number in range(11):
        ecs.create_service(
            cluster="paged", serviceName=f"s{number:02}", taskDefinition="base", desiredCount=0
        )
    first = ecs.list_services(cluster="paged")
    rest = ecs.list_services(cluster="paged", nextToken=first["nextToken"])
    assert (len(first["serviceArns"]), len(rest["serviceArns"]), "nextToken" in rest) == (10, 1, False)
    (cluster,) = ecs.describe_clusters(clusters=["paged"])["clusters"]
    assert cluster["activeServicesCount"] == 11


def test_at_most_ten_services_are_described(mended: Served) -> None:
    with pytest.raises(ClientError, match="InvalidParameterException"):
        mended.clients("ecs").describe_services(cluster="base", services=[f"s{n}" for n in range(11)])


IDS = st.sampled_from(["ecs-svc/1", "ecs-svc/2", "ecs-svc/3"])
REPORTED = st.lists(
    st.builds(
        lambda identifier, status, running: _deployment(identifier, status, runningCount=running),
        IDS,
        st.sampled_from(["PRIMARY", "ACTIVE"]),
        st.integers(0, 5),
    ),
    max_size=3,
    unique_by=lambda it: it["id"],
)


@given(IDS, REPORTED)
def test_one_deployment_is_primary_and_none_with_tasks_is_lost(
    wanted: str, reported: list[dict[str, Any]]
) -> None:
    shown = merged_deployments([{"id": wanted, "status": "PRIMARY", "desiredCount": 4}], reported)
    assert [it["id"] for it in shown if it["status"] == "PRIMARY"] == [wanted]
    assert shown[0]["desiredCount"] == 4
    assert {it["id"] for it in shown} == {wanted, *(it["id"] for it in reported)}
    counts = {it["id"]: it["runningCount"] for it in reported}
    assert {it["id"]: it["runningCount"] for it in shown} == {wanted: 0, **counts}
