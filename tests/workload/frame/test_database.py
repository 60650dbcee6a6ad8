"""Work is tried again while its connection breaks, within its time, and not for longer."""

import asyncio
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tests.workload.frame.fake_connections import FakeConnections
from tests.workload.virtual_time import run
from workload.aws import Aws
from workload.clock import monotonic
from workload.connections import Broken, Endpoint
from workload.database import ASK_SECONDS, PACE_SECONDS, STANDING_READERS, Database
from workload.deadline import Deadline
from workload.exceptions import DependencyAway
from workload.settings import DatabasePlace, Settings


async def _work(_: Any) -> str:
    return "done"


def _database(writer: FakeConnections) -> Database:
    return Database("core", writer, FakeConnections(), Random(1))


@pytest.mark.parametrize(("budget", "writers", "readers"), [(8, 4, 4), (5, 3, 2), (1, 1, 1)])
def test_readers_have_half_of_the_connections_for_all_reads_are_theirs_while_the_writer_is_away(
    budget: int, writers: int, readers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: dict[str, int] = {}

    def connections(endpoint: Endpoint, limit: int) -> FakeConnections:
        limits[endpoint.host] = limit
        return FakeConnections()

    monkeypatch.setattr("workload.database.Connections", connections)
    settings = replace(Settings("case", "case"), connection_budget=budget, maximum_tasks=1)
    Database.at("core", DatabasePlace("writer", "reader", 5432), settings, Aws(settings.region), Random(1))

    assert limits == {"writer": writers, "reader": readers}


def test_connections_to_readers_stand_before_anybody_reads_and_are_asked_whether_they_still_do() -> None:
    async def test() -> list[int]:
        reader, at_once = FakeConnections(), list[int]()
        reader.seconds = 1.0
        reader.failures.extend([Broken("gone")] * 2)
        keeping = asyncio.create_task(Database("core", FakeConnections(), reader, Random(1)).keep_readers())
        for seconds in (0.5, 1.0 + ASK_SECONDS, 1.0 + ASK_SECONDS):
            await asyncio.sleep(seconds)
            at_once.append(reader.under_way)
        keeping.cancel()
        return at_once

    assert run(test) == [STANDING_READERS] * 3


def test_work_is_tried_again_on_another_connection() -> None:
    async def test() -> tuple[str, int]:
        writer = FakeConnections()
        writer.failures = [Broken("reset")]
        return await _database(writer).write(_work), writer.attempts

    assert run(test) == ("done", 2)


def test_three_failures_open_the_breaker_and_then_nobody_waits() -> None:
    async def test() -> None:
        writer = FakeConnections()
        writer.failures = [Broken("gone")] * 9
        database = _database(writer)
        with pytest.raises(DependencyAway):
            await database.write(_work)
        assert writer.attempts == 3
        began = monotonic()
        with pytest.raises(DependencyAway):
            await database.write(_work)
        assert (writer.attempts, monotonic() - began) == (3, 0.0)
        assert 0 < database.wait_seconds() <= 1.0
        assert database.pace_seconds() == PACE_SECONDS

    run(test)


def test_a_conflict_is_tried_again_and_is_no_failure_of_the_database() -> None:
    async def test() -> None:
        writer = FakeConnections()
        writer.failures.extend([Broken("deadlock", is_conflict=True)] * 5)
        assert await _database(writer).write(_work) == "done"

    run(test)


def test_no_attempt_outlives_the_callers_deadline() -> None:
    async def test() -> float:
        writer = FakeConnections()
        writer.seconds = 60.0
        writer.failures.extend([Broken("frozen")] * 9)
        began = monotonic()
        with pytest.raises(DependencyAway):
            await _database(writer).write(_work, deadline=Deadline(began + 0.7))
        return monotonic() - began

    assert run(test) == pytest.approx(0.7)


def test_an_error_of_the_work_itself_is_the_callers_and_is_not_repeated() -> None:
    async def test() -> int:
        writer = FakeConnections()
        writer.failures = [ValueError("the work's own")]
        with pytest.raises(ValueError):
            await _database(writer).write(_work)
        return writer.attempts

    assert run(test) == 1
