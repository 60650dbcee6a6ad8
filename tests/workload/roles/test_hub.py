"""Events reach the stream once, each with a line in the trail, and analytics is asked to load them."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.workload.claims import SharedClaims
from tests.workload.served import Served, served
from tests.workload.virtual_time import run
from tests.workload.world import World, message
from workload.app import application
from workload.consumer import AWAY_SECONDS, Consumer
from workload.exceptions import DependencyAway
from workload.lake import LoadRequests
from workload.roles.hub import make
from workload.service import Service

EVENT = {"id": "e-1", "type": "application.received", "subject": "a-1"}
STORES: dict[str, Any] = {"buses": {"agency": "agency"}, "streams": {"events": "events"}}


def _post(world: World, key: str | None = "e-1", **event: Any) -> tuple[int, dict[str, Any]]:
    frame = world.frame()
    headers = {"Idempotency-Key": key} if key else {}
    with served(application(frame, Service(make(frame).operations))) as app:
        return _answer(app, headers, event or {"type": EVENT["type"], "subject": "a-1"})


def _answer(app: Served, headers: dict[str, str], event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = app.post("/events", json=event, headers=headers)
    return answer.status_code, answer.json()


def _task(world: World, cache: SharedClaims | None = None) -> Service:
    frame = world.frame()
    frame.__dict__["caches"] = {"sessions": cache} if cache else {}
    return make(frame)


async def _handle(service: Service, document: Any) -> None:
    (consumer,) = [it for it in service.workers if isinstance(it, Consumer)]
    await consumer._handle(message(document))  # pyright: ignore[reportPrivateUsage]


async def _ask(service: Service) -> None:
    (loads,) = [it for it in service.workers if isinstance(it, LoadRequests)]
    await loads.flush()


def _world() -> World:
    return World("hub", **STORES, queues={"hub-events": "https://q", "lake-loads": "https://loads"})


OF_THE_BUS = {"id": "x", "detail-type": EVENT["type"], "detail": EVENT}
OF_A_TOPIC = EVENT


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(OF_A_TOPIC, id="of a topic"),
        pytest.param(OF_THE_BUS, id="of the bus"),
        pytest.param(OF_A_TOPIC | {"not_before": 1.0}, id="of a topic, after it had to wait"),
        pytest.param(OF_THE_BUS | {"not_before": 1.0}, id="of the bus, after it had to wait"),
    ],
)
def test_an_event_from_a_queue_goes_to_the_stream_as_it_was_announced(document: Any) -> None:
    world = _world()
    asyncio.run(_handle(_task(world), document))
    assert world.aws.records == [EVENT]


@pytest.mark.parametrize("tasks", [1, 2])
def test_an_event_that_the_bus_and_a_topic_bring_is_in_the_stream_once_whichever_tasks_take_it(
    tasks: int,
) -> None:
    world, cache = _world(), SharedClaims()
    services = [_task(world, cache) for _ in range(tasks)]

    async def both() -> None:
        await _handle(services[0], OF_A_TOPIC)
        await _handle(services[-1], OF_THE_BUS)

    asyncio.run(both())
    assert world.aws.records == [EVENT]


def test_without_the_cache_an_event_is_passed_on_and_once_by_each_task() -> None:
    world, cache = _world(), SharedClaims()
    cache.is_away = True
    first, second = _task(world, cache), _task(world, cache)

    async def both() -> None:
        for service in (first, first, second):
            await _handle(service, EVENT)

    asyncio.run(both())
    assert world.aws.records == [EVENT, EVENT]


def test_for_all_events_that_came_one_request_to_load_them_is_made() -> None:
    world = _world()
    service = _task(world)

    async def come_and_ask() -> None:
        await _ask(service)
        await _ask(service)
        for number in range(3):
            await _handle(service, EVENT | {"id": f"e-{number}"})
        await _ask(service)
        await _ask(service)

    asyncio.run(come_and_ask())
    first, after_three = {"stream": "events"}, {"stream": "events"}
    assert world.aws.sent == {"https://loads": [first, after_three]}


def test_without_the_queue_of_loads_events_are_passed_on_and_asked_for_later() -> None:
    world = _world()
    service = _task(world)

    async def come_and_ask() -> None:
        world.aws.away.add("lake-loads")
        await _handle(service, EVENT)
        await _ask(service)
        world.aws.away.clear()
        await _ask(service)

    asyncio.run(come_and_ask())
    assert (world.aws.records, world.aws.sent) == ([EVENT], {"https://loads": [{"stream": "events"}]})


def test_in_the_standby_region_nobody_is_asked_to_load_what_has_no_lake_there() -> None:
    world = _world()
    world.settings = replace(world.settings, region_role="standby")
    service = _task(world)

    async def come_and_ask() -> None:
        await _handle(service, EVENT)
        await _ask(service)

    asyncio.run(come_and_ask())
    assert (world.aws.records, world.aws.sent) == ([EVENT], {})


def test_without_the_stream_events_stay_in_their_queue() -> None:
    world = _world()
    world.aws.away.add("events")
    first, second = (_task(world, claims) for claims in [SharedClaims()] * 2)

    async def come_again() -> None:
        with pytest.raises(DependencyAway):
            await _handle(first, EVENT)
        world.aws.away.clear()
        await asyncio.sleep(AWAY_SECONDS[0])
        await _handle(second, EVENT)

    run(come_again)
    assert world.aws.records == [EVENT]


def test_an_event_that_is_handed_in_goes_to_the_bus_and_from_there_to_the_stream() -> None:
    with_queue = _world()
    alone = World("hub", **STORES)
    for world in (with_queue, alone):
        assert _post(world) == (202, {"id": "e-1", "state": "routed"})
        assert [it["id"] for it in world.aws.events] == ["e-1"]
    assert (len(with_queue.aws.records), len(alone.aws.records)) == (0, 1)


def test_without_the_bus_the_sender_keeps_its_event() -> None:
    world = World("hub", **STORES)
    world.aws.away.add("agency")
    status, document = _post(world)
    assert (status, document["degraded"][0]["dependency"]) == (503, "agency")


def test_without_the_stream_an_event_is_routed_and_says_so() -> None:
    world = World("hub", **STORES)
    world.aws.away.add("events")
    status, document = _post(world)
    assert (status, document["degraded"][0]["dependency"]) == (202, "events")


@pytest.mark.parametrize(("key", "event", "status"), [(None, EVENT, 400), ("e-1", {"type": "x"}, 422)])
def test_what_is_no_event_is_refused(key: str | None, event: dict[str, Any], status: int) -> None:
    assert _post(World("hub", **STORES), key, **event)[0] == status
