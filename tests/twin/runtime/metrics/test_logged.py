"""What tasks write is read as it grows, and to its end where they end."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.twin.runtime.fake_control_plane import FakeControlPlane
from tests.twin.runtime.tasks.sample import definition, service, task
from twin.runtime.ground import Ground
from twin.runtime.metrics.datum import Datum
from twin.runtime.metrics.logged import Logged
from twin.runtime.metrics.periods import Tick
from twin.runtime.tasks.model import Staffing, Task

ERROR, INFO = '{"level": "ERROR"}\n', '{"level": "INFO"}\n'


def _task(name: str) -> Task:
    main = replace(definition().main, log_group="/estate/portal")
    return task(name, definition=replace(definition(), main=main))


def _declare(plane: FakeControlPlane, pattern: str = '{ $.level = "ERROR" }') -> None:
    transformation = {
        "metricName": "portal-errors",
        "metricNamespace": "Estate/Logs",
        "metricValue": "1",
        "defaultValue": 0.0,
    }
    document = {
        "filterName": "portal-logged-errors",
        "filterPattern": pattern,
        "logGroupName": "/estate/portal",
        "metricTransformations": [transformation],
    }
    plane.answers("logs", "describe_metric_filters", {"metricFilters": [document]}, "eu-west-2")


def _write(ground: Ground, name: str, text: str) -> None:
    path: Path = ground.log("tasks", "portal", f"{name}.log")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(text)


class _Stage:
    def __init__(self, ground: Ground) -> None:
        self.tasks: list[Task] = []
        self.source = Logged(ground, lambda: [Staffing(service(), tuple(self.tasks), 0, 0, 1)])

    async def minute(self) -> list[Any]:
        await self.source.look(60.0)
        found: list[Datum] = list(await self.source.read(Tick(60.0, 60.0, 0.0)))
        return [it.values for it in found]


def test_a_minute_counts_what_was_written_in_it(ground: Ground, control_plane: FakeControlPlane) -> None:
    _declare(control_plane)

    async def test() -> list[Any]:
        stage, found = _Stage(ground), []
        stage.tasks = [_task("t1"), _task("t2")]
        found.append(await stage.minute())
        _write(ground, "t1", ERROR + INFO + ERROR)
        _write(ground, "t2", INFO + '{"level": "ERR')
        found.append(await stage.minute())
        _write(ground, "t2", 'OR"}\n')
        found.append(await stage.minute())
        _write(ground, "t1", INFO)
        found.append(await stage.minute())
        return found

    assert asyncio.run(test()) == [[], [((1.0, 2),)], [((1.0, 1),)], [((0.0, 1),)]]


def test_the_last_words_of_a_task_count(ground: Ground, control_plane: FakeControlPlane) -> None:
    _declare(control_plane)

    async def test() -> list[Any]:
        stage = _Stage(ground)
        stage.tasks = [_task("t1")]
        await stage.minute()
        _write(ground, "t1", ERROR)
        stage.tasks = []
        found = [await stage.minute()]
        _write(ground, "t1", ERROR)
        return [*found, await stage.minute()]

    assert asyncio.run(test()) == [[((1.0, 1),)], []]


def test_a_filter_that_is_changed_counts_from_then_on(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    _declare(control_plane, "[fields]")

    async def test() -> list[Any]:
        stage = _Stage(ground)
        stage.tasks = [_task("t1")]
        _write(ground, "t1", ERROR)
        found: list[Any] = [await stage.minute(), list(stage.source.problems)]
        _declare(control_plane)
        _write(ground, "t1", ERROR)
        return [*found, await stage.minute(), list(stage.source.problems)]

    assert asyncio.run(test()) == [[], ["metric filter portal-logged-errors"], [((1.0, 1),)], []]
