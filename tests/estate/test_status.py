"""What status makes of what the API and the supervisor say."""

import io
from typing import Any

import pytest
from rich.console import Console

from estate.commands.status import Status
from estate.observation import Observation, _failure
from estate.refusals import RECENT_SECONDS, Refusal, read_refusals

WELL: dict[str, Any] = {
    "region": "eu-west-2",
    "name": "case",
    "desired": 2,
    "running": 2,
    "healthy": 2,
    "deploying": False,
    "rollout": "COMPLETED",
    "failure": None,
}
MEMBER = {"name": "core-1", "zone": "eu-west-2a", "role": "writer", "status": "available"}
DATABASE = {"region": "eu-west-2", "name": "core", "status": "available", "members": [MEMBER]}
ZONE = {"region": "eu-west-2", "name": "eu-west-2a", "tasks": 1, "healthy": 1}
IN_ORDER = {"open": {"is_open": True, "latency_ms": 0, "loss_percent": 0}}


def _condition(**members: Any) -> dict[str, Any]:
    usual = {"has_power": True, "is_frozen": False, "boundary": IN_ORDER["open"], "is_shifted_away": False}
    return usual | members


def _shown(status: Status) -> str:
    out = io.StringIO()
    status.show(Console(file=out, width=200))
    return out.getvalue()


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"running": 1}, "case (eu-west-2): 1 of 2 tasks run, 2 are healthy"),
        ({"healthy": 0}, "case (eu-west-2): 2 of 2 tasks run, 0 are healthy"),
        (
            {"deploying": True},
            "case (eu-west-2): 2 of 2 tasks run, 2 are healthy, a deployment is on its way",
        ),
        (
            {"rollout": "FAILED"},
            "case (eu-west-2): its deployment failed, so ECS starts no task for it; deploy it anew",
        ),
        (
            {"rollout": "FAILED", "failure": "alarm detected"},
            "case (eu-west-2): its deployment failed (alarm detected), so ECS starts no task for it; deploy it anew",
        ),
    ],
    ids=["not running", "not healthy", "deploying", "failed", "failed and told why"],
)
def test_a_service_that_is_short_of_what_it_wants_is_complained_of(
    changed: dict[str, Any], complaint: str
) -> None:
    seen = Observation(services=[WELL | changed])
    assert seen.complaints() == [complaint]
    assert not Status("slice", "up", seen, {"zones": {}}).holds


class _Ecs:
    """A service whose tasks ended one after the other."""

    def __init__(self, *stopped: dict[str, Any]) -> None:
        self._stopped = [{"taskArn": str(number)} | it for number, it in enumerate(stopped)]

    def list_tasks(self, **asked: str) -> dict[str, Any]:
        assert asked == {"cluster": "estate", "serviceName": "case", "desiredStatus": "STOPPED"}
        return {"taskArns": [it["taskArn"] for it in self._stopped]}

    def describe_tasks(self, cluster: str, tasks: list[str]) -> dict[str, Any]:
        return {"tasks": [it for it in self._stopped if it["taskArn"] in tasks]}


def test_why_a_deployment_failed_is_told_by_ecs_and_by_the_task_that_ended_last() -> None:
    reason = "ECS deployment circuit breaker: tasks failed to start."
    service = {
        "serviceName": "case",
        "deployments": [{"status": "PRIMARY", "rolloutState": "FAILED", "rolloutStateReason": reason}],
    }
    ended = {"stoppedReason": "Essential container in task exited"}
    early = ended | {"stoppedAt": "2026-11-22T10:00:00", "containers": [{"exitCode": 1}]}
    late = ended | {"stoppedAt": "2026-11-22T10:00:09", "containers": [{"exitCode": 137}]}
    started = "ECS deployment circuit breaker: tasks failed to start"
    end = "a task's end: Essential container in task exited"

    assert _failure(_Ecs(late, early), "estate", service) == f"{started}; {end}, exit code 137"
    assert _failure(_Ecs(early | {"containers": [{}]}), "estate", service) == f"{started}; {end}"
    assert _failure(_Ecs(), "estate", service) == started


def test_a_database_and_each_of_its_instances_must_be_available() -> None:
    rebuilding = DATABASE | {"status": "failing-over", "members": [MEMBER | {"status": "rebooting"}]}
    assert Observation(databases=[rebuilding]).complaints() == [
        "core (eu-west-2) is failing-over",
        "core-1 (eu-west-2) is rebooting",
    ]


def test_where_all_is_well_it_says_so_and_holds() -> None:
    status = Status("slice", "up", Observation(services=[WELL], databases=[DATABASE]), {"zones": {}})
    assert status.holds
    assert "Everything that is wanted runs and is healthy." in _shown(status)


def test_a_zone_has_its_condition_in_a_word() -> None:
    seen = Observation(zones=[ZONE, ZONE | {"name": "eu-west-2b"}])
    conditions = {"eu-west-2a": _condition(has_power=False), "eu-west-2b": _condition(is_shifted_away=True)}
    zones = Status("slice", "up", seen, {"zones": conditions}).to_json()["zones"]
    assert [it["condition"] for it in zones] == ["without power", "shifted away"]


def test_with_the_control_plane_down_it_says_whether_people_are_still_served() -> None:
    assert "its data plane goes on serving" in _shown(Status("slice", "down", data_plane={"zones": {}}))
    assert "nothing of it runs" in _shown(Status("slice", "down"))
    assert not Status("slice", "down").holds


def test_of_a_control_plane_alone_nothing_is_expected_to_run() -> None:
    status = Status("slice", "up", Observation(services=[WELL | {"running": 0, "healthy": 0}]), None)
    assert status.holds
    assert "Nothing runs: start it with" in _shown(status)


def test_a_data_plane_that_is_gone_is_not_taken_for_one_that_runs() -> None:
    status = Status("slice", "up", Observation(services=[WELL]), None)
    assert not status.holds
    assert "Not well: the data plane is gone" in _shown(status)


def _refusal(**members: Any) -> Refusal:
    given: dict[str, Any] = {
        "role": "case-task",
        "action": "sqs:SendMessage",
        "resource": "arn:queue",
        "reason": "because no identity-based policy allows the sqs:SendMessage action",
        "count": 2,
        "at": 990.0,
    }
    return Refusal(**(given | members))


def _with(*refused: Refusal, problems: dict[str, str] | None = None) -> Status:
    return Status(
        "slice",
        "up",
        Observation(services=[WELL]),
        {"zones": {}, "problems": problems or {}},
        refused=refused,
        asked_at=1_000.0,
    )


def test_a_role_that_is_refused_calls_is_complained_of_with_count_role_and_action() -> None:
    status = _with(_refusal(), _refusal(resource="arn:other", count=1, at=980.0))
    assert status.complaints() == [
        "the role case-task was refused sqs:SendMessage 3 times, last 10 s ago on arn:queue, because no "
        "identity-based policy allows the sqs:SendMessage action"
    ]
    assert not status.holds
    assert "case-task  sqs:SendMessage  2      10 s ago  arn:queue" in _shown(status)


def test_a_refusal_of_long_ago_is_listed_and_not_complained_of() -> None:
    status = _with(_refusal(at=1_000.0 - RECENT_SECONDS - 1))
    assert status.holds
    assert [it["role"] for it in status.to_json()["refused"]] == ["case-task"]
    assert "sqs:SendMessage" in _shown(status)


def test_refusals_are_read_of_all_roles_the_latest_first() -> None:
    kinds = {
        name: {"action": name, "resource": "r", "reason": "w", "count": 1, "at": at}
        for name, at in (("a:A", 1.0), ("b:B", 3.0), ("c:C", 2.0))
    }
    roles = [
        {"name": "one", "refused": [kinds["a:A"], kinds["b:B"]]},
        {"name": "two", "refused": [kinds["c:C"]]},
    ]
    assert [(it.role, it.action) for it in read_refusals(roles)] == [
        ("one", "b:B"),
        ("two", "c:C"),
        ("one", "a:A"),
    ]


def test_on_aws_nobody_says_what_was_refused() -> None:
    assert Status("prod", "up", is_twin=False).to_json()["refused"] is None


def test_what_the_data_plane_cannot_do_is_complained_of() -> None:
    problem = "it refuses a change and goes on as before: unknown cluster"
    status = _with(problems={"egress-eu-west-2a": problem})
    assert status.complaints() == [f"egress-eu-west-2a: {problem}"]
    assert f"Not well: egress-eu-west-2a: {problem}." in _shown(status)


def test_alarms_that_ring_and_those_without_data_are_counted() -> None:
    states = ("OK", "ALARM", "INSUFFICIENT_DATA", "INSUFFICIENT_DATA")
    alarms = [{"region": "eu-west-2", "name": str(it), "state": state} for it, state in enumerate(states)]
    status = Status("slice", "up", Observation(services=[WELL], alarms=alarms), {"zones": {}})
    assert "4 alarms, 1 of them ringing, 2 without data." in _shown(status)


def _blocked(**members: Any) -> dict[str, Any]:
    host = "events.eu-west-2.amazonaws.com"
    given = {"service": "case", "zone": "eu-west-2a", "destination": host, "count": 3, "at": 990.0}
    return given | members


def test_a_service_whose_calls_the_network_lets_nobody_begin_is_complained_of() -> None:
    calls = [_blocked(zone="eu-west-2b"), _blocked(), _blocked(service="portal", at=900.0)]
    status = Status("slice", "up", Observation(), {"zones": {}, "blocked": calls}, asked_at=1_000.0)
    assert status.complaints() == [
        "case in eu-west-2a, eu-west-2b does not reach events.eu-west-2.amazonaws.com: security groups, network ACLs, "
        "endpoints or routes let no connection begin"
    ]
    assert [it["service"] for it in status.to_json()["blocked"]] == ["case", "case", "portal"]
    assert "portal   eu-west-2a  events.eu-west-2.amazonaws.com  3      100 s ago" in _shown(status)
