"""A referral opens a file, once."""

import asyncio
import json
from typing import Any

import pytest

from tests.workload.world import World, message
from workload.bucket import S3Bucket
from workload.exceptions import DependencyAway
from workload.roles.fraud_debt_error import Referrals, make

REFERRAL = {"referral_id": "r-1", "application_id": "a-1", "client_reference": "c-1", "reason": "said so"}


def _world() -> World:
    world = World(
        "fraud-debt-error", buckets={"fraud-files": "files"}, queues={"fraud-referrals": "https://q"}
    )
    world.http.hosts["master-data"] = lambda *_: (200, {"facts": {"address": {"value": "1 High Street"}}})
    return world


def _take(world: World) -> None:
    referrals = Referrals(S3Bucket("fraud-files", "files", world.aws), world.frame().service("master-data"))
    asyncio.run(referrals.take(message(REFERRAL)))


def _file(world: World) -> dict[str, Any]:
    return json.loads(world.aws.texts("files")["referrals/r-1.json"])


def test_a_file_holds_the_referral_and_what_is_known_of_the_client() -> None:
    world = _world()
    _take(world)
    file = _file(world)
    assert (file["referral"], file["facts"]["address"]["value"]) == (REFERRAL, "1 High Street")


def test_without_master_data_it_works_on_the_details_of_the_referral() -> None:
    world = _world()
    world.http.away.add("master-data")
    _take(world)
    assert (_file(world)["facts"], _file(world)["without"]) == (None, ["master-data"])


def test_a_referral_that_comes_again_changes_nothing() -> None:
    world = _world()
    _take(world)
    before = dict(world.aws.objects)
    _take(world)
    assert world.aws.objects == before


def test_without_its_files_referrals_stay_in_their_queue() -> None:
    world = _world()
    world.aws.away.add("fraud-files")
    with pytest.raises(DependencyAway):
        _take(world)


def test_its_files_are_nobody_elses() -> None:
    assert list(make(_world().frame()).operations) == []
