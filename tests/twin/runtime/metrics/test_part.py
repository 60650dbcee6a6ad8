"""Sources are asked at the clock's periods, and what they say is told as late as AWS would; in virtual time."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.twin.runtime.fake_control_plane import FakeControlPlane
from tests.workload.virtual_time import run
from twin.runtime.ground import Ground
from twin.runtime.metrics.datum import HIGH_RESOLUTION, STANDARD_RESOLUTION, Datum
from twin.runtime.metrics.part import MetricsPart, Post
from twin.runtime.metrics.periods import Tick
from twin.runtime.profile import PROFILES


def _datum(name: str, at: float, resolution: int) -> Datum:
    return Datum("eu-west-2", "AWS/ECS", name, "Percent", {}, at, ((1.0, 1),), resolution)


class Steady:
    """Says one thing every 20 seconds, and one every minute."""

    name = "steady"
    problems: Mapping[str, str] = {}

    def __init__(self) -> None:
        self.looks: list[float] = []

    async def look(self, now: float) -> None:
        self.looks.append(now)

    async def read(self, tick: Tick) -> Sequence[Datum]:
        found = [_datum("short", tick.began_at, HIGH_RESOLUTION)]
        if tick.minute_began_at is not None:
            found.append(_datum("minute", tick.minute_began_at, STANDARD_RESOLUTION))
        return found


class Failing(Steady):
    name = "failing"
    problems: Mapping[str, str] = {"a filter": "is not understood"}

    async def read(self, tick: Tick) -> Sequence[Datum]:
        raise RuntimeError("the test wants it")


class Slow(Steady):
    name = "slow"

    async def read(self, tick: Tick) -> Sequence[Datum]:
        await asyncio.sleep(1000)
        return ()


async def _told(
    ground: Ground, sources: Sequence[Any], seconds: float, *, is_taken: bool = True
) -> list[Any]:
    told: list[tuple[str, float, float]] = []
    clock = asyncio.get_running_loop().time

    async def send(data: Sequence[Datum]) -> bool:
        told.extend((it.name, it.at, clock()) for it in data)
        return is_taken

    work = asyncio.create_task(MetricsPart(ground, sources, clock, send).run())
    await asyncio.sleep(seconds)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    return told


def _aws(ground: Ground) -> Ground:
    from dataclasses import replace

    return replace(ground, profile=PROFILES["aws"])


def test_each_period_is_told_once_and_as_late_as_its_kind_is(ground: Ground) -> None:
    told = run(lambda: _told(_aws(ground), [Steady()], 300.0))
    shorts = [(at, when) for name, at, when in told if name == "short"]
    minutes = [(at, when) for name, at, when in told if name == "minute"]
    assert [at for at, _ in shorts] == [1000.0 + 20 * number for number in range(13)]
    assert all(21.0 <= when - (at + 20) <= 22.0 for at, when in shorts)
    assert [at for at, _ in minutes] == [960.0, 1020.0, 1080.0]
    assert all(153.0 <= when - (at + 60) <= 154.0 for at, when in minutes)


def test_sources_look_every_five_seconds(ground: Ground) -> None:
    source = Steady()
    run(lambda: _told(ground, [source], 21.0))
    assert source.looks == [1005.0, 1010.0, 1015.0, 1020.0]


def test_a_source_that_fails_or_hangs_does_not_keep_others_from_telling(
    ground: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    told = run(lambda: _told(ground, [Failing(), Slow(), Steady()], 65.0))
    assert [at for name, at, _ in told if name == "short"] == [1000.0, 1020.0, 1040.0]
    assert "the metrics of failing are missing" in caplog.text


def test_what_nobody_takes_is_not_offered_again(ground: Ground) -> None:
    told = run(lambda: _told(ground, [Steady()], 65.0, is_taken=False))
    assert len(told) == len(set(told))
    assert [at for name, at, _ in told if name == "short"] == [1000.0, 1020.0, 1040.0]


def test_problems_of_all_sources_are_shown(ground: Ground) -> None:
    assert MetricsPart(ground, [Steady(), Failing()]).problems == {"a filter": "is not understood"}


def test_without_a_control_plane_nothing_is_taken(control_plane: FakeControlPlane) -> None:
    async def test() -> list[bool]:
        post = Post(control_plane.plane)
        found = [await post([_datum("short", 0.0, 1)])]
        control_plane.is_up = False
        return [*found, await post([_datum("short", 0.0, 1)])]

    assert asyncio.run(test()) == [False, False]
