"""Running tasks are asked how busy they were; whoever cannot be heard is lacking."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from tests.twin.runtime.fake_control_plane import FakeControlPlane
from tests.twin.runtime.tasks.sample import KEY, definition, service, task
from twin.runtime.ground import Ground
from twin.runtime.metrics.datum import Datum
from twin.runtime.metrics.periods import Tick
from twin.runtime.metrics.service_settings import Monitoring, read
from twin.runtime.metrics.services import Services
from twin.runtime.tasks.model import Staffing, Task, TaskStatus

ARN = "arn:aws:ecs:eu-west-2:123456789012:cluster/estate"
REVISION = "arn:aws:ecs:eu-west-2:123456789012:service-revision/estate/portal/1"


@asynccontextmanager
async def _answering(document: Callable[[], Mapping[str, Any]]) -> AsyncIterator[int]:
    """Something that answers every request with the document."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = json.dumps(document()).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


def _task(port: int, zone: str = "eu-west-2a") -> Task:
    main = replace(definition().main, port=port)
    running = replace(definition(), main=main, memory="512")
    return task(
        "t1", zone, definition=running, address="127.0.0.1", status=TaskStatus.RUNNING, pid=os.getpid()
    )


def _source(ground: Ground, *tasks: Task) -> Services:
    return Services(ground, lambda: [Staffing(service(1), tasks, len(tasks), 0, 1)])


def _values(data: list[Datum]) -> dict[str, Any]:
    return {it.name: it.values for it in data}


def _declare(plane: FakeControlPlane, monitoring: dict[str, Any] | None = None) -> None:
    plane.answers("ecs", "list_clusters", {"clusterArns": [ARN]}, "eu-west-2")
    settings = [{"name": "containerInsights", "value": "enhanced"}]
    plane.answers("ecs", "describe_clusters", {"clusters": [{"clusterName": "estate", "settings": settings}]})
    shown = {"serviceName": "portal", "currentServiceRevisions": [{"arn": REVISION}]}
    plane.answers("ecs", "describe_services", {"services": [shown]})
    revision = {"serviceRevisionArn": REVISION, **({"monitoring": monitoring} if monitoring else {})}
    plane.answers("ecs", "describe_service_revisions", {"serviceRevisions": [revision]})


def test_utilisation_is_what_tasks_were_busy_between_two_looks(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    _declare(control_plane)
    busy, clock = 0.0, 100.0

    async def test() -> list[Datum]:
        nonlocal busy, clock
        async with _answering(
            lambda: {"slots": 8, "busy_slot_seconds": busy, "clock_seconds": clock}
        ) as port:
            source = _source(ground, _task(port))
            await source.read(Tick(20.0, 20.0, None))
            busy, clock = 40.0, 120.0
            await source.read(Tick(40.0, 40.0, None))
            busy, clock = 200.0, 140.0
            return list(await source.read(Tick(60.0, 60.0, 0.0)))

    found = _values(asyncio.run(test()))
    assert found["CPUUtilization"] == ((25.0, 1), (100.0, 1))
    assert sum(count for _, count in found["MemoryUtilization"]) == 3
    assert found["RunningTaskCount"] == ((1.0, 3),)


def test_a_frozen_zone_a_lost_task_and_a_silent_one_are_lacking(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    _declare(control_plane)

    async def test() -> list[list[str]]:
        found: list[list[str]] = []
        async with _answering(lambda: {"slots": 8, "busy_slot_seconds": 1, "clock_seconds": 2}) as port:
            for change in ("nothing", "frozen", "lost", "silent"):
                it = _task(port)
                ground.zones.change("eu-west-2a", is_frozen=change == "frozen")
                it = replace(it, lost_at=1.0) if change == "lost" else it
                it = _task(1) if change == "silent" else it
                data = await _source(ground, it).read(Tick(60.0, 60.0, 0.0))
                found.append(sorted({d.name for d in data if d.namespace == "AWS/ECS"}))
        return found

    assert asyncio.run(test()) == [["MemoryUtilization"], [], [], []]


def test_how_services_are_monitored_is_read_from_their_revisions(control_plane: FakeControlPlane) -> None:
    short = {"metricNames": ["CPUUtilization"], "resolutionSeconds": 20}
    usual = {"metricNames": ["MemoryUtilization"], "resolutionSeconds": 60}
    _declare(control_plane, {"metricConfigurations": [short, usual]})
    found = asyncio.run(read(control_plane.plane, ["eu-west-2", "eu-west-1"], [KEY]))
    assert found == Monitoring({KEY: frozenset({"CPUUtilization"})}, frozenset({("eu-west-2", "estate")}))


def test_without_a_control_plane_what_was_known_goes_on(
    ground: Ground, control_plane: FakeControlPlane
) -> None:
    _declare(control_plane)

    async def test() -> list[list[str]]:
        source, found = _source(ground, _task(1)), []
        for number in range(2):
            control_plane.is_up = number == 0
            control_plane.change("ecs")
            data = await source.read(Tick(60.0, 60.0, 0.0))
            found.append(sorted(it.name for it in data if it.name == "RunningTaskCount"))
        return found

    assert asyncio.run(test()) == [["RunningTaskCount"], ["RunningTaskCount"]]
