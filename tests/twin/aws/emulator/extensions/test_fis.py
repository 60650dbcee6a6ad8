"""FIS's experiments, which the data plane carries out."""

import time
from typing import Any

from tests.twin.aws.emulator.conftest import Served
from tests.twin.aws.emulator.reporting import changes, document, report


def _template(served: Served) -> tuple[Any, str]:
    fis = served.clients("fis")
    made = fis.create_experiment_template(
        description="Tasks stop.",
        roleArn="arn:aws:iam::123456789012:role/fis",
        stopConditions=[{"source": "none"}],
        targets={
            "portal": {
                "resourceType": "aws:ecs:task",
                "resourceTags": {"service": "portal"},
                "selectionMode": "PERCENT(50)",
            }
        },
        actions={"stop": {"actionId": "aws:ecs:stop-task", "targets": {"Tasks": "portal"}}},
    )
    return fis, made["experimentTemplate"]["id"]


def _shown(fis: Any, name: str) -> tuple[str, str]:
    """The states of the experiment and of its action."""
    found = fis.get_experiment(id=name)["experiment"]
    return found["state"]["status"], found["actions"]["stop"]["state"]["status"]


def _report(served: Served, name: str, **members: Any) -> None:
    report(served.endpoint, document("fis", "experiment", name, members))


def _last_request(served: Served) -> dict[str, Any]:
    return changes(served.endpoint)["requests"][-1]


def test_an_experiment_goes_on_as_it_is_reported(attended: Served) -> None:
    fis, template = _template(attended)
    name = fis.start_experiment(experimentTemplateId=template)["experiment"]["id"]
    request = _last_request(attended)
    assert (request["operation"], request["answer"]["id"]) == ("StartExperiment", name)
    assert [_shown(fis, name) for _ in range(4)] == [("initiating", "pending")] * 4
    state = {"status": "running", "reason": "Experiment is running."}
    action = {"state": state, "startTime": time.time()}
    _report(attended, name, state=state, startTime=time.time(), actions={"stop": action})
    assert _shown(fis, name) == ("running", "running")
    listed = {it["id"]: it["state"]["status"] for it in fis.list_experiments()["experiments"]}
    assert listed[name] == "running"


def test_an_experiment_that_is_stopped_is_stopping_until_it_is_reported(attended: Served) -> None:
    fis, template = _template(attended)
    name = fis.start_experiment(experimentTemplateId=template)["experiment"]["id"]
    assert fis.stop_experiment(id=name)["experiment"]["state"]["status"] == "stopping"
    assert _last_request(attended)["operation"] == "StopExperiment"
    _report(attended, name, state={"status": "stopped", "reason": "Stopped by user."})
    asked = _last_request(attended)["id"]
    assert fis.stop_experiment(id=name)["experiment"]["state"]["status"] == "stopped"
    assert _last_request(attended)["id"] == asked


def test_a_repeated_start_asks_once(attended: Served) -> None:
    fis, template = _template(attended)
    given = {"experimentTemplateId": template, "clientToken": "the same"}
    first = fis.start_experiment(**given)["experiment"]["id"]
    asked = _last_request(attended)["id"]
    assert fis.start_experiment(**given)["experiment"]["id"] == first
    assert _last_request(attended)["id"] == asked


def test_without_a_data_plane_an_experiment_is_as_moto_makes_it_up(extended: Served) -> None:
    fis, template = _template(extended)
    name = fis.start_experiment(experimentTemplateId=template)["experiment"]["id"]
    assert _shown(fis, name)[0] in ("pending", "initiating", "running", "completed")
