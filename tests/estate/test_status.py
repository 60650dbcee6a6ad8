"""What status makes of what the API and the supervisor say."""

import io
from typing import Any

import pytest
from rich.console import Console

from estate.commands.status import Status
from estate.observation import Observation

WELL: dict[str, Any] = {
    "region": "eu-west-2",
    "name": "case",
    "desired": 2,
    "running": 2,
    "healthy": 2,
    "deploying": False,
    "rollout": "COMPLETED",
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
    ],
    ids=["not running", "not healthy", "deploying", "failed"],
)
def test_a_service_that_is_short_of_what_it_wants_is_complained_of(
    changed: dict[str, Any], complaint: str
) -> None:
    seen = Observation(services=[WELL | changed])
    assert seen.complaints() == [complaint]
    assert not Status("slice", "up", seen, {"zones": {}}).holds


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
