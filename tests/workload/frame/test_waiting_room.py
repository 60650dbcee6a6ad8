"""People are admitted in the order in which they came."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.workload.virtual_time import run
from workload import signature
from workload.exceptions import DependencyAway
from workload.waiting_room import OPEN_SECONDS, WaitingRoom, admitted_up_to


class FakeCache:
    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.is_away = False

    async def get(self, key: str) -> str | None:
        self._check()
        return self.values.get(key)

    async def set(self, key: str, value: str, seconds: float) -> None:
        self._check()
        self.values[key] = value

    async def set_once(self, key: str, value: str, seconds: float) -> bool:
        self._check()
        return self.values.setdefault(key, value) == value

    async def increment(self, key: str, seconds: float) -> int:
        self._check()
        self.values[key] = self.values.get(key, 0) + 1
        return self.values[key]

    def _check(self) -> None:
        if self.is_away:
            raise DependencyAway("sessions", "the test took it away")


def test_while_load_is_normal_everybody_is_admitted_and_nothing_is_counted() -> None:
    async def test() -> None:
        cache = FakeCache()
        room = WaitingRoom(cache)
        assert (await room.enter(None, 100)).is_admitted
        assert cache.values == {}

    run(test)


def test_in_a_full_estate_people_are_admitted_in_order_at_the_rate() -> None:
    async def test() -> None:
        room = WaitingRoom(FakeCache(), per_second=2)
        room.observe(True, 100)
        places = [await room.enter(None, 100) for _ in range(6)]
        assert [it.position for it in places] == [1, 2, 3, 4, 5, 6]
        later = [await room.enter(it.token, 101.5) for it in places]
        assert [it.position for it in later] == [0, 0, 0, 1, 2, 3]

    run(test)


def test_two_tasks_share_one_line_and_accept_each_others_tokens() -> None:
    async def test() -> None:
        cache = FakeCache()
        one, other = WaitingRoom(cache, 1), WaitingRoom(cache, 1)
        one.observe(True, 100)
        other.observe(True, 100)
        first = await one.enter(None, 100)
        second = await other.enter(None, 100)
        assert (first.position, second.position) == (1, 2)
        assert (await other.enter(first.token, 100)).position == 1

    run(test)


def test_without_the_cache_a_signed_token_keeps_the_order_in_which_people_came() -> None:
    async def test() -> None:
        cache = FakeCache()
        room = WaitingRoom(cache, per_second=1)
        room.observe(True, 100)
        cache.is_away = True
        tokens = [(await room.enter(None, 100 + number / 10)).token for number in range(40)]
        later = [await room.enter(token, 105) for token in tokens]
        positions = [it.position for it in later]
        assert positions == sorted(positions)
        assert positions[0] == 0
        assert positions[-1] > 10
        assert all(it.is_degraded for it in later)

    run(test)


def test_the_room_closes_when_the_estate_has_not_been_full_for_a_while() -> None:
    room = WaitingRoom(None)
    room.observe(True, 100)
    room.observe(False, 100 + OPEN_SECONDS / 2)
    assert room.is_open(100 + OPEN_SECONDS - 1)
    assert not room.is_open(100 + OPEN_SECONDS)


@given(st.floats(0, 1e9), st.floats(0, 1e5), st.floats(0, 1e3))
def test_who_is_admitted_stays_admitted(opened_at: float, first: float, more: float) -> None:
    assert admitted_up_to(opened_at, opened_at + first) <= admitted_up_to(opened_at, opened_at + first + more)


def test_a_token_that_was_changed_is_none() -> None:
    key = b"k" * 32
    token = signature.sign({"ticket": 7}, key)
    body, _, digest = token.partition(".")
    forged = signature.sign({"ticket": 1}, b"other").partition(".")[0]
    assert signature.read(token, key) == {"ticket": 7}
    assert [signature.read(it, key) for it in (f"{forged}.{digest}", body, "", f"{body}.")] == [None] * 4
