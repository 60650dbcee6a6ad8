"""An action of FIS is begun or refused, and nothing of it is left."""

from typing import Any

import pytest

from chaos.exceptions import FaultRefused
from chaos.fis import BEGUN_SECONDS, FisAction, begin, create, remove
from tests.chaos.acting import denied

ACTION = FisAction("aws:ecs:stop-task", "aws:ecs:task", "Tasks", ("arn:one",), stop_alarms=("arn:alarm",))


class Fis:
    """One template and its experiment, which goes through these states. Attributes: told: what it was asked."""

    def __init__(self, *states: str, refuses: str = "") -> None:
        self.states, self.refuses = list(states), refuses
        self.told: list[str] = []

    def create_experiment_template(self, **asked: Any) -> dict[str, Any]:
        if self.refuses:
            raise denied(self.refuses)
        return {"experimentTemplate": {"id": "EXT1"}}

    def start_experiment(self, **asked: Any) -> dict[str, Any]:
        if self.refuses:
            raise denied(self.refuses)
        return {"experiment": {"id": "EXP1"}}

    def get_experiment(self, **asked: Any) -> dict[str, Any]:
        state = {
            "status": self.states.pop(0) if len(self.states) > 1 else self.states[0],
            "reason": "as told",
        }
        return {"experiment": {"state": state, "actions": {"action": {"state": state}}}}

    def get_paginator(self, operation: str) -> "Fis":
        return self

    def paginate(self) -> list[dict[str, Any]]:
        experiments = [
            {"id": f"EXP{number}", "experimentTemplateId": "EXT1", "state": {"status": it}}
            for number, it in enumerate(self.states)
        ]
        return [{"experiments": [*experiments, {"id": "other", "experimentTemplateId": "EXT2"}]}]

    def stop_experiment(self, **asked: Any) -> None:
        self.told.append(f"stop {asked['id']}")

    def delete_experiment_template(self, **asked: Any) -> None:
        if self.refuses:
            raise denied(self.refuses)
        self.told.append(f"delete {asked['id']}")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def begun(fis: Fis) -> Clock:
    clock = Clock()
    begin(fis, "EXT1", "a task is stopped", lambda: clock.now, clock.sleep)
    return clock


def test_a_template_names_what_is_broken_and_what_stops_it() -> None:
    made = ACTION.template("arn:role", "a task is stopped")
    assert made["targets"]["target"]["resourceArns"] == ["arn:one"]
    assert made["actions"]["action"] == {
        "actionId": "aws:ecs:stop-task",
        "parameters": {},
        "targets": {"Tasks": "target"},
    }
    assert made["stopConditions"] == [{"source": "aws:cloudwatch:alarm", "value": "arn:alarm"}]
    assert create(Fis(), ACTION, "arn:role", "a task is stopped") == "EXT1"


@pytest.mark.parametrize("last", ["running", "completed"])
def test_an_action_has_begun_when_it_runs_or_is_done(last: str) -> None:
    assert begun(Fis("pending", "initiating", last)).now == 0.5


@pytest.mark.parametrize("state", ["failed", "stopped", "cancelled"])
def test_an_action_that_fails_is_refused(state: str) -> None:
    with pytest.raises(FaultRefused, match=f"FIS did not do 'a task is stopped': {state}, as told"):
        begun(Fis("initiating", state))


def test_an_action_that_never_begins_is_refused() -> None:
    clock = Clock()
    with pytest.raises(FaultRefused):
        begin(Fis("initiating"), "EXT1", "a task is stopped", lambda: clock.now, clock.sleep)
    assert clock.now > BEGUN_SECONDS


@pytest.mark.parametrize("what", [create, begin])
def test_what_fis_refuses_is_said(what: Any) -> None:
    asked = (ACTION, "arn:role", "x") if what is create else ("EXT1", "x")
    with pytest.raises(FaultRefused, match="AccessDenied"):
        what(Fis("running", refuses="AccessDenied"), *asked)


def test_what_goes_on_of_a_template_is_stopped_and_the_template_is_gone() -> None:
    fis = Fis("running", "completed", "initiating")
    remove(fis, "EXT1")
    assert fis.told == ["stop EXP0", "stop EXP2", "delete EXT1"]


def test_a_template_that_is_gone_is_nothing_to_remove_and_any_other_refusal_is() -> None:
    remove(Fis(refuses="ResourceNotFoundException"), "EXT1")
    with pytest.raises(Exception, match="Throttling"):
        remove(Fis(refuses="Throttling"), "EXT1")
