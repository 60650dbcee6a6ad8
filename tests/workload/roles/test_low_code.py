"""The slot gives each task to the application that it names."""

import asyncio
from typing import Any

import pytest

from tests.workload.world import World, message
from workload.exceptions import DependencyAway, Refused, TryLater
from workload.roles.low_code import APPLICATIONS, Slot

TASK = {"task_id": "t-1", "application": "case-note", "application_id": "a-1", "content": {"text": "hello"}}


def _take(world: World, task: dict[str, Any]) -> None:
    asyncio.run(Slot(world.frame().service("case"), APPLICATIONS).take(message(task)))


def _world(status: int = 201) -> World:
    world = World("low-code", queues={"low-code-tasks": "https://q"})
    world.http.hosts["case"] = lambda *_: (status, {})
    return world


def test_a_task_reaches_its_case_under_its_own_id() -> None:
    world = _world()
    _take(world, TASK)
    document = {"kind": "low-code", "content": {"text": "hello"}}
    assert world.http.calls == [("POST", "case", "/cases/a-1/notes", "t-1", document)]


def test_a_task_of_no_application_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refused, match="case-note"):
        _take(_world(), TASK | {"application": "unknown"})


def test_without_cases_tasks_stay_in_their_queue() -> None:
    world = _world()
    world.http.away.add("case")
    with pytest.raises(DependencyAway):
        _take(world, TASK)


def test_a_case_that_is_not_known_yet_is_waited_for() -> None:
    with pytest.raises(TryLater):
        _take(_world(404), TASK)
