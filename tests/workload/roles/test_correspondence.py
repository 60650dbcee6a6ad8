"""Letters are written once, and never to an address that may be old."""

import asyncio
from typing import Any

import pytest

from tests.workload.world import World, message
from workload.bucket import S3Bucket
from workload.exceptions import DependencyAway, TryLater
from workload.roles.correspondence import Letters, make

LETTER = {"letter_id": "l-1", "client_reference": "c-1", "application_id": "a-1", "kind": "award"}
FACTS = {"facts": {"address": {"value": "1 High Street", "version": 2}, "language": {"value": "gd"}}}


def _world(facts: Any = FACTS) -> World:
    world = World("correspondence", buckets={"letters": "letters"}, queues={"letters-to-send": "https://q"})
    world.http.hosts["master-data"] = lambda *_: (200, facts)
    return world


def _take(world: World, letter: dict[str, Any] = LETTER) -> None:
    bucket = S3Bucket("letters", "letters", world.aws)
    letters = Letters(bucket, world.frame().service("master-data"))
    asyncio.run(letters.take(message(letter)))


def test_a_letter_is_in_the_bucket_to_the_address_of_master_data() -> None:
    world = _world()
    _take(world)
    text = world.aws.texts("letters")["l-1.txt"]
    assert text.startswith("To: 1 High Street\nLanguage: gd\n")


def test_a_letter_that_comes_again_is_not_written_again() -> None:
    world = _world()
    _take(world)
    before = dict(world.aws.objects)
    world.http.hosts["master-data"] = lambda *_: (200, {"facts": {"address": {"value": "elsewhere"}}})
    _take(world)
    assert world.aws.objects == before


def test_without_master_data_letters_are_held_back() -> None:
    world = _world()
    world.http.away.add("master-data")
    with pytest.raises(DependencyAway):
        _take(world)
    assert world.aws.objects == {}


def test_an_address_from_a_replica_holds_letters_back() -> None:
    world = _world({**FACTS, "degraded": [{"dependency": "core"}]})
    with pytest.raises(TryLater):
        _take(world)
    assert world.aws.objects == {}


def test_without_the_bucket_letters_are_held_back() -> None:
    world = _world()
    world.aws.away.add("letters")
    with pytest.raises(DependencyAway):
        _take(world)


def test_the_role_serves_nothing_and_takes_its_queue() -> None:
    service = make(_world().frame())
    assert (list(service.operations), [it.name for it in service.workers]) == ([], ["letters-to-send"])
