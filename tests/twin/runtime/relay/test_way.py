"""One direction through the relay, in virtual time."""

import asyncio
from collections.abc import Callable

import pytest

from twin.runtime.relay.route import Conditions
from twin.runtime.relay.way import Road, Way


class VirtualClock:
    def __init__(self) -> None:
        self.now = 0.0
        self._calls: list[tuple[float, Callable[[], object]]] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: Callable[[], object], /) -> asyncio.TimerHandle:
        self._calls.append((when, callback))
        return asyncio.TimerHandle(when, callback, (), _NoLoop())  # type: ignore[arg-type]

    def until(self, now: float) -> None:
        while due := [it for it in sorted(self._calls, key=lambda it: it[0]) if it[0] <= now]:
            self._calls.remove(due[0])
            self.now = due[0][0]
            due[0][1]()
        self.now = now


class _NoLoop:
    def get_debug(self) -> bool:
        return False

    def _timer_handle_cancelled(self, handle: object) -> None: ...


class Journey:
    """A way, and what came out of it with the time."""

    def __init__(self, conditions: Conditions) -> None:
        self.clock = VirtualClock()
        self.road = Road(conditions)
        self.arrived: list[tuple[float, bytes | None]] = []
        self.holds: list[bool] = []
        self.way = Way(self.road, "there", self._give, self.holds.append, self.clock)
        self.way.ready()

    def _give(self, data: bytes | None) -> None:
        self.arrived.append((round(self.clock.time(), 6), data))


def test_without_conditions_bytes_pass_at_once() -> None:
    journey = Journey(Conditions())
    journey.way.take(b"a")
    assert journey.arrived == [(0.0, b"a")]


def test_latency_delays_bytes_and_the_end_and_keeps_their_order() -> None:
    journey = Journey(Conditions(latency_ms=40))
    journey.way.take(b"a")
    journey.clock.until(0.01)
    journey.way.take(b"b")
    journey.way.take(None)
    journey.clock.until(1)
    assert journey.arrived == [(0.04, b"a"), (0.05, b"b"), (0.05, None)]


def test_what_was_under_way_is_not_overtaken_when_latency_ends() -> None:
    journey = Journey(Conditions(latency_ms=100))
    journey.way.take(b"a")
    journey.road.change(Conditions())
    journey.way.take(b"b")
    journey.clock.until(1)
    assert [data for _, data in journey.arrived] == [b"a", b"b"]


def test_a_closed_road_holds_everything_until_it_opens() -> None:
    journey = Journey(Conditions())
    journey.road.change(Conditions(is_open=False))
    journey.way.take(b"a")
    journey.way.take(None)
    journey.clock.until(60)
    assert journey.arrived == []
    journey.road.change(Conditions())
    assert journey.arrived == [(60, b"a"), (60, None)]


def test_too_much_under_way_stops_the_sender_until_there_is_room() -> None:
    journey = Journey(Conditions(is_open=False))
    journey.way.take(b"x" * (1 << 20))
    assert journey.holds == []
    journey.way.take(b"x")
    assert journey.holds == [True]
    journey.road.change(Conditions())
    assert journey.holds == [True, False]


def test_bandwidth_is_shared_by_all_ways_of_a_road() -> None:
    journey = Journey(Conditions(bytes_per_second=1_000))
    other: list[float] = []
    second = Way(
        journey.road,
        "there",
        lambda _: other.append(journey.clock.time()),
        journey.holds.append,
        journey.clock,
    )
    second.ready()
    journey.way.take(b"x" * 500)
    second.take(b"x" * 500)
    journey.clock.until(5)
    assert (journey.arrived[0][0], other) == (0.5, [1.0])


def test_lost_packets_come_later_as_tcp_sends_them_again(monkeypatch: pytest.MonkeyPatch) -> None:
    rolls = iter([0.0, 0.0, 0.99])
    monkeypatch.setattr("twin.runtime.relay.way.random.random", lambda: next(rolls))
    journey = Journey(Conditions(loss_percent=50))
    journey.way.take(b"a")
    journey.clock.until(5)
    assert journey.arrived == [(0.6, b"a")]  # 0.2 s, then 0.4 s


def test_after_its_end_nothing_comes_out() -> None:
    journey = Journey(Conditions(latency_ms=10))
    journey.way.take(b"a")
    journey.way.end()
    journey.clock.until(5)
    assert journey.arrived == []
