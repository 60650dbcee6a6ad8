"""Figures are of all that was loaded, and stand with their age when something is away."""

import asyncio
import json
from typing import Any

import pytest

from tests.workload.served import Served, served
from tests.workload.world import World, message
from workload.app import application
from workload.roles.analytics import Loading, make
from workload.service import Service

STORES: dict[str, Any] = {
    "buckets": {"lake": "lake"},
    "queues": {"lake-loads": "https://loads"},
    "streams": {"events": "events"},
}
EVENT = {
    "id": "e-1",
    "type": "payment.made",
    "benefit": "best-start-foods",
    "at": "2026-01-01T00:00:00+00:00",
}


class Shard:
    """Kinesis with one shard. Its iterators are places in the list."""

    def __init__(self, *events: Any) -> None:
        self.events = list(events)

    def list_shards(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"Shards": [{"ShardId": "shard-0"}]}

    def get_shard_iterator(self, it: dict[str, Any]) -> dict[str, Any]:
        return {"ShardIterator": it.get("StartingSequenceNumber", "0")}

    def get_records(self, it: dict[str, Any]) -> dict[str, Any]:
        begin = int(it["ShardIterator"])
        records = [
            {"SequenceNumber": str(number), "Data": event}
            for number, event in enumerate(self.events[begin:], begin + 1)
        ]
        return {"Records": records, "NextShardIterator": str(len(self.events)), "MillisBehindLatest": 0}


def _world(*events: Any) -> World:
    world = World("analytics", **STORES)
    shard = Shard(*(json.dumps(it).encode() for it in events))
    for name in ("list_shards", "get_shard_iterator", "get_records"):
        setattr(world.aws, f"_{name}", getattr(shard, name))
    return world


def _load_and_ask(world: World, away: str | None = None, times: int = 1) -> dict[str, Any]:
    frame = world.frame()
    service = make(frame)
    loading = _loading(service)
    with served(application(frame, Service(service.operations))) as app:
        for _ in range(times):
            app.runner.run(loading.load("shard-0"))
        return _ask(app, world, away)


def _loading(service: Service) -> Loading:
    """The one that the service's operations show."""
    return service.operations[0].handler.__self__._loading  # pyright: ignore


def _ask(app: Served, world: World, away: str | None) -> dict[str, Any]:
    world.aws.away = {away} if away else set()
    answer = app.get("/figures")
    assert answer.status_code == 200
    return answer.json()


def test_events_are_counted_by_type_and_by_benefit_once_however_often_they_are_loaded() -> None:
    told = _load_and_ask(_world(EVENT, EVENT | {"id": "e-2"}), times=3)
    assert told["by_type"] == {"payment.made": 2}
    assert told["by_benefit"] == {"best-start-foods/payment.made": 2}
    assert told["as_of"] == EVENT["at"]


@pytest.mark.parametrize("away", ["events", "lake"])
def test_without_stream_or_lake_figures_stand_with_their_age(away: str) -> None:
    told = _load_and_ask(_world(EVENT), away)
    assert told["by_type"] == {"payment.made": 1}
    assert told["age_seconds"] > 0
    assert [it["dependency"] for it in told["degraded"]] == [away]


def test_each_shard_is_asked_for_by_the_queue_and_loaded_at_once_without_it() -> None:
    world = _world(EVENT)
    frame = world.frame()
    service = make(frame)
    with served(application(frame, Service(service.operations))) as app:
        app.runner.run(_loading(service).ask())
        asked, loaded = dict(world.aws.sent), world.aws.texts("lake")
        world.aws.away.add("lake-loads")
        app.runner.run(_loading(service).ask())
    assert (asked, loaded) == ({"https://loads": [{"shard": "shard-0"}]}, {})
    assert list(world.aws.texts("lake")) == [f"events/eu-west-2/shard-0/{'start'.zfill(60)}.ndjson"]


def test_a_request_for_the_stream_becomes_one_for_each_shard() -> None:
    world = _world(EVENT)
    loading = _loading(make(world.frame()))
    asyncio.run(loading.take(message({"stream": "events"})))
    assert (world.aws.sent, world.aws.texts("lake")) == ({"https://loads": [{"shard": "shard-0"}]}, {})
    asyncio.run(loading.take(message({"shard": "shard-0"})))
    assert list(world.aws.texts("lake")) == [f"events/eu-west-2/shard-0/{'start'.zfill(60)}.ndjson"]
