"""What a look at a server says, and what it does not."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from tests.twin.runtime.database.world import cluster
from twin.runtime.database import observation
from twin.runtime.database.exceptions import SessionFailed
from twin.runtime.database.group import Record, Seen
from twin.runtime.database.observation import Observer
from twin.runtime.database.plan import MISSES
from twin.runtime.database.server import Place, Server
from twin.runtime.zones import Link, Zones

GROUP = cluster(1)
KEY, ZONE = GROUP.members[0].key, GROUP.members[0].zone
RECORD = Record(1, "eu-west-2/core/core-9")


@dataclass
class Standby:
    """As a server that follows. Attributes: received: that it answers; None where it says nothing."""

    received: int | None = 7
    holds_up_seconds: float = 0.0
    is_running: bool = True
    now: float = 0.0
    has_data: bool = True
    is_standby_data: bool = True
    may_write: bool = False
    upstream: str = "eu-west-2/core/core-9"
    names: frozenset[str] = frozenset()
    waits_from: int | None = None
    final: int | None = None
    place: Place = field(default_factory=lambda: Place(KEY, ZONE, "127.0.1.32", 5432))

    @property
    def session(self) -> "Standby":
        return self

    async def value(self, statement: str, seconds: float, *parameters: Any) -> int:
        self.now += self.holds_up_seconds
        for _ in range(3):
            await asyncio.sleep(0)
        if self.received is None:
            raise SessionFailed(KEY, "in time")
        return self.received


class Watch:
    def __init__(self, server: Standby, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(observation, "_BEAT_SECONDS", 0)
        self.server, self.zones = server, Zones((ZONE,))
        self._observer = Observer(self.zones, lambda: server.now, 1)

    def looks(self, times: int = 1) -> Seen:
        async def look() -> None:
            servers = {KEY: cast(Server, self.server)}
            for _ in range(times):
                await self._observer.look(GROUP, RECORD, servers, ())

        asyncio.run(look())
        return self._observer.seen(cast(Server, self.server), is_linked=True)


def test_a_standby_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Watch(Standby(), monkeypatch).looks()
    assert (seen.received, seen.misses, seen.is_well) == (7, 0, True)


def test_silence_is_counted_and_an_answer_ends_the_count(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch(Standby(received=None), monkeypatch)
    assert watch.looks(2).misses == 2
    watch.server.received = 7
    assert watch.looks().misses == 0


def test_silence_while_this_process_was_held_up_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch(Standby(received=None, holds_up_seconds=5), monkeypatch)
    assert watch.looks(MISSES).misses == 0


def test_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch(Standby(received=None, holds_up_seconds=5), monkeypatch)
    assert watch.looks(observation._MOST_VOID_LOOKS + MISSES).misses == MISSES


def test_a_cut_zone_is_silent_and_its_server_counts_as_reachable_until_that_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watch = Watch(Standby(), monkeypatch)
    watch.zones.change(ZONE, boundary=Link(is_open=False))
    first = watch.looks()
    assert (first.misses, first.is_reachable, first.received) == (1, True, None)
    assert not watch.looks().is_reachable


def test_nothing_can_be_started_in_a_zone_without_power(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch(Standby(is_running=False), monkeypatch)
    watch.zones.change(ZONE, has_power=False)
    seen = watch.looks()
    assert (seen.is_reachable, seen.is_running, seen.misses) == (False, False, 0)
